"""Treaties and memoranda: what they are and with whom. (Stages from dated events are not kept yet.)"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gegma.engine.codes import CodeField
from gegma.engine.models import Record
from gegma.registers.directory.models import Country, Organisation


class Agreement(Record):
    """A treaty, convention, protocol or memorandum."""

    number = models.CharField(_("number"), max_length=60, blank=True)
    kind = CodeField(_("kind"), codelist="agreement-kind")
    multilateral = models.BooleanField(_("multilateral"), default=False)
    area = CodeField(pgettext_lazy("agreement", "field"), codelist="agreement-field", blank=True)
    countries = models.ManyToManyField(
        Country, blank=True, related_name="agreements", verbose_name=_("party countries")
    )
    organisations = models.ManyToManyField(
        Organisation, blank=True, related_name="agreements", verbose_name=_("party organisations")
    )

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering = ["title_ka"]
