"""Addresses of what commitments have beyond every register's pages."""

from django.urls import path

from . import views

urlpatterns = [
    path("import/", views.import_cycle, name="commitments_import"),
    path("report/", views.report_on, name="commitments_report"),
]
