"""The registers of requests and of the reminders sent about them."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gegma.engine.filters import FlagFilter
from gegma.engine.personal import Personal
from gegma.engine.policy import UnitPolicy
from gegma.engine.registry import register
from gegma.engine.spec import Computed, Derived, Due, F, Inline, Once, Register

from . import domain, queries
from .life import COURSE, LAYOUT, LIFE
from .models import OPEN, Reminder, Request

GROUP = _("Cooperation")
THEIRS = _("If another partner uses the same number, put the code of the country before it.")


@register
class Requests(Register):
    key = "requests"
    addressed = ("unit",)
    model = Request
    prefix = "RQ"
    icon = "mail"
    group = GROUP
    order = ("-registered_on", "-pk")
    quick = (
        "direction", "country", "title", "basis", "agreement", "unit", "urgency", "their_number", "our_number", "registered_on", "due_on",
    )  # fmt: skip
    notice = _("Register data only. The content of a case, such as names, facts or personal data, does not belong here, nor into the subject.")
    fields = [
        F("title", label=_("subject"), bilingual=True, list=True, search=True),
        F("direction", list=True, filter=True),
        F("our_number", list=True, search=True, filter=True),
        F("their_number", search=True, filter=True),
        F("country", list=True, filter=True, search=True),
        F("organisation", filter=True, search=True),
        F("unit", filter=True, list=True, help=_("The unit that asks (outgoing) or executes (incoming).")),
        F("state", list=True, filter=True),
        F("outcome", filter=True, form=False),
        F("refusal_ground", filter=True),
        F("passed_on", filter=True, period=True, form=False),
        F("due_on", list=True, filter=True, period=True),
        F("first_due_on", form=False),
        F("basis", filter=True),
        F("agreement", filter=True),
        F("urgency", filter=True),
        *(F(name, filter=True, period=True) for name in COURSE if name != "passed_on"),
        F("confirm_by", filter=True),
        F("first_confirm_by", form=False),
        F("confirmed_on", filter=True),
        F("next_check_on", filter=True, help=_("On this day somebody looks whether the answer has come.")),
    ]
    computed = [
        Derived("attention", _("attention"), queries.attention, queries.ATTENTION, list=True, tones=queries.TONES),
        Computed("reminders_sent", _("reminders sent"), queries.reminders),
        Computed("last_reminder", _("last reminder"), queries.last_reminder, kind="date"),
    ]
    extra_filters = [
        FlagFilter("open", pgettext_lazy("request", "open"), yes=queries.is_open, yes_words=pgettext_lazy("request", "open"), no_words=_("settled")),
        FlagFilter("late", _("late"), yes=queries.is_late, yes_words=_("late"), no_words=_("not late")),
        FlagFilter("in_time", _("answered in time"), yes=queries.in_time, yes_words=_("answered in time"), no_words=_("not answered in time")),
        FlagFilter("on_suspended", _("open under a suspended agreement"), yes=queries.on_suspended),
    ]
    once = [Once(("year", "direction", "our_number"), "our_number"), Once(("year", "direction", "their_number"), "their_number", THEIRS)]
    redraws = {
        "direction": ("our_number",),
        "country": ("basis", "agreement", "organisation", "due_on"),
        "basis": ("agreement", "due_on"),
        "agreement": ("basis", "organisation", "due_on"),
        "urgency": ("due_on", "confirm_by"),
        "registered_on": ("our_number", "due_on", "confirm_by"),
    }
    layout = LAYOUT
    life = LIFE
    dues = [
        Due("due_on", Q(state__in=OPEN), _("answer to the request"), first="first_due_on"),
        Due("confirm_by", queries.awaits_confirmation(), _("written confirmation of the request"), first="first_confirm_by"),
        Due("next_check_on", Q(state__in=OPEN), _("has the answer come?")),
    ]
    inlines = [Inline("request-reminders", "request", ("sent_on", "addressee", "language", "subject"), extra=0)]
    actions_template = "requests/actions.html"

    def complete(self, record, user) -> None:
        """Basis, agreement, authority, due day and number are proposed."""
        domain.fill_in(record, user)

    def offered(self, name, chosen):
        """Agreements with the chosen country, and its authorities."""
        offers = {"agreement": domain.offered_agreements, "organisation": domain.offered_authorities}
        return offers[name](chosen("country")) if name in offers else None

    def problems(self, record) -> dict[str, str]:
        """Days in their order, a basis that fits, what belongs to one direction only."""
        return {**super().problems(record), **domain.problems(record)}


@register
class Reminders(Register):
    key = "request-reminders"
    model = Reminder
    prefix = "RM"
    icon = "mail"
    group = GROUP
    menu = False
    parent = "requests"
    parent_field = "request"
    policy = UnitPolicy("request__")
    order = ("sent_on",)
    personal = (
        Personal(
            purpose=_("To know to whom a letter was addressed."), basis=_("Tasks laid on the Ministry by law"), subject=_("people of partner bodies"),
            categories=(_("name and position"),), fields=("addressee", "text"), keep_years=5, after="sent_on", neutral=("addressee",), clears=("text",),
        ),
    )  # fmt: skip
    fields = [
        F("request", list=True, filter=True),
        F("sent_on", list=True, filter=True, period=True),
        F("addressee", list=True, search=True),
        F("language", filter=True),
        F("subject", list=True, search=True),
        F("text"),
        F("country", label=_("partner country"), path="request__country", filter=True),
    ]
