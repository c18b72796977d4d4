"""Which requests are open, late, or rest on a suspended agreement; what their reminders come to."""

from __future__ import annotations

import datetime as dt

from django.db.models import Case, CharField, Count, Exists, F, Max, OuterRef, Q, Subquery, Value, When
from django.utils.translation import gettext_lazy as _

from gegma.engine import registry
from gegma.kernel import dates

from .models import OPEN, Reminder

SOON_DAYS = 7
NONE = Q(pk__in=[])

ATTENTION = (
    ("late-suspended", _("late; the agreement is suspended")),
    ("suspended", _("the agreement is suspended")),
    ("late", _("late")),
    ("confirm", _("written confirmation awaited")),
    ("soon", _("due soon")),
    ("waiting", _("waiting")),
    ("done", _("settled")),
)
TONES = {
    "late-suspended": "late", "suspended": "soon", "late": "late", "confirm": "soon", "soon": "soon", "waiting": "going", "done": "done",
}  # fmt: skip


def is_open() -> Q:
    """Somebody waits for an answer, or for the rest of it."""
    return Q(state__in=OPEN)


def is_late() -> Q:
    """Open after the day it was due."""
    return is_open() & Q(due_on__lt=dates.today())


def in_time() -> Q:
    """Answered by the day it was due."""
    return Q(answered_on__isnull=False, due_on__isnull=False, answered_on__lte=F("due_on"))


def awaits_confirmation() -> Q:
    """Asked by word of mouth, and not confirmed in writing yet."""
    return is_open() & Q(urgency="verbal-urgent", confirmed_on__isnull=True)


def on_suspended() -> Q:
    """Open while the agreement it rests on is suspended. None where agreements keep no stage."""
    agreements = registry.get("agreements").model._default_manager
    return is_open() & Q(Exists(agreements.filter(suspended(), pk=OuterRef("agreement")).order_by()))


def suspended() -> Q:
    """The agreements that are suspended today. None where agreements keep no stage."""
    found = _in_stages("suspended")
    return NONE if found is None else found


def usable() -> Q:
    """The agreements that a request may rest on today: not drafts, nor what has ended. All where agreements keep no stage."""
    return _in_stages("in-force", "provisional", "suspended", "none") or Q()


def _in_stages(*stages: str) -> Q | None:
    """Agreements in one of these stages; nothing where agreements know none of them."""
    agreements = registry.get("agreements")
    known = {key for key, _words in agreements.filters["stage"].choices()} if "stage" in agreements.filters else set()
    asked = [stage for stage in stages if stage in known]
    return agreements.query({"stage": asked}).q() if asked else None


def attention() -> Case:
    """What a request needs today, in one word."""
    soon = Q(due_on__lte=dates.today() + dt.timedelta(days=SOON_DAYS))
    without_ground = Case(When(is_late(), then=Value("late-suspended")), default=Value("suspended"))
    return Case(
        When(~is_open(), then=Value("done")),
        When(on_suspended(), then=without_ground),
        When(is_late(), then=Value("late")),
        When(awaits_confirmation(), then=Value("confirm")),
        When(soon, then=Value("soon")),
        default=Value("waiting"),
        output_field=CharField(),
    )


def reminders() -> Subquery:
    """How many reminders were sent."""
    return Subquery(_reminders().annotate(n=Count("pk")).values("n"))


def last_reminder() -> Subquery:
    """The day of the last reminder."""
    return Subquery(_reminders().annotate(day=Max("sent_on")).values("day"))


def _reminders():
    return Reminder.objects.filter(request=OuterRef("pk")).order_by().values("request")
