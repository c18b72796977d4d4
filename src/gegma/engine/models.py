"""What every record has, and the engine's own tables: codelists, files, the search index."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gegma.kernel.text import pick

from .codes import CodeField  # noqa: F401  (fields are imported from here by registers)


class Confidentiality(models.TextChoices):
    """Who may read a record: everybody with an account; people of the unit that owns it and heads above; the officer and named readers."""

    INTERNAL = "internal", _("internal")
    RESTRICTED = "restricted", _("restricted to the owner unit")
    NAMED = "named", _("named readers only")


class Tracked(models.Model):
    """A row that is written only through engine.write: its version guards against lost updates."""

    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    created_at = models.DateTimeField(_("entered on"), auto_now_add=True, editable=False)
    updated_at = models.DateTimeField(_("last changed"), auto_now=True, editable=False)

    class Meta:
        abstract = True


class Titled(Tracked):
    """A tracked row with a title in two languages."""

    title_ka = models.CharField(_("title"), max_length=500, blank=True)
    title_en = models.CharField(_("title (English)"), max_length=500, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return pick(self, "title") or f"№ {self.pk}"


class Record(Titled):
    """What all register records have beyond the fields of their own."""

    notes = models.TextField(_("notes"), blank=True)
    owner_unit = models.ForeignKey(
        "directory.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner unit")
    )
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("officer in charge")
    )
    confidentiality = models.CharField(
        _("confidentiality"), max_length=12, choices=Confidentiality.choices, default=Confidentiality.INTERNAL
    )
    readers = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=_("named readers"))

    class Meta:
        abstract = True


class Code(Tracked):
    """One entry of a codelist, such as a kind of meeting. Lists are data: an administrator edits them."""

    list = models.CharField(_("codelist"), max_length=40)
    key = models.SlugField(_("key"), max_length=60)
    title_ka = models.CharField(_("title"), max_length=200)
    title_en = models.CharField(_("title (English)"), max_length=200)
    order = models.PositiveIntegerField(_("order"), default=0)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("code")
        verbose_name_plural = _("codelists")
        ordering = ["list", "order", "key"]
        constraints = [models.UniqueConstraint(fields=["list", "key"], name="code_once")]

    def __str__(self) -> str:
        return pick(self, "title")


class Attachment(models.Model):
    """A file at a record. The bytes are stored once, under their SHA-256."""

    register = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    name = models.CharField(_("file name"), max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField(_("size"))
    content_type = models.CharField(max_length=120)
    uploaded_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["pk"]
        indexes = [models.Index(fields=["register", "record_id"], name="attachment_record")]

    def __str__(self) -> str:
        return self.name


class SearchEntry(models.Model):
    """The text by which a record is found, folded. Kept by engine.write; a trigram index lies over it on both databases."""

    register = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    text = models.TextField()

    class Meta:
        verbose_name = _("search entry")
        constraints = [models.UniqueConstraint(fields=["register", "record_id"], name="search_once")]

    def __str__(self) -> str:
        return f"{self.register}/{self.record_id}"
