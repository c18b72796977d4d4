"""The cycle of reports: a period opens, each activity gets a report to be written, it is submitted, returned or accepted, the period closes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gegma.accounts.models import SYSTEM_WRITER, Role
from gegma.audit.context import is_past
from gegma.audit.models import Action, Change
from gegma.audit.record import lock
from gegma.engine import hooks, registry, write
from gegma.engine.deadlines import ALL, UNIT, Asked, Deadline, Source
from gegma.engine.policy import CHANGE, NOTHING, VIEW, OpenPolicy
from gegma.kernel import periods
from gegma.kernel.periods import Period
from gegma.registers.directory.models import Unit

from . import board as boards
from . import verdicts
from .models import OPEN_STATES, TO_BE_WRITTEN, Activity, PeriodState, Plan, ReportingPeriod, Update, UpdateState

PERIODS, UPDATES = "reporting-periods", "plan-updates"
KINDS = {UPDATES: gettext_lazy("report on an activity to be written")}
# Reports are asked for by so many days after the period ends, unless somebody sets another day.
DAYS_TO_WRITE = 10
WRITTEN = ("text_ka", "text_en", "declared")
# What only the steps of the life ask for; whoever writes the report does not see it in the form.
ASSESSMENT = ("assessed", "difference", "reason", "submitted_on", "returned_on", "accepted_on")

# All that accepting and returning changes.
REVIEWED = frozenset({"state", "assessed", "difference", "reason", "returned_on", "accepted_on", "returned_by_id", "accepted_by_id"})


# -- who may ------------------------------------------------------------------------------------------------------------


def may_review(user) -> bool:
    """Whether the person accepts and returns reports: reviewers, and those who keep the periods."""
    return bool(user.is_authenticated and user.is_active) and (user.role == Role.REVIEWER or may_keep_periods(user))


def may_keep_periods(user) -> bool:
    """Whether the person opens and closes reporting periods: administrators, heads of department, heads of a division and officers of the
    Department itself, that is of a unit at the top whose divisions own sections of a plan."""
    if not (user.is_authenticated and user.is_active and user.is_officer):
        return False
    if user.is_administrator or user.role == Role.HEAD:
        return True
    below = Q(children__plan_sections__isnull=False) | Q(children__children__plan_sections__isnull=False)
    return Unit.objects.filter(below, pk=user.unit_id, parent=None).exists() if user.unit_id else False


def looked_after(user, unit: bool = True) -> Q:
    """The reports that the person answers for, and those of whom they stand in for today. For lists: the right to write is mine() alone."""
    whole = mine(user, unit)
    for person in user.stands_for():
        whole |= mine(person, unit)
    return whole


def mine(user, unit: bool = True) -> Q:
    """The reports that the person answers for, as board.is_mine says it of activities; unit: also those of their unit."""
    people = Activity.responsible.through.objects.filter(user_id=user.pk).values("activity_id")
    whole = Q(activity_id__in=people) if user.pk else NOTHING
    if unit and user.unit_id:
        whole |= Q(activity__owner_unit=user.unit_id) | Q(activity__owner_unit=None, activity__section__owner_unit=user.unit_id)
    return whole


def may_write(user, update: Update) -> bool:
    """Whether the person writes and submits this report: responsible people, officers of the owner unit, reviewers."""
    if not (user.is_authenticated and user.is_active and user.is_officer):
        return False
    return may_keep_periods(user) or Update.objects.filter(mine(user), pk=update.pk).exists()


class PeriodPolicy(OpenPolicy):
    """All read; those who keep the periods write."""

    def writes(self, user, action: str) -> bool:
        """Those who keep the periods."""
        return may_keep_periods(user)


class UpdatePolicy(PeriodPolicy):
    """All read; reports are made by opening a period; those who answer for one write it until it is accepted, reviewers take it on."""

    def writes(self, user, action: str) -> bool:
        """Officers may write some report, namely theirs; reviewers accept and return."""
        return super().writes(user, action) or (action == CHANGE and (user.is_officer or may_review(user)))

    def columns(self, user) -> frozenset[str] | None:
        """A reviewer assesses and rewrites nothing."""
        return REVIEWED if user.role == Role.REVIEWER else super().columns(user)

    def q(self, user, action: str = VIEW) -> Q:
        """The reports on which the person may do this."""
        if action == CHANGE and self.may(user, action) and not may_review(user):
            return mine(user) & ~Q(state=UpdateState.ACCEPTED) & ~Q(reporting__state=PeriodState.CLOSED)
        return super().q(user, action)


# -- periods ------------------------------------------------------------------------------------------------------------


def complete(reporting: ReportingPeriod) -> None:
    """Name a new period, and set the days that follow from its own."""
    if not (reporting.starts_on and reporting.ends_on) or reporting.starts_on > reporting.ends_on:
        return
    for lang in ("ka", "en"):
        with translation.override(lang):
            if not getattr(reporting, f"title_{lang}"):
                setattr(reporting, f"title_{lang}", reporting.period.sentence())
    reporting.opens_on = reporting.opens_on or reporting.ends_on
    reporting.due_on = reporting.due_on or reporting.opens_on + dt.timedelta(days=DAYS_TO_WRITE)


def period_problems(reporting: ReportingPeriod) -> dict[str, str]:
    """Its days are in order; it is closed with reports not accepted only where somebody says why."""
    found = {}
    try:
        Period(reporting.starts_on, reporting.ends_on)
    except (ValueError, TypeError):
        found["ends_on"] = _("The period ends before it starts, or lies in no year of ours.")
    if reporting.opens_on and reporting.due_on and reporting.due_on < reporting.opens_on:
        found["due_on"] = _("Reports cannot be due before the period opens.")
    waiting = unaccepted(reporting) if reporting.pk and reporting.state == PeriodState.CLOSED else 0
    if waiting and not reporting.close_reason.strip():
        found["close_reason"] = _("Reports that are not accepted: %(n)s. Accept or return them first, or say why the period is closed without them.") % {"n": waiting}
    return found


def unaccepted(reporting: ReportingPeriod) -> int:
    """How many reports of the period are not accepted; of activities that are still in the plan."""
    return reporting.updates.exclude(state=UpdateState.ACCEPTED).filter(activity__withdrawn=False).count()


def open_updates(user, reporting: ReportingPeriod) -> int:
    """Give each activity of the plan its report for the period, where it has none; returns how many were made."""
    if is_past():
        return 0
    with transaction.atomic():
        lock()
        have = Update.objects.filter(reporting=reporting).values("activity_id")
        missing = Activity.objects.filter(plan_id=reporting.plan_id, withdrawn=False).exclude(pk__in=have).order_by("order")
        rows = [Update(reporting=reporting, activity=activity) for activity in missing]
        if rows:
            write.create_many(registry.get(UPDATES), SYSTEM_WRITER, rows)
    return len(rows)


def complete_updates(reporting: ReportingPeriod) -> None:
    """Activities that came into the plan after the period opened get their report too."""
    if reporting.is_open:
        have = Update.objects.filter(reporting=reporting).values("activity_id")
        if Activity.objects.filter(plan_id=reporting.plan_id, withdrawn=False).exclude(pk__in=have).exists():
            open_updates(SYSTEM_WRITER, reporting)


def offered(plan: Plan) -> list[Period]:
    """The quarters, half-years and years of the plan that are no reporting periods yet."""
    taken = {one.period for one in plan.reporting_periods.all()}
    whole = [p for p in periods.choices(plan.period) if len(p.months()) in (3, 6, 12) and p.start >= plan.starts_on and p.end <= plan.ends_on]
    return [p for p in whole if p not in taken]


# -- reports ------------------------------------------------------------------------------------------------------------


def update_problems(update: Update) -> dict[str, str]:
    """The statuses are those of the plan's scale; where they differ, it is said why."""
    found, known = {}, {step["key"] for step in update.activity.plan.scale}
    for name in ("declared", "assessed"):
        if getattr(update, name) and getattr(update, name) not in known:
            found[name] = _("This status is not on the scale of the plan.")
    if update.state == UpdateState.ACCEPTED and update.assessed != update.declared and not update.difference.strip():
        found["difference"] = _("The assessed status is another one than the declared: say why.")
    return found


