"""Addresses of the registers' pages, under /r/."""

from django.urls import path, register_converter
from django.urls.converters import SlugConverter

from .views import attachments, edit, lists, records


class ExportForm(SlugConverter):
    """What a list can be exported as."""

    regex = "xlsx|csv"


register_converter(ExportForm, "export_form")

urlpatterns = [
    path("", lists.registers, name="registers"),
    path("changes/<int:pk>/undo/", records.change_revert, name="change_revert"),
    path("<slug:key>/", lists.register, name="register"),
    path("<slug:key>/filters/", lists.register_filters, name="register_filters"),
    path("<slug:key>/new/", edit.record_new, name="record_new"),
    path("<slug:key>/quick/", edit.record_quick, name="record_quick"),
    path("<slug:key>/pick/", lists.record_pick, name="record_pick"),
    path("<slug:key>/export.<export_form:form>", lists.record_export, name="record_export"),
    path("<slug:key>/<int:pk>/", records.record, name="record"),
    path("<slug:key>/<int:pk>/edit/", edit.record_edit, name="record_edit"),
    path("<slug:key>/<int:pk>/move/<slug:name>/", edit.record_move, name="record_move"),
    path("<slug:key>/<int:pk>/history/", records.record_history, name="record_history"),
    path("<slug:key>/<int:pk>/delete/", records.record_delete, name="record_delete"),
    path("<slug:key>/<int:pk>/files/", attachments.file_upload, name="file_upload"),
    path("<slug:key>/<int:pk>/files/<int:number>/", attachments.file_download, name="file_download"),
    path("<slug:key>/<int:pk>/files/<int:number>/delete/", attachments.file_delete, name="file_delete"),
]
