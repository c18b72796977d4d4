"""The pages of personal data protection: what is kept and why, one person's data, what is past its term."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gegma.accounts.models import User
from gegma.engine import personal, registry
from gegma.engine.personal import Source
from gegma.engine.policy import ADD
from gegma.engine.views.common import record_or_404, require, say
from gegma.kernel.text import first_large

from . import about, erasing, export, queries
from . import retention as terms
from .models import Erasure, RetentionTerm

SHOWN = 50


# -- what is kept ------------------------------------------------------------------------------------------------------


@dataclass
class Line:
    """One kind of data on the page of what is kept."""

    source: Source
    url: str
    columns: list[str]
    years: int | None
    term: RetentionTerm | None


@require_safe
def personal_data(request: HttpRequest) -> HttpResponse:
    """What personal data is kept, where, why, on what basis, who gets it and for how long: from the declarations."""
    set_terms = terms.terms_set()
    lines = [_line(request, source, set_terms) for source in personal.sources()]
    context = {
        "lines": lines, "uses": _uses_of_accounts(), "authority": queries.authority(),
        "may_set": registry.get("retention-terms").policy.may(request.user, ADD),
    }  # fmt: skip
    return render(request, "protection/personal_data.html", context)


def _line(request: HttpRequest, source: Source, set_terms: dict[str, RetentionTerm]) -> Line:
    columns = list(dict.fromkeys(first_large(source.label(column)) for column in source.columns))
    url = source.spec.url if source.spec and not source.spec.parent and source.spec.policy.may(request.user, "view") else ""
    return Line(source, url, columns, terms.years_of(source, set_terms), set_terms.get(source.term_key))


def _uses_of_accounts() -> list[str]:
    """The tables that name an account, such as the officer in charge: what becomes of them follows the account."""
    found = []
    for model in apps.get_models():
        if model.__module__.startswith("gegma.") and any(f.related_model is User and not f.auto_created for f in model._meta.get_fields() if f.is_relation):
            spec = registry.of(model)
            found.append(first_large(spec.title if spec else str(model._meta.verbose_name_plural)))
    return sorted(set(found))


# -- one person --------------------------------------------------------------------------------------------------------


def _reader(request: HttpRequest) -> None:
    """For others these pages do not exist."""
    if not personal.reads(request.user):
        raise Http404


def _person(request: HttpRequest, pk: int):
    _reader(request)
    return record_or_404(request, registry.get("people"), pk)


@require_safe
def personal_find(request: HttpRequest) -> HttpResponse:
    """Find a person by any spelling of the name."""
    _reader(request)
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    context: dict[str, Any] = {"words": words}
    if words:
        context |= {"people": about.find(request.user, words), "accounts": about.find_accounts(request.user, words), "mentions": about.mentions(request.user, words)}
        context["nothing"] = not (context["people"] or context["accounts"] or context["mentions"])
    return render(request, "protection/find.html", context)


@require_safe
def personal_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that is kept on one person."""
    person = _person(request, pk)
    people = registry.get("people")
    context = {
        "person": person, "number": people.number(person), "url": people.record_url(person), "found": about.everything(request.user, person),
        "may_export": registry.get("disclosures").policy.may(request.user, ADD), "may_erase": request.user.is_administrator,
        "may_change": people.may(request.user, "change", person),
    }  # fmt: skip
    return render(request, "protection/person.html", context)


@require_POST
def personal_export(request: HttpRequest, pk: int) -> HttpResponse:
    """The file for the person, entered in the log of disclosures."""
    person = _person(request, pk)
    require(request, registry.get("disclosures"), ADD)
    data, _entry = export.give_out(request.user, about.everything(request.user, person))
    response = HttpResponse(data, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="personal-data-{registry.get("people").number(person)}.zip"'
    return response


class ReasonForm(forms.Form):
    """Why data is taken away for good, and how much of it the person saw."""

    reason = forms.CharField(
        label=gettext_lazy("reason"), max_length=erasing.REASON_MAX, widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("It stands in the ledger of erasures. Write no names here."),
    )  # fmt: skip
    count = forms.IntegerField(widget=forms.HiddenInput, required=False)


@require_http_methods(["GET", "POST"])
def personal_erase(request: HttpRequest, pk: int) -> HttpResponse:
    """Take all data on one person away, after saying what that means."""
    person = _person(request, pk)
    _administrator(request)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            erasing.erase_person(person, actor=request.user, reason=form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            say(request, _("The data on the person %(number)s is anonymised.") % {"number": registry.get("people").number(person)})
            return redirect("personal_one", pk)
    context = {"form": form, "person": person, "number": registry.get("people").number(person)}
    return render(request, "protection/erase.html", context)


# -- past its term -----------------------------------------------------------------------------------------------------


def _administrator(request: HttpRequest) -> None:
    if not request.user.is_administrator:
        raise PermissionDenied


@require_safe
def retention(request: HttpRequest) -> HttpResponse:
    """What is past its term, by kind of data, and what was taken away last."""
    _administrator(request)
    context = {"dues": terms.due(), "erasures": _last_erasures()}
    return render(request, "protection/retention.html", context)


def _last_erasures() -> list[tuple[str, str, Erasure]]:
    found = []
    for row in Erasure.objects.order_by("-at", "-pk")[:20]:
        source = personal.source(row.source)
        number = f"{source.spec.prefix}-{row.record_id}" if source and source.spec else str(row.record_id)
        found.append((source.title if source else row.source, number, row))
    return found


@require_http_methods(["GET", "POST"])
def retention_of(request: HttpRequest, key: str) -> HttpResponse:
    """What of one kind of data is past its term, and taking it away."""
    _administrator(request)
    found = next(iter(terms.due(only=key)), None)
    if found is None:
        raise Http404
    form = ReasonForm(request.POST if request.method == "POST" else None, initial={"count": found.count, "reason": _("The term of retention is over.")})
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["count"] != found.count:
            form.add_error(None, _("Meanwhile there are others past their term: look at them again, then go on."))
            form.data = {**form.data.dict(), "count": found.count}
        else:
            done = erasing.anonymise(found.source, [*found.records, *found.gone], actor=request.user, reason=form.cleaned_data["reason"])
            say(request, _("%(n)s records are anonymised: %(what)s.") % {"n": len(done), "what": found.source.title})
            return redirect("retention")
    context = {"due": found, "form": form, "lines": _lines(request, found, found.records), "held": _held(request, found), "shown": SHOWN}
    return render(request, "protection/retention_of.html", context)


def _lines(request: HttpRequest, found: terms.Due, numbers: list[int]) -> list[tuple[str, str, str]]:
    """(address, number, words) of the first records; what is not open to the person stands there by its number only."""
    spec, some = found.source.spec, numbers[:SHOWN]
    if spec is None:
        rows = found.source.model._default_manager.filter(pk__in=some)
        return [("", str(row.pk), str(row)) for row in rows.order_by("pk")]
    seen = {row.pk: row for row in spec.annotated(spec.visible(request.user).filter(pk__in=some), [])}
    return [(spec.record_url(seen[pk]), spec.number(seen[pk]), str(seen[pk])) if pk in seen else ("", f"{spec.prefix}-{pk}", _("not open to you")) for pk in some]


def _held(request: HttpRequest, found: terms.Due) -> list[tuple[tuple[str, str, str], str]]:
    return [(line, reason) for line, reason in zip(_lines(request, found, list(found.held)), found.held.values(), strict=False)]
