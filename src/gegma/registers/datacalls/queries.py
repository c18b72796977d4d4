"""How it stands with the replies to a call: the expressions and conditions behind the declarations."""

from __future__ import annotations

from django.db.models import Case, CharField, Count, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from gegma.kernel import dates

from .models import CallReply

# Asked, not answered, and the call still waits for it.
WAITING = Q(replied_on__isnull=True, call__state="sent")


def reply_state() -> Case:
    """How it stands with the reply of an addressee."""
    return Case(
        When(Q(replied_on__isnull=False) & (Q(due_on__isnull=True) | Q(replied_on__lte=F("due_on"))), then=Value("answered")),
        When(replied_on__isnull=False, then=Value("answered-late")),
        When(call__state="drafting", then=Value("draft")),
        When(call__state="closed", then=Value("never")),
        When(due_on__lt=dates.today(), then=Value("late")),
        default=Value("waiting"),
        output_field=CharField(),
    )


def late() -> Q:
    """The addressees whose day has passed without a reply."""
    return WAITING & Q(due_on__lt=dates.today())


def _number(**having) -> Coalesce:
    rows = CallReply.objects.filter(call=OuterRef("pk"), **having).order_by().values("call")
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n")), Value(0))


def asked() -> Coalesce:
    """How many a call went to."""
    return _number()


def replied() -> Coalesce:
    """How many of them replied."""
    return _number(replied_on__isnull=False)
