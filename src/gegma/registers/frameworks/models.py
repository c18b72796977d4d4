"""The frameworks in which the department works, and the bodies that meet under them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from gegma.engine.codes import CodeField
from gegma.engine.models import Record, Tracked
from gegma.registers.directory.models import Country, Organisation, Person


class Framework(Record):
    """An agreement, national plan, partnership format or monitoring body under which obligations arise."""

    code = models.SlugField(_("code"), max_length=40, unique=True, null=True, blank=True)
    kind = CodeField(_("kind"), codelist="framework-kind")
    cycle = models.CharField(_("cycle"), max_length=100, blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )

    class Meta:
        verbose_name = _("framework")
        verbose_name_plural = _("frameworks")
        ordering = ["title_ka"]


class Body(Record):
    """A council, commission, working group or standing format."""

    code = models.SlugField(_("code"), max_length=60, unique=True, null=True, blank=True)
    kind = CodeField(_("kind"), codelist="body-kind")
    framework = models.ForeignKey(
        Framework, models.PROTECT, null=True, blank=True, related_name="bodies", verbose_name=_("framework")
    )
    country = models.ForeignKey(
        Country,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="bodies",
        verbose_name=_("partner country"),
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("works under")
    )
    charter = models.CharField(_("charter"), max_length=300, blank=True)
    established_on = models.DateField(_("established on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    initiated_by_us = models.BooleanField(_("initiated by the Department"), default=False)

    class Meta:
        verbose_name = _("body")
        verbose_name_plural = _("councils, commissions and working groups")
        ordering = ["title_ka"]


class BodyMember(Tracked):
    """Who sits in a body, in what role, from when to when."""

    body = models.ForeignKey(Body, models.CASCADE, related_name="members", verbose_name=_("body"))
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="memberships", verbose_name=_("person")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("organisation")
    )
    role = CodeField(_("role"), codelist="body-role")
    since = models.DateField(_("from"), null=True, blank=True)
    until = models.DateField(_("to"), null=True, blank=True)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ["since", "pk"]

    def __str__(self) -> str:
        return str(self.person or self.organisation or f"№ {self.pk}")
