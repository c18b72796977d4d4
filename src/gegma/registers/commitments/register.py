"""The register of commitments."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gegma.engine.filters import FlagFilter, RelationFilter, SpanFilter, having
from gegma.engine.registry import register
from gegma.engine.spec import Derived, Due, F, Life, Move, Register, Related, Section
from gegma.kernel.text import pick
from gegma.registers.directory.filters import CountryFilter
from gegma.registers.frameworks.models import Framework

from . import domain, queries
from .models import UNDER_WAY, Commitment

LIFE = Life(
    "state",
    moves=(
        Move("accept", _("Accept"), ("received", "noted"), "accepted", day="accepted_on", asks=("lead_unit", "due_on"), clears=("ended_on",)),
        Move("note", _("Note without accepting"), ("received", "accepted"), "noted", day="ended_on", asks=("notes",)),
        Move("start", _("Mark as in progress"), ("accepted",), "in-progress", day="started_on"),
        Move("report", _("Report on it"), ("in-progress",), "reported", day="declared_on", asks=("declared", "difference")),
        Move("assess", _("Enter the assessment"), ("reported",), "assessed", day="assessed_on", asks=("assessed", "assessed_by", "assessor", "difference")),
        Move("continue", _("Back to in progress"), ("reported", "assessed"), "in-progress"),
        Move("close", _("Close"), UNDER_WAY, "closed", day="ended_on", asks=("notes",)),
        Move(
            "carry-over", _("Carry over to the next cycle"), UNDER_WAY, "carried-over", day="ended_on", asks=("next_cycle",),
            refuses=domain.goes_on, then=domain.carry_over,
        ),
        Move("revise", _("Revise"), UNDER_WAY, "revised", day="ended_on", asks=("revised_to",), refuses=domain.goes_on, then=domain.revise),
        Move("merge", _("Merge into another"), UNDER_WAY, "merged", day="ended_on", asks=("merged_into",)),
        Move(
            "reopen", _("Open again"), ("closed", "merged", "carried-over", "revised"), "in-progress",
            clears=("ended_on", "merged_into", "next_cycle", "revised_to"), refuses=domain.goes_on,
        ),
    ),
    needs={
        "noted": ("ended_on",), "closed": ("ended_on",), "carried-over": ("ended_on", "next_cycle"), "revised": ("ended_on", "revised_to"),
        "merged": ("ended_on", "merged_into"), "reported": ("declared", "declared_on"), "assessed": ("assessed", "assessed_on"),
    },
    tones={
        "received": "none", "accepted": "soon", "noted": "none", "in-progress": "going", "reported": "mostly", "assessed": "done", "closed": "done",
        "carried-over": "none", "revised": "none", "merged": "none",
    },
)  # fmt: skip


@register
class Commitments(Register):
    key = "commitments"
    addressed = ("lead_unit",)
    model = Commitment
    prefix = "CM"
    icon = "check"
    group = _("Commitments")
    order = ("framework_id", "cycle", "paragraph")
    quick = ("title", "kind", "framework", "cycle", "paragraph", "received_on")
    fields = [
        F("title", bilingual=True, list=True, search=True),
        F("framework", list=True, filter=True),
        F("cycle", list=True, search=True, help=_("As the framework counts them: a year, or «2nd cycle».")),
        F("paragraph", list=True, search=True),
        F("state", list=True, filter=True),
        F("kind", filter=True),
        F("text", bilingual=True, search=True),
        F("theme", filter=True),
        F("source", search=True), F("source_on"), F("source_url"),
        F("proposed_on", filter=True, period=True),
        F("included_on", filter=True, period=True),
        F("received_on", filter=True, period=True),
        F("accepted_on", filter=True, period=True),
        F("started_on", filter=True, period=True),
        F("due_on", list=True, filter=True, period=True),
        F("first_due_on", form=False),
        F("ended_on", filter=True, period=True, help=_("Asked for by the step that ends the commitment.")),
        F("lead_unit", list=True, filter=True),
        F("partners", filter=True, search=True),
        F("declared", list=True, filter=True),
        F("declared_on", filter=True, period=True),
        F("assessed", list=True, filter=True),
        F("assessed_on", filter=True, period=True),
        F("assessed_by", filter=True), F("assessor"), F("difference", search=True),
        F("previous", filter=True), F("next_cycle", search=True), F("revised_to"), F("merged_into", filter=True),
        F("framework_kind", label=_("kind of framework"), path="framework__kind", filter=True),
    ]  # fmt: skip
    computed = [
        Derived(
            "timeliness", _("by the due date"), queries.timeliness,
            (("late", _("late")), ("soon", _("due soon")), ("ahead", _("due later")), ("reported", _("reported on")), ("undated", _("no due date")), ("ended", _("ended"))),
            tones={"late": "late", "soon": "soon", "ahead": "going", "reported": "done"},
        ),
    ]  # fmt: skip
    extra_filters = [
        CountryFilter("with_country", _("with the country"), paths=("framework__bodies__country",), organisations=("partners",)),
        queries.CycleFilter("cycle", _("cycle"), path="cycle"),
        SpanFilter("open", _("open"), start="received_on", end="ended_on", last_day_counts=False),
        RelationFilter("framework_within", _("framework, with those above it"), target=Framework, paths=("framework", "framework__parent")),
        FlagFilter("included", _("included"), yes=Q(included_on__isnull=False), yes_words=_("included"), no_words=_("not included")),
        FlagFilter("acted", _("something was done"), yes=queries.acted, yes_words=_("something was done"), no_words=_("nothing was done yet")),
        FlagFilter("differing", _("the statuses differ"), yes=queries.differing, yes_words=_("the statuses differ"), no_words=_("the statuses do not differ")),
    ]
    life = LIFE
    layout = [
        Section(_("Commitment"), ("title", "kind", "framework", "cycle", "paragraph", "text", "theme", "source", "source_on", "source_url")),
        Section(_("State and days"), ("state", "timeliness", "proposed_on", "included_on", "received_on", "accepted_on", "started_on", "due_on", "first_due_on", "ended_on")),
        Section(_("Who"), ("lead_unit", "partners")),
        Section(_("How far it is"), ("declared", "declared_on", "assessed", "assessed_on", "assessed_by", "assessor", "difference")),
        Section(_("Over the cycles"), ("previous", "next_cycle", "revised_to", "merged_into")),
    ]
    dues = [Due("due_on", Q(state__in=queries.WAITING), _("commitment to be fulfilled"), first="first_due_on")]
    related = [Related("actions", "commitments")]
    evidence = staticmethod(lambda: having(Commitment, "actions__documents"))
    actions_template = "commitments/actions.html"

    def heading(self, record) -> str:
        """The title alone: cycle and paragraph stand below it."""
        return pick(record, "title") or str(record)

    def problems(self, record) -> dict[str, str]:
        """What its state needs, the order of its days, the two statuses, and no circles."""
        return {**domain.problems(record), **super().problems(record)}
