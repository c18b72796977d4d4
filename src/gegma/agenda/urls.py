"""Addresses of the calendar, its feed and the reminders."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.agenda, name="agenda"),
    path("reminders/", views.reminders, name="reminders"),
    path("reminders/seen/", views.reminders_seen, name="reminders_seen"),
    path("feed/", views.calendar_feed, name="calendar_feed"),
    path("feed/<slug:token>.ics", views.calendar_feed_file, name="calendar_feed_file"),
]
