"""Addresses of what agreements have beyond every register's pages."""

from django.urls import path

from . import views

urlpatterns = [path("<int:pk>/step/<slug:kind>/", views.add_step, name="agreement_step")]
