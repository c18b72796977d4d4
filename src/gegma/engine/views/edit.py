"""Entering and editing a record: the whole form, the quick one, and the page of a conflict."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from .. import files, forms, hooks, write
from ..forms import can_enter
from ..policy import ADD, CHANGE
from ..spec import Register
from .common import made_now, record_or_404, require, say, spec_or_404


@require_http_methods(["GET", "POST"])
def record_new(request: HttpRequest, key: str) -> HttpResponse:
    """The whole form for a new record."""
    spec = spec_or_404(request, key)
    require(request, spec, ADD)
    if not can_enter(spec):
        raise Http404
    return _form(request, spec, spec.model())


@require_http_methods(["GET", "POST"])
def record_quick(request: HttpRequest, key: str) -> HttpResponse:
    """The short form: the few fields with which a record begins."""
    spec = spec_or_404(request, key)
    require(request, spec, ADD)
    if not can_enter(spec):
        raise Http404
    if not spec.quick:
        return redirect("record_new", key=key)
    return _form(request, spec, spec.model(), quick=True)


@require_http_methods(["GET", "POST"])
def record_edit(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """The form of a record that exists."""
    spec = spec_or_404(request, key)
    record = record_or_404(request, spec, pk)
    require(request, spec, CHANGE, record)
    return _form(request, spec, record)


def _form(request: HttpRequest, spec: Register, instance, quick: bool = False) -> HttpResponse:
    creating = instance.pk is None
    initial = forms.prefilled(spec, request.user, request.GET, creating, quick)
    if quick:  # the short form does not show whose the record is, so what the whole one would offer is taken
        forms.take_over(spec, instance, initial)
    if request.method == "GET":
        bundle = forms.Bundle(spec, request.user, instance, initial=initial, quick=quick)
        return _page(request, bundle)
    data = without_nul(request.POST)
    bundle = forms.Bundle(spec, request.user, instance, data, initial=initial, quick=quick)
    if any(name.startswith(forms.TAKE) for name in data):
        data = forms.with_choices(bundle, data)
        instance = spec.model() if creating else record_or_404(request, spec, instance.pk)
        bundle = forms.Bundle(spec, request.user, instance, data, quick=quick)
    uploads = request.FILES.getlist("files")
    problems = file_problems(uploads)
    if bundle.is_valid() and not problems:
        try:
            with transaction.atomic():
                saved = bundle.write()
                files.attach(spec, request.user, saved, uploads)
        except write.Conflict:
            return conflict(request, bundle, data)
        except ValidationError as error:
            bundle.refuse(error)
        except PermissionDenied as error:
            if not error.args:
                raise
            bundle.refuse(ValidationError(str(error)))
        else:
            return _saved(request, spec, saved, creating, quick)
    return _page(request, bundle, problems)


@require_http_methods(["GET", "POST"])
def record_move(request: HttpRequest, key: str, pk: int, name: str) -> HttpResponse:
    """A move of the record's life: the day it happened and what else it asks, then it is made."""
    spec = spec_or_404(request, key)
    record = record_or_404(request, spec, pk)
    require(request, spec, CHANGE, record)
    move = spec.life.move(name) if spec.life else None
    if move is None:
        raise Http404
    if not move.open_to(request.user, record):
        raise PermissionDenied
    state = getattr(record, spec.life.field)
    why = str(move.refuses(record)) if move.refuses else ""
    if state not in move.start:
        why = spec.life.wrong_order(spec.model, state, move.to)
    form = forms.move_form(spec, request.user, record, move, without_nul(request.POST) if request.method == "POST" else None)
    if request.method == "POST" and not why and form.is_valid():
        setattr(form.instance, spec.life.field, state)
        try:
            saved = write.move(spec, request.user, form.instance, name, version=form.cleaned_data["version"])
        except write.Conflict as error:
            form.add_error(None, _("%(why)s Look at it again, then go on.") % {"why": error})
        except ValidationError as error:
            form.refuse(error)
        else:
            return _saved(request, spec, saved, creating=False, quick=False, undone=not move.back)
    context = {"spec": spec, "record": record, "number": spec.number(record), "move": move, "form": form, "why": why, "back": spec.record_url(record),
               "notices": hooks.form_notices(request, spec, record)}
    return render(request, "engine/move.html", context, status=409 if why and request.method == "POST" else 200)


def without_nul(data):
    """What was sent, without the character that no database keeps in text."""
    if not any("\0" in v for _key, values in data.lists() for v in values):
        return data
    clean = data.copy()
    for key, values in data.lists():
        clean.setlist(key, [v.replace("\0", "") for v in values])
    return clean


def file_problems(uploads) -> list[str]:
    """What keeps uploads from being taken in, in words."""
    return files.check_all(uploads)


def _page(request: HttpRequest, bundle: forms.Bundle, problems: list[str] | None = None) -> HttpResponse:
    spec, record = bundle.spec, bundle.instance
    errors = [*bundle.errors(), *({"anchor": "files", "text": p} for p in problems or [])]
    if errors and request.FILES:
        errors.append({"anchor": "files", "text": _("Choose the files again: a browser does not keep them.")})
    context = {
        "spec": spec,
        "bundle": bundle,
        "form": bundle.form,
        "record": None if bundle.creating else record,
        "number": "" if bundle.creating else spec.number(record),
        "formset_errors": errors,
        "notices": [] if bundle.creating else hooks.form_notices(request, spec, record),
        "file_problems": problems or [],
        "draft": f"{spec.key}:{'quick' if bundle.quick else 'new' if bundle.creating else record.pk}",
        "back": spec.url if bundle.creating else spec.record_url(record),
    }
    return render(request, "engine/quick.html" if bundle.quick else "engine/form.html", context)


def conflict(request: HttpRequest, bundle: forms.Bundle, data) -> HttpResponse:
    """Both texts, field by field; what is chosen is saved against the version of now."""
    spec = bundle.spec
    now = record_or_404(request, spec, bundle.instance.pk)
    asked = forms.clashes(bundle, data)
    context = {
        "spec": spec,
        "record": now,
        "number": spec.number(now),
        "clashes": asked,
        "resend": forms.resend(bundle, data),
        "last": forms.last_change(spec, now),
        "take": forms.TAKE,
        "had_files": bool(request.FILES),
    }
    return render(request, "engine/conflict.html", context, status=409)


def _saved(request: HttpRequest, spec: Register, saved, creating: bool, quick: bool, undone: bool = True) -> HttpResponse:
    url, made = spec.record_url(saved), made_now(request, spec)
    change = made if undone else None
    number = f"{spec.number(saved)} «{saved}»"
    words = _("%(record)s is entered.") if creating else _("%(record)s is saved.") if made else _("%(record)s: nothing was changed.")
    if quick and "_again" in request.POST:
        say(request, words % {"record": number}, url, _("Open it"), undo=change)
        return redirect(reverse("record_quick", args=[spec.key]))
    if quick and "_whole" in request.POST:
        say(request, words % {"record": number}, undo=change)
        return redirect("record_edit", key=spec.key, pk=saved.pk)
    say(request, words % {"record": number}, undo=change)
    return redirect(url)
