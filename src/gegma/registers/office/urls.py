"""Addresses of what these registers have beyond every register's pages."""

from django.urls import path

from . import views

urlpatterns = [path("<int:pk>/answered/", views.letter_answered, name="letter_answered")]
