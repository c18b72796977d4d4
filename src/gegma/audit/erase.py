"""Lawful erasure of what rows of the history say. Their place in the chain stays, and audit.record.verify() counts them as erased."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from .models import Change
from .record import lock

CHUNK = 400


def erase(change_ids: Iterable[int], reason: str, actor) -> int:
    """Blank before, after and salt of these changes; returns how many had any. Raises ValueError without a reason.

    The caller keeps the ledger of what was erased, when, why and by whom, without the data itself.
    """
    if not reason.strip():
        raise ValueError("an erasure needs its reason")
    wanted, done = sorted(set(change_ids)), 0
    with transaction.atomic():
        lock()
        for start in range(0, len(wanted), CHUNK):
            rows = Change.objects.filter(pk__in=wanted[start : start + CHUNK]).exclude(salt="")
            done += rows.update(before={}, after={}, salt="")
    return done
