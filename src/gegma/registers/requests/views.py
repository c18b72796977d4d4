"""The pages beside the register's own: who is to be reminded, a reminder, its letter, and the balance by country."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Max, Min
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gegma.engine import files, registry, write
from gegma.engine.filters import FilterError
from gegma.engine.policy import ADD, CHANGE
from gegma.engine.tables import address, cell_of
from gegma.engine.views.common import made_now, record_or_404, require, say, spec_or_404
from gegma.kernel import dates

from . import letters
from .balance import COLUMNS, NAMES, Balance, as_xlsx
from .forms import BalanceForm, ReminderForm

PAGE_ROWS = 50
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def chase_list(request: HttpRequest) -> HttpResponse:
    """The open and late requests, the latest first, each with what was done about it and one button."""
    spec = spec_or_404(request, "requests")
    late = {"late": "1", "sort": "due_on"}
    chosen = {name: word for name in ("country", "unit") if (word := request.GET.get(name, ""))}
    try:
        rows = spec.rows(request.user, {**late, **chosen})
        everything = spec.rows(request.user, late)
    except FilterError:
        raise Http404
    names = ["country", "unit", "reminders_sent", "last_reminder", "state"]
    shown = spec.annotated(rows, [name for name in names if name in spec.all_fields])
    page = Paginator(shown, PAGE_ROWS).get_page(request.GET.get("page"))
    today = dates.today()
    lines = [
        {
            "record": row, "number": spec.number(row), "url": spec.record_url(row), "days": (today - row.due_on).days,
            "state": cell_of(spec, spec.all_fields["state"], row, request.user), "why": letters.refuses(row),
        }
        for row in page.object_list
    ]  # fmt: skip
    context = {
        "spec": spec, "lines": lines, "page": page, "count": page.paginator.count, "here": request.get_full_path(),
        "countries": _choices(request.user, everything, "countries", "country", chosen), "units": _choices(request.user, everything, "units", "unit", chosen),
        "may_change": spec.policy.may(request.user, CHANGE), "narrowed": bool(chosen),
        "list_url": f"{spec.url}?late=1&sort=due_on" + "".join(f"&{name}={word}" for name, word in chosen.items()),
    }  # fmt: skip
    return render(request, "requests/chase_list.html", context)


def _choices(user, rows, register: str, name: str, chosen: dict) -> list[tuple[str, str, bool]]:
    """(number, title, chosen) of the records that late requests name."""
    numbers = set(rows.order_by().values_list(name, flat=True).distinct()) - {None}
    found = registry.get(register).visible(user).filter(pk__in=numbers).order_by("title_ka")
    return [(str(row.pk), str(row), str(row.pk) == chosen.get(name)) for row in found]


@require_http_methods(["GET", "POST"])
def chase(request: HttpRequest, pk: int) -> HttpResponse:
    """A reminder: drafted, edited, saved with the record's next check."""
    spec, reminders = spec_or_404(request, "requests"), registry.get("request-reminders")
    record = record_or_404(request, spec, pk)
    require(request, spec, CHANGE, record)
    require(request, reminders, ADD)
    why = letters.refuses(record)
    language = request.GET.get("language", letters.usual_language(record))
    if language not in letters.LANGUAGES:
        raise Http404
    earlier = list(reminders.visible(request.user).filter(request=record).order_by("sent_on", "pk"))
    if request.method == "POST" and not why:
        form = ReminderForm(request.POST)
        if form.is_valid() and (answer := _save(request, spec, record, form)):
            return answer
    else:
        form = ReminderForm.of(letters.draft(record, language, len(earlier) + 1), record.version)
    context = {
        "spec": spec, "record": record, "number": spec.number(record), "form": form, "why": why, "earlier": earlier, "language": language,
        "days": max(0, (dates.today() - record.due_on).days) if record.due_on else 0, "next": _next(request), "abroad": record.direction == "outgoing",
    }  # fmt: skip
    return render(request, "requests/chase.html", context, status=409 if why and request.method == "POST" else 200)


