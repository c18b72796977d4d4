"""Contact points, attachés and memberships: whom one reaches where, and since when that is known."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gegma.engine.codes import CodeField
from gegma.engine.models import Record, Tracked
from gegma.kernel import dates
from gegma.registers.directory.models import Country, Organisation, Person, Unit

FIRST_CHECK_DAYS = 30


def first_check() -> dt.date:
    """By when a contact that was just entered is to be verified."""
    return dates.today() + dt.timedelta(days=FIRST_CHECK_DAYS)


class Contact(Record):
    """A post or person by whom a partner country or organisation is reached. The title is the name of the post."""

    country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="contacts", verbose_name=_("country")
    )
    authority = models.ForeignKey(
        Organisation, models.PROTECT, related_name="contacts", verbose_name=_("authority")
    )
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="contacts", verbose_name=_("person")
    )
    role = CodeField(_("role"), codelist="contact-role", default="contact-point")
    area = CodeField(pgettext_lazy("agreement", "field"), codelist="agreement-field", blank=True)
    agreement = models.ForeignKey(
        "agreements.Agreement",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contacts",
        verbose_name=_("competent under the agreement"),
    )
    phone = models.CharField(_("telephone"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    languages = models.CharField(_("languages"), max_length=120, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid until"), null=True, blank=True)
    entered_on = models.DateField(_("first entered on"), default=dates.today)
    verify_by = models.DateField(_("verify by"), null=True, blank=True, default=first_check)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contact points and attachés")
        ordering = ["title_ka"]
        indexes = [
            models.Index(fields=["country", "entered_on"], name="contact_country_first"),
            models.Index(fields=["verify_by"], name="contact_verify"),
        ]


class ContactVerification(Tracked):
    """A day on which somebody made sure that a contact answers. Kept, so that the state on any earlier day stays known."""

    contact = models.ForeignKey(
        Contact, models.CASCADE, related_name="verifications", verbose_name=_("contact")
    )
    on = models.DateField(_("verified on"))
    how = CodeField(_("how verified"), codelist="verification-way", blank=True)

    class Meta:
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")
        ordering = ["-on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["contact", "on"], name="verified_once_a_day")]

    def __str__(self) -> str:
        return f"{self.on:%d.%m.%Y}"


class Membership(Record):
    """The Ministry, or a unit of it, as a member of an association."""

    association = models.ForeignKey(
        Organisation, models.PROTECT, related_name="memberships", verbose_name=_("association")
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("member unit")
    )
    kind = CodeField(_("kind"), codelist="membership-kind", default="full")
    starts_on = models.DateField(_("member since"), null=True, blank=True)
    ends_on = models.DateField(_("member until"), null=True, blank=True)
    contribution = models.DecimalField(
        _("yearly contribution"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    currency = CodeField(_("currency"), codelist="currency", blank=True)
    fee_due_on = models.DateField(_("contribution due on"), null=True, blank=True)
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="memberships", verbose_name=_("contact")
    )

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships in associations")
        ordering = ["title_ka"]
        indexes = [models.Index(fields=["starts_on", "ends_on"], name="membership_span")]
