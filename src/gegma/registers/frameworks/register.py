"""The registers of frameworks and bodies."""

from django.utils.translation import gettext_lazy as _

from gegma.engine.filters import RelationFilter, SpanFilter
from gegma.engine.personal import Personal
from gegma.engine.policy import UnitPolicy
from gegma.engine.registry import register
from gegma.engine.spec import F, Inline, Register, Related, Section

from .models import Body, BodyMember, Framework

GROUP = _("Frameworks and bodies")


@register
class Frameworks(Register):
    key = "frameworks"
    addressed = ("commitments__lead_unit", "data_calls__replies__unit")
    model = Framework
    prefix = "F"
    icon = "link"
    group = GROUP
    natural = "code"
    order = ("title_ka",)
    fields = [
        F("title", bilingual=True, list=True, search=True),
        F("code", list=True, search=True, help=_("A short word by which measures name this framework.")),
        F("kind", list=True, filter=True),
        F("cycle", list=True),
        F("parent", filter=True),
    ]
    related = [
        Related("bodies", "framework"),
        Related("meetings", "framework"),
        Related("documents", "framework"),
        Related("trainings", "framework"),
        Related("projects", "framework"),
        Related("commitments", "framework"),
    ]


@register
class Bodies(Register):
    key = "bodies"
    model = Body
    prefix = "B"
    icon = "people"
    group = GROUP
    natural = "code"
    order = ("title_ka",)
    fields = [
        F("title", bilingual=True, list=True, search=True),
        F("kind", list=True, filter=True),
        F("framework", list=True, filter=True),
        F("country", filter=True),
        F("parent", filter=True),
        F("established_on", list=True, filter=True, period=True),
        F("closed_on", filter=True, period=True),
        F("initiated_by_us", list=True, filter=True),
        F("charter", search=True),
        F("code", search=True, help=_("A short word by which measures name this body.")),
    ]
    extra_filters = [
        SpanFilter("existing", _("existing"), start="established_on", end="closed_on"),
        RelationFilter("within", _("body, or the one it works under"), target=Body, paths=("parent", "parent__parent")),
    ]
    layout = [
        Section(_("Body"), ("title", "kind", "framework", "country", "parent")),
        Section(_("Mandate"), ("charter", "established_on", "closed_on", "initiated_by_us", "code")),
    ]
    inlines = [Inline("body-members", "body", ("person", "organisation", "role", "since", "until"))]
    related = [Related("meetings", "body"), Related("documents", "body")]


@register
class BodyMembers(Register):
    key = "body-members"
    model = BodyMember
    told_by = ("person", "organisation")
    prefix = "BM"
    group = GROUP
    menu = False
    parent = "bodies"
    parent_field = "body"
    policy = UnitPolicy("body__")
    personal = (
        Personal(
            purpose=_("To know who sits in a body, and since when."), basis=_("Tasks laid on the Ministry by law"), subject=_("staff of the Ministry and people of partner bodies"),
            categories=(_("membership in bodies"),), fields=("person", "role", "since", "until"), person=("person",), keep_years=5, after="until",
        ),
    )  # fmt: skip
    fields = [
        F("body", list=True, filter=True),
        F("person", list=True, filter=True, search=True),
        F("organisation", list=True, filter=True),
        F("role", list=True, filter=True),
        F("since", list=True, filter=True, period=True),
        F("until", list=True, filter=True, period=True),
    ]
    extra_filters = [SpanFilter("sitting", _("sitting"), start="since", end="until")]
