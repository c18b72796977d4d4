"""The codelists as a register, so that an administrator edits them like any other record."""

from django.utils.translation import gettext_lazy as _

from . import codes
from .models import Code
from .policy import AdministratorPolicy
from .registry import register
from .spec import F, Register


@register
class Codes(Register):
    key = "codes"
    model = Code
    prefix = "K"
    group = _("Settings")
    last = True
    policy = AdministratorPolicy()
    order = ("list", "order", "key")
    fields = [
        F("list", list=True, search=True, filter=True),
        F("key", list=True, search=True),
        F("title", bilingual=True, list=True, search=True),
        F("order", list=True),
        F("active", list=True, filter=True),
    ]

    def problems(self, record) -> dict[str, str]:
        """The key of a code never changes: records hold it."""
        codes.forget()
        old = Code.objects.filter(pk=record.pk).first()
        if old and (old.list, old.key) != (record.list, record.key):
            return {"key": str(_("Records hold this key: make a new code and retire this one instead."))}
        return {}
