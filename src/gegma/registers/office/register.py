"""The registers of the office."""

from django.db.models import F as Column
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gegma.engine.filters import FlagFilter, SpanFilter
from gegma.engine.personal import Personal
from gegma.engine.policy import UnitPolicy
from gegma.engine.registry import register
from gegma.engine.spec import Computed, Derived, Due, F, Inline, Life, Move, Register, Related, Section

from . import domain, queries
from .models import Clearance, Curriculum, InventoryItem, Letter, Post, WebPublication, WebUpdate

GROUP = _("Office")


@register
class Letters(Register):
    key = "letters"
    addressed = ("unit",)
    model = Letter
    prefix = "L"
    icon = "mail"
    group = GROUP
    order = ("-registered_on",)
    quick = ("direction", "number", "registered_on", "title", "organisation", "unit", "counterpart", "answer_required", "due_on")
    actions_template = "office/letter_actions.html"
    personal = (
        Personal(
            purpose=_("To keep the correspondence in order."), basis=_("Tasks laid on the Ministry by law"), subject=_("those who write to the Ministry, and to whom it writes"),
            categories=(_("name and position"),), fields=("counterpart",), keep_years=5, after="registered_on", neutral=("counterpart",),
        ),
    )  # fmt: skip
    fields = [
        F("title", label=_("subject"), bilingual=True, list=True, search=True),
        F("direction", list=True, filter=True),
        F("number", list=True, search=True, filter=True, help=_("As the Ministry's chancellery system gave it.")),
        F("registered_on", list=True, filter=True, period=True),
        F("written_on"),
        F("organisation", list=True, filter=True, search=True),
        F("unit", list=True, filter=True, search=True),
        F("counterpart", search=True, help=_("Where it is neither in the directory.")),
        F("answer_required", filter=True),
        F("due_on", list=True, filter=True, period=True),
        F("first_due_on", form=False),
        F("answered_on", filter=True, period=True),
        F("answer_letter", label=_("answered by the letter"), path="answer", filter=True),
        F("organisation_kind", label=_("kind of organisation"), path="organisation__kind", filter=True),
    ]
    computed = [
        Derived(
            "answer_state", _("answer"), queries.answer_state,
            (("waiting", _("waiting for an answer")), ("late", _("answer late")), ("in-time", _("answered in time")),
             ("answered-late", _("answered late")), ("none", _("no answer needed"))),
            list=True, tones={"waiting": "going", "late": "late", "in-time": "done", "answered-late": "partly"},
        ),
        Derived(
            "correspondence", _("correspondence"), queries.correspondence,
            (("internal", _("within the Ministry")), ("external", _("with others"))),
        ),
    ]  # fmt: skip
    extra_filters = [
        FlagFilter(
            "answered_in_time", _("answered by the day due"), yes=Q(answered_on__isnull=False, answered_on__lte=Column("due_on")),
            yes_words=_("answered by the day due"), no_words=_("answered late or not at all"),
        ),
    ]  # fmt: skip
    layout = [
        Section(_("Letter"), ("title", "direction", "number", "registered_on", "written_on")),
        Section(_("From or to"), ("organisation", "unit", "counterpart", "correspondence")),
        Section(_("Answer"), ("answer_required", "answer_state", "due_on", "first_due_on", "answered_on", "answer_letter")),
    ]
    dues = [
        Due("due_on", queries.OPEN & Q(direction="in"), _("letter to be answered"), first="first_due_on"),
        Due("due_on", queries.OPEN & Q(direction="out"), _("answer awaited"), first="first_due_on"),
    ]
    related = [Related("letters", "answer_letter", _("Answer to"))]

    def problems(self, record) -> dict[str, str]:
        """See domain.letter_problems."""
        return {**super().problems(record), **domain.letter_problems(record)}


