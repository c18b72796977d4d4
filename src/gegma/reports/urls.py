"""Addresses of the reports."""

from django.urls import path

from . import edition_views, schedule_views, views
from .catalogue import views as catalogue
from .jobs import views as jobs
from .word_templates import views as word_templates

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
    path("templates/", word_templates.template_list, name="templates"),
    path("templates/<slug:key>/<slug:lang>/", word_templates.template, name="template"),
    path("templates/<slug:key>/<slug:lang>/start/", word_templates.template_start, name="template_start"),
    path("templates/<slug:key>/<slug:lang>/use/", word_templates.template_use, name="template_use"),
    path("templates/<slug:key>/<slug:lang>/<int:number>/", word_templates.template_file, name="template_file"),
    path("templates/<slug:key>/<slug:lang>/<int:number>/preview/", word_templates.template_preview, name="template_preview"),
    path("own/<int:pk>/schedules/new/", schedule_views.schedule_edit, name="schedule_new"),
    path("own/<int:pk>/schedules/<int:number>/", schedule_views.schedule_edit, name="schedule_edit"),
    path("own/<int:pk>/schedules/<int:number>/step/", schedule_views.schedule_step, name="schedule_step"),
    path("made/", jobs.job_list, name="report_jobs"),
    path("made/seen/", jobs.jobs_seen, name="report_jobs_seen"),
    path("made/<int:pk>/", jobs.job_page, name="report_job"),
    path("made/<int:pk>/file/", jobs.job_file, name="report_job_file"),
    path("made/<int:pk>/cancel/", jobs.job_cancel, name="report_job_cancel"),
    path("<slug:key>/", catalogue.report, name="report"),
]
