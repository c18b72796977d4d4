"""Who there is: units of the ministry, organisations, people, countries."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from gegma.engine.codes import CodeField
from gegma.engine.models import Titled


class Country(Titled):
    """A country by ISO 3166."""

    code = models.CharField(_("code"), max_length=2, unique=True)
    officer = models.ForeignKey(
        "accounts.User",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("desk officer"),
    )
    notes = models.TextField(_("notes"), blank=True)

    class Meta:
        verbose_name = _("country")
        verbose_name_plural = _("countries")
        ordering = ["title_ka"]


class Unit(Titled):
    """A unit of the ministry, in a tree: department, divisions, territorial bodies, legal entities of public law."""

    code = models.SlugField(_("code"), max_length=40, unique=True, null=True, blank=True)
    kind = CodeField(_("kind"), codelist="unit-kind")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    active = models.BooleanField(_("active"), default=True)
    notes = models.TextField(_("notes"), blank=True)

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units of the Ministry")
        ordering = ["title_ka"]


class Organisation(Titled):
    """A body outside the ministry: another ministry, a donor, an international organisation, an embassy, an NGO."""

    code = models.SlugField(_("code"), max_length=60, unique=True, null=True, blank=True)
    short = models.CharField(_("short name"), max_length=60, blank=True)
    kind = CodeField(_("kind"), codelist="organisation-kind")
    donor = models.BooleanField(_("donor"), default=False)
    country = models.ForeignKey(
        Country,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="organisations",
        verbose_name=_("country"),
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    url = models.URLField(_("web page"), blank=True)
    active = models.BooleanField(_("active"), default=True)
    notes = models.TextField(_("notes"), blank=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["title_ka"]


class Sex(models.TextChoices):
    """As statistics of trained people ask for it."""

    FEMALE = "f", _("female")
    MALE = "m", _("male")


class Person(Titled):
    """A person that the work has to do with. The title is the name. Only the data that the work needs."""

    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
        verbose_name=_("organisation"),
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="people", verbose_name=_("unit")
    )
    position_ka = models.CharField(_("position"), max_length=200, blank=True)
    position_en = models.CharField(_("position (English)"), max_length=200, blank=True)
    sex = models.CharField(_("sex"), max_length=1, choices=Sex.choices, blank=True)
    attache = models.BooleanField(_("police or security attaché"), default=False)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=60, blank=True)
    staff_from = models.DateField(_("in the unit since"), null=True, blank=True)
    staff_to = models.DateField(_("in the unit until"), null=True, blank=True)
    invented = models.BooleanField(_("invented person"), default=False)
    notes = models.TextField(_("notes"), blank=True)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["title_ka"]
        indexes = [models.Index(fields=["title_ka"], name="person_name")]
