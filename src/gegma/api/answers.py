"""What the API says when something is wrong: one shape for all, in words that say where and what would do."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, SuspiciousOperation, ValidationError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.response import Response
from rest_framework.views import exception_handler

from gegma.engine import registry, write
from gegma.engine.filters import FilterError


class Refused(Exception):
    """The request cannot be done as sent. errors: {field: [words]}; extra: further keys of the answer."""

    def __init__(self, detail: str, errors: dict[str, list[str]] | None = None, code: int = status.HTTP_400_BAD_REQUEST, **extra):
        super().__init__(detail)
        self.detail, self.errors, self.code, self.extra = detail, errors or {}, code, extra


class Uploads(MultiPartParser):
    """Files as a form of a browser sends them; what is too much of it is refused in the shape of the API."""

    def parse(self, stream, media_type=None, parser_context=None):
        """The fields and files sent. Raises ParseError."""
        try:
            return super().parse(stream, media_type, parser_context)
        except (SuspiciousOperation, UnicodeError):
            raise exceptions.ParseError(_("The request cannot be understood."))


class StrictJSON(JSONParser):
    """JSON that is an object, nested no deeper than Python reads."""

    def parse(self, stream, media_type=None, parser_context=None):
        """The object sent. Raises ParseError."""
        try:
            found = super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise exceptions.ParseError(_("The JSON is nested too deeply."))
        if not isinstance(found, dict):
            raise exceptions.ParseError(_("A JSON object is expected."))
        return found


def not_saved() -> str:
    """What is said on top where fields are wrong."""
    return _("The record cannot be saved like this.")


def handler(error: Exception, context: dict) -> Response | None:
    """The answer to an exception: {detail, errors}. None lets Django answer, with 500."""
    if isinstance(error, Refused):
        return _answer(error.detail, error.code, error.errors, **error.extra)
    if isinstance(error, FilterError):
        return _answer(error.message, 400, {error.key[:100]: [error.message]})
    if isinstance(error, write.InUse):
        return _answer(_("It cannot be deleted while other records point to it: %(records)s.") % {"records": _holders(error.holders, context)}, 409)
    if isinstance(error, write.Conflict):
        return _answer(str(error), 409)
    if isinstance(error, ValidationError):
        return _answer(not_saved(), 400, errors_of(error))
    if isinstance(error, Http404):
        return _answer(_("There is no such thing, or it is not open to you."), 404)
    if isinstance(error, PermissionDenied):
        return _answer(str(error) or _("You may not do this."), 403)
    answer = exception_handler(error, context)
    if answer is not None and isinstance(error, exceptions.APIException):
        detail = error.detail if isinstance(error.detail, str) else _("The request cannot be understood.")
        answer.data = {"detail": str(detail), "errors": {}}
    return answer


def _answer(detail: str, code: int, errors: dict | None = None, **extra) -> Response:
    return Response({"detail": detail, "errors": errors or {}, **extra}, status=code)


def errors_of(error: ValidationError) -> dict[str, list[str]]:
    """{field: [words]}; what concerns the record as a whole stands under «record»."""
    if hasattr(error, "error_dict"):
        return {"record" if name == "__all__" else name: [str(m) for e in found for m in e.messages] for name, found in error.error_dict.items()}
    return {"record": [str(m) for m in error.messages]}


def _holders(holders: list, context: dict) -> str:
    """The records that stand in the way by their numbers; those that the person may not see are not named."""
    user, words = context["request"].user, []
    for holder in holders:
        spec = registry.of(holder)
        seen = spec is not None and spec.policy.sees(user, holder)
        words.append(spec.number(holder) if seen else _("a record that is not open to you"))
    return "; ".join(dict.fromkeys(words))
