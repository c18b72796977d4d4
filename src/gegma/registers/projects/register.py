"""The registers of projects, their activities and their monitoring."""

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models import F as Column
from django.utils.translation import gettext_lazy as _

from gegma.engine import registry
from gegma.engine.filters import DateFilter, FlagFilter, SpanFilter, having
from gegma.engine.personal import Personal
from gegma.engine.policy import UnitPolicy
from gegma.engine.registry import register
from gegma.engine.spec import Computed, Due, F, Inline, Life, Move, Register, Related, Section
from gegma.registers.directory.filters import CountryFilter

from .models import MonitoringEntry, Project, ProjectActivity

GROUP = _("Assistance")
GOING = ("concept", "submitted", "review", "approved", "active", "suspended")
ENDED_WITH_A_REASON = ("declined", "suspended", "cancelled")


@register
class Projects(Register):
    key = "projects"
    model = Project
    prefix = "PR"
    icon = "plan"
    group = GROUP
    order = ("-starts_on",)
    quick = ("title", "instrument", "role", "state", "starts_on", "ends_on")
    personal = (
        Personal(
            purpose=_("To know which attaché supported the work."), basis=_("Tasks laid on the Ministry by law"), subject=_("people of partner bodies"),
            categories=(_("name and position"),), fields=("attache",), person=("attache",), keep_years=5, after="ends_on",
        ),
    )  # fmt: skip
    fields = [
        F("title", bilingual=True, list=True, search=True),
        F("state", list=True, filter=True),
        F("role", list=True, filter=True),
        F("starts_on", list=True, filter=True, period=True),
        F("ends_on", list=True, filter=True, period=True),
        F("budget", filter=True),
        F("currency", filter=True),
        F("donors", list=True, filter=True, search=True),
        F("implementers", list=True, filter=True, search=True),
        F("beneficiaries", filter=True),
        F("goal", bilingual=True, search=True),
        F("instrument", filter=True),
        F("number", search=True),
        F("needs", filter=True),
        F("drafted_by_us", filter=True),
        F("proposal_on", filter=True, period=True),
        F("framework", filter=True),
        F("area", filter=True),
        F("sector", filter=True),
        F("attache", filter=True),
        F("reason", search=True),
        F("publishable", filter=True),
        F("publication", filter=True),
        F("published_on", filter=True, period=True),
        F("donor_kind", label=_("kind of donor"), path="donors__kind", filter=True),
        F("implementer_kind", label=_("kind of implementing organisation"), path="implementers__kind", filter=True),
    ]
    computed = [
        Computed(
            "activities_done", _("activities done"),
            lambda: Subquery(
                ProjectActivity.objects.filter(project=OuterRef("pk"), done_on__isnull=False)
                .order_by().values("project").annotate(n=Count("pk")).values("n")
            ),
        ),
    ]  # fmt: skip
    extra_filters = [
        SpanFilter("running", _("running"), start="starts_on", end="ends_on"),
        CountryFilter("with_country", _("with the country"), organisations=("donors", "implementers")),
        DateFilter("monitored", _("monitoring entry"), path="monitoring__on"),
        FlagFilter(
            "partner_kind_un_or_regional", _("partner is a UN or regional organisation"),
            yes=lambda: Q(pk__in=_with_partner_kind("donors")) | Q(pk__in=_with_partner_kind("implementers")),
        ),
    ]  # fmt: skip
    life = Life(
        "state",
        moves=(
            Move("submit", _("Submit the proposal"), ("concept",), "submitted", day="proposal_on"),
            Move("review", _("Begin the review"), ("submitted",), "review"),
            Move("approve", _("Mark as approved"), ("concept", "submitted", "review"), "approved"),
            Move("start", _("Begin"), ("concept", "approved"), "active", day="starts_on", asks=("ends_on",)),
            Move("complete", _("Complete"), ("active",), "completed", day="ends_on"),
            Move("suspend", _("Suspend"), ("approved", "active"), "suspended", asks=("reason",)),
            Move("resume", _("Resume"), ("suspended", "completed"), "active"),
            Move("decline", _("Mark as declined"), ("submitted", "review"), "declined", asks=("reason",)),
            Move("cancel", _("Mark as cancelled"), GOING, "cancelled", asks=("reason",)),
            Move("reopen", _("Back to a concept"), ("declined", "cancelled"), "concept"),
        ),
        needs={
            "submitted": ("proposal_on",),
            "review": ("proposal_on",),
            "active": ("starts_on",),
            "completed": ("starts_on", "ends_on"),
            **dict.fromkeys(ENDED_WITH_A_REASON, ("reason",)),
        },
        tones={
            "concept": "none", "submitted": "going", "review": "going", "approved": "going", "active": "going",
            "completed": "done", "declined": "late", "suspended": "soon", "cancelled": "late",
        },
    )  # fmt: skip
    layout = [
        Section(_("Project"), ("title", "number", "instrument", "state", "reason", "role", "goal", "needs")),
        Section(_("Time and money"), ("starts_on", "ends_on", "budget", "currency")),
        Section(_("Who"), ("donors", "implementers", "beneficiaries", "attache")),
        Section(_("Proposal"), ("drafted_by_us", "proposal_on")),
        Section(_("Classification"), ("framework", "area", "sector")),
        Section(_("Publication"), ("publishable", "publication", "published_on")),
    ]
    inlines = [
        Inline("project-activities", "project", ("title", "planned_from", "planned_to", "done_on", "result")),
        Inline("monitoring-entries", "project", ("on", "finding", "rating")),
    ]
    related = [Related("documents", "project"), Related("trainings", "project"), Related("meetings", "project"), Related("actions", "project")]
    evidence = staticmethod(lambda: having(Project, "documents"))

    def follow(self, user, record, before, after) -> None:
        """A need whose project has begun is in a project; without it, it is what it was."""
        touched = {*before.get("needs", ()), *after.get("needs", ())}
        if touched and (before.get("needs"), before.get("state")) != (after.get("needs"), after.get("state")):
            registry.get("needs").follow_links(user, touched)

    def problems(self, record) -> dict[str, str]:
        """A published project has its date; it does not end before it starts."""
        found = super().problems(record)
        if record.publication == "published" and not record.published_on:
            found["published_on"] = _("Needed when the project is published.")
        if record.starts_on and record.ends_on and record.ends_on < record.starts_on:
            found["ends_on"] = _("The end lies before the start.")
        if record.budget is not None and not record.currency:
            found["currency"] = _("Name the currency of the budget.")
        return found


