"""Addresses of what these registers have beyond every register's pages."""

from django.urls import path

from . import views

urlpatterns = [
    path("reachable/", views.reachable, name="contacts_reachable"),
    path("verify/", views.to_verify, name="contacts_to_verify"),
    path("<int:pk>/verify/", views.verify, name="contact_verify"),
]
