"""The life of a request: its states and the moves between them, and how its page is laid out."""

from django.utils.translation import gettext_lazy as _

from gegma.engine.spec import Life, Move, Section

from . import domain
from .models import OPEN

PASSED_ON = ("forwarded", "sent", "in-execution")
ABOUT = ("title", "attention", "direction", "state", "outcome", "refusal_ground", "urgency", "our_number", "their_number")
COURSE = (
    "received_on", "registered_on", "checked_on", "forwarded_on", "sent_on", "passed_on", "acknowledged_on", "answered_on",
    "withdrawn_on", "closed_on", "reopened_on",
)  # fmt: skip

LAYOUT = [
    Section(_("Request"), ABOUT),
    Section(_("Who"), ("country", "organisation", "unit", "basis", "agreement")),
    Section(_("Due"), ("due_on", "first_due_on", "confirm_by", "first_confirm_by", "confirmed_on", "next_check_on", "reminders_sent", "last_reminder")),
    Section(_("Course"), COURSE),
]

LIFE = Life(
    "state",
    moves=(
        Move("check", _("Mark as checked"), ("registered",), "checked", day="checked_on"),
        Move("forward", _("Forward to a unit"), ("checked",), "forwarded", day="forwarded_on", asks=("unit",), refuses=domain.only_incoming),
        Move("send", _("Mark as sent abroad"), ("checked",), "sent", day="sent_on", refuses=domain.only_outgoing),
        Move("acknowledge", _("Mark as in execution"), ("forwarded", "sent"), "in-execution", day="acknowledged_on"),
        Move("answer", _("Mark as answered"), (*PASSED_ON, "partly"), "answered", day="answered_on"),
        Move("answer-partly", _("Mark as partly answered"), PASSED_ON, "partly", day="answered_on", asks=("next_check_on",)),
        Move("refuse", _("Mark as refused"), OPEN, "refused", day="answered_on", asks=("refusal_ground",)),
        Move("withdraw", _("Mark as withdrawn"), OPEN, "withdrawn", day="withdrawn_on"),
        Move("close", _("Close"), ("answered", "partly", "refused", "withdrawn"), "closed", day="closed_on"),
        Move(
            "reopen", _("Reopen"), ("closed", "answered", "refused", "withdrawn"), "in-execution", day="reopened_on",
            asks=("due_on",), refuses=domain.not_yet_passed_on,
        ),
        Move(
            "register-again", _("Back to the beginning"), ("closed", "refused", "withdrawn"), "registered", day="reopened_on",
            asks=("due_on",), refuses=domain.already_passed_on,
        ),
    ),
    needs={
        "checked": ("checked_on",), "forwarded": ("forwarded_on", "unit"), "sent": ("sent_on",), "answered": ("answered_on",),
        "partly": ("answered_on",), "refused": ("answered_on", "refusal_ground"), "withdrawn": ("withdrawn_on",), "closed": ("closed_on",),
    },
    tones={
        "registered": "none", "checked": "none", "forwarded": "going", "sent": "going", "in-execution": "going", "answered": "done",
        "partly": "partly", "refused": "late", "withdrawn": "none", "closed": "done",
    },
)  # fmt: skip
