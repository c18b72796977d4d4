"""Addresses of what data calls have beyond every register's pages."""

from django.urls import path

from . import views

urlpatterns = [
    path("<int:pk>/replies/", views.call_replies, name="call_replies"),
    path("<int:pk>/addressees/", views.call_addressees, name="call_addressees"),
]
