"""Expressions over the rows of these registers, and the clock of an incident."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Case, CharField, Q, Value, When
from django.db.models import F as Column
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gegma.kernel import dates
from gegma.kernel.text import language

CLOCK = (
    ("running", gettext_lazy("time is running")), ("over", gettext_lazy("time is over")), ("in-time", gettext_lazy("notified in time")),
    ("late", gettext_lazy("notified late")), ("none", gettext_lazy("no notification needed")),
)  # fmt: skip
CLOCK_TONES = {"running": "soon", "over": "late", "in-time": "done", "late": "partly"}
NOTIFIED = Q(notified_at__isnull=False)


def clock() -> Case:
    """How the notification of an incident stands."""
    return Case(
        When(NOTIFIED & Q(notified_at__lte=Column("notify_by")), then=Value("in-time")),
        When(NOTIFIED, then=Value("late")),
        When(~Q(state="open"), then=Value("none")),
        When(notify_by__lt=dates.now(), then=Value("over")),
        default=Value("running"),
        output_field=CharField(),
    )


@dataclass(frozen=True)
class Clock:
    """What the page of an incident shows: how it stands, and the hours and minutes left (or gone over)."""

    state: str
    hours: int = 0
    minutes: int = 0

    @property
    def tone(self) -> str:
        """The tone of its badge."""
        return CLOCK_TONES.get(self.state, "none")

    @property
    def words(self) -> str:
        """How it stands, in words."""
        return str(dict(CLOCK)[self.state])


def clock_of(incident) -> Clock:
    """The clock of one incident, to the minute."""
    if incident.notified_at and incident.notify_by:
        return Clock("in-time" if incident.notified_at <= incident.notify_by else "late", *_apart(incident.notified_at, incident.discovered_at))
    if incident.state != "open" or not incident.notify_by:
        return Clock("none")
    now = dates.now()
    return Clock("over" if incident.notify_by < now else "running", *_apart(incident.notify_by, now))


def _apart(one, other) -> tuple[int, int]:
    return divmod(int(abs((one - other).total_seconds())) // 60, 60)


def authority() -> str:
    """What the authority is called, in the language of the page."""
    names = settings.PROTECTION_AUTHORITY
    return names[language()] or names["ka"] or names["en"] or _("data protection authority")
