"""Addresses of what trainings have beyond every register's pages."""

from django.urls import path

from . import views

urlpatterns = [path("<int:pk>/people/", views.add_people, name="training_people")]
