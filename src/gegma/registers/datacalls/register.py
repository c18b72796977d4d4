"""The registers of data calls and the replies to them."""

from django.db.models import F as Column
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gegma.engine.filters import FlagFilter
from gegma.engine.policy import UnitPolicy
from gegma.engine.registry import register
from gegma.engine.spec import Computed, Derived, Due, F, Inline, Life, Move, Register, Section

from . import domain, queries
from .models import CallReply, DataCall

GROUP = _("Data calls")


@register
class DataCalls(Register):
    key = "data-calls"
    addressed = ("replies__unit",)
    unaddressed = {"state": ("drafting",)}
    model = DataCall
    prefix = "DC"
    icon = "mail"
    group = GROUP
    order = ("-due_on",)
    quick = ("title", "kind", "framework", "due_on")
    actions_template = "datacalls/actions.html"
    fields = [
        F("title", bilingual=True, list=True, search=True),
        F("kind", list=True, filter=True),
        F("state", list=True, filter=True),
        F("framework", list=True, filter=True),
        F("questions", search=True),
        F("sent_on", list=True, filter=True, period=True),
        F("due_on", list=True, filter=True, period=True),
        F("first_due_on", form=False),
        F("closed_on", filter=True, period=True),
        F("reminder", form=False),
    ]
    computed = [
        Computed("asked", _("asked"), queries.asked, list=True),
        Computed("replied", _("replies received"), queries.replied, list=True),
    ]
    life = Life(
        "state",
        moves=(
            Move("send", _("Mark as sent"), ("drafting",), "sent", day="sent_on", asks=("due_on",),
                 refuses=domain.not_to_be_sent, then=domain.give_terms),
            Move("close", _("Close the call"), ("sent",), "closed", day="closed_on"),
            Move("reopen", _("Open the call again"), ("closed",), "sent"),
            Move("redraft", _("Back to drafting"), ("sent",), "drafting", refuses=domain.not_to_be_redrafted),
        ),
        needs={"sent": ("sent_on",), "closed": ("sent_on", "closed_on")},
        tones={"drafting": "none", "sent": "going", "closed": "done"},
    )  # fmt: skip
    layout = [
        Section(_("Data call"), ("title", "kind", "framework", "state", "questions")),
        Section(_("Term"), ("sent_on", "due_on", "first_due_on", "closed_on", "asked", "replied")),
    ]
    dues = [Due("due_on", Q(state="sent"), _("replies to the data call are due"), first="first_due_on")]
    inlines = [Inline("call-replies", "call", ("unit", "organisation", "title_ka", "due_on", "replied_on", "number", "reply"), _("addressees"))]

    def problems(self, record) -> dict[str, str]:
        """See domain.call_problems."""
        return {**super().problems(record), **domain.call_problems(record)}


@register
class CallReplies(Register):
    key = "call-replies"
    addressed = ("unit",)
    unaddressed = {"call__state": ("drafting",)}
    answers = ("replied_on", "number", "reply", "files")
    model = CallReply
    told_by = ("unit", "organisation")
    prefix = "CR"
    icon = "mail"
    group = GROUP
    parent = "data-calls"
    parent_field = "call"
    policy = UnitPolicy("call__")
    order = ("due_on",)
    fields = [
        F("call", list=True, filter=True),
        F("unit", list=True, filter=True, search=True),
        F("organisation", list=True, filter=True, search=True),
        F("title_ka", label=_("another addressee"), search=True),
        F("due_on", list=True, filter=True, period=True),
        F("first_due_on", form=False),
        F("replied_on", list=True, filter=True, period=True),
        F("number", search=True),
        F("reply", search=True),
        F("reminded_on", filter=True),
        F("reminders", form=False),
        F("call_kind", label=_("kind of the data call"), path="call__kind", filter=True),
        F("call_state", label=_("state of the data call"), path="call__state", filter=True),
        F("call_framework", label=_("framework of the data call"), path="call__framework", filter=True),
    ]
    computed = [
        Derived(
            "reply_state", _("state of the reply"), queries.reply_state,
            (("draft", _("not asked yet")), ("waiting", _("waiting for a reply")), ("late", _("reply late")), ("answered", _("answered")),
             ("answered-late", _("answered late")), ("never", _("never replied"))),
            list=True, tones={"waiting": "going", "late": "late", "answered": "done", "answered-late": "partly", "never": "late"},
        ),
    ]  # fmt: skip
    extra_filters = [
        FlagFilter(
            "replied_in_time", _("replied by the day due"), yes=Q(replied_on__isnull=False, replied_on__lte=Column("due_on")),
            yes_words=_("replied by the day due"), no_words=_("replied late or not at all"),
        ),
    ]  # fmt: skip
    # the day that all share is told once, with the call; here only a term of one's own
    dues = [Due("due_on", queries.WAITING & ~Q(due_on=Column("call__due_on")), _("reply to the data call is due"), first="first_due_on")]
    evidence = staticmethod(lambda: Q(number__gt="") | Q(reply__gt=""))

    def problems(self, record) -> dict[str, str]:
        """See domain.reply_problems."""
        return domain.reply_problems(record)
