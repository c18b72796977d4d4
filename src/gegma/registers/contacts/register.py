"""The registers of contact points and memberships."""

from django.db.models import F as Column
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gegma.engine.filters import DateFilter, FlagFilter, SpanFilter
from gegma.engine.personal import Personal
from gegma.engine.policy import UnitPolicy
from gegma.engine.registry import register
from gegma.engine.spec import Computed, Derived, Due, F, Inline, Register, Related, Section

from . import domain, queries
from .models import Contact, ContactVerification, Membership

GROUP = _("Cooperation")
# Bodies of one country: their contact names it. International ones may have none.
NATIONAL = {"mission", "foreign-authority"}


@register
class Contacts(Register):
    key = "contacts"
    model = Contact
    prefix = "CT"
    icon = "people"
    group = GROUP
    order = ("country__title_ka", "title_ka")
    quick = ("title", "country", "authority", "role", "phone", "email")
    personal = (
        Personal(
            purpose=_("To know whom one reaches at partner bodies."), basis=_("Tasks laid on the Ministry by law"), subject=_("people of partner bodies"),
            categories=(_("name and position"), _("contact details")), fields=("title", "person", "phone", "email", "languages", "notes"),
            person=("person",), keep_years=3, after="valid_to", clears=("phone", "email", "languages", "notes"), files=True,
        ),
    )  # fmt: skip
    fields = [
        F("title", label=_("post"), bilingual=True, list=True, search=True, help=_("The post or desk, such as «Police attaché»; who holds it stands under «person».")),
        F("country", list=True, filter=True, search=True, help=_("Left empty for an international organisation: its seat is not a partner country.")),
        F("authority", list=True, filter=True, search=True),
        F("person", filter=True, search=True),
        F("role", list=True, filter=True),
        F("phone", list=True, search=True),
        F("email", list=True, search=True),
        F("languages", search=True),
        F("area", filter=True),
        F("agreement", filter=True),
        F("entered_on", filter=True, period=True, help=_("When the department first had this contact.")),
        F("valid_from", filter=True, period=True),
        F("valid_to", filter=True, period=True),
        F("verify_by", filter=True, period=True),
    ]
    computed = [
        Derived("status", _("state"), queries.status_today, queries.STATUS, list=True, tones=queries.STATUS_TONES),
        Computed("verified_on", _("last verified on"), queries.last_verified, kind="date", list=True),
    ]
    extra_filters = [
        SpanFilter("valid", _("in force"), start="valid_from", end="valid_to", open_start=True),
        DateFilter("verified", _("verified on"), path="verifications__on"),
        FlagFilter(
            "first_of_country", _("first contact of its country"), yes=queries.first_of_country,
            yes_words=_("the first contact of its country"), no_words=_("not the first contact of its country"),
        ),
    ]  # fmt: skip
    layout = [
        Section(_("Contact"), ("title", "role", "country", "authority", "person", "status", "verified_on")),
        Section(_("How to reach"), ("phone", "email", "languages")),
        Section(_("Competence"), ("area", "agreement")),
        Section(_("Time"), ("valid_from", "valid_to", "entered_on", "verify_by")),
    ]
    dues = [Due("verify_by", Q(valid_to__isnull=True) | Q(valid_to__gte=Column("verify_by")), _("contact to be verified"))]
    inlines = [Inline("contact-verifications", "contact", ("on", "how"))]
    related = [Related("memberships", "contact")]
    actions_template = "contacts/actions.html"

    def problems(self, record) -> dict[str, str]:
        """The span runs forwards; a body of one country names that country."""
        found = super().problems(record)
        if record.valid_from and record.valid_to and record.valid_to < record.valid_from:
            found["valid_to"] = _("The end lies before the start.")
        if record.country_id is None and record.authority.kind in NATIONAL:
            found["country"] = _("Name the country: the authority belongs to one.")
        return found

    def settle(self, user, record, children=()) -> None:
        """A verification moves the next one; an attaché is known as one in the directory."""
        domain.plan_next(record, children)
        domain.mark_attache(user, record)


@register
class ContactVerifications(Register):
    key = "contact-verifications"
    model = ContactVerification
    prefix = "CV"
    group = GROUP
    menu = False
    parent = "contacts"
    parent_field = "contact"
    policy = UnitPolicy("contact__")
    order = ("-on", "-pk")
    fields = [
        F("contact", list=True, filter=True),
        F("on", list=True, filter=True, period=True),
        F("how", list=True, filter=True),
    ]

    def problems(self, record) -> dict[str, str]:
        """Nobody verified a contact on a day to come."""
        return {"on": _("This day lies ahead.")} if domain.ahead(record.on) else {}


@register
class Memberships(Register):
    key = "memberships"
    addressed = ("unit",)
    model = Membership
    prefix = "MS"
    icon = "globe"
    group = GROUP
    order = ("title_ka",)
    quick = ("title", "association", "unit", "starts_on")
    personal = (
        Personal(
            purpose=_("To know through whom a membership is kept up."), basis=_("Tasks laid on the Ministry by law"), subject=_("people of partner bodies"),
            categories=(_("contact details"),), fields=("contact",),
        ),
    )  # fmt: skip
    fields = [
        F("title", bilingual=True, list=True, search=True),
        F("association", list=True, filter=True, search=True),
        F("unit", list=True, filter=True, help=_("Left empty where the Ministry as a whole is the member.")),
        F("kind", list=True, filter=True),
        F("starts_on", list=True, filter=True, period=True),
        F("ends_on", list=True, filter=True, period=True),
        F("contribution", filter=True),
        F("currency", filter=True),
        F("fee_due_on", filter=True, period=True, help=_("When it is paid, enter the next day.")),
        F("contact", filter=True),
        F("association_kind", label=_("kind of association"), path="association__kind", filter=True),
    ]
    computed = [
        Derived(
            "status", _("state"), queries.membership_status,
            (("in-force", _("in force")), (queries.ENDED, _("ended")), (queries.AHEAD, _("not begun"))),
            list=True, tones={"in-force": "done"},
        ),
    ]  # fmt: skip
    extra_filters = [SpanFilter("member", _("membership"), start="starts_on", end="ends_on")]
    layout = [
        Section(_("Membership"), ("title", "association", "unit", "kind", "status", "starts_on", "ends_on")),
        Section(_("Contribution"), ("contribution", "currency", "fee_due_on", "contact")),
    ]
    dues = [Due("fee_due_on", Q(ends_on__isnull=True) | Q(ends_on__gte=Column("fee_due_on")), _("contribution to be paid"))]

    def problems(self, record) -> dict[str, str]:
        """A sum has its currency; a membership does not end before it begins."""
        found = super().problems(record)
        if record.starts_on and record.ends_on and record.ends_on < record.starts_on:
            found["ends_on"] = _("The end lies before the start.")
        if record.contribution is not None and not record.currency:
            found["currency"] = _("Name the currency of the contribution.")
        return found
