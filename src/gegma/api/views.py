"""The resource of a register. A subclass for each register is made once, at the start, in urls.py."""

from __future__ import annotations

import math
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gegma.accounts.origin import address
from gegma.audit import context as audit
from gegma.engine import access, files, history, registry, write
from gegma.engine.filters import FilterError
from gegma.engine.life import Move
from gegma.engine.policy import CHANGE, DELETE, VIEW
from gegma.engine.spec import Register
from gegma.engine.tables import PAGE_MAX
from gegma.engine.views.attachments import file_download
from gegma.engine.views.common import record_or_404, require, spec_or_404
from gegma.kernel.text import LANGUAGES

from . import given
from .answers import Refused, Uploads
from .columns import Column, readable

PAGE_ROWS, PAGE_ROWS_MAX = 50, 100
HISTORY_MAX = 500
# Keys that say how the answer is given, not what is in it.
SHOWN = {"page", "page_size", "lang"}


class Resource(APIView):
    """What the views of the API share."""

    spec: Register

    def initial(self, request: Request, *args, **kwargs) -> None:
        """Who calls is known; the register must be open to them at all."""
        super().initial(request, *args, **kwargs)
        if request.query_params.get("lang", "") not in {"", *LANGUAGES}:
            raise FilterError("lang", _("There is no such language here: %(known)s.") % {"known": ", ".join(LANGUAGES)})
        if getattr(self, "spec", None):
            self.spec = spec_or_404(request, self.spec.key)

    def finalize_response(self, request, response, *args, **kwargs):
        """Nothing that was read here is kept by a cache on the way."""
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def find(self, request: Request, pk: int):
        """The record, or the same answer for one that is hidden and one that never was."""
        return record_or_404(request, self.spec, pk)

    def writing(self, request: Request):
        """Inside, the history says that the change came through the API."""
        plain = request._request
        acting = getattr(plain, "acting", None)
        return audit.origin("api", getattr(plain, "id", ""), address(plain), acting, request.user.pk if acting else None)


def only(request: Request, *known: str) -> None:
    """Refuse parameters that mean nothing here. Raises FilterError."""
    for key in request.query_params:
        if key not in {"lang", *known}:
            raise FilterError(key, _("There is no parameter «%(key)s» here.") % {"key": key[:100]})


def whole(request: Request, key: str, default: int, most: int) -> int:
    """A number from 1 to most that the address asks for. Raises FilterError."""
    word = request.query_params.get(key, "") or str(default)
    if len(request.query_params.getlist(key)) > 1:
        raise FilterError(key, _("«%(key)s» stands there twice.") % {"key": key})
    if not (word.isascii() and word.isdecimal() and len(word) <= 10 and 0 < int(word) <= most):
        raise FilterError(key, _("«%(value)s» is not a number from 1 to %(most)s.") % {"value": word[:100], "most": most})
    return int(word)


def told(spec: Register, record, user, columns: list[Column]) -> dict[str, Any]:
    """A record as JSON."""
    head: dict[str, Any] = {"id": record.pk, "number": spec.number(record), "version": record.version}
    return head | {column.name: column.value(record, user) for column in columns}


def told_many(spec: Register, user, rows) -> list[dict[str, Any]]:
    """Records as JSON, with as few queries as can be. rows: those of the register that user may see."""
    columns = readable(spec, user)
    found = list(spec.annotated(rows, [c.bound.name for c in columns]))
    access.listed(spec, found)
    return [told(spec, row, user, columns) for row in found]


def whole_record(spec: Register, user, pk: int) -> dict[str, Any]:
    """A record that user may see, with its children."""
    found = told_many(spec, user, spec.visible(user).filter(pk=pk))
    if not found:
        raise Http404
    children = {}
    for inline in spec.inlines:
        child = registry.get(inline.register)
        if not child.policy.may(user, VIEW):
            continue
        child = child.as_seen_by(user)
        rows = child.visible(user).filter(**{child.parent_field: pk}).order_by(*child.order, "pk")
        children[child.key] = told_many(child, user, rows)
    return found[0] | {"children": children} if spec.inlines else found[0]


class Collection(Resource):
    """The records of a register: the list, and a new one."""

    def get(self, request: Request) -> Response:
        """The list, with the filters of the list page."""
        page = whole(request, "page", 1, PAGE_MAX)
        size = whole(request, "page_size", PAGE_ROWS, PAGE_ROWS_MAX)
        asked = QueryDict(mutable=True)
        for key, values in request.query_params.lists():
            if key not in SHOWN:
                asked.setlist(key, values)
        rows = self.spec.rows(request.user, asked)
        count = rows.order_by().count()
        numbers = list(rows.values_list("pk", flat=True)[(page - 1) * size : page * size])
        found = told_many(self.spec, request.user, self.spec.visible(request.user).filter(pk__in=numbers))
        place = {number: index for index, number in enumerate(numbers)}
        found.sort(key=lambda row: place[row["id"]])
        return Response({"count": count, "page": page, "pages": max(1, math.ceil(count / size)), "results": found})

    def post(self, request: Request) -> Response:
        """A new record."""
        only(request)
        with self.writing(request):
            saved = given.create(self.spec, request.user, request.data)
        address = reverse(f"api_{self.spec.key}_one", args=[saved.pk])
        return Response(whole_record(self.spec, request.user, saved.pk), status=201, headers={"Location": address})


