"""Addresses of what requests have beyond every register's pages."""

from django.urls import path

from . import views

urlpatterns = [
    path("chase/", views.chase_list, name="request_chase_list"),
    path("balance/", views.balance, name="request_balance"),
    path("balance.xlsx", views.balance_export, name="request_balance_export"),
    path("<int:pk>/chase/", views.chase, name="request_chase"),
    path("reminders/<int:pk>/letter.docx", views.letter, name="request_letter"),
]