@register
class Inventory(Register):
    key = "inventory"
    model = InventoryItem
    prefix = "IN"
    icon = "table"
    group = GROUP
    order = ("-needed_on",)
    quick = ("title", "category", "quantity_needed", "needed_on", "unit")
    personal = (
        Personal(
            purpose=_("To know for whom a thing of the office is."), basis=_("Tasks laid on the Ministry by law"), subject=_("staff of the Ministry"),
            categories=(_("things of the office"),), fields=("person",), person=("person",), keep_years=3, after="provided_on",
        ),
    )  # fmt: skip
    fields = [
        F("title", label=_("item"), bilingual=True, list=True, search=True),
        F("category", list=True, filter=True),
        F("quantity_needed", list=True, filter=True),
        F("needed_on", list=True, filter=True, period=True),
        F("first_needed_on", form=False),
        F("quantity_provided", list=True, filter=True),
        F("provided_on", list=True, filter=True, period=True),
        F("unit", list=True, filter=True),
        F("person", filter=True),
        F("cost", filter=True),
    ]
    computed = [
        Derived(
            "supply", _("supply"), queries.supply,
            (("provided", _("provided")), ("partly", _("partly provided")), ("missing", _("not provided"))),
            list=True, tones={"provided": "done", "partly": "partly", "missing": "late"},
        ),
    ]  # fmt: skip
    layout = [
        Section(_("Item"), ("title", "category", "supply", "unit", "person")),
        Section(_("Needed and provided"), ("quantity_needed", "needed_on", "first_needed_on", "quantity_provided", "provided_on", "cost")),
    ]
    dues = [Due("needed_on", Q(quantity_provided__lt=Column("quantity_needed")), _("inventory to be provided"), first="first_needed_on")]

    def problems(self, record) -> dict[str, str]:
        """See domain.inventory_problems."""
        return domain.inventory_problems(record)


@register
class Posts(Register):
    key = "posts"
    readers = "clearances"
    model = Post
    prefix = "PT"
    icon = "lock"
    group = GROUP
    order = ("title_ka",)
    starts_with = {"confidentiality": "restricted"}
    personal = (
        Personal(
            purpose=_("To keep access to state secrets in order."), basis=_("The law on state secrets"), subject=_("staff of the Ministry"),
            categories=(_("access to state secrets"),), fields=("holder", "since", "until"), person=("holder",), keep_years=5, after="until",
            recipients=_("the owner unit, where the record is restricted"), abroad=_("never"),
        ),
    )  # fmt: skip
    fields = [
        F("title", label=_("post"), bilingual=True, list=True, search=True),
        F("unit", list=True, filter=True),
        F("grade", list=True, filter=True),
        F("holder", list=True, filter=True, search=True),
        F("since", list=True, filter=True),
        F("until", list=True, filter=True),
    ]
    computed = [
        Derived(
            "clearance", _("clearance of the holder"), queries.holder_clearance,
            (("valid", _("valid")), ("expiring", _("ends soon")), ("missing", _("missing")), ("vacant", _("nobody in the post"))),
            list=True, tones={"valid": "done", "expiring": "soon", "missing": "late"},
        ),
    ]  # fmt: skip
    extra_filters = [
        SpanFilter("held", _("held"), start="since", end="until"),
        queries.ClearedFilter("cleared", _("valid clearance of the holder")),
    ]
    layout = [Section(_("Post"), ("title", "unit", "grade")), Section(_("Who holds it"), ("holder", "since", "until", "clearance"))]

    def problems(self, record) -> dict[str, str]:
        """See domain.post_problems."""
        return domain.post_problems(record)


@register
class Clearances(Register):
    key = "clearances"
    readers = "clearances"
    model = Clearance
    told_by = ("person",)
    prefix = "CL"
    icon = "lock"
    group = GROUP
    order = ("until",)
    starts_with = {"confidentiality": "restricted"}
    personal = (
        Personal(
            purpose=_("To keep access to state secrets in order."), basis=_("The law on state secrets"), subject=_("staff of the Ministry"),
            categories=(_("access to state secrets"),), fields=("person", "grade", "since", "until"), person=("person",), keep_years=5,
            after="until", recipients=_("the owner unit, where the record is restricted"), abroad=_("never"),
        ),
    )  # fmt: skip
    fields = [
        F("person", list=True, filter=True, search=True),
        F("grade", list=True, filter=True),
        F("since", list=True, filter=True),
        F("until", list=True, filter=True),
    ]
    computed = [
        Derived(
            "validity", _("validity"), queries.validity,
            (("valid", _("valid")), ("expiring", _("ends soon")), ("expired", _("expired")), ("ahead", _("not begun"))),
            list=True, tones={"valid": "done", "expiring": "soon", "expired": "late"},
        ),
    ]  # fmt: skip
    extra_filters = [SpanFilter("valid", _("valid"), start="since", end="until")]
    layout = [Section(_("Clearance"), ("person", "grade", "since", "until", "validity"))]
    dues = [Due("until", queries.to_renew(), _("clearance to be renewed"))]

    def problems(self, record) -> dict[str, str]:
        """See domain.kept_problems."""
        return domain.kept_problems(record)


