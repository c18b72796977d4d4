"""Addresses of the reports."""

from django.urls import path

from . import edition_views, views

urlpatterns = [
    path("", views.progress_report, name="progress_report"),
    path("editions/", edition_views.edition_list, name="editions"),
    path("editions/freeze/", edition_views.freeze, name="edition_freeze"),
    path("editions/<int:pk>/", edition_views.edition, name="edition"),
    path("editions/<int:pk>/beside/<int:other>/", edition_views.side_by_side, name="edition_beside"),
    path("editions/<int:pk>/files/<int:number>/", edition_views.edition_file, name="edition_file"),
]
