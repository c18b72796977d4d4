"""What the filters of commitments ask."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, Value, When
from django.utils.translation import gettext as _

from gegma.engine.filters import Clause, FilterError, TextFilter, Values
from gegma.kernel import dates

from .models import OPEN, Commitment

WAITING = ("received", "accepted", "in-progress")


@dataclass
class CycleFilter(TextFilter):
    """Exactly this cycle: «2017» is not «2017–2020»."""

    suffixes: tuple[str, ...] = ("is", "set")

    def clauses(self, values: Values, user=None) -> list[Clause]:
        """Is this one; is filled in."""
        found = []
        for suffix, given in values.items():
            if suffix == "set":
                found.append(self._set_clause(given))
                continue
            if len(given) > 20:
                raise FilterError(f"{self.name}__is", _("Too many cycles are asked for at once."))
            words = {"field": self.label, "values": ", ".join(f"«{word}»" for word in given)}
            text, missed = _("%(field)s: %(values)s") % words, _("%(field)s is not %(values)s") % words
            found.append(self._clause("is", given, Q(**{f"{self.path}__in": given}), text, missed))
        return found


def acted() -> Q:
    """The commitments on which something was done."""
    actions = Commitment.actions.through.objects.filter(commitment_id=OuterRef("pk"), action__done_on__isnull=False)
    return Q(Exists(actions))


def differing() -> Q:
    """Both statuses are known and are not the same."""
    return Q(declared__gt="", assessed__gt="") & ~Q(declared=F("assessed"))


def timeliness() -> Case:
    """Whether the day by which it is due is over, near, ahead, or of no matter any more."""
    today = dates.today()
    return Case(
        When(~Q(state__in=OPEN), then=Value("ended")),
        When(due_on__isnull=True, then=Value("undated")),
        When(~Q(state__in=WAITING), then=Value("reported")),
        When(due_on__lt=today, then=Value("late")),
        When(due_on__lte=dates.add_months(today, 1), then=Value("soon")),
        default=Value("ahead"),
        output_field=CharField(),
    )
