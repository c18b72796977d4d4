"""What a person has typed into a report and not saved yet: kept on the server, their own, until it is saved or discarded."""

from __future__ import annotations

import datetime as dt

from django.http import QueryDict
from django.utils import timezone

from .models import Update, UpdateDraft

TEXTS, LINKS = ("text_ka", "text_en", "declared"), ("documents",)
LONGEST = 100_000  # letters of one text
MOST_LINKS = 500
KEPT = dt.timedelta(days=90)


def of(user, update: Update) -> UpdateDraft | None:
    """What the person has typed into the report, if anything."""
    return UpdateDraft.objects.filter(person_id=user.pk, update=update).first()


def keep(user, update: Update, given: QueryDict) -> bool:
    """Keep what the form holds now; what is saved already is no draft. Returns whether it is taken.

    Not taken where the report was saved meanwhile: this is then the last word of a form that is closed already.
    """
    version = given.get("version", "")
    kept = of(user, update)
    if version not in {str(update.version), str(kept.version) if kept else ""}:
        return False
    values = {name: given.get(name, "").replace("\0", "").replace("\r\n", "\n")[:LONGEST] for name in TEXTS}
    values |= {name: sorted(int(w) for w in given.getlist(name)[:MOST_LINKS] if w.isascii() and w.isdecimal() and len(w) < 19) for name in LINKS}
    if values == saved(update):
        drop(user, update)
    else:
        UpdateDraft.objects.update_or_create(person_id=user.pk, update=update, defaults={"values": values, "version": int(version)})
    return True


def saved(update: Update) -> dict:
    """What stands in the report itself, as a draft has it."""
    texts = {name: (getattr(update, name) or "").replace("\r\n", "\n") for name in TEXTS}
    return {**texts, "documents": sorted(update.documents.values_list("pk", flat=True))}


def drop(user, update: Update) -> None:
    """What the person has typed is saved, or not wanted."""
    UpdateDraft.objects.filter(person_id=user.pk, update=update).delete()


def sweep() -> int:
    """Take away what nobody came back to. Returns how many."""
    return UpdateDraft.objects.filter(kept_at__lt=timezone.now() - KEPT).delete()[0]
