"""Files at a record: taking in, giving out, taking away. Given out only to those who may see the record."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from .. import access, files, filetypes, store
from ..policy import CHANGE
from .common import record_or_404, require, say, spec_or_404


@require_POST
def file_upload(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Keep the files sent at the record."""
    spec = spec_or_404(request, key)
    record = record_or_404(request, spec, pk)
    require(request, spec, CHANGE, record)
    kept, uploads = 0, request.FILES.getlist("files")
    if len(uploads) > settings.MAX_FILES:
        messages.error(request, files.check_all(uploads)[0])
        return redirect(spec.record_url(record) + "#files")
    for upload in uploads:  # a good file is kept even where the one beside it is refused
        try:
            kept += len(files.attach(spec, request.user, record, [upload]))
        except ValidationError as error:
            for message in error.messages:
                messages.error(request, message)
    if kept:
        say(request, ngettext("%(n)s file is kept at the record.", "%(n)s files are kept at the record.", kept) % {"n": kept})
    elif not uploads:
        messages.error(request, _("No file was chosen."))
    return redirect(spec.record_url(record) + "#files")


@require_GET
def file_download(request: HttpRequest, key: str, pk: int, number: int) -> HttpResponse:
    """The file: a picture is shown by the browser, everything else only saved; nothing in it can act for us."""
    spec = spec_or_404(request, key)
    record = record_or_404(request, spec, pk)
    row = files.find(spec, record, number)
    try:
        content = store.get(row.sha256) if row else None
    except ValidationError as error:
        return HttpResponse(error.messages[0], status=503, content_type="text/plain; charset=utf-8")
    if row is None or content is None:
        raise Http404
    access.taken(spec, record, row.name)
    shown = row.content_type in filetypes.INLINE
    response = FileResponse(content, as_attachment=not shown, filename=row.name, content_type=row.content_type if shown else "application/octet-stream")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "POST"])
def file_delete(request: HttpRequest, key: str, pk: int, number: int) -> HttpResponse:
    """Ask, then take the file away."""
    spec = spec_or_404(request, key)
    record = record_or_404(request, spec, pk)
    require(request, spec, CHANGE, record)
    row = files.find(spec, record, number)
    if row is None:
        raise Http404
    if request.method == "POST":
        files.remove(spec, request.user, record, row)
        say(request, _("The file «%(name)s» is deleted.") % {"name": row.name})
        return redirect(spec.record_url(record) + "#files")
    context = {"spec": spec, "record": record, "number": spec.number(record), "file": row, "back": spec.record_url(record)}
    return render(request, "engine/file_delete.html", context)
