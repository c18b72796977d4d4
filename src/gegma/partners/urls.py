"""Addresses of these pages."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.countries, name="countries"),
    path("organisations/<int:pk>/", views.of_organisation, name="partner_organisation"),
    path("<slug:code>/", views.by_code, name="country_by_code"),
]
