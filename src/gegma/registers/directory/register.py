"""The registers of the directory."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gegma.engine.filters import RelationFilter, SpanFilter
from gegma.engine.personal import Personal
from gegma.engine.policy import OpenPolicy
from gegma.engine.registry import register
from gegma.engine.spec import F, Register, Related, Section

from .models import Country, Organisation, Person, Unit

GROUP = _("Directory")


def in_service() -> Q:
    """The people who are in a unit of the Ministry now."""
    return Q(staff_from__isnull=False, staff_to__isnull=True)


@register
class Units(Register):
    key = "units"
    published = True
    model = Unit
    prefix = "U"
    group = GROUP
    natural = "code"
    policy = OpenPolicy()
    order = ("title_ka",)
    fields = [
        F("title", bilingual=True, list=True, search=True),
        F("kind", list=True, filter=True),
        F("parent", list=True, filter=True),
        F("code", list=True, search=True),
        F("active", filter=True),
        F("notes", search=True, inside=True),
    ]
    related = [Related("people", "unit")]


@register
class Organisations(Register):
    key = "organisations"
    published = True
    model = Organisation
    prefix = "O"
    icon = "globe"
    group = GROUP
    natural = "code"
    policy = OpenPolicy()
    order = ("title_ka",)
    quick = ("title", "kind", "country", "donor")
    fields = [
        F("title", bilingual=True, list=True, search=True),
        F("short", list=True, search=True),
        F("kind", list=True, filter=True),
        F("donor", list=True, filter=True),
        F("country", list=True, filter=True),
        F("parent", filter=True),
        F("code", search=True, help=_("A short word by which measures name this organisation.")),
        F("url"),
        F("active", filter=True),
        F("notes", search=True, inside=True),
    ]
    layout = [Section(_("Organisation"), ("title", "short", "kind", "donor", "country", "parent", "url", "code", "active"))]


@register
class People(Register):
    key = "people"
    model = Person
    prefix = "P"
    icon = "people"
    group = GROUP
    policy = OpenPolicy()
    order = ("title_ka",)
    quick = ("title", "organisation", "unit", "position", "sex")
    personal = (
        Personal(
            purpose=_("To know who takes part in the work: trainings, meetings, visits, bodies, posts."), basis=_("Tasks laid on the Ministry by law"),
            subject=_("staff of the Ministry and people of partner bodies"), categories=(_("name and position"), _("sex"), _("time of service")),
            fields=("title", "position", "organisation", "unit", "sex", "attache", "staff_from", "staff_to", "invented", "notes"),
            keep_years=5, after="staff_to", running=in_service, neutral=("title",), clears=("position", "notes"), files=True,
        ),
        Personal(
            part="contact", title=_("e-mail and telephone"), purpose=_("To reach a person about the work."), basis=_("Tasks laid on the Ministry by law"),
            subject=_("staff of the Ministry and people of partner bodies"), categories=(_("contact details"),), fields=("email", "phone"),
            keep_years=1, after="staff_to", running=in_service, clears=("email", "phone"),
        ),
    )  # fmt: skip
    fields = [
        F("title", label=_("name"), bilingual=True, list=True, search=True),
        F("position", bilingual=True, list=True, search=True),
        F("organisation", list=True, filter=True),
        F("unit", list=True, filter=True),
        F("sex", list=True, filter=True, readers="personal"),
        F("attache", filter=True),
        F("email", readers="personal"),
        F("phone", readers="personal"),
        F("staff_from", filter=True, readers="personal"),
        F("staff_to", filter=True, readers="personal"),
        F("invented", filter=True, help=_("Marks people made up for a demonstration.")),
        F("notes", inside=True),
    ]
    extra_filters = [
        RelationFilter("unit_within", _("unit, with those above it"), target=Unit, paths=("unit", "unit__parent", "unit__parent__parent")),
        SpanFilter("staff", _("in the unit"), start="staff_from", end="staff_to", readers="personal"),
    ]
    layout = [
        Section(_("Person"), ("title", "position", "organisation", "unit", "sex", "attache")),
        Section(_("Contact"), ("email", "phone")),
    ]
    related = [Related("participations", "person")]


@register
class Countries(Register):
    key = "countries"
    published = True
    model = Country
    prefix = "C"
    icon = "globe"
    group = GROUP
    natural = "code"
    policy = OpenPolicy()
    order = ("title_ka",)
    straight = ("title_ka", "title_en", "code")
    fields = [
        F("title", bilingual=True, list=True, search=True),
        F("code", list=True, search=True, filter=True),
        F("officer", list=True, filter=True),
        F("notes", search=True, inside=True),
    ]
    layout = [Section(_("Country"), ("title", "code", "officer"))]
