"""Commitments → import a cycle from a list; commitments → report on a cycle."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from gegma.engine import codes, registry, write
from gegma.engine.filters import FilterError
from gegma.engine.formfields import DayField
from gegma.engine.policy import ADD
from gegma.engine.tables import address
from gegma.engine.views.common import RECORD_MAX, made_now, require, say, spec_or_404
from gegma.engine.views.pasted import list_text
from gegma.kernel import dates

from . import importing, report, table
from .forms import CycleForm
from .models import ENDED, OPEN, Fulfilment

TEXT_MAX = 2_000_000
EXPORTED = "paragraph,title,text,theme,lead_unit,state,declared,declared_on,assessed,assessed_on,difference"


# -- importing a cycle -------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def import_cycle(request: HttpRequest) -> HttpResponse:
    """The page; POST with `_check` shows what each row is, with `_confirm` writes the ticked ones."""
    spec = spec_or_404(request, "commitments")
    require(request, spec, ADD)
    posted = request.method == "POST"
    form = CycleForm(request.user, request.POST if posted else None, _asked(request.GET))
    text, problem, read, rows = "", "", table.Table(), []
    if posted:
        text, problem = list_text(request, TEXT_MAX, whole=True)
    if text and not problem:
        read, problem = _read(request, text)
    if posted and form.is_valid() and not problem:
        rows, problem = _rows(request, form, read)
        if rows and "_confirm" in request.POST and (answer := _confirm(request, spec, form, rows)):
            return answer
    ticked = set(request.POST.getlist("take")) if "_confirm" in request.POST else None
    for row in rows:
        row.ticked = row.status == "new" if ticked is None else str(row.number) in ticked
    context = {
        "spec": spec, "form": form, "text": text, "problem": problem, "table": read, "rows": rows, "meanings": table.MEANINGS.items(),
        "counts": {s: sum(r.status == s for r in rows) for s in ("new", "same", "changed", "problem")},
    }  # fmt: skip
    return render(request, "commitments/import.html", context)


def _asked(params: QueryDict) -> dict[str, str]:
    return {name: params[name][:100] for name in ("framework", "cycle", "kind") if params.get(name) and "\0" not in params[name]}



def _read(request: HttpRequest, text: str) -> tuple[table.Table, str]:
    """The list with its columns; what the person said of the columns holds as long as they are the same."""
    try:
        read = table.read(text)
    except ValueError as error:
        return table.Table(), str(error)
    if request.POST.get("columns") == read.mark and not request.FILES.get("file"):
        taken: set[str] = set()
        for column in read.columns:
            meaning = request.POST.get(f"column-{column.index}", "")
            column.meaning = meaning if meaning in table.MEANINGS and meaning not in taken else ""
            if meaning and not column.meaning:
                return read, _("Two columns are said to hold the same: %(meaning)s.") % {"meaning": table.MEANINGS.get(meaning, meaning[:40])}
            taken.add(column.meaning)
    return read, ""


def _rows(request: HttpRequest, form: CycleForm, read: table.Table) -> tuple[list[importing.Row], str]:
    """The rows checked, and what is wrong with the list as a whole."""
    if not read.rows:
        return [], _("No row was found in the list.")
    if len(read.rows) > importing.ROWS_MAX:
        words = {"n": len(read.rows), "most": importing.ROWS_MAX}
        return [], _("The list has %(n)s rows; at most %(most)s are taken at once.") % words
    if not {"text", "title", "text_en", "title_en"} & {column.meaning for column in read.columns}:
        return [], _("Say which column holds the text, then check again.")
    rows = importing.Check(form.cleaned_data["framework"], form.cleaned_data["cycle"], request.user).rows(read)
    return rows, "" if rows else _("No row was found in the list.")


def _confirm(request: HttpRequest, spec, form: CycleForm, rows: list[importing.Row]) -> HttpResponse | None:
    """Write the ticked rows, or say why nothing was written."""
    ticked = set(request.POST.getlist("take"))
    wanted = [row for row in rows if str(row.number) in ticked and row.status in {"new", "changed"}]
    if not wanted:
        messages.error(request, _("No row is ticked."))
        return None
    about = importing.About(**form.cleaned_data)
    seen = {row.number: _number(request.POST.get(f"seen-{row.number}", "")) for row in wanted}
    if any(row.existing is None and seen[row.number] for row in wanted) or any(row.existing is not None and not seen[row.number] for row in wanted):
        messages.error(request, _("Nothing was written: the register was changed meanwhile. Look at the rows again."))
        return None
    try:
        made, changed = importing.store(about, request.user, wanted, seen)
    except (ValidationError, write.Conflict) as error:
        why = " ".join(error.messages) if isinstance(error, ValidationError) else _("somebody saved one of these commitments meanwhile; look at the rows again")
        messages.error(request, _("Nothing was written: %(why)s") % {"why": why})
        return None
    parts = []
    if made:
        parts.append(ngettext("%(n)s commitment is entered", "%(n)s commitments are entered", made) % {"n": made})
    if changed:
        parts.append(ngettext("%(n)s commitment is changed", "%(n)s commitments are changed", changed) % {"n": changed})
    if left := len(rows) - len(wanted):
        parts.append(ngettext("%(n)s row was left out", "%(n)s rows were left out", left) % {"n": left})
    say(request, "; ".join(parts) + ".", undo=made_now(request, spec))
    return redirect(_report_url(about.framework.pk, about.cycle.strip()))


def _number(word: str) -> int:
    return int(word) if word.isascii() and word.isdecimal() and len(word) < 10 else 0


# -- reporting on a cycle ----------------------------------------------------------------------------------------------


def _report_url(framework: int, cycle: str) -> str:
    asked = QueryDict(mutable=True)
    asked.update({"framework": str(framework), "cycle": cycle})
    return f"{reverse('commitments_report')}?{asked.urlencode()}"


@require_http_methods(["GET", "POST"])
def report_on(request: HttpRequest) -> HttpResponse:
    """A cycle with what was done and how far it is; without a framework, the cycles to choose from."""
    spec = spec_or_404(request, "commitments")
    may_add = spec.may(request.user, ADD)
    if "framework" not in request.GET:
        return render(request, "commitments/cycles.html", {"spec": spec, "cycles": report.cycles(request.user), "may_add": may_add})
    number = request.GET["framework"]
    framework = registry.get("frameworks").visible(request.user).filter(pk=int(number)).first() if number.isascii() and number.isdecimal() and int(number) < RECORD_MAX else None
    if framework is None:
        raise Http404
    asked = Asked(request.GET, framework)
    try:
        rows, whole = spec.rows(request.user, asked.params()), spec.rows(request.user, asked.params(without=("declared", "declared__set")))
    except FilterError as error:
        return render(request, "engine/refused.html", {"spec": spec, "key": error.key, "message": error.message, "without": asked.plain_url}, status=400)
    page = Paginator(report.in_order(rows), report.ROWS_A_PAGE).get_page(request.GET.get("page"))
    made = report.lines(page.object_list, request.user)
    blocked = False
    day = dates.today()
    if request.method == "POST":
        require(request, spec, "change")
        answer, made, day = _save(request, spec, made)
        if answer:
            return answer
        blocked = True
    context = {
        "spec": spec, "framework": framework, "asked": asked, "lines": made, "page": page, "blocked": blocked, "day": f"{day:%d.%m.%Y}", "may_add": may_add,
        "may_change": any(line.may_change for line in made), "statuses": Fulfilment.choices, "counts": asked.counts(whole), "total": whole.count(),
        "themes": codes.choices(importing.THEME_LIST), "leads": _leads(request, asked),
        "list_url": spec.url + asked.query(), "export_url": reverse("record_export", args=[spec.key, "xlsx"]) + asked.query(cols=EXPORTED),
        "import_url": f"{reverse('commitments_import')}{asked.about()}", "draft": f"commitments-report:{framework.pk}:{asked.cycle}",
    }  # fmt: skip
    return render(request, "commitments/report.html", context, status=409 if blocked else 200)


def _save(request: HttpRequest, spec, made: list[report.Line]) -> tuple[HttpResponse | None, list[report.Line], object]:
    """Save what was sent; where something stands in the way, the lines as they are now with what was typed."""
    try:
        day = DayField(required=True).clean(request.POST.get("declared_on", "").replace("\0", ""))
    except ValidationError as error:
        messages.error(request, _("Nothing was saved; declared on: %(why)s") % {"why": " ".join(error.messages)})
        for line in made:
            report._take(line, request.POST)
        return None, made, dates.today()
    outcome = report.save(made, request.user, request.POST, day, "mark" in request.POST)
    if outcome.blocked:
        fresh = {line.record.pk: line for line in report.lines([line.record.pk for line in made], request.user)}
        for line in made:
            if line.record.pk in fresh:
                fresh[line.record.pk].typed, fresh[line.record.pk].problem = line.typed, line.problem
        messages.error(request, _("Nothing was saved: something needs mending in the marked rows."))
        return None, list(fresh.values()), day
    if outcome.changed:
        words = ngettext("%(n)s commitment is saved.", "%(n)s commitments are saved.", outcome.changed) % {"n": outcome.changed}
        say(request, words, undo=made_now(request, spec))
    else:
        say(request, _("Nothing was changed."))
    return redirect(request.get_full_path()), made, day


def _leads(request: HttpRequest, asked: Asked) -> list:
    rows = registry.get("commitments").rows(request.user, asked.params(only_cycle=True))
    return list(registry.get("units").visible(request.user).filter(pk__in=rows.order_by().values("lead_unit")).order_by("title_ka"))


class Asked:
    """What the address asks of the page: framework, cycle, and the filters; and the addresses that ask for something else."""

    def __init__(self, params: QueryDict, framework):
        self.framework, self.cycle = framework, params.get("cycle", "")[:100].replace("\0", "")
        self.given = params
        self.theme, self.lead, self.declared, self.which = (params.get(n, "") for n in ("theme", "lead", "declared", "which"))

    def params(self, without: tuple[str, ...] = (), only_cycle: bool = False) -> dict[str, list[str]]:
        """The filters of the register that this means."""
        found = {"framework": [str(self.framework.pk)], **({"cycle__is": [self.cycle]} if self.cycle else {"cycle__set": ["0"]})}
        if only_cycle:
            return found
        if self.theme:
            found["theme"] = [self.theme]
        if self.lead:
            found["lead_unit"] = [self.lead]
        if self.declared:
            found |= {"declared__set": ["0"]} if self.declared == "none" else {"declared": [self.declared]}
        if self.which:
            found["state"] = list(OPEN) if self.which == "open" else list(ENDED) if self.which == "ended" else [self.which]
        return {name: words for name, words in found.items() if name not in without}

    def query(self, **more: str) -> str:
        """The same as the query part of the list's address."""
        asked = QueryDict(mutable=True)
        for name, words in self.params().items():
            asked.setlist(name, words)
        asked.update(more)
        return f"?{asked.urlencode(safe=',')}"

    def about(self) -> str:
        """Framework and cycle alone."""
        asked = QueryDict(mutable=True)
        asked.update({"framework": str(self.framework.pk), "cycle": self.cycle})
        return f"?{asked.urlencode()}"

    @property
    def plain_url(self) -> str:
        """The page without filters."""
        return _report_url(self.framework.pk, self.cycle)

    @property
    def narrowed(self) -> bool:
        """Whether anything is asked beyond framework and cycle."""
        return bool(self.theme or self.lead or self.declared or self.which)

    def counts(self, rows) -> list[dict]:
        """How many have each declared status: each with the address that shows them, or all again."""
        numbers: dict[str, int] = {}
        for status in rows.order_by().values_list("declared", flat=True):
            numbers[status] = numbers.get(status, 0) + 1
        found = []
        for status, word in [*Fulfilment.choices, ("", _("nothing declared yet"))]:
            key, n = status or "none", numbers.get(status, 0)
            if n or self.declared == key:
                url = address(self.given, without=("page", "declared"), **({} if self.declared == key else {"declared": key}))
                found.append({"word": word, "n": n, "tone": report.TONES[status], "url": url, "on": self.declared == key})
        return found
