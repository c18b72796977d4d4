"""Every measure of the published plan, walked by activity, label and name: none missing, none typed, none constant.

For each one record counts in the small year, and one is in scope and left out with its reason.
"""

import json
from dataclasses import dataclass

import pytest

from gegma.accounts.models import SystemReader
from gegma.engine import registry
from gegma.kernel import periods
from gegma.plan import compute, definition
from gegma.plan.models import Measure, TypedReading

from .small_year import EXAMPLE

pytestmark = pytest.mark.usefixtures("english")
PERIOD = periods.parse("2017")


@dataclass(frozen=True)
class Published:
    """A measure as the hand-read plan names it."""

    activity: str
    label: str
    name: str

    def __str__(self) -> str:
        return " ".join(filter(None, [self.activity, self.label, self.name]))


class Blind(SystemReader):
    """Reads no record at all: whatever figure is left for this reader comes from no record."""

    is_active = False
    role = "blind"


def published() -> list[Published]:
    """The measures of the plan as read by hand."""
    plan = json.loads((EXAMPLE / "expected.json").read_text(encoding="utf-8"))
    return [
        Published(activity["code"], indicator["label"], measure["name"])
        for activity in plan["activities"]
        for indicator in activity["indicators"]
        for measure in indicator["measures"]
    ]


def found(one: Published) -> Measure:
    """The measure in the database. Raises DoesNotExist."""
    return Measure.objects.get(indicator__activity__code=one.activity, indicator__label=one.label, name=one.name)


def test_none_is_missing_and_none_is_beyond_the_plan(year):
    rows = Measure.objects.values_list("indicator__activity__code", "indicator__label", "name")
    assert len(published()) == len(set(published())) == 110
    assert {Published(*row) for row in rows} == set(published())


@pytest.mark.parametrize("one", published(), ids=str)
def test_it_is_computed_and_neither_typed_nor_constant(year, one):
    measure = found(one)
    definition.check(measure.definition)
    assert all(registry.find(part["register"]) and "pending" not in part for part in definition.parts(measure.definition))
    assert not TypedReading.objects.filter(indicator=measure.indicator).exists()
    full, without = compute.read(measure.definition, PERIOD), compute.read(measure.definition, PERIOD, reader=Blind())
    assert full.bound and not full.typed and full.rows > 0 and full.value > 0
    assert not without.value and without.rows == 0, "a figure without a record behind it"


@pytest.mark.parametrize("one", published(), ids=str)
def test_a_record_counts_and_one_is_left_out_with_its_reason(year, one):
    parts = compute.passport(found(one).definition, PERIOD)
    assert sum(part.counted for part in parts) > 0
    left = [item for part in parts for item in part.left_out]
    assert left and all(item.n and item.reason for item in left)
