"""Data call → replies received, and → add addressees: many at once, written in one step that one click undoes."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from gegma.engine import codes, registry, write
from gegma.engine.formfields import DayField
from gegma.engine.policy import ADD, CHANGE
from gegma.engine.views.common import made_now, record_or_404, require, say
from gegma.kernel import dates

from . import domain, grid
from .models import DataCall

REMINDER_MAX = 4000
# What may be asked: the column of the addressee → its register, the codelist of its kinds, and the kinds that are shown first (all).
ASKED = {
    "unit": ("units", "unit-kind", ()),
    "organisation": ("organisations", "organisation-kind", ("ministry",)),
}


@require_http_methods(["GET", "POST"])
def call_replies(request: HttpRequest, pk: int) -> HttpResponse:
    """The addressees with the day and number of each reply; below, the reminder to those who are late."""
    spec, replies = registry.get("data-calls"), registry.get("call-replies")
    call = record_or_404(request, spec, pk)
    require(request, spec, CHANGE, call)
    posted = request.POST.copy() if request.method == "POST" else None
    if posted is not None and "_remind" in posted:
        return _remind(request, spec, call, posted)
    rows = grid.lines(_replies_of(replies, request.user, call), posted)
    many = grid.ManyForm(posted, initial={"day": dates.today()})
    if posted is not None:
        extend = "_extend" in posted
        try:
            changed = grid.save(request.user, rows, many, extend)
        except write.Conflict:
            many.add_error(None, _("Somebody changed a row while you were saving: nothing is written. Look at the rows and save again."))
            changed = None
        if changed is not None:
            words = ngettext("%(n)s row is saved.", "%(n)s rows are saved.", changed) if changed else _("Nothing was changed.")
            say(request, words % {"n": changed} if changed else words, undo=made_now(request, replies))
            return redirect("call_replies", pk=call.pk)
        fresh = {row.pk: row for row in _replies_of(replies, request.user, call)}
        for line in rows:  # what was typed stays, against the rows as they are now
            line.form.data[line.form.add_prefix("version")] = fresh[line.reply.pk].version if line.reply.pk in fresh else 0
            line.reply = fresh.get(line.reply.pk, line.reply)
    return _page(request, spec, call, rows, many)


def _replies_of(replies, user, call: DataCall) -> list:
    rows = replies.annotated(replies.visible(user).filter(call=call.pk), ["unit", "organisation", "reply_state", "call"])
    return sorted(rows, key=lambda row: (row.unit_id is None, str(row)))


def _page(request: HttpRequest, spec, call: DataCall, rows: list[grid.Line], many: grid.ManyForm) -> HttpResponse:
    bound = registry.get("call-replies").all_fields["reply_state"]
    for line in rows:
        line.tone, line.word = bound.tones.get(line.reply.reply_state, "none"), bound.word(line.reply.reply_state)
    errors = [
        {"anchor": line.anchor, "text": f"{line.reply}: {message}"} for line in rows for messages in line.form.errors.values() for message in messages
    ]
    late = domain.late(call)
    context = {
        "spec": spec, "call": call, "number": spec.number(call), "lines": rows, "many": many, "errors": errors, "late": late,
        "done": sum(line.reply.replied_on is not None for line in rows), "text": call.reminder or draft(call), "back": spec.record_url(call),
    }  # fmt: skip
    return render(request, "datacalls/replies.html", context)


def draft(call: DataCall) -> str:
    """The words of a reminder, to be changed at will."""
    facts = {
        "title": str(call), "sent": f"{call.sent_on:%d.%m.%Y}" if call.sent_on else "", "due": f"{call.due_on:%d.%m.%Y}" if call.due_on else "",
        "officer": call.officer.name if call.officer else "", "unit": str(call.owner_unit or ""),
    }  # fmt: skip
    parts = [
        _("On %(sent)s we asked you for information: «%(title)s». The reply was due on %(due)s and has not reached us yet.") % facts,
        _("Please send it as soon as you can, or tell us by when we may expect it."),
        ", ".join(filter(None, [facts["officer"], facts["unit"]])),
    ]
    return "\n\n".join(filter(None, parts))


def _remind(request: HttpRequest, spec, call: DataCall, posted) -> HttpResponse:
    """Log the reminder to all who are late."""
    text, version = posted.get("text", "").replace("\0", "").strip(), posted.get("version", "")
    try:
        if len(text) > REMINDER_MAX:
            raise ValidationError(_("The text is longer than %(most)s letters.") % {"most": REMINDER_MAX})
        seen = int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else 0
        reminded = domain.remind(request.user, call, text, seen)
    except (ValidationError, write.Conflict) as error:
        why = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        rows = grid.lines(_replies_of(registry.get("call-replies"), request.user, call))
        many = grid.ManyForm({}, initial={"day": dates.today()})
        many.add_error(None, _("The reminder is not logged: %(why)s") % {"why": why})
        call = record_or_404(request, spec, call.pk)
        call.reminder = text
        return _page(request, spec, call, rows, many)
    words = ngettext("The reminder to %(n)s addressee is logged.", "The reminder to %(n)s addressees is logged.", reminded) % {"n": reminded}
    say(request, words, undo=made_now(request, registry.get("call-replies")))
    return redirect("call_replies", pk=call.pk)


@dataclass
class Group:
    """Units or agencies of one kind; rows: (record, whether it is an addressee already, whether it is ticked). further: seldom asked."""

    name: str
    kind: str
    label: str
    rows: list
    further: bool = False


@require_http_methods(["GET", "POST"])
def call_addressees(request: HttpRequest, pk: int) -> HttpResponse:
    """Tick units of the Ministry and agencies; all ticked ones become addressees in one step."""
    spec, replies = registry.get("data-calls"), registry.get("call-replies")
    call = record_or_404(request, spec, pk)
    require(request, spec, CHANGE, call)
    require(request, replies, ADD)
    groups = [group for name in ASKED for group in _groups(request, call, name)]
    problem = _("The call is closed: open it again before you add addressees.") if call.state == "closed" else ""
    if request.method == "POST" and not problem:
        chosen = {name: [row for group in groups if group.name == name for row, there, on in group.rows if on and not there] for name in ASKED}
        try:
            due_on = DayField(required=False).clean(request.POST.get("due_on", ""))
            if not any(chosen.values()):
                raise ValidationError(_("No addressee is ticked."))
            added = domain.add_addressees(request.user, call, chosen["unit"], chosen["organisation"], due_on)
        except ValidationError as error:
            problem = " ".join(error.messages)
        else:
            words = ngettext("%(n)s addressee is added.", "%(n)s addressees are added.", added) % {"n": added}
            say(request, words, undo=made_now(request, replies))
            return redirect(spec.record_url(call) + "#call-replies")
    due = request.POST.get("due_on", f"{call.due_on:%d.%m.%Y}" if call.due_on else "")
    context = {
        "spec": spec, "call": call, "number": spec.number(call), "groups": groups, "problem": problem, "due_on": due, "back": spec.record_url(call),
        "further_ticked": any(on for group in groups if group.further for _row, _there, on in group.rows),
    }  # fmt: skip
    return render(request, "datacalls/addressees.html", context)


def _groups(request: HttpRequest, call: DataCall, name: str) -> list[Group]:
    register, codelist, first = ASKED[name]
    there, ticked = set(call.replies.values_list(f"{name}_id", flat=True)), set(request.POST.getlist(name))
    groups: dict[str, Group] = {}
    for row in registry.get(register).rows(request.user, {"active": "1"}):
        further = bool(first) and row.kind not in first
        group = groups.setdefault(row.kind, Group(name, row.kind, codes.label(codelist, row.kind), [], further))
        group.rows.append((row, row.pk in there, str(row.pk) in ticked))
    order = [kind for kind, _word in codes.choices(codelist)]
    return sorted(groups.values(), key=lambda group: order.index(group.kind) if group.kind in order else len(order))
