"""The register of agreements."""

from django.utils.translation import gettext_lazy as _

from gegma.engine.registry import register
from gegma.engine.spec import F, Register, Related

from .models import Agreement


@register
class Agreements(Register):
    key = "agreements"
    model = Agreement
    prefix = "A"
    icon = "file"
    group = _("Cooperation")
    order = ("title_ka",)
    fields = [
        F("title", bilingual=True, list=True, search=True),
        F("kind", list=True, filter=True),
        F("area", list=True, filter=True),
        F("countries", list=True, filter=True, search=True),
        F("organisations", filter=True, search=True),
        F("multilateral", list=True, filter=True),
        F("number", search=True),
    ]
    related = [Related("meetings", "agreement"), Related("documents", "agreement")]
