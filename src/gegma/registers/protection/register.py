"""The registers of personal data protection."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gegma.engine.personal import Personal
from gegma.engine.policy import AdministratorPolicy
from gegma.engine.registry import register
from gegma.engine.spec import Derived, Due, F, Life, Move, Register, Section
from gegma.kernel import dates

from . import domain, queries
from .models import Disclosure, Hold, Incident, PersonRequest, RetentionTerm

GROUP = _("Personal data protection")
LAW = _("The law on personal data protection")


@register
class Disclosures(Register):
    key = "disclosures"
    model = Disclosure
    prefix = "DS"
    icon = "globe"
    group = GROUP
    order = ("-disclosed_on", "-pk")
    starts_with = {"confidentiality": "restricted"}
    redraws = {"recipient": ("country", "to"), "request": ("recipient", "country", "agreement"), "agreement": ("basis",)}
    personal = (
        Personal(
            purpose=_("To be able to tell a person and the authority who was given what."), basis=LAW,
            subject=_("staff of the Ministry and people of partner bodies"), categories=(_("that data was given to somebody"),),
            fields=("persons", "details", "decided_by", "notes"), person=("persons",), keep_years=5, after="disclosed_on",
            neutral=("decided_by",), clears=("details", "notes"), files=True,
        ),
    )  # fmt: skip
    fields = [
        F("title", label=_("what was given"), bilingual=True, list=True, search=True),
        F("to", list=True, filter=True),
        F("recipient", list=True, filter=True, search=True),
        F("country", list=True, filter=True, search=True),
        F("basis", list=True, filter=True),
        F("agreement", filter=True, search=True),
        F("category", list=True, filter=True),
        F("details"),
        F("persons", filter=True, help=_("Those who stand in the directory; of others only their number.")),
        F("persons_count", filter=True),
        F("disclosed_on", list=True, filter=True, period=True),
        F("decided_by", search=True),
        F("request", filter=True),
        F("document", filter=True),
        F("delivery", filter=True),
    ]
    layout = [
        Section(_("What was given"), ("title", "category", "details", "persons", "persons_count", "disclosed_on")),
        Section(_("To whom"), ("to", "recipient", "country")),
        Section(_("Basis"), ("basis", "agreement", "decided_by")),
        Section(_("With what it went"), ("request", "document", "delivery")),
    ]

    def complete(self, record, user) -> None:
        """Recipient, country, basis and title follow from what it went with."""
        domain.fill_in_disclosure(record, user)

    def problems(self, record) -> dict[str, str]:
        """See domain.disclosure_problems."""
        return domain.disclosure_problems(record)


@register
class Incidents(Register):
    key = "incidents"
    model = Incident
    prefix = "INC"
    icon = "alert"
    group = GROUP
    order = ("-discovered_at", "-pk")
    starts_with = {"confidentiality": "restricted"}
    notice = _("Names of those concerned do not belong here: say how many they are, and what data it is.")
    fields = [
        F("title", label=_("incident"), bilingual=True, list=True, search=True),
        F("kind", list=True, filter=True),
        F("state", list=True, filter=True),
        F("discovered_at", list=True, help=_("The day and the hour: from then on the time for the notification runs.")),
        F("notify_by", list=True, form=False),
        F("notify_on", filter=True, period=True, form=False),
        F("notified_at", list=True),
        F("reference", search=True),
        F("category", filter=True),
        F("persons_count", filter=True),
        F("persons_informed_on", filter=True),
        F("description", search=True),
        F("assessment"),
        F("measures"),
        F("closed_on", filter=True, period=True),
    ]
    computed = [Derived("clock", _("notification"), queries.clock, queries.CLOCK, list=True, tones=queries.CLOCK_TONES)]
    life = Life(
        "state",
        moves=(
            Move("notify", _("Note the notification"), ("open", "no-notice"), "notified", asks=("notified_at", "reference", "persons_informed_on")),
            Move("dismiss", _("No notification needed"), ("open",), "no-notice", asks=("assessment",)),
            Move("close", _("Close"), ("notified", "no-notice"), "closed", day="closed_on", asks=("measures", "persons_informed_on")),
            Move("reopen", _("Reopen"), ("no-notice", "closed"), "open", clears=("closed_on",)),
        ),
        needs={"notified": ("notified_at",), "no-notice": ("assessment",), "closed": ("closed_on", "measures")},
        tones={"open": "late", "notified": "going", "no-notice": "none", "closed": "done"},
    )
    layout = [
        Section(_("Incident"), ("title", "kind", "state", "discovered_at", "description", "category", "persons_count")),
        Section(_("Notification"), ("notify_by", "notify_on", "notified_at", "clock", "reference", "persons_informed_on")),
        Section(_("What was done"), ("assessment", "measures", "closed_on")),
    ]
    dues = [Due("notify_on", Q(state="open", notified_at__isnull=True), _("incident to be notified"))]

    def complete(self, record, user) -> None:
        """What is entered now was usually discovered now."""
        record.discovered_at = record.discovered_at or dates.now()

    def problems(self, record) -> dict[str, str]:
        """See domain.incident_problems."""
        return {**super().problems(record), **domain.incident_problems(record)}


@register
class PersonRequests(Register):
    key = "person-requests"
    readers = "personal"
    model = PersonRequest
    prefix = "DR"
    icon = "user"
    group = GROUP
    order = ("due_on", "pk")
    quick = ("title", "kind", "applicant", "contact", "person", "received_on", "due_on")
    starts_with = {"confidentiality": "restricted"}
    redraws = {"received_on": ("due_on",)}
    personal = (
        Personal(
            purpose=_("To answer people who ask about their data."), basis=LAW, subject=_("those who ask about their data"),
            categories=(_("name and position"), _("contact details")), fields=("title", "applicant", "contact", "person", "answer", "notes"),
            person=("person",), keep_years=3, after="answered_on", neutral=("title", "applicant"), clears=("contact", "answer", "notes"), files=True,
        ),
    )  # fmt: skip
    fields = [
        F("title", label=_("subject"), bilingual=True, list=True, search=True),
        F("kind", list=True, filter=True),
        F("state", list=True, filter=True),
        F("applicant", list=True, search=True),
        F("contact"),
        F("person", filter=True),
        F("received_on", list=True, filter=True, period=True),
        F("due_on", list=True, filter=True, period=True),
        F("first_due_on", form=False),
        F("answered_on", list=True, filter=True, period=True),
        F("answer"),
    ]
    life = Life(
        "state",
        moves=(
            Move("answer", _("Mark as answered"), ("open",), "answered", day="answered_on", asks=("answer",)),
            Move("refuse", _("Mark as refused"), ("open",), "refused", day="answered_on", asks=("answer",)),
            Move("reopen", _("Reopen"), ("answered", "refused"), "open", clears=("answered_on",)),
        ),
        needs={"answered": ("answered_on",), "refused": ("answered_on", "answer")},
        tones={"open": "going", "answered": "done", "refused": "late"},
    )
    layout = [
        Section(_("Request"), ("title", "kind", "state", "applicant", "contact", "person")),
        Section(_("Term and answer"), ("received_on", "due_on", "first_due_on", "answered_on", "answer")),
    ]
    dues = [Due("due_on", Q(state="open"), _("answer to a person about their data"), first="first_due_on")]

    def complete(self, record, user) -> None:
        """What is entered now was received today; the day of the answer follows."""
        record.received_on = record.received_on or dates.today()
        if not record.due_on:
            record.due_on = domain.answer_day(record.received_on)

    def problems(self, record) -> dict[str, str]:
        """See domain.person_request_problems."""
        return {**super().problems(record), **domain.person_request_problems(record)}


@register
class Holds(Register):
    key = "holds"
    readers = "personal"
    model = Hold
    told_by = ("person",)
    prefix = "H"
    icon = "lock"
    group = GROUP
    policy = AdministratorPolicy()
    order = ("-since", "-pk")
    notice = _("While a hold stands, nothing of this person or record is anonymised, whatever the term says.")
    personal = (
        Personal(
            purpose=_("To keep what a court or an inquiry needs."), basis=LAW, subject=_("staff of the Ministry and people of partner bodies"),
            categories=(_("that data is on hold, and why"),), fields=("person", "reason"), person=("person",), keep_years=1, after="lifted_on",
            neutral=("reason",),
        ),
    )  # fmt: skip
    fields = [
        F("person", list=True, filter=True, search=True),
        F("register", list=True, filter=True),
        F("number", list=True, help=_("The number without its letters: 12 for P-12.")),
        F("reason", list=True, search=True),
        F("since", list=True, filter=True, period=True),
        F("lifted_on", list=True, filter=True, period=True),
    ]

    def problems(self, record) -> dict[str, str]:
        """See domain.hold_problems."""
        return domain.hold_problems(record)


@register
class RetentionTerms(Register):
    key = "retention-terms"
    model = RetentionTerm
    prefix = "RT"
    icon = "clock"
    group = GROUP
    policy = AdministratorPolicy()
    order = ("source", "-decided_on", "-pk")
    notice = _("Only where the term is to be another than the one declared: the page «Personal data» shows both. The latest decision counts.")
    fields = [
        F("source", list=True, filter=True),
        F("years", list=True, filter=True),
        F("act", list=True, search=True),
        F("decided_on", list=True, filter=True, period=True),
    ]
