"""The filter «measure», lent to every register: the very rows behind a figure, as an ordinary list.

?measure=12:2017-Q1:counted — the number of the measure, the period, and which rows: counted, base, scope or left-3
(left-3@2: of the second part of a measure of several parts).
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from gegma.engine import spec as engine_spec
from gegma.engine.filters import Clause, FilterError
from gegma.kernel import periods

from . import compute
from .models import Measure


def address(spec, measure: Measure, period: periods.Period, which: str) -> str:
    """The address of the list that shows these rows."""
    return f"{spec.url}?measure={measure.pk}:{period.key}:{which}"


def clauses(spec, word: str, user=None) -> list[Clause]:
    """The rows behind a figure, as a clause of the list."""
    number, _sep, rest = word.partition(":")
    period_text, _sep, which = rest.rpartition(":")
    try:
        measure = Measure.objects.select_related("indicator__activity").get(pk=int(number))
        period = periods.parse(period_text)
        q, words = compute.rows_q(measure.definition, spec, period, which, user)
        if not compute.chosen_openly(measure.definition, user):  # who is on the list would tell what the field says
            raise ValueError(word)
    except (ValueError, OverflowError, Measure.DoesNotExist):
        raise FilterError("measure", _("«%(value)s» names no figure of the plan that counts this register.") % {"value": word})
    indicator = measure.indicator
    name = " ".join(filter(None, [indicator.activity.code, indicator.label]))
    text = _("%(indicator)s, «%(measure)s», %(period)s: %(which)s") % {
        "indicator": name, "measure": measure, "period": period.sentence(), "which": words,
    }  # fmt: skip
    return [Clause(q, text, text, ("measure",), (("measure", word),))]


engine_spec.EXTRA_FILTERS["measure"] = clauses