@register
class Curricula(Register):
    key = "curricula"
    model = Curriculum
    prefix = "CU"
    group = GROUP
    order = ("-ready_on",)
    quick = ("title", "kind", "drafted_with", "topic", "hours")
    fields = [
        F("title", bilingual=True, list=True, search=True),
        F("kind", list=True, filter=True),
        F("state", list=True, filter=True),
        F("drafted_with", list=True, filter=True),
        F("topic", list=True, filter=True),
        F("hours", filter=True),
        F("ready_on", list=True, filter=True, period=True),
        F("approved_on", filter=True, period=True),
    ]
    life = Life(
        "state",
        moves=(
            Move("ready", _("Mark as ready"), ("drafting",), "ready", day="ready_on", asks=("hours",)),
            Move("approve", _("Mark as approved"), ("ready",), "approved", day="approved_on"),
            Move("redraft", _("Back to drafting"), ("ready", "approved"), "drafting"),
        ),
        needs={"ready": ("ready_on",), "approved": ("ready_on", "approved_on")},
        tones={"drafting": "going", "ready": "done", "approved": "done"},
    )


@register
class WebPublications(Register):
    key = "web-publications"
    model = WebPublication
    prefix = "W"
    icon = "globe"
    group = GROUP
    order = ("-published_on",)
    quick = ("title", "channel", "state", "published_on", "url", "language")
    fields = [
        F("title", bilingual=True, list=True, search=True),
        F("channel", list=True, filter=True),
        F("state", list=True, filter=True),
        F("published_on", list=True, filter=True, period=True),
        F("first_published_on", form=False),
        F("url", search=True),
        F("language", list=True, filter=True),
        F("document", filter=True),
    ]
    computed = [Computed("updated_on", _("last updated on"), queries.last_update, kind="date", list=True)]
    extra_filters = [queries.PublishedOrUpdated("published_or_updated", _("published or updated"))]
    life = Life(
        "state",
        moves=(
            Move("publish", _("Mark as published"), ("planned",), "published", day="published_on", asks=("url",)),
            Move("withdraw", _("Withdraw from the page"), ("published",), "withdrawn", asks=("notes",)),
            Move("restore", _("Put back on the page"), ("withdrawn",), "published"),
            Move("plan", _("Back to planned"), ("published",), "planned"),
        ),
        needs={"published": ("published_on",), "withdrawn": ("published_on",)},
        tones={"planned": "going", "published": "done", "withdrawn": "none"},
    )
    layout = [Section(_("Publication"), ("title", "channel", "state", "language", "url", "published_on", "first_published_on", "updated_on", "document"))]
    dues = [Due("published_on", Q(state="planned"), _("material to be published"), first="first_published_on")]
    inlines = [Inline("web-updates", "publication", ("on", "what"))]
    evidence = staticmethod(lambda: Q(url__gt=""))


@register
class WebUpdates(Register):
    key = "web-updates"
    model = WebUpdate
    prefix = "WU"
    group = GROUP
    menu = False
    parent = "web-publications"
    parent_field = "publication"
    policy = UnitPolicy("publication__")
    order = ("on",)
    fields = [
        F("publication", list=True, filter=True),
        F("on", list=True, filter=True, period=True),
        F("what", list=True, search=True),
        F("channel", label=_("channel"), path="publication__channel", filter=True),
    ]
