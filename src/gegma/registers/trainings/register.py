"""The registers of trainings and participations."""

from django.db.models import Exists, OuterRef, Q, Subquery, Sum
from django.utils.translation import gettext_lazy as _

from gegma.engine.filters import FlagFilter, RelationFilter, SpanFilter, having
from gegma.engine.personal import Personal
from gegma.engine.policy import UnitPolicy
from gegma.engine.registry import register
from gegma.engine.spec import Computed, Due, F, Inline, Life, Move, Register, Related, Section
from gegma.registers.directory.filters import CountryFilter
from gegma.registers.directory.models import Unit

from .models import Participation, Training

GROUP = _("Assistance")


def _people():
    rows = Participation.objects.filter(training=OuterRef("pk"), state="completed")
    return Subquery(rows.order_by().values("training").annotate(n=Sum("headcount")).values("n"))


def _completed_by(**people) -> Q:
    """The trainings that somebody completed."""
    return Q(Exists(Participation.objects.filter(training=OuterRef("pk"), state="completed", **people)))


@register
class Trainings(Register):
    key = "trainings"
    model = Training
    prefix = "T"
    icon = "people"
    group = GROUP
    order = ("-starts_on",)
    quick = ("title", "kind", "audience", "state", "starts_on", "ends_on", "organisers")
    personal = (
        Personal(
            purpose=_("To know which attaché supported the work."), basis=_("Tasks laid on the Ministry by law"), subject=_("people of partner bodies"),
            categories=(_("name and position"),), fields=("attache",), person=("attache",), keep_years=5, after="ends_on",
        ),
    )  # fmt: skip
    fields = [
        F("title", bilingual=True, list=True, search=True),
        F("kind", filter=True),
        F("state", list=True, filter=True),
        F("starts_on", list=True, filter=True, period=True),
        F("ends_on", list=True, filter=True, period=True),
        F("hours", list=True, filter=True),
        F("organisers", list=True, filter=True, search=True),
        F("purpose", filter=True),
        F("audience", filter=True),
        F("topic", list=True, filter=True, search=True),
        F("place", search=True),
        F("country", filter=True),
        F("project", filter=True),
        F("framework", filter=True),
        F("attache", filter=True),
        F("approved_on", filter=True, period=True),
        F("organiser_kind", label=_("kind of organiser"), path="organisers__kind", filter=True),
    ]
    computed = [Computed("people", _("people who completed"), _people, list=True)]
    extra_filters = [
        CountryFilter("with_country", _("with the country"), paths=("country",), organisations=("organisers",)),
        SpanFilter("running", _("running"), start="starts_on", end="ends_on"),
        FlagFilter(
            "counted_people", _("number of those trained"),
            yes=_completed_by,
            yes_words=_("those trained are entered"), no_words=_("those trained are not entered"),
        ),
        FlagFilter(
            "sexes_known", _("sex of those trained"),
            yes=lambda: _completed_by() & ~_completed_by(sex=""),
            yes_words=_("the sex of all those trained is entered"), no_words=_("the sex of some of those trained is not entered"),
        ),
    ]  # fmt: skip
    life = Life(
        "state",
        moves=(
            Move("hold", _("Mark as held"), ("planned",), "held", day="starts_on", asks=("ends_on", "hours")),
            Move("cancel", _("Mark as cancelled"), ("planned",), "cancelled", asks=("notes",)),
            Move("plan", _("Back to planned"), ("held", "cancelled"), "planned"),
        ),
        needs={"held": ("starts_on",)},
        tones={"planned": "going", "held": "done", "cancelled": "none"},
    )
    layout = [
        Section(_("Training"), ("title", "kind", "purpose", "audience", "topic", "state")),
        Section(_("When and where"), ("starts_on", "ends_on", "hours", "place", "country")),
        Section(_("With whom"), ("organisers", "project", "framework", "attache", "approved_on")),
    ]
    dues = [Due("ends_on", Q(state="planned"), _("training planned: was it held?"), begins="starts_on")]
    inlines = [
        Inline(
            "participations", "training",
            ("person", "headcount", "sex", "unit", "state", "score_before", "score_after", "satisfaction"),
        ),
    ]  # fmt: skip
    related = [Related("documents", "training"), Related("actions", "training")]
    actions_template = "trainings/actions.html"
    evidence = staticmethod(lambda: having(Training, "documents"))

    def problems(self, record) -> dict[str, str]:
        """A training does not end before it starts."""
        found = super().problems(record)
        if record.starts_on and record.ends_on and record.ends_on < record.starts_on:
            found["ends_on"] = _("The end lies before the start.")
        return found


@register
class Participations(Register):
    key = "participations"
    model = Participation
    told_by = ("person",)
    prefix = "TP"
    group = GROUP
    parent = "trainings"
    parent_field = "training"
    policy = UnitPolicy("training__")
    distinct_plus = {"person": "headcount"}
    personal = (
        Personal(
            purpose=_("To account for trainings, and to know who was trained in what."), basis=_("Tasks laid on the Ministry by law"), subject=_("people trained"),
            categories=(_("trainings and results"), _("sex")), person=("person",), keep_years=5, after="training__ends_on",
            fields=("person", "sex", "unit", "state", "score_before", "score_after", "satisfaction"),
        ),
    )  # fmt: skip
    fields = [
        F("training", list=True, filter=True),
        F("person", list=True, filter=True, search=True),
        F("headcount", list=True, filter=True),
        F("sex", list=True, filter=True, readers="personal"),
        F("unit", list=True, filter=True),
        F("state", list=True, filter=True),
        F("score_before", filter=True, readers="personal"),
        F("score_after", filter=True, readers="personal"),
        F("satisfaction", filter=True),
        F("training_title", label=_("title of the training"), path="training__title_ka", filter=True),
        F("training_starts_on", label=_("training starts on"), path="training__starts_on", filter=True, period=True),
        F("training_ends_on", label=_("training ends on"), path="training__ends_on", list=True, filter=True, period=True),
        F("training_hours", label=_("duration, hours"), path="training__hours", filter=True),
        F("training_audience", label=_("audience"), path="training__audience", filter=True),
        F("training_state", label=_("state of the training"), path="training__state", filter=True),
        F("training_organisers", label=_("organisers"), path="training__organisers", filter=True),
        F("training_framework", label=_("framework"), path="training__framework", filter=True),
        F("training_organiser_kind", label=_("kind of organiser"), path="training__organisers__kind", filter=True),
    ]
    extra_filters = [
        RelationFilter(
            "unit_within", _("unit, with those above it"), target=Unit,
            paths=("person__unit", "person__unit__parent", "person__unit__parent__parent"),
        ),
        SpanFilter("staff", _("in the unit"), start="person__staff_from", end="person__staff_to", readers="personal"),
    ]  # fmt: skip
    evidence = staticmethod(lambda: having(Participation, "training__documents"))
