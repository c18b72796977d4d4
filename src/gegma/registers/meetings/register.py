"""The registers of meetings and decisions."""

from django.apps import apps
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gegma.engine.filters import FlagFilter, RelationFilter, SpanFilter, having
from gegma.engine.personal import Personal
from gegma.engine.policy import UnitPolicy
from gegma.engine.registry import register
from gegma.engine.spec import Due, F, Inline, Life, Move, Register, Related, Section
from gegma.registers.directory.filters import CountryFilter
from gegma.registers.frameworks.models import Body, Framework

from .models import Decision, Meeting

GROUP = _("Cooperation")


def _with_minutes() -> Q:
    documents = apps.get_model("documents", "Document").objects
    return Q(pk__in=documents.filter(type="minutes", meeting__isnull=False).values("meeting_id"))


@register
class Meetings(Register):
    key = "meetings"
    addressed = ("units", "decisions__unit")
    model = Meeting
    prefix = "M"
    icon = "calendar"
    group = GROUP
    order = ("-starts_on",)
    quick = ("title", "kind", "state", "starts_on", "organisations")
    personal = (
        Personal(
            purpose=_("To know who takes part in meetings and visits."), basis=_("Tasks laid on the Ministry by law"), subject=_("staff of the Ministry and people of partner bodies"), categories=(_("meetings and visits"),),
            fields=("attache", "delegation"), person=("attache", "delegation"), keep_years=5, after="starts_on",
            abroad=_("the list of a delegation goes to the host, with an entry in the log of disclosures"),
        ),
    )  # fmt: skip
    fields = [
        F("title", bilingual=True, list=True, search=True),
        F("kind", list=True, filter=True),
        F("state", list=True, filter=True),
        F("starts_on", list=True, filter=True, period=True),
        F("ends_on", filter=True, period=True),
        F("place", search=True),
        F("country", filter=True),
        F("international", filter=True),
        F("thematic", filter=True),
        F("level", filter=True),
        F("purpose", filter=True),
        F("body", list=True, filter=True),
        F("framework", list=True, filter=True),
        F("agreement", filter=True),
        F("project", filter=True),
        F("organisations", list=True, filter=True, search=True),
        F("partner_countries", filter=True, search=True),
        F("units", filter=True),
        F("attended", filter=True),
        F("attache", filter=True),
        F("approved_on", filter=True, period=True),
        F("agenda", search=True),
        F("summary", search=True),
        F("programme", search=True),
        F("delegation", filter=True),
        F("body_kind", label=_("kind of body"), path="body__kind", filter=True),
        F("body_initiated_by_us", label=_("body initiated by the Department"), path="body__initiated_by_us", filter=True),
        F("organisation_kind", label=_("kind of partner"), path="organisations__kind", filter=True),
    ]
    extra_filters = [
        SpanFilter("running", _("running"), start="starts_on", end="ends_on"),
        CountryFilter("with_country", _("with the country"), paths=("partner_countries", "body__country"), organisations=("organisations",)),
        RelationFilter("body_or_above", _("body, or the one it works under"), target=Body, paths=("body", "body__parent")),
        RelationFilter(
            "framework_within", _("framework, with those above it"), target=Framework, paths=("framework", "framework__parent")
        ),
        FlagFilter("minutes", _("minutes"), yes=_with_minutes, yes_words=_("with minutes"), no_words=_("without minutes")),
    ]
    life = Life(
        "state",
        moves=(
            Move("hold", _("Mark as held"), ("planned",), "held", day="starts_on", asks=("ends_on", "level", "summary")),
            Move("cancel", _("Mark as cancelled"), ("planned",), "cancelled", asks=("notes",)),
            Move("plan", _("Back to planned"), ("held", "cancelled"), "planned"),
        ),
        needs={"held": ("starts_on",)},
        tones={"planned": "going", "held": "done", "cancelled": "none"},
    )
    layout = [
        Section(_("Meeting"), ("title", "kind", "state", "level", "purpose", "international", "thematic")),
        Section(_("When and where"), ("starts_on", "ends_on", "place", "country")),
        Section(_("About"), ("body", "framework", "agreement", "project")),
        Section(_("Who took part"), ("organisations", "partner_countries", "units", "attended", "attache", "approved_on")),
        Section(_("Course"), ("agenda", "summary")),
        Section(_("Visit"), ("programme", "delegation")),
    ]
    dues = [Due("starts_on", Q(state="planned"), _("meeting planned: was it held?"), begins="starts_on")]
    inlines = [Inline("decisions", "meeting", ("number", "title", "unit", "who", "due_on", "state", "done_on"))]
    related = [Related("documents", "meeting"), Related("actions", "meeting")]
    evidence = staticmethod(lambda: having(Meeting, "documents"))

    def problems(self, record) -> dict[str, str]:
        """A meeting does not end before it starts."""
        found = super().problems(record)
        if record.starts_on and record.ends_on and record.ends_on < record.starts_on:
            found["ends_on"] = _("The end lies before the start.")
        return found


@register
class Decisions(Register):
    key = "decisions"
    addressed = ("unit",)
    model = Decision
    prefix = "D"
    icon = "check"
    group = GROUP
    parent = "meetings"
    parent_field = "meeting"
    policy = UnitPolicy("meeting__")
    order = ("due_on",)
    personal = (
        Personal(
            purpose=_("To know who carries a decision out."), basis=_("Tasks laid on the Ministry by law"), subject=_("staff of the Ministry and people of partner bodies"), categories=(_("name and position"),),
            fields=("who",), keep_years=10, after="meeting__starts_on", neutral=("who",),
        ),
    )  # fmt: skip
    fields = [
        F("title", label=_("decision"), bilingual=True, list=True, search=True),
        F("meeting", list=True, filter=True),
        F("number", search=True),
        F("unit", list=True, filter=True),
        F("who", list=True, search=True),
        F("due_on", list=True, filter=True, period=True),
        F("first_due_on", form=False),
        F("state", list=True, filter=True),
        F("done_on", list=True, filter=True, period=True),
        F("body", label=_("body"), path="meeting__body", filter=True),
        F("body_kind", label=_("kind of body"), path="meeting__body__kind", filter=True),
        F("meeting_state", label=_("state of the meeting"), path="meeting__state", filter=True),
    ]
    life = Life(
        "state",
        moves=(
            Move("finish", _("Mark as carried out"), ("open",), "done", day="done_on"),
            Move("confirm", _("Confirm as carried out"), ("open", "done"), "confirmed", day="done_on"),
            Move("reopen", _("Open again"), ("done", "confirmed"), "open"),
        ),
        needs={"done": ("done_on",), "confirmed": ("done_on",)},
        tones={"open": "going", "done": "done", "confirmed": "done"},
    )
    dues = [Due("due_on", Q(state="open"), _("decision to be carried out"), first="first_due_on")]
    evidence = staticmethod(lambda: having(Decision, "meeting__documents"))
