"""The registers of agreements and of their steps."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gegma.engine.filters import FlagFilter, having
from gegma.engine.policy import UnitPolicy
from gegma.engine.registry import register
from gegma.engine.spec import Derived, Due, F, Inline, Register, Related, Section

from . import domain, queries
from .models import Agreement, AgreementStep, StepKind

GROUP = _("Cooperation")
EXPIRY = (
    ("30", _("within 30 days")), ("90", _("in 31 to 90 days")), ("365", _("in 91 days to a year")), ("later", _("later")),
    ("past", _("the day has passed")),
)  # fmt: skip


@register
class Agreements(Register):
    key = "agreements"
    model = Agreement
    prefix = "A"
    icon = "file"
    group = GROUP
    order = ("title_ka",)
    template = "agreements/record.html"
    follows = ("reached", "reached_on", "changes_on")
    quick = ("title", "kind", "area", "countries", "organisations", "multilateral")
    fields = [
        F("title", bilingual=True, list=True, search=True),
        F("kind", list=True, filter=True),
        F("area", list=True, filter=True),
        F("countries", list=True, filter=True, search=True),
        F("organisations", filter=True, search=True),
        F("multilateral", list=True, filter=True),
        F("number", search=True),
        F("legal_force", help=_("A memorandum never binds; say it of another text that does not.")),
        F("parent", filter=True, help=_("An amendment or protocol is an agreement of its own: name the one it changes.")),
        F("signed_at", search=True),
        F("depositary", search=True),
        F("languages", search=True, help=_("The texts themselves are files of this record.")),
        F("reached_on", label=_("stage reached on"), form=False),
        F("expires_on", list=True, filter=True),
        F("renews_years", filter=True, help=_("Unless notice is given in time. Empty where it ends on its day.")),
        F("notice_by", filter=True, help=_("The last day on which its end can still be declared.")),
        F("first_expires_on", form=False),
        F("first_notice_by", form=False),
        F("answer_days", filter=True, help=_("For requests made on its basis: their due day follows from it.")),
        F("organisation_kind", label=_("kind of party"), path="organisations__kind", filter=True),
    ]
    computed = [
        Derived("stage", pgettext_lazy("agreement", "stage"), queries.stage_today, tuple(domain.Stage.choices), list=True, tones=domain.TONES, leads=True),
        Derived("binding", _("binding in law"), queries.binding, (("yes", _("yes")), ("no", _("no")))),
        Derived("expiry", _("expires"), queries.expiry_today, EXPIRY, tones={"30": "late", "90": "soon", "past": "late"}),
    ]
    extra_filters = [
        queries.PreparingFilter("preparing", _("in preparation")),
        queries.StepFilter("initiated_on", _("initiated on"), kinds=(StepKind.INITIATED,)),
        queries.StepFilter("signed_on", _("signed on"), kinds=(StepKind.SIGNED,)),
        queries.StepFilter("entered_on", _("entered into force on"), kinds=(StepKind.IN_FORCE,)),
        queries.StepFilter(
            "concluded_on", _("signed or amended on"), kinds=(StepKind.SIGNED, StepKind.AMENDED), of_amendments=(StepKind.SIGNED,)
        ),
        queries.InForceFilter("in_force", pgettext_lazy("agreement", "in force")),
        FlagFilter("amendment", _("amendment"), yes=lambda: having(Agreement, "parent"), yes_words=_("amends another"), no_words=_("stands by itself")),
    ]
    layout = [
        Section(_("Agreement"), ("title", "kind", "number", "area", "multilateral", "binding", "legal_force", "parent")),
        Section(_("Parties"), ("countries", "organisations", "signed_at", "depositary", "languages")),
        Section(_("Term"), ("stage", "expires_on", "first_expires_on", "renews_years", "notice_by", "first_notice_by", "expiry", "answer_days")),
    ]
    dues = [
        Due("notice_by", queries.not_ended(), _("last day for notice that the agreement is to end"), first="first_notice_by"),
        Due("expires_on", queries.not_ended(), _("the term of the agreement ends: extend it or let it end"), first="first_expires_on"),
    ]
    inlines = [Inline("agreement-steps", "agreement", ("kind", "country", "organisation", "action_on", "effective_on"), pgettext_lazy("agreement", "steps"))]
    related = [
        Related("agreements", "parent", _("Amendments and what stands under it")),
        Related("documents", "agreement"), Related("meetings", "agreement"), Related("requests", "agreement"),
    ]  # fmt: skip
    evidence = staticmethod(lambda: having(Agreement, "documents"))

    def problems(self, record) -> dict[str, str]:
        """Its own days in order, and not under itself."""
        return {**super().problems(record), **domain.agreement_problems(record)}

    def faults(self, record) -> list[str]:
        """The steps stand in an order that law knows, and are steps of parties."""
        return domain.faults(record, record.steps.all())

    def following(self, record) -> dict[str, object]:
        """The stage that the steps have come to."""
        return domain.following(record, record.steps.all())


@register
class AgreementSteps(Register):
    key = "agreement-steps"
    model = AgreementStep
    prefix = "AS"
    group = GROUP
    menu = False
    parent = "agreements"
    parent_field = "agreement"
    policy = UnitPolicy("agreement__")
    order = ("action_on", "pk")
    fields = [
        F("agreement", list=True, filter=True),
        F("kind", list=True, filter=True),
        F("country", list=True, filter=True, help=_("Empty: ours, or of the agreement as a whole.")),
        F("organisation", list=True, filter=True),
        F("action_on", list=True, filter=True, period=True),
        F("effective_on", list=True, filter=True, period=True),
        F("area", label=pgettext_lazy("agreement", "field"), path="agreement__area", filter=True),
        F("multilateral", label=_("multilateral"), path="agreement__multilateral", filter=True),
    ]

    def problems(self, record) -> dict[str, str]:
        """Its days in order, not in the future, one party at most."""
        return {**super().problems(record), **domain.step_problems(record)}
