"""What the pages of all registers share: finding what the person may see, and saying that something is undone or can be."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from gegma.audit.models import Change

from .. import access, history, registry
from ..forms import can_enter
from ..policy import ADD, VIEW
from ..spec import Register

RECORD_MAX = 2**63 - 1


def spec_or_404(request: HttpRequest, key: str) -> Register:
    """The register with this key, if the person may read it at all; without the fields that they may not read."""
    spec = registry.find(key)
    if spec is None or not spec.policy.may(request.user, VIEW):
        raise Http404
    return spec.as_seen_by(request.user)


def record_or_404(request: HttpRequest, spec: Register, pk: int):
    """The record, or the same answer for one that is hidden and one that never was."""
    record = spec.visible(request.user).filter(pk=pk).first() if pk <= RECORD_MAX else None
    if record is None:
        raise Http404
    access.shown(spec, record)
    return record


def require(request: HttpRequest, spec: Register, action: str, record=None) -> None:
    """Raise PermissionDenied unless the person may do this."""
    if not spec.may(request.user, action, record):
        raise PermissionDenied


def may_enter(user, spec: Register) -> bool:
    """Whether the person may enter new records of this register by its form."""
    return spec.policy.may(user, ADD) and can_enter(spec)


def say(request: HttpRequest, text: str, url: str = "", words: str = "", undo: Change | None = None) -> None:
    """A notice of success on the next page, with a link and a button that undoes the step."""
    link = format_html(' <a href="{}">{}</a>', url, words) if url else ""
    button = ""
    if undo is not None:
        button = format_html(
            ' <form method="post" action="{}"><input type="hidden" name="csrfmiddlewaretoken" value="{}">'
            '<input type="hidden" name="step" value="1"><button>{}</button></form>',
            reverse("change_revert", args=[undo.pk]), get_token(request), _("Undo"),
        )  # fmt: skip
    messages.success(request, format_html("{}{}{}", text, link, button))


def made_now(request: HttpRequest, spec: Register) -> Change | None:
    """The change that this request just made in the register, for its undo button."""
    return history.made_by(request.id, spec)
