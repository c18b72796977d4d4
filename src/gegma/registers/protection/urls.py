"""Addresses of the pages of personal data protection, beyond those of its registers."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.personal_data, name="personal_data"),
    path("people/", views.personal_find, name="personal_find"),
    path("people/<int:pk>/", views.personal_one, name="personal_one"),
    path("people/<int:pk>/export/", views.personal_export, name="personal_export"),
    path("people/<int:pk>/erase/", views.personal_erase, name="personal_erase"),
    path("retention/", views.retention, name="retention"),
    path("retention/<str:key>/", views.retention_of, name="retention_of"),
]