def _with_partner_kind(relation: str):
    table = Project._meta.get_field(relation).remote_field.through
    return table.objects.filter(organisation__kind__in=["un", "regional"]).values("project_id")


@register
class ProjectActivities(Register):
    key = "project-activities"
    model = ProjectActivity
    prefix = "PA"
    group = GROUP
    menu = False
    parent = "projects"
    parent_field = "project"
    policy = UnitPolicy("project__")
    order = ("planned_to",)
    fields = [
        F("title", bilingual=True, list=True, search=True),
        F("project", list=True, filter=True),
        F("planned_from", filter=True, period=True),
        F("planned_to", list=True, filter=True, period=True),
        F("first_planned_to", form=False),
        F("done_on", list=True, filter=True, period=True),
        F("result", search=True),
        F("project_role", label=_("department's role"), path="project__role", filter=True),
        F("project_framework", label=_("project's framework"), path="project__framework", filter=True),
        F("project_state", label=_("state of the project"), path="project__state", filter=True),
    ]
    dues = [
        Due(
            "planned_to", Q(done_on__isnull=True, project__state__in=["approved", "active"]), _("project activity to be done"),
            first="first_planned_to",
        ),
    ]  # fmt: skip
    extra_filters = [
        FlagFilter(
            "on_time", _("done on time"), yes=Q(done_on__isnull=False, done_on__lte=Column("planned_to")),
            yes_words=_("done by the planned day"), no_words=_("done late or not done"),
        ),
    ]  # fmt: skip
    evidence = staticmethod(lambda: having(ProjectActivity, "project__documents"))


@register
class MonitoringEntries(Register):
    key = "monitoring-entries"
    model = MonitoringEntry
    prefix = "ME"
    group = GROUP
    menu = False
    parent = "projects"
    parent_field = "project"
    policy = UnitPolicy("project__")
    order = ("-on",)
    fields = [
        F("project", list=True, filter=True),
        F("on", list=True, filter=True, period=True),
        F("finding", list=True, search=True),
        F("rating", list=True, filter=True),
    ]