def settle(user, update: Update) -> None:
    """Keep who took a step; refuse what is no step: other words in what was submitted, a word in a closed period."""
    old = Update.objects.select_related("reporting").filter(pk=update.pk).first() if update.pk else None
    if old is None:
        return
    if old.reporting.state == PeriodState.CLOSED:
        raise ValidationError(closed(old))
    if old.state != update.state:
        _sign(user, update)
        return
    if not old.to_be_written and any(getattr(old, n) != getattr(update, n) for n in WRITTEN):
        raise ValidationError(_("It is submitted: take it back first, then change it."))
    if any(getattr(old, n) != getattr(update, n) for n in ASSESSMENT) and not may_review(user):
        raise PermissionDenied


def _sign(user, update: Update) -> None:
    step = {UpdateState.SUBMITTED: "submitted", UpdateState.RETURNED: "returned", UpdateState.ACCEPTED: "accepted"}.get(update.state)
    if step:
        setattr(update, f"{step}_by_id", user.pk)


def closed(update: Update) -> str:
    """Why nothing can be done with the report now, or nothing."""
    return _("The reporting period is closed: it must be opened again first.") if update.reporting.state == PeriodState.CLOSED else ""


def is_late(update: Update, today: dt.date) -> bool:
    """Whether it should have been submitted by now, or was submitted after the day."""
    due = update.reporting.due_on
    if due is None:
        return False
    return today > due if update.to_be_written else bool(update.submitted_on and update.submitted_on > due)


