"""Addresses of what these registers have beyond every register's pages."""

from django.urls import path

from . import views

urlpatterns = [
    path("matrix/", views.matrix, name="needs_matrix"),
    path("package/", views.package, name="needs_package"),
    path("donors/", views.donors, name="needs_donors"),
]
