"""What office records say by their days: the expressions, conditions and filters behind the declarations."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Case, CharField, Exists, F, Max, OuterRef, Q, Subquery, Value, When
from django.utils.translation import gettext as _

from gegma.engine.filters import Clause, DateFilter, SpanFilter, Values, having, through
from gegma.kernel import dates

from .models import Clearance, Grade, Post, WebPublication, WebUpdate

# So many days before it ends a clearance is to be renewed: the checks for it take that long.
RENEW_DAYS = 90


def _word(*whens: When, default: str) -> Case:
    return Case(*whens, default=Value(default), output_field=CharField())


# -- letters -----------------------------------------------------------------------------------------------------------

OPEN = Q(answer_required=True, answered_on__isnull=True)
IN_TIME = Q(answered_on__isnull=False) & (Q(due_on__isnull=True) | Q(answered_on__lte=F("due_on")))


def answer_state() -> Case:
    """How it stands with the answer to a letter."""
    return _word(
        When(IN_TIME, then=Value("in-time")),
        When(answered_on__isnull=False, then=Value("answered-late")),
        When(answer_required=False, then=Value("none")),
        When(due_on__lt=dates.today(), then=Value("late")),
        default="waiting",
    )


def correspondence() -> Case:
    """Internal where a unit of the Ministry stands at the other end."""
    return _word(When(unit__isnull=False, then=Value("internal")), default="external")


# -- inventory ---------------------------------------------------------------------------------------------------------


def supply() -> Case:
    """How much of what is needed is there."""
    return _word(
        When(quantity_provided__gte=F("quantity_needed"), then=Value("provided")),
        When(quantity_provided__gt=0, then=Value("partly")),
        default="missing",
    )


# -- clearances --------------------------------------------------------------------------------------------------------


def opens(grade: str) -> list[str]:
    """The grades of clearance that open secrets of this grade: it and those above."""
    return Grade.values[Grade.values.index(grade) :]


def validity() -> Case:
    """Whether a clearance is valid today."""
    today = dates.today()
    return _word(
        When(since__gt=today, then=Value("ahead")),
        When(until__lt=today, then=Value("expired")),
        When(until__lte=today + dt.timedelta(days=RENEW_DAYS), then=Value("expiring")),
        default="valid",
    )


def to_renew() -> Q:
    """The clearances after which nothing follows, of people who stay longer in a post that needs one."""
    longer = Q(until__isnull=True) | Q(until__gt=OuterRef("until"))
    stays = Post.objects.filter(longer, holder=OuterRef("person"))
    return Q(Exists(stays)) & ~Q(Exists(Clearance.objects.filter(longer, person=OuterRef("person"))))


def cleared(first: dt.date | None, last: dt.date | None) -> Q:
    """The posts whose holder has a clearance of the grade needed, valid at some time between two days.

    It looks at all clearances, whoever asks: that a holder has one is told to those who may see the post.
    """
    span = Q()
    if last:
        span &= Q(since__lte=last)
    if first:
        span &= Q(until__isnull=True) | Q(until__gte=first)
    whole = Q(pk__in=[])
    for grade in Grade.values:
        people = Clearance.objects.filter(span, grade__in=opens(grade)).values("person")
        whole |= Q(grade=grade, holder__in=people)
    return whole


def holder_clearance() -> Case:
    """How it stands with the clearance of who holds the post today."""
    today = dates.today()
    later = today + dt.timedelta(days=RENEW_DAYS)
    here = Q(holder__isnull=False) & (Q(since__isnull=True) | Q(since__lte=today)) & (Q(until__isnull=True) | Q(until__gte=today))
    return _word(
        When(~here, then=Value("vacant")),
        When(cleared(today, today) & cleared(later, later), then=Value("valid")),
        When(cleared(today, today), then=Value("expiring")),
        default="missing",
    )


@dataclass
class ClearedFilter(SpanFilter):
    """The posts whose holder has a valid clearance of the grade needed, on a day or at some time of a range. Places no record in a period."""

    rules: tuple[str, ...] = ()

    def clauses(self, values: Values, user=None) -> list[Clause]:
        """As for any span, with words of its own for a holder who lacks one."""
        found = super().clauses(values, user)
        missed = _("the holder has no valid clearance of the grade needed")
        return [Clause(c.q, c.words, missed, c.keys, c.values) for c in found]

    def _overlaps(self, first: dt.date | None, last: dt.date | None) -> Q:
        return cleared(first, last)


# -- web publications --------------------------------------------------------------------------------------------------


def last_update() -> Subquery:
    """The day on which a publication was last renewed."""
    rows = WebUpdate.objects.filter(publication=OuterRef("pk")).order_by().values("publication")
    return Subquery(rows.annotate(last=Max("on")).values("last"))


@dataclass
class PublishedOrUpdated(DateFilter):
    """The day of publication or of any update: a publication lies in a period once, however often it was renewed there."""

    suffixes: tuple[str, ...] = ("from", "to")

    def _between(self, first: dt.date | None, last: dt.date | None) -> Q:
        def inside(path: str) -> Q:
            q = Q()
            if first:
                q &= Q(**{f"{path}__gte": first})
            if last:
                q &= Q(**{f"{path}__lte": last})
            return q

        return inside("published_on") | through(WebPublication, "updates__on", inside)

    def _filled(self) -> Q:
        return Q(published_on__isnull=False) | having(WebPublication, "updates")
