"""The parts of a plan as registers, so that they are edited, guarded and remembered like every other record."""

from django.utils.translation import gettext_lazy as _

from gegma.engine.policy import AdministratorPolicy, OpenPolicy
from gegma.engine.registry import register
from gegma.engine.spec import F, Inline, Register

from . import definition
from .models import Activity, Indicator, Measure, Plan, Section, Step, TypedReading

GROUP = _("Plan")


class PlanRegister(Register):
    """What the registers of the plan share: not in the menu, written by administrators."""

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
        F("owner_unit", list=True, filter=True),
        F("responsible", list=True, filter=True),
        F("partners", help=_("A list, as published."), form=False),
        F("comments"),
        F("done", bilingual=True),
    ]
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
        F("done_on", list=True, filter=True),
        F("order"),
    ]


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
        F("combine"),
    ]


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
        F("indicator", list=True, filter=True, form=False),
        F("starts_on", list=True, filter=True),
        F("ends_on", list=True, filter=True),
        F("value", list=True),
        F("source", list=True, search=True, help=_("Say from which letter, table or conversation the figure comes.")),
    ]