def returned_before(update: Update) -> list[Change]:
    """The times that it was returned, newest first, each with its reason in after["reason"]."""
    changes = Change.objects.filter(register=UPDATES, record_id=update.pk, action=Action.UPDATE).order_by("-pk")
    return [change for change in changes if change.after.get("state") == UpdateState.RETURNED]


def to_write(user, unit: bool = True) -> list[Update]:
    """The reports that wait for the person, the first due first."""
    rows = Update.objects.filter(looked_after(user, unit), state__in=TO_BE_WRITTEN, reporting__state__in=OPEN_STATES, activity__withdrawn=False)
    return list(rows.select_related("reporting__plan", "activity").order_by("reporting__due_on", "activity__order"))


def status_of(plan: Plan, key: str) -> verdicts.Status | None:
    """A status of the plan's scale by its key."""
    return next((s for s in verdicts.scale(plan) if s.key == key), None) if key else None


def told(plan: Plan, period: Period) -> dict[int, Update]:
    """The reports of exactly this period, by activity: those that have words or a status."""
    rows = Update.objects.filter(reporting__plan=plan, reporting__starts_on=period.start, reporting__ends_on=period.end)
    return {u.activity_id: u for u in rows.select_related("reporting") if u.text_ka or u.text_en or u.declared}


# -- by when ------------------------------------------------------------------------------------------------------------


def find(asked: Asked) -> Iterator[Deadline]:
    """The reports to be written by a day in the span."""
    rows = Update.objects.filter(
        state__in=TO_BE_WRITTEN, reporting__state__in=OPEN_STATES, activity__withdrawn=False, reporting__due_on__range=(asked.start, asked.end)
    ).order_by("reporting__due_on", "pk")
    if (records := asked.records(UPDATES)) is not None:
        rows = rows.filter(pk__in=records)
    if asked.whose != ALL:
        rows = rows.filter(looked_after(asked.user, unit=asked.whose == UNIT))
    rows = rows.select_related("reporting__plan", "activity__section").prefetch_related("activity__responsible")
    for update in rows[: asked.most] if registry.get(UPDATES).policy.may(asked.user, VIEW) else ():
        activity = update.activity
        yield Deadline(
            update.reporting.due_on, f"{boards.title(activity)} ({update.reporting})", KINDS[UPDATES], write_url(update), activity.code, UPDATES, update.pk,
            first=update.reporting.first_due_on, unit=activity.owner_unit_id or activity.section.owner_unit_id,
            people=tuple(person.pk for person in activity.responsible.all()),
        )  # fmt: skip


def write_url(update: Update) -> str:
    """The page on which a report is written and read."""
    return reverse("update_write", args=[update.reporting.plan.key, update.reporting_id, update.pk])


def install() -> None:
    """Put the reports to be written among the deadlines."""
    hooks.DEADLINES.append(Source(KINDS, find))
