"""Anonymising everything that there is moves no figure of the plan, and what was frozen before is as it was."""

import json

import pytest

from gegma.accounts.models import SYSTEM_WRITER
from gegma.audit.record import verify
from gegma.engine import personal
from gegma.kernel import periods
from gegma.plan import snapshot
from gegma.registers.directory.models import Person
from gegma.registers.protection import erasing
from gegma.reports import editions
from tests.plan.conftest import small_year_written, year  # noqa: F401  (fixtures)

PERIOD = periods.parse("2017")


@pytest.fixture(autouse=True)
def outside(settings, tmp_path):
    """The ledger outside the database, one for each test."""
    settings.ERASURES_FILE = tmp_path / "erasures.jsonl"


def plain(found) -> dict:
    """Figures with the numbers of the records behind them; versions are passed over."""
    return {
        editions.key_of(r): (
            r["value"], r["numerator"], r["denominator"], [sorted(pk for pk, _v in part["counted"]) for part in r["parts"]],
            [[(left["key"], sorted(pk for pk, _v in left["records"])) for left in part["left"]] for part in r["parts"]],
        )
        for r in json.loads(editions.canonical({"r": found}))["r"]
    }  # fmt: skip


def test_no_figure_of_the_plan_moves_and_an_edition_stays_valid(year):  # noqa: F811
    edition = editions.freeze(year.plan, PERIOD, SYSTEM_WRITER, languages=["ka"], forms=["xlsx"])
    before = plain(snapshot.readings(year.plan, PERIOD))
    assert len(before) == 110 and any(value[0] for value in before.values())
    taken = 0
    for one in personal.sources():
        if one.erases:
            taken += len(erasing.anonymise(one, list(one.model._default_manager.values_list("pk", flat=True)), actor=SYSTEM_WRITER, reason="ვადა"))
            assert not one.model._default_manager.filter(one.holding()).exists() or one.spec is None, one.term_key
    assert taken > 40 and set(Person.objects.values_list("title_ka", flat=True)) <= set(personal.neutral_words())
    assert plain(snapshot.readings(year.plan, PERIOD)) == before
    assert editions.verify(edition).ok and verify().ok
    assert not [d for d in editions.today(edition) if d.value_changed]
