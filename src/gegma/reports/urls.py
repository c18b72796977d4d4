"""Addresses of the reports."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.progress_report, name="progress_report"),
]
