"""The rules of data calls: when one may be sent, what its addressees get, replies entered and reminders logged many at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from gegma.engine import registry, write
from gegma.kernel import dates

from . import queries
from .models import CallReply, DataCall


def call_problems(call: DataCall) -> dict[str, str]:
    """Replies are due after the call is sent, and it is closed after that."""
    found = {}
    if call.sent_on and call.due_on and call.due_on < call.sent_on:
        found["due_on"] = _("The replies are due before the call is sent.")
    if call.sent_on and call.closed_on and call.closed_on < call.sent_on:
        found["closed_on"] = _("The call is closed before it was sent.")
    return found


def reply_problems(reply: CallReply) -> dict[str, str]:
    """A row has one addressee; a reply comes after the call."""
    found = {}
    named = [name for name in ("unit_id", "organisation_id", "title_ka") if getattr(reply, name)]
    if not named:
        found["unit"] = _("Say who is asked: a unit, an agency, or another addressee.")
    if len(named) > 1:
        found["organisation"] = _("One row has one addressee: a unit, an agency, or another one.")
    if not reply.call_id:  # a row of a form whose call is not written yet: asked again when it is
        return found
    sent = reply.call.sent_on
    if reply.replied_on and not sent:
        found["replied_on"] = _("The call has not been sent yet.")
    elif reply.replied_on and reply.replied_on < sent:
        found["replied_on"] = _("The reply came before the call was sent.")
    if sent and reply.due_on and reply.due_on < sent:
        found["due_on"] = _("The reply is due before the call was sent.")
    return found


def not_to_be_sent(call: DataCall) -> str:
    """A call goes to somebody."""
    return "" if call.pk and call.replies.exists() else _("The call has no addressees yet: add them first.")


def not_to_be_redrafted(call: DataCall) -> str:
    """What was answered stays as it was asked."""
    return _("Replies have come already.") if call.replies.filter(replied_on__isnull=False).exists() else ""


def give_terms(user, call: DataCall) -> None:
    """When a call is sent, the addressees without a day of their own get that of the call."""
    rows = list(call.replies.filter(due_on__isnull=True)) if call.due_on else []
    for row in rows:
        row.call, row.due_on = call, call.due_on
    write.save_all(registry.get("call-replies"), user, [(row, row.version) for row in rows])


def add_addressees(user, call: DataCall, units: Sequence, organisations: Sequence, due_on: dt.date | None) -> int:
    """Add those who are not among the addressees yet, in one step. Returns how many."""
    there = set(call.replies.values_list("unit_id", "organisation_id"))
    due_on = due_on or call.due_on
    rows = [CallReply(call=call, unit=unit, due_on=due_on) for unit in units if (unit.pk, None) not in there]
    rows += [CallReply(call=call, organisation=one, due_on=due_on) for one in organisations if (None, one.pk) not in there]
    if rows:
        write.create_many(registry.get("call-replies"), user, rows)
    return len(rows)


def late(call: DataCall) -> list[CallReply]:
    """The addressees of a call whose day has passed without a reply."""
    return list(call.replies.filter(queries.late()).select_related("unit", "organisation").order_by("due_on", "pk"))


def remind(user, call: DataCall, text: str, version: int) -> int:
    """Log a reminder to all who are late, and keep its text with the call. Returns how many. Raises what engine.write raises."""
    with transaction.atomic():
        rows = late(call)
        for row in rows:
            row.reminded_on, row.reminders = dates.today(), row.reminders + 1
        write.save_all(registry.get("call-replies"), user, [(row, row.version) for row in rows])
        call.reminder = text
        write.save(registry.get("data-calls"), user, call, version=version)
    return len(rows)
