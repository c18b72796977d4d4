"""Training → Add people: paste or upload a list, look at the check, confirm the good rows."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from gegma.engine import registry
from gegma.engine.policy import ADD, CHANGE
from gegma.engine.views.common import made_now, record_or_404, require, say
from gegma.engine.views.pasted import list_text

from . import people

TEXT_MAX = 500_000


@require_http_methods(["GET", "POST"])
def add_people(request: HttpRequest, pk: int) -> HttpResponse:
    """The page; POST with `check` shows what each row is, with `confirm` writes the ticked ones."""
    spec = registry.get("trainings")
    training = record_or_404(request, spec, pk)
    require(request, spec, CHANGE, training)
    require(request, registry.get("participations"), ADD)
    text, problem, rows = "", "", []
    if request.method == "POST":
        text, problem = list_text(request, TEXT_MAX)
    if text and not problem:
        rows = people.Check(training, request.user).rows(text)
        if len(rows) > people.ROWS_MAX:
            problem = _("The list has %(n)s rows; at most %(most)s are taken at once.") % {"n": len(rows), "most": people.ROWS_MAX}
            rows = []
        elif not rows:
            problem = _("No row with a name was found.")
        elif "_confirm" in request.POST and (answer := _confirm(request, spec, training, rows)):
            return answer
    ticked = set(request.POST.getlist("take")) if "_confirm" in request.POST else None
    for row in rows:
        row.ticked = row.status != "problem" if ticked is None else str(row.number) in ticked
        row.answer = request.POST.get(f"who-{row.number}", "")
    context = {
        "spec": spec, "training": training, "number": spec.number(training), "text": text, "problem": problem, "rows": rows,
        "counts": {s: sum(r.status == s for r in rows) for s in ("found", "new", "choose", "problem")},
    }  # fmt: skip
    return render(request, "trainings/add_people.html", context)



def _confirm(request: HttpRequest, spec, training, rows: list[people.Row]) -> HttpResponse | None:
    """Write the ticked rows; nothing where one of them still waits for an answer."""
    ticked = set(request.POST.getlist("take"))
    chosen = {row.number: request.POST.get(f"who-{row.number}", "") for row in rows}
    wanted = [row for row in rows if str(row.number) in ticked and row.status != "problem"]
    waiting = [row for row in wanted if row.status == "choose" and not chosen[row.number]]
    if waiting:
        names = ", ".join(row.name for row in waiting[:5])
        messages.error(request, _("Say who is meant, or take the tick away: %(names)s.") % {"names": names})
        return None
    if not wanted:
        messages.error(request, _("No row is ticked."))
        return None
    try:
        added, fresh = people.add(training, request.user, wanted, chosen)
    except (ValidationError, IntegrityError) as error:
        why = " ".join(error.messages) if isinstance(error, ValidationError) else _("somebody added one of these people meanwhile")
        messages.error(request, _("Nothing was added: %(why)s") % {"why": why})
        return None
    words = ngettext("%(n)s person is added to the training", "%(n)s people are added to the training", added) % {"n": added}
    if fresh:
        words += ngettext(", %(n)s of them new in the directory", ", %(n)s of them new in the directory", fresh) % {"n": fresh}
    if left := len(rows) - len(wanted):
        words += ngettext("; %(n)s row was left out", "; %(n)s rows were left out", left) % {"n": left}
    say(request, words + ".", undo=made_now(request, registry.get("participations")))
    return redirect(spec.record_url(training) + "#participations")
