"""A package of needs for donors: the document with its needs, its Word files and its deliveries, made as one step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from gegma.audit.record import lock
from gegma.engine import files, registry, write
from gegma.engine.models import Confidentiality

from . import domain, word
from .models import Need


@dataclass
class Package:
    """What a package is to be. donors: to whom it goes, on delivered_on, by method; without them it is made ready only."""

    title_ka: str
    title_en: str
    ready_on: dt.date
    donors: Sequence[Any] = ()
    delivered_on: dt.date | None = None
    method: str = "letter"
    needs: Sequence[Need] = field(default_factory=list)

    @property
    def confidentiality(self) -> str:
        """That of the strictest of its needs: it stays in its unit where one of them does, and with whoever makes it where one is for named readers."""
        return max((need.confidentiality for need in self.needs), key=Confidentiality.values.index, default=Confidentiality.INTERNAL)


def make(user, package: Package):
    """Write the package; returns the document.

    Raises ValidationError for needs that may not be offered, a delivery before the package is ready, and what engine.write refuses.
    """
    if not package.needs:
        raise ValidationError(_("A package holds one need at least."))
    if package.donors and package.delivered_on and package.delivered_on < package.ready_on:
        raise ValidationError({"delivered_on": _("It cannot be delivered before it is ready.")})
    spec, deliveries = registry.get("documents"), registry.get("deliveries")
    document = spec.model(
        type="needs-package", title_ka=package.title_ka, title_en=package.title_en, ready_on=package.ready_on,
        state="delivered" if package.donors else "ready", author_unit_id=user.unit_id, owner_unit_id=user.unit_id, officer_id=user.pk,
        confidentiality=package.confidentiality,
    )  # fmt: skip
    children = [
        write.Child(deliveries, deliveries.model(recipient=donor, delivered_on=package.delivered_on, method=package.method))
        for donor in package.donors
    ]
    with transaction.atomic():
        lock()
        domain.refuse_unready(package.needs)
        write.save(spec, user, document, m2m={"needs": list(package.needs)}, children=children)
        files.attach(spec, user, document, [_file(document, package, language) for language in ("ka", "en")])
    return document


def _file(document, package: Package, language: str) -> SimpleUploadedFile:
    names = {"ka": "საჭიროებათა პაკეტი", "en": "Needs package"}
    content = word.draft(document, package.needs, language)
    return SimpleUploadedFile(f"{names[language]} {registry.of(document).number(document)}.docx", content, files.TYPES["docx"])
