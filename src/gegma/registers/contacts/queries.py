"""What can be said of a contact on a day: reached, to be verified, ended, not begun; and which contact of a country came first."""

from __future__ import annotations

import datetime as dt

from django.db.models import Case, CharField, Exists, Max, OuterRef, Q, Subquery, Value, When
from django.utils.translation import gettext_lazy as _

from gegma.kernel import dates

from .models import Contact, ContactVerification

FRESH_MONTHS = 12
REACHABLE, STALE, ENDED, AHEAD = "reachable", "to-verify", "ended", "not-begun"
STATUS = (
    (REACHABLE, _("can be reached")),
    (STALE, _("to be verified")),
    (ENDED, _("ended")),
    (AHEAD, _("not begun")),
)
STATUS_TONES = {REACHABLE: "done", STALE: "soon", ENDED: "none", AHEAD: "none"}


def status_on(day: dt.date) -> Case:
    """The word for each contact on a day: it can be reached when it is in force and was verified in the last twelve months."""
    since = dates.add_months(day, -FRESH_MONTHS)
    fresh = ContactVerification.objects.filter(contact=OuterRef("pk"), on__range=(since, day))
    return Case(
        When(valid_to__lt=day, then=Value(ENDED)),
        When(valid_from__gt=day, then=Value(AHEAD)),
        When(Q(Exists(fresh)), then=Value(REACHABLE)),
        default=Value(STALE),
        output_field=CharField(),
    )


def status_today() -> Case:
    """The word for each contact today."""
    return status_on(dates.today())


def last_verified(until: dt.date | None = None) -> Subquery:
    """The last day, until a day, on which a contact was verified."""
    rows = ContactVerification.objects.filter(contact=OuterRef("pk"), **({"on__lte": until} if until else {}))
    return Subquery(rows.order_by().values("contact").annotate(day=Max("on")).values("day"))


def first_of_country() -> Q:
    """The contacts by which a country first became known: none of that country was entered before."""
    same = Contact.objects.filter(country=OuterRef("country"))
    earlier = Q(entered_on__lt=OuterRef("entered_on")) | Q(entered_on=OuterRef("entered_on"), pk__lt=OuterRef("pk"))
    return Q(country__isnull=False) & ~Exists(same.filter(earlier))


def membership_status() -> Case:
    """The word for each membership today."""
    today = dates.today()
    return Case(
        When(ends_on__lt=today, then=Value(ENDED)),
        When(starts_on__lte=today, then=Value("in-force")),
        default=Value(AHEAD),
        output_field=CharField(),
    )
