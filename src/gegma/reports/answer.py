"""What a page of a report answers when the file is asked for: the file, or the page of the job that makes it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from gegma.audit import access
from gegma.audit.models import Kind
from gegma.engine import files

from . import jobs
from .jobs import estimate, making

# form=built-in asks for the report without the department's template.
BUILT_IN = "built-in"


def answer(request: HttpRequest, order: jobs.Order) -> HttpResponse | None:
    """The file; where the person asked for the background, or the report takes long, the page of its job.

    None where it takes long and was only asked for by an address: reading an address starts nothing. Raises making.Refused, jobs.TooMany.
    """
    posted = request.method == "POST"
    if posted and request.POST.get("background") or estimate.takes_long(order, request.user):
        return redirect("report_job", pk=jobs.start(request.user, order).pk) if posted else None
    made = making.make(order, request.user)
    access.note(Kind.REPORT, words=made.name)
    return as_file(made.name, order.form, made.data)


def as_file(name: str, form: str, data: bytes) -> HttpResponse:
    """A file to be kept, never to be shown in our own pages."""
    response = HttpResponse(data, content_type=files.TYPES.get(form, "application/octet-stream"))
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def in_built_in_form(asked: QueryDict) -> str:
    """The address of the report that was asked for, in its built-in form."""
    given = asked.copy()
    given.pop("csrfmiddlewaretoken", None)
    given["form"] = BUILT_IN
    return f"?{given.urlencode()}"
