"""Changes of accounts in the history: register «accounts», the record is the account."""

from __future__ import annotations

from django.db import transaction

from .models import Action, Change
from .record import Entry, lock, record

ACCOUNTS = "accounts"


def note(by, account, before: dict, after: dict, action: str = Action.UPDATE) -> None:
    """Write one change of an account into the history."""
    with transaction.atomic():
        lock()
        record(by, [Entry(ACCOUNTS, account.pk, action, Change.objects.filter(register=ACCOUNTS, record_id=account.pk).count() + 1, before, after)])
