"""Addresses of the reports."""

from django.urls import path

from . import edition_views, views
from .catalogue import views as catalogue

urlpatterns = [
    path("", catalogue.catalogue, name="reports"),
    path("progress/", views.progress_report, name="progress_report"),
    path("editions/", edition_views.edition_list, name="editions"),
    path("editions/freeze/", edition_views.freeze, name="edition_freeze"),
    path("editions/<int:pk>/", edition_views.edition, name="edition"),
    path("editions/<int:pk>/beside/<int:other>/", edition_views.side_by_side, name="edition_beside"),
    path("editions/<int:pk>/files/<int:number>/", edition_views.edition_file, name="edition_file"),
    path("own/new/", catalogue.own_edit, name="own_new"),
    path("own/<int:pk>/", catalogue.own_report, name="own_report"),
    path("own/<int:pk>/edit/", catalogue.own_edit, name="own_edit"),
    path("own/<int:pk>/remove/", catalogue.own_remove, name="own_remove"),
    path("<slug:key>/", catalogue.report, name="report"),
]