def _save(request: HttpRequest, spec, record, form: ReminderForm) -> HttpResponse | None:
    """Write the reminder with its record; nothing where that is refused, and the form says why."""
    reminders = registry.get("request-reminders")
    reminder, record.next_check_on = form.reminder(), form.cleaned_data["next_check_on"]
    try:
        write.save(spec, request.user, record, version=form.cleaned_data["version"], children=[write.Child(reminders, reminder)])
    except write.Conflict as error:
        form.data = form.data.copy()
        form.data["version"] = str(error.now.version)
        form.add_error(None, _("%(why)s Look at it again, then go on.") % {"why": error})
        return None
    except ValidationError as error:
        form.add_error(None, error.messages)
        return None
    words = _("The reminder about %(record)s is saved; the next check is on %(day)s.") % {
        "record": spec.number(record), "day": f"{record.next_check_on:%d.%m.%Y}",
    }  # fmt: skip
    say(request, words, reverse("request_letter", args=[reminder.pk]), _("The letter as a Word file"), undo=made_now(request, reminders))
    return redirect(_next(request) or spec.record_url(record) + f"#{reminders.key}")


def _next(request: HttpRequest) -> str:
    """Where to go afterwards, where the person came from a list."""
    given = request.POST.get("next") or request.GET.get("next", "")
    allowed = given.startswith("/") and url_has_allowed_host_and_scheme(given, {request.get_host()}, request.is_secure())
    return given if allowed else ""


@require_safe
def letter(request: HttpRequest, pk: int) -> FileResponse:
    """A reminder as a Word file."""
    spec = spec_or_404(request, "request-reminders")
    reminder = record_or_404(request, spec, pk)
    number = registry.get("requests").number(reminder.request)
    return FileResponse(letters.as_word(reminder), as_attachment=True, filename=f"{number}-{reminder.sent_on:%Y-%m-%d}.docx", content_type=files.TYPES["docx"])


@require_safe
def balance(request: HttpRequest) -> HttpResponse:
    """The balance by country for a period."""
    spec = spec_or_404(request, "requests")
    form, found = _asked(request, spec)
    context = {"spec": spec, "form": form, "balance": found, "export_query": address(request.GET)}
    if found:
        context["heads"] = [_head(request, found, name, head) for name, head in [("country", _("country")), *((n, h) for n, h, _a in COLUMNS)]]
        context["lines"] = [(line, _country_url(line), found.cells(line)) for line in found.lines]
        context["total"] = found.cells(found.total)
        context["refusals"] = [(line, found.ground_cells(line)) for line in found.lines if line.grounds]
        context["refusals_total"] = found.ground_cells(found.total)
    return render(request, "requests/balance.html", context, status=200 if found else 400)


def _country_url(line) -> str:
    """The page of a line's country."""
    return registry.get("countries").record_url(line.country)


def _asked(request: HttpRequest, spec) -> tuple[BalanceForm, Balance | None]:
    """The form as filled in, and the balance that it asks for where it can be understood."""
    ends = spec.visible(request.user).aggregate(first=Min("year"), last=Max("year"))
    this = dates.today().year
    years = list(range(ends["last"] or this, (ends["first"] or this) - 1, -1))[:10]
    form = BalanceForm(request.GET, years)
    sort = request.GET.get("sort", "country")
    if sort.removeprefix("-") not in {"country", *NAMES}:
        raise Http404
    if not form.is_valid():
        return form, None
    return form, Balance(request.user, form.cleaned_data["chosen"], form.cleaned_data["direction"], sort)


def _head(request: HttpRequest, found: Balance, name: str, label) -> dict:
    """The head of a column with the link that sorts by it: figures from the largest down first."""
    state = {name: "ascending", f"-{name}": "descending"}.get(found.sort, "none")
    first, second = (name, f"-{name}") if name == "country" else (f"-{name}", name)
    turned = second if found.sort == first else first
    return {"label": label, "number": name != "country", "sort": state, "url": address(request.GET, sort=turned)}


@require_safe
def balance_export(request: HttpRequest) -> HttpResponse:
    """The balance as a workbook."""
    spec = spec_or_404(request, "requests")
    _form, found = _asked(request, spec)
    if found is None:
        raise Http404
    name = f"requests-balance-{found.period.key.replace('..', '-')}.xlsx"
    return FileResponse(as_xlsx(found), as_attachment=True, filename=name, content_type=EXCEL)