class One(Resource):
    """One record: read, change, delete."""

    def get(self, request: Request, pk: int) -> Response:
        """The record with its children."""
        only(request)
        return Response(whole_record(self.spec, request.user, self.find(request, pk).pk))

    def patch(self, request: Request, pk: int) -> Response:
        """Change what is sent."""
        only(request)
        found = self.find(request, pk)
        with self.writing(request), transaction.atomic():
            given.change(self.spec, request.user, found, request.data)
            return Response(whole_record(self.spec, request.user, pk))

    def delete(self, request: Request, pk: int) -> Response:
        """Delete the record with its children."""
        only(request, "version")
        found = self.find(request, pk)
        require(request, self.spec, DELETE, found)
        word = request.query_params.get("version")
        if word is not None:
            version = whole(request, "version", 0, given.VERSION_MAX)
        else:
            version = given.version_of(None)
        with self.writing(request):
            try:
                write.delete(self.spec.whole, request.user, found, version=version)
            except write.Conflict:
                raise given.conflict(self.spec, request.user, pk, {}, {})
        return Response(status=204)


class Moved(Resource):
    """A move of the record's life."""

    move: Move

    def post(self, request: Request, pk: int) -> Response:
        """Make it."""
        only(request)
        found = self.find(request, pk)
        with self.writing(request), transaction.atomic():
            given.make_move(self.spec, request.user, found, self.move, request.data)
            return Response(whole_record(self.spec, request.user, pk))


class History(Resource):
    """What was changed in a record, and in its children, in words."""

    def get(self, request: Request, pk: int) -> Response:
        """The last changes, newest first."""
        only(request)
        found = self.find(request, pk)
        steps = history.in_words(list(history.of_record(self.spec, found.pk, request.user)[:HISTORY_MAX]), request.user)
        return Response({"results": [self._told(step) for step in steps]})

    @staticmethod
    def _told(step: history.Step) -> dict[str, Any]:
        lines = [{"field": line.label, "before": line.before, "after": line.after} for line in step.lines]
        return {"at": step.change.at.isoformat(), "who": step.change.who, "what": step.what, "about": step.about, "fields": lines}


class Files(Resource):
    """The files at a record."""

    parser_classes = [Uploads]

    def get(self, request: Request, pk: int) -> Response:
        """Their names and addresses."""
        only(request)
        found = self.find(request, pk)
        rows = files.of_record(self.spec, found)
        return Response({"results": [self._told(found, row) for row in rows]})

    def post(self, request: Request, pk: int) -> Response:
        """Keep the files sent, all or none. What is there already with this name and content is answered as it is, so that a step may be repeated."""
        only(request)
        found = self.find(request, pk)
        require(request, self.spec, CHANGE, found)
        version, uploads = given.files_of(request.data, request.FILES)

        def unchanged() -> None:
            now = self.spec.visible(request.user).filter(pk=pk).first()
            if now is None:
                raise Http404
            if now.version != version:
                raise given.conflict(self.spec, request.user, pk, {}, {})

        before = {row.pk for row in files.of_record(self.spec, found)}
        with self.writing(request):
            try:
                rows = files.attach(self.spec.whole, request.user, found, uploads, unchanged, once=True)
            except ValidationError as error:
                raise Refused(_("The files cannot be kept like this."), {"files": list(error.messages)})
        new = {row.pk for row in rows} - before
        return Response({"results": [self._told(found, row) for row in rows]}, status=201 if new else 200)

    def _told(self, found, row) -> dict[str, Any]:
        return {
            "id": row.pk, "name": row.name, "size": row.size, "content_type": row.content_type, "sha256": row.sha256,
            "uploaded_at": row.uploaded_at.isoformat(), "url": reverse(f"api_{self.spec.key}_file", args=[found.pk, row.pk]),
        }  # fmt: skip


class File(Resource):
    """One file at a record."""

    def get(self, request: Request, pk: int, number: int):
        """The file itself, given out as on the pages."""
        only(request)
        return file_download(request._request, self.spec.key, pk, number)


class Nothing(Resource):
    """Addresses that mean nothing get the same answer as hidden records."""

    schema = None

    def _absent(self, request: Request, **_path):
        raise Http404

    get = post = put = patch = delete = _absent
