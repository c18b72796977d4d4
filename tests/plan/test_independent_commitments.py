"""Commitments and actions drawn by lot, recounted in plain Python: see test_independent.py."""

from __future__ import annotations

import pytest

from gegma.kernel import periods
from gegma.plan import compute
from gegma.registers.actions.models import Action
from gegma.registers.commitments.models import Commitment, CommitmentState
from gegma.registers.frameworks.models import Framework

from .test_independent import PERIODS, Lot


def draw(seed: int) -> None:
    """Some 400 records over the world of the small year."""
    lot = Lot(seed)
    frameworks = [f for f in Framework.objects.order_by("pk") if f.code in {"parp", "eap", "eu-comm", "aa-nap-2017", "upr"}]
    Commitment.objects.bulk_create(
        Commitment(
            framework=lot.one(frameworks), kind=lot.one(["partnership-goal", "planned-activity", "obligation"]), cycle=lot.one(["2017", "2016", "2017–2018"]),
            state=lot.one(CommitmentState.values), received_on=lot.day(), ended_on=lot.day(0.4), proposed_on=lot.day(0.3), included_on=lot.day(0.3),
        )
        for _n in range(260)
    )  # fmt: skip
    commitments = list(Commitment.objects.order_by("pk"))
    for action in Action.objects.bulk_create(Action(done_on=lot.day()) for _n in range(120)):
        action.commitments.set(lot.some(commitments))


def rows(code: str, kind: str) -> list[Commitment]:
    return [c for c in Commitment.objects.select_related("framework") if c.framework.code == code and c.kind == kind]


def optimised(p):
    return sum(
        c.state in {"merged", "revised", "closed"} and c.ended_on is not None and p.start <= c.ended_on <= p.end for c in rows("parp", "partnership-goal")
    )


def in_force(p):
    return sum(
        c.received_on is not None and c.received_on <= p.end and (c.ended_on is None or c.ended_on > p.end) for c in rows("parp", "partnership-goal")
    )


def included_in_the_plan(p):
    base = [c for c in rows("aa-nap-2017", "planned-activity") if c.proposed_on]
    return sum(c.included_on is not None for c in base), len(base)


def included_in_the_strategy(p):
    base = [c for c in rows("eu-comm", "planned-activity") if c.proposed_on and c.cycle == "2017"]
    return sum(c.included_on is not None for c in base), len(base)


def activities(p):
    found = Action.objects.prefetch_related("commitments__framework")
    return sum(a.done_on is not None and p.start <= a.done_on <= p.end and any(c.framework.code == "eap" for c in a.commitments.all()) for a in found)


RECOUNTS = [
    ("3.1.4 ბ", "PGs optimised", optimised),
    ("3.1.4 ბ", "PGs in force", in_force),
    ("3.2.1.1 ა", "included", included_in_the_plan),
    ("3.2.2.2 ა", "activities", activities),
    ("3.2.4.1 ბ", "included", included_in_the_strategy),
]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_figures_equal_the_recount(year, seed):
    draw(seed)
    met = set()
    for where, name, recount in RECOUNTS:
        for key in PERIODS:
            period = periods.parse(key)
            reading, wanted = compute.read(year.measure(where, name).definition, period), recount(period)
            got = (reading.numerator, reading.denominator) if reading.percent else reading.value
            assert got == wanted, (where, name, key)
            if wanted and wanted != (0, 0):
                met.add(name)
    assert met == {name for _where, name, _recount in RECOUNTS}
