"""The registers of the cycle: reporting periods, and the reports on activities."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gegma.engine.registry import register
from gegma.engine.spec import Due, F, Life, Move, Register, Section

from . import cycle
from .models import OPEN_STATES, ReportingPeriod, Update
from .register import GROUP
from .statuses import StatusFilter


def _reviewers(user, record) -> bool:
    return cycle.may_review(user)


@register
class ReportingPeriods(Register):
    key = cycle.PERIODS
    published = True
    model = ReportingPeriod
    prefix = "RP"
    group = GROUP
    menu = False
    icon = "calendar"
    policy = cycle.PeriodPolicy()
    order = ("-starts_on",)
    actions_template = "plan/period_actions.html"
    fields = [
        F("plan", list=True, filter=True),
        F("title", bilingual=True, list=True, search=True),
        F("state", list=True, filter=True, form=False),
        F("starts_on", list=True, filter=True),
        F("ends_on", list=True, filter=True),
        F("opens_on", filter=True),
        F("due_on", list=True, filter=True),
        F("first_due_on", form=False),
        F("officer", filter=True),
        F("closed_on", list=True, filter=True, form=True),
        F("close_reason"),
        F("reopen_reason"),
    ]
    life = Life(
        "state",
        moves=(
            Move("open", _("Open the period"), ("planned",), "open", then=cycle.open_updates),
            Move(
                "close", _("Close the period"), ("open", "reopened"), "closed", day="closed_on", asks=("close_reason",),
                clears=("reopen_reason",), back="reopen",
            ),
            Move("reopen", _("Open it again"), ("closed",), "reopened", asks=("reopen_reason",), clears=("closed_on", "close_reason"), then=cycle.open_updates),
        ),
        needs={"closed": ("closed_on",), "reopened": ("reopen_reason",)},
        tones={"planned": "none", "open": "going", "closed": "done", "reopened": "soon"},
    )  # fmt: skip
    dues = [Due("due_on", Q(state__in=OPEN_STATES), _("reports to be accepted and the period closed"), first="first_due_on")]

    def complete(self, record, user) -> None:
        """Its name and days follow from the time it is for."""
        cycle.complete(record)

    def problems(self, record) -> dict[str, str]:
        """The order of its days, and why it is closed early."""
        return {**cycle.period_problems(record), **super().problems(record)}


@register
class Updates(Register):
    key = cycle.UPDATES
    addressed = ("activity__owner_unit",)
    model = Update
    prefix = "UPD"
    group = GROUP
    menu = False
    icon = "edit"
    policy = cycle.UpdatePolicy()
    order = ("-reporting__starts_on", "activity__order")
    actions_template = "plan/update_actions.html"
    fields = [
        F("activity", list=True, filter=True, form=False),
        F("reporting", list=True, filter=True, form=False),
        F("state", list=True, filter=True, form=False),
        F("text", bilingual=True, search=True),
        F("declared", list=True),
        F("documents", filter=True),
        F("submitted_on", list=True, filter=True), F("submitted_by", filter=True, form=False),
        F("returned_on", filter=True), F("returned_by", filter=True, form=False), F("reason", search=True),
        F("accepted_on", filter=True), F("accepted_by", filter=True, form=False),
        F("assessed", list=True), F("difference", search=True),
        F("plan", label=_("plan"), path="reporting__plan", filter=True),
        F("section", label=_("section"), path="activity__section", filter=True),
    ]  # fmt: skip
    extra_filters = [StatusFilter("declared", _("declared status"), path="declared"), StatusFilter("assessed", _("assessed status"), path="assessed")]
    life = Life(
        "state",
        moves=(
            Move("submit", _("Submit"), ("draft", "returned"), "submitted", day="submitted_on", refuses=cycle.closed, may=cycle.may_write),
            Move("withdraw", _("Take back"), ("submitted",), "draft", clears=("submitted_on",), refuses=cycle.closed, may=cycle.may_write),
            Move("return", _("Return"), ("submitted", "accepted"), "returned", day="returned_on", asks=("reason",), refuses=cycle.closed, may=_reviewers),
            Move("accept", _("Accept the report"), ("submitted",), "accepted", day="accepted_on", asks=("assessed", "difference"), refuses=cycle.closed, may=_reviewers),
        ),
        needs={
            "submitted": ("text", "declared", "submitted_on"), "returned": ("reason", "returned_on"),
            "accepted": ("text", "declared", "assessed", "accepted_on"),
        },
        tones={"draft": "none", "submitted": "going", "returned": "soon", "accepted": "done"},
    )  # fmt: skip
    layout = [
        Section(_("Report"), ("activity", "reporting", "plan", "section", "state", "text", "declared", "documents")),
        Section(_("Assessment"), ("assessed", "difference", "reason")),
        Section(_("Who and when"), ("submitted_on", "submitted_by", "returned_on", "returned_by", "accepted_on", "accepted_by")),
    ]

    def settle(self, user, record, children=()) -> None:
        """Who took the step; nothing changes in what was submitted."""
        cycle.settle(user, record)

    def problems(self, record) -> dict[str, str]:
        """What its state needs, and statuses that the plan knows."""
        return {**cycle.update_problems(record), **super().problems(record)}
