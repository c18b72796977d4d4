"""The words of reminders: which of them still stand, and the e-mail that tells of them, grouped by register and record."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gegma.accounts.models import User
from gegma.engine import deadlines, registry
from gegma.engine.deadlines import Deadline
from gegma.kernel.text import first_large

from .models import Notice

# An e-mail names so many records; the page has the rest.
NAMED = 60


def open_deadlines(person: User, notices: Iterable[Notice], today: dt.date) -> list[Deadline]:
    """The deadlines behind these notices that are still open on the day that the notice names, and that the person may see."""
    wanted = {(notice.key, notice.due_on) for notice in notices}
    if not wanted:
        return []
    only = defaultdict(set)
    for (register, record_id, _what), _day in wanted:
        only[register].add(record_id)
    days = [day for _key, day in wanted]
    found = deadlines.between(person, min(days), max(days), only=only, today=today)
    return [one for one in found if (one.key, one.day) in wanted]


def reason(day: dt.date, today: dt.date) -> str:
    """Why one is reminded, as of today."""
    days = (day - today).days
    if days > 0:
        return ngettext("due in %(n)s day", "due in %(n)s days", days) % {"n": days}
    if days < 0:
        return ngettext("late by %(n)s day", "late by %(n)s days", -days) % {"n": -days}
    return _("due today")


def by_register(found: list[Deadline]) -> list[tuple[str, list[list[Deadline]]]]:
    """The deadlines by register and record: (title of the register, [[those of one record]]), the most urgent record first."""
    groups: dict[str, dict[int, list[Deadline]]] = defaultdict(lambda: defaultdict(list))
    for one in found:
        groups[one.register][one.record_id].append(one)
    return [(first_large(registry.get(key).title), list(records.values())) for key, records in groups.items()]


def words(found: list[Deadline], today: dt.date) -> tuple[str, str]:
    """Subject and text of the e-mail, in the language that is active."""
    records = len({one.key[:2] for one in found})
    subject = ngettext("Gegma: %(n)s record with a deadline, %(day)s", "Gegma: %(n)s records with a deadline, %(day)s", records)
    lines, left = [_("These records wait for you or for your unit:")], NAMED
    for title, groups in by_register(found):
        if left <= 0:
            break
        lines += ["", title]
        for group in groups[:left]:
            lines += _record(group, today)
        left -= len(groups)
    if records > NAMED:
        lines += ["", _("%(n)s more are on the page of reminders.") % {"n": records - NAMED}]
    lines += [
        "", _("All reminders: %(url)s") % {"url": settings.ADDRESS + reverse("reminders")},
        _("Calendar: %(url)s") % {"url": settings.ADDRESS + reverse("agenda")},
    ]  # fmt: skip
    return subject % {"n": records, "day": f"{today:%d.%m.%Y}"}, "\n".join(lines) + "\n"


def _record(group: list[Deadline], today: dt.date) -> list[str]:
    lines = [f"- {group[0].number} {one_line(group[0].title)}"]
    for day, asks in groupby(group, key=lambda one: one.day):
        for one in asks:
            moved = "; " + _("first due %(day)s") % {"day": f"{one.first:%d.%m.%Y}"} if one.moved else ""
            lines.append(f"  {one.asked(today)}: {reason(day, today)} ({day:%d.%m.%Y}{moved})")
    return [*lines, f"  {settings.ADDRESS}{group[0].url}"]


def one_line(text: str) -> str:
    """Text without line breaks and control characters: a title cannot write lines of its own into the e-mail."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\s]+", " ", text).strip()
