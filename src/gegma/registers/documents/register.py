"""The registers of documents and their deliveries."""

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from gegma.engine import registry
from gegma.engine.filters import RelationFilter
from gegma.engine.models import Attachment
from gegma.engine.personal import Personal
from gegma.engine.policy import UnitPolicy
from gegma.engine.registry import register
from gegma.engine.spec import F, Inline, Life, Move, Register, Related, Section
from gegma.registers.directory.filters import CountryFilter
from gegma.registers.frameworks.models import Framework

from .models import Delivery, Document

GROUP = _("Documents")


@register
class Documents(Register):
    key = "documents"
    addressed = ("deliveries__recipient_unit",)
    unaddressed = {"state": ("drafting",)}
    model = Document
    prefix = "DOC"
    icon = "file"
    group = GROUP
    order = ("-ready_on", "-pk")
    quick = ("title", "type", "state", "ready_on", "framework")
    personal = (
        Personal(
            purpose=_("To know who approved an official document."), basis=_("Tasks laid on the Ministry by law"), subject=_("staff of the Ministry"),
            categories=(_("name and position"),), fields=("approved_by",), keep_years=15, after="approved_on", neutral=("approved_by",),
        ),
    )  # fmt: skip
    fields = [
        F("title", bilingual=True, list=True, search=True),
        F("type", list=True, filter=True),
        F("state", list=True, filter=True),
        F("number", search=True),
        F("started_on", filter=True, period=True),
        F("ready_on", list=True, filter=True, period=True),
        F("approved_on", filter=True, period=True),
        F("approved_by", search=True),
        F("author_unit", filter=True),
        F("author_organisation", filter=True),
        F("covers_from", filter=True, period=True),
        F("covers_to", filter=True, period=True),
        F("topic", filter=True),
        F("channel", filter=True),
        F("framework", list=True, filter=True),
        F("body", list=True, filter=True),
        F("agreement", filter=True),
        F("project", filter=True),
        F("training", filter=True),
        F("meeting", filter=True),
        F("needs", filter=True, help=_("Only for a needs package; a prioritised need in it becomes packaged.")),
        F("framework_kind", label=_("kind of framework"), path="framework__kind", filter=True),
        F("body_kind", label=_("kind of body"), path="body__kind", filter=True),
        F("body_initiated_by_us", label=_("body initiated by the Department"), path="body__initiated_by_us", filter=True),
        F("project_role", label=_("department's role in the project"), path="project__role", filter=True),
        F("delivered_on", label=_("delivered on"), path="deliveries__delivered_on", filter=True, period=True),
        F("recipients", label=_("recipients"), path="deliveries__recipient", filter=True),
    ]
    extra_filters = [
        RelationFilter(
            "framework_within", _("framework, with those above it"), target=Framework, paths=("framework", "framework__parent")
        ),
    ]
    life = Life(
        "state",
        moves=(
            Move("finish", _("Mark as ready"), ("drafting",), "ready", day="ready_on"),
            Move("approve", _("Mark as approved"), ("drafting", "ready"), "approved", day="approved_on", asks=("ready_on", "approved_by")),
            Move("deliver", _("Mark as delivered"), ("drafting", "ready", "approved"), "delivered", asks=("ready_on",)),
            Move("draft", _("Back to drafting"), ("ready",), "drafting"),
            Move("take-back", _("Back to ready"), ("approved", "delivered"), "ready"),
            Move("undo-delivery", _("Back to approved"), ("delivered",), "approved", day="approved_on"),
        ),
        needs={"ready": ("ready_on",), "approved": ("ready_on", "approved_on"), "delivered": ("ready_on",)},
        tones={"drafting": "none", "ready": "going", "approved": "done", "delivered": "done"},
    )
    layout = [
        Section(_("Document"), ("title", "type", "number", "topic", "channel", "author_unit", "author_organisation")),
        Section(_("Life"), ("state", "started_on", "ready_on", "approved_on", "approved_by", "covers_from", "covers_to")),
        Section(_("About"), ("framework", "body", "agreement", "project", "training", "meeting", "needs")),
    ]
    inlines = [Inline("deliveries", "document", ("recipient", "recipient_unit", "delivered_on", "method", "meeting"))]
    related = [Related("actions", "documents", _("evidence of these actions"))]

    def follow(self, user, record, before, after) -> None:
        """Needs that go into a package are packaged, if they are prioritised; a document of another type holds none."""
        if after.get("needs") and record.type != "needs-package":
            raise ValidationError({"needs": _("Only a needs package holds needs.")})
        if before.get("needs", []) != after.get("needs", []):
            registry.get("needs").follow_links(user, {*before.get("needs", ()), *after.get("needs", ())}, record.ready_on)

    def problems(self, record) -> dict[str, str]:
        """The dates of a document's life stand in their order."""
        found = super().problems(record)
        dated = [(n, getattr(record, n)) for n in ("started_on", "ready_on", "approved_on") if getattr(record, n)]
        for (_earlier, first), (later, second) in zip(dated, dated[1:], strict=False):
            if second < first:
                found[later] = _("This day lies before the step that comes first.")
        return found


@register
class Deliveries(Register):
    key = "deliveries"
    addressed = ("recipient_unit",)
    unaddressed = {"document__state": ("drafting",)}
    model = Delivery
    told_by = ("recipient", "recipient_unit")
    prefix = "DL"
    group = GROUP
    parent = "documents"
    parent_field = "document"
    policy = UnitPolicy("document__")
    order = ("-delivered_on", "-pk")
    fields = [
        F("document", list=True, filter=True),
        F("recipient", list=True, filter=True, search=True),
        F("recipient_unit", filter=True),
        F("delivered_on", list=True, filter=True, period=True),
        F("method", list=True, filter=True),
        F("meeting", list=True, filter=True),
        F("document_type", label=_("type of document"), path="document__type", list=True, filter=True),
        F("document_framework", label=_("framework"), path="document__framework", filter=True),
        F("document_body", label=_("body"), path="document__body", filter=True),
        F("document_body_kind", label=_("kind of body"), path="document__body__kind", filter=True),
        F("recipient_donor", label=_("recipient is a donor"), path="recipient__donor", filter=True),
        F("recipient_kind", label=_("kind of recipient"), path="recipient__kind", filter=True),
        F("meeting_body", label=_("body of the meeting"), path="meeting__body", filter=True),
    ]
    extra_filters = [CountryFilter("to_country", _("to the country"), organisations=("recipient",))]
    evidence = staticmethod(
        lambda: Q(Exists(Attachment.objects.filter(register="documents", record_id=OuterRef("document_id"))))
    )
