"""The parts of a plan as registers, so that they are edited, guarded and remembered like every other record."""

import datetime as dt

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gegma.engine.policy import AdministratorPolicy, OpenPolicy
from gegma.engine.registry import register
from gegma.engine.spec import Due, F, Inline, Register
from gegma.kernel.periods import Period

from . import definition, statuses
from .models import Activity, Indicator, Measure, Plan, Section, Step, TypedReading

GROUP = _("Plan")
# The tones that badges have.
TONES = ("done", "going", "mostly", "partly", "soon", "late", "none")


def scale_problem(scale) -> str:
    """What keeps a scale of statuses from being used, or nothing."""
    if not isinstance(scale, list) or not scale or not all(isinstance(step, dict) for step in scale):
        return str(_("The scale is a list of statuses, most done first."))
    for step in scale:
        least = step.get("from")
        named = all(isinstance(step.get(name), str) and step[name] for name in ("key", "ka"))
        if not named or isinstance(least, bool) or not isinstance(least, (int, float)):
            return str(_("Each status needs a key, its name (ka) and from which percent it holds (from)."))
        if step.get("tone", "none") not in TONES:
            return str(_("A tone is one of: %(tones)s.") % {"tones": ", ".join(TONES)})
    if len({step["key"] for step in scale} | {"unknown"}) <= len(scale):
        return str(_("Each status needs a key of its own; «unknown» is taken."))
    if not any(step["from"] <= 0 and not step.get("before") for step in scale):
        return str(_("One status must hold from 0 percent and after the due day, or some activities would have none."))
    return ""


class PlanRegister(Register):
    """What the registers of the plan share: not in the menu, read by everybody, written by administrators."""

    published = True
    group = GROUP
    menu = False
    policy = AdministratorPolicy()
    icon = "plan"


@register
class Plans(PlanRegister):
    key = "plans"
    model = Plan
    prefix = "PLAN"
    natural = "key"
    fields = [
        F("title", bilingual=True, list=True, search=True),
        F("key", list=True),
        F("organisation", bilingual=True),
        F("starts_on", list=True, filter=True),
        F("ends_on", list=True, filter=True),
        F("columns", form=False),
        F(
            "scale",
            help=_("Statuses, most done first: key, ka, en, from (percent), tone; before: only until the activity is due."),
        ),
    ]

    def problems(self, record) -> dict[str, str]:
        """The plan's time is a period, and its scale is one by which every activity can be judged."""
        found = super().problems(record)
        try:
            Period(record.starts_on, record.ends_on)
        except ValueError:
            found["ends_on"] = _("The plan ends before it starts, or lies in no year of ours.")
        if why := scale_problem(record.scale):
            found["scale"] = why
        return found

    def follow(self, user, record, before: dict, after: dict) -> None:
        """The statuses that people choose from are those of the scales."""
        statuses.forget()


@register
class Sections(PlanRegister):
    key = "plan-sections"
    model = Section
    prefix = "SEC"
    order = ("order",)
    fields = [
        F("plan", filter=True, form=False),
        F("code", list=True, search=True),
        F("title", bilingual=True, list=True, search=True),
        F("parent", filter=True, form=False),
        F("owner_unit", list=True, filter=True),
        F("order"),
    ]


@register
class Activities(PlanRegister):
    key = "activities"
    model = Activity
    prefix = "ACT"
    order = ("order",)
    fields = [
        F("plan", filter=True, form=False),
        F("section", list=True, filter=True, form=False),
        F("code", list=True, search=True),
        F("text", bilingual=True, list=True, search=True),
        F("deadline", list=True),
        F("due_on", list=True, filter=True),
        F("first_due_on", form=False),
        F("owner_unit", list=True, filter=True),
        F("responsible", list=True, filter=True),
        F("partners", help=_("A list, as published."), form=False),
        F("comments"),
        F("done", bilingual=True),
    ]
    first_days = {"due_on": "first_due_on"}
    inlines = [Inline("plan-steps", "activity", ("title", "due_on", "done_on"))]


@register
class Steps(PlanRegister):
    key = "plan-steps"
    model = Step
    prefix = "STEP"
    parent = "activities"
    parent_field = "activity"
    policy = OpenPolicy()
    order = ("order",)
    fields = [
        F("activity", list=True, filter=True),
        F("title", label=_("step"), bilingual=True, list=True, search=True),
        F("due_on", list=True, filter=True),
        F("first_due_on", form=False),
        F("done_on", list=True, filter=True),
        F("order"),
    ]
    dues = [Due("due_on", Q(done_on__isnull=True, activity__withdrawn=False), _("step to be taken"), first="first_due_on")]


@register
class Indicators(PlanRegister):
    key = "indicators"
    model = Indicator
    prefix = "IND"
    order = ("order",)
    fields = [
        F("activity", list=True, filter=True, form=False),
        F("label", list=True),
        F("text", bilingual=True, list=True, search=True),
        F("kind", list=True, filter=True),
        F("target", list=True),
        F("due_dates", help=_('Days by which one is due, as a list: ["2017-03-31", …].')),
        F("first_due_dates", form=False),
        F("combine"),
    ]
    first_days = {"due_dates": "first_due_dates"}

    def problems(self, record) -> dict[str, str]:
        """A target is more than nothing; the due dates are days."""
        found = super().problems(record)
        if record.target is not None and record.target <= 0:
            found["target"] = _("A target is a number above zero; leave it empty where the plan names none.")
        try:
            days = [dt.date.fromisoformat(day) for day in record.due_dates or []]
        except (TypeError, ValueError):
            found["due_dates"] = _('Write days like this: ["2017-03-31", "2017-06-30"].')
        else:
            if not isinstance(record.due_dates, list) or len(set(days)) < len(days):
                found["due_dates"] = _('Write days like this: ["2017-03-31", "2017-06-30"].')
        return found


@register
class Measures(PlanRegister):
    key = "measures"
    model = Measure
    prefix = "MEAS"
    order = ("order",)
    fields = [
        F("indicator", list=True, filter=True, form=False),
        F("title", bilingual=True, list=True, search=True),
        F("register", list=True),
        F("definition", help=_("Register, scope, conditions, date rule, aggregate. The page of the measure says it in words.")),
    ]

    def problems(self, record) -> dict[str, str]:
        """The definition can be computed: every register, filter and value in it exists."""
        try:
            definition.check(record.definition)
        except definition.NoRegister:
            return {}
        except definition.DefinitionError as error:
            return {"definition": str(error)}
        return {}


@register
class TypedReadings(PlanRegister):
    key = "typed-readings"
    model = TypedReading
    prefix = "TYP"
    policy = OpenPolicy()
    fields = [
        F("indicator", list=True, filter=True),
        F("starts_on", list=True, filter=True),
        F("ends_on", list=True, filter=True),
        F("value", list=True),
        F("source", list=True, search=True, help=_("Say from which letter, table or conversation the figure comes.")),
    ]
