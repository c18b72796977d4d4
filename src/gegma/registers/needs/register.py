"""The register of needs."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gegma.engine.filters import FlagFilter, RelationFilter
from gegma.engine.registry import register
from gegma.engine.spec import Computed, Derived, F, Life, Move, Register, Related, Section
from gegma.registers.directory.models import Unit

from . import domain
from .models import Need

OPEN = ("identified", "prioritised", "packaged", "in-project")
PRIORITIES = (
    ("high", pgettext_lazy("priority", "high")), ("medium", pgettext_lazy("priority", "medium")),
    ("low", pgettext_lazy("priority", "low")), ("none", _("not scored")),
)  # fmt: skip


@register
class Needs(Register):
    key = "needs"
    addressed = ("unit",)
    model = Need
    prefix = "N"
    icon = "chart"
    group = _("Assistance")
    order = ("-identified_on", "-pk")
    quick = ("title", "unit", "area", "source", "identified_on")
    fields = [
        F("title", bilingual=True, list=True, search=True),
        F("state", list=True, filter=True),
        F("unit", list=True, filter=True),
        F("area", list=True, filter=True),
        F("identified_on", list=True, filter=True, period=True),
        F("source", list=True, filter=True),
        F("description", bilingual=True, search=True),
        F("commitments", filter=True, help=_("Where the need follows from what the Ministry has taken on.")),
        F("questionnaire", search=True, filter=True),
        F("questionnaire_on", filter=True, period=True),
        F("impact", filter=True, help=_("How much would change for the work of the unit if the need were met.")),
        F("urgency", filter=True, help=_("How soon it must be met.")),
        F("feasibility", filter=True, help=_("How likely it is that a donor can help, and that the help can be used.")),
        F("cost", filter=True),
        F("currency", filter=True),
        F("prioritised_on", filter=True, period=True),
        F("packaged_on", filter=True, period=True),
        F("project_on", filter=True, period=True),
        F("met_on", filter=True, period=True),
        F("dropped_on", filter=True, period=True),
        F("reason", search=True),
    ]
    computed = [
        Derived(
            "priority", _("priority"), domain.priority_expression, PRIORITIES, list=True,
            tones={"high": "late", "medium": "soon", "low": "going", "none": "none"},
        ),
        Computed("points", _("points of priority"), domain.points_expression),
    ]  # fmt: skip
    extra_filters = [
        RelationFilter("unit_within", _("unit, with those above it"), target=Unit, paths=("unit", "unit__parent", "unit__parent__parent")),
        RelationFilter("packages", _("needs package"), path="packages"),
        RelationFilter("projects", _("project"), path="projects"),
        FlagFilter("placed", _("place in the matrix"), yes=Q(impact__isnull=False, urgency__isnull=False)),
        FlagFilter("open", _("still open"), yes=Q(state__in=OPEN), yes_words=_("not met and not dropped"), no_words=_("met or dropped")),
    ]
    life = Life(
        "state",
        moves=(
            Move("prioritise", _("Prioritise"), ("identified",), "prioritised", day="prioritised_on", asks=("impact", "urgency", "feasibility"), then=domain.follow_one),
            Move("package", _("Mark as packaged"), ("prioritised", "in-project", "met", "dropped"), "packaged", day="packaged_on", refuses=domain.not_packaged, quiet=True),
            Move("begin", _("Mark as in a project"), ("identified", "prioritised", "packaged", "met", "dropped"), "in-project", day="project_on", refuses=domain.not_in_project, quiet=True),
            Move("meet", _("Mark as met"), ("prioritised", "packaged", "in-project"), "met", day="met_on"),
            Move("drop", _("Drop"), OPEN, "dropped", day="dropped_on", asks=("reason",)),
            Move("take-back", _("Back to prioritised"), ("packaged", "in-project", "met"), "prioritised", refuses=domain.still_led, quiet=True, clears=("packaged_on", "project_on", "met_on")),
            Move("reopen", _("Back to identified"), ("prioritised", "packaged", "in-project", "dropped"), "identified", refuses=domain.worked_on, quiet=True, clears=("prioritised_on", "packaged_on", "project_on", "dropped_on", "reason")),
        ),
        needs={
            "prioritised": ("impact", "urgency", "feasibility", "prioritised_on"),
            "packaged": ("impact", "urgency", "feasibility", "packaged_on"),
            "in-project": ("project_on",), "met": ("met_on",), "dropped": ("dropped_on", "reason"),
        },
        tones={"identified": "none", "prioritised": "going", "packaged": "going", "in-project": "going", "met": "done", "dropped": "none"},
    )  # fmt: skip
    layout = [
        Section(_("Need"), ("title", "unit", "area", "description", "state", "reason")),
        Section(_("How it was found"), ("source", "questionnaire", "questionnaire_on", "commitments", "identified_on")),
        Section(_("Priority"), ("priority", "points", "impact", "urgency", "feasibility", "cost", "currency")),
        Section(_("Life"), ("prioritised_on", "packaged_on", "project_on", "met_on", "dropped_on")),
    ]
    related = [Related("projects", "needs")]
    actions_template = "needs/actions.html"

    follow_links = staticmethod(domain.follow)

    def problems(self, record) -> dict[str, str]:
        """Beyond what the state asks for: money has a currency, days stand in their order."""
        return {**super().problems(record), **domain.problems(record)}
