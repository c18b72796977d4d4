"""The register of actions on commitments."""

from django.utils.translation import gettext_lazy as _

from gegma.engine.filters import RelationFilter, having
from gegma.engine.registry import register
from gegma.engine.spec import F, Register, Section
from gegma.registers.frameworks.models import Framework

from .models import Action


@register
class Actions(Register):
    key = "actions"
    addressed = ("unit",)
    model = Action
    prefix = "AC"
    icon = "play"
    group = _("Commitments")
    order = ("-done_on", "-pk")
    quick = ("title", "done_on", "commitments", "unit", "documents")
    fields = [
        F("title", label=_("what was done"), bilingual=True, list=True, search=True),
        F("done_on", list=True, filter=True, period=True, help=_("Empty as long as it is only planned.")),
        F("unit", list=True, filter=True),
        F("commitments", list=True, filter=True, search=True, help=_("All those that it serves.")),
        F("documents", list=True, filter=True),
        F("description", bilingual=True, search=True),
        F("meeting", filter=True),
        F("training", filter=True),
        F("project", filter=True),
        F("commitment_framework", label=_("framework of the commitment"), path="commitments__framework", filter=True),
        F("commitment_kind", label=_("kind of commitment"), path="commitments__kind", filter=True),
        F("commitment_theme", label=_("theme of the commitment"), path="commitments__theme", filter=True),
        F("commitment_state", label=_("state of the commitment"), path="commitments__state", filter=True),
    ]
    extra_filters = [
        RelationFilter(
            "commitment_framework_within", _("framework of the commitment, with those above it"), target=Framework,
            paths=("commitments__framework", "commitments__framework__parent"),
        ),
    ]  # fmt: skip
    layout = [
        Section(_("Action"), ("title", "done_on", "unit", "description")),
        Section(_("Serves"), ("commitments",)),
        Section(_("Evidence and connections"), ("documents", "meeting", "training", "project")),
    ]
    evidence = staticmethod(lambda: having(Action, "documents"))
