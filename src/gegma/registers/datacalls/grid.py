"""The rows of the page «replies received»: one small form for each addressee, checked together and written in one step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gegma.engine import registry, write
from gegma.engine.formfields import DayField

from . import domain
from .models import CallReply


class LineForm(forms.Form):
    """The reply of one addressee; version is the one that the person saw."""

    replied_on = DayField(label=gettext_lazy("replied on"), required=False)
    number = forms.CharField(label=gettext_lazy("number of the reply"), required=False, max_length=60)
    version = forms.IntegerField(widget=forms.HiddenInput)


class ManyForm(forms.Form):
    """What is given to all ticked addressees: the day of the reply, or a later day by which it is due."""

    day = DayField(label=gettext_lazy("day of the reply"), required=False)
    new_due = DayField(label=gettext_lazy("new day due"), required=False)


@dataclass
class Line:
    """An addressee with its form; ticked: it is among those that the day above is meant for."""

    reply: CallReply
    form: LineForm
    ticked: bool = False

    @property
    def anchor(self) -> str:
        """Where its first field stands on the page."""
        return self.form["replied_on"].id_for_label

    def refuse(self, text: str) -> None:
        """Say what is wrong with the row."""
        self.form.add_error(None, text)


def lines(replies: Sequence[CallReply], data=None) -> list[Line]:
    """A line for each addressee; data: what was sent."""
    made, ticked = [], set(data.getlist("take")) if data is not None else set()
    for reply in replies:
        first = {"replied_on": reply.replied_on, "number": reply.number, "version": reply.version}
        made.append(Line(reply, LineForm(data, prefix=f"r{reply.pk}", initial=first), str(reply.pk) in ticked))
    return made


def save(user, rows: list[Line], many: ManyForm, extend: bool) -> int | None:
    """Write what was typed, or (extend) the new day due of the ticked ones. Returns how many rows changed, None where something is wrong."""
    sound = [many.is_valid(), *(line.form.is_valid() for line in rows)]
    if not all(sound):
        return None
    ticked = [line for line in rows if line.ticked]
    wanted = "new_due" if extend else "day"
    if (ticked or extend) and not many.cleaned_data[wanted]:
        many.add_error(wanted, _("Give the day for those that are ticked."))
    if extend and not ticked:
        many.add_error(None, _("No row is ticked."))
    if many.errors:
        return None
    changed = [line for line in (ticked if extend else rows) if _take_over(line, many, extend)]
    for line in changed:
        _check(line)
    if any(line.form.errors for line in rows):
        return None
    try:
        write.save_all(registry.get("call-replies"), user, [(line.reply, line.form.cleaned_data["version"]) for line in changed])
    except ValidationError as error:
        many.add_error(None, error.messages)
        return None
    return len(changed)


def _take_over(line: Line, many: ManyForm, extend: bool) -> bool:
    """Put what was given into the reply; whether that changes it."""
    reply, given = line.reply, line.form.cleaned_data
    before = (reply.replied_on, reply.number, reply.due_on)
    if extend:
        reply.due_on = many.cleaned_data["new_due"]
    else:
        reply.replied_on = given["replied_on"] or (many.cleaned_data["day"] if line.ticked else None)
        reply.number = given["number"].strip()
    return (reply.replied_on, reply.number, reply.due_on) != before


def _check(line: Line) -> None:
    if line.reply.version != line.form.cleaned_data["version"]:
        line.refuse(_("Somebody changed this row meanwhile. Look at its state, then save yours once more, or take it back."))
    for text in domain.reply_problems(line.reply).values():
        line.refuse(text)
