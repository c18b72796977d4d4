"""What the 2017 plan leaves open, and that each kind of open point is found and goes away when it is mended."""

from __future__ import annotations

from collections import Counter

import pytest

from gegma.accounts.models import User
from gegma.plan.lint import lint
from gegma.plan.models import Activity, Indicator, Measure, Section, TypedReading

pytestmark = pytest.mark.usefixtures("english")


def found(year, code: str) -> list[str]:
    return [f.where for f in lint(year.plan) if f.code == code]


def test_one_activity_of_2017_has_no_deadline(year):
    assert found(year, "no-deadline") == ["1.3.1"]


def test_kinds_of_open_points_of_2017(year):
    kinds = Counter(f.code for f in lint(year.plan))
    # nobody owns the sections here
    assert kinds == {"no-deadline": 1, "no-owner": 60}


def test_register_that_is_missing_is_named(year):
    Measure.objects.filter(pk=year.measure("1.2.8", "documents").pk).update(definition={"register": "balloons"})
    words = [f.what for f in lint(year.plan) if f.where == "1.2.8"]
    assert any("balloons" in w for w in words)


def test_mended_deadline_is_no_finding(year):
    Activity.objects.filter(code="1.3.1").update(due_on="2017-12-31")
    assert found(year, "no-deadline") == []


def test_owner_of_the_section_the_activity_or_a_person_will_do(year):
    Section.objects.filter(code="1.1").update(owner_unit=year.records["units"]["ird"])
    assert not {"1.1.1", "1.1.2", "1.1.3"} & set(found(year, "no-owner"))
    Activity.objects.filter(code="1.2.1").update(owner_unit=year.records["units"]["ird"])
    Activity.objects.get(code="1.2.2").responsible.add(User.objects.create_user("someone@example.ge", name="ვინმე"))
    assert not {"1.2.1", "1.2.2"} & set(found(year, "no-owner"))
    assert len(found(year, "no-owner")) == 60 - 5


def test_indicator_without_a_measure_unless_a_figure_was_typed(year):
    indicator = year.measure("1.1.2 ა", "meetings").indicator
    indicator.measures.all().delete()
    assert found(year, "no-measure") == ["1.1.2 ა"]
    TypedReading.objects.create(indicator=indicator, starts_on="2017-01-01", ends_on="2017-12-31", value=1, source="letter")
    assert found(year, "no-measure") == []


def test_activity_without_an_indicator(year):
    Indicator.objects.filter(activity__code="1.1.3").update(withdrawn=True)
    assert found(year, "no-indicator") == ["1.1.3"]


def test_withdrawn_activity_leaves_nothing_open(year):
    Activity.objects.filter(code="1.3.1").update(withdrawn=True)
    assert found(year, "no-deadline") == [] and len(found(year, "no-owner")) == 59


def test_percentage_without_a_denominator(year):
    indicator = year.measure("1.2.7", "published").indicator
    indicator.measures.update(definition={"register": "projects"})
    assert found(year, "no-denominator") == ["1.2.7"]


def test_percentage_whose_register_is_to_come_is_told_once(year):
    Measure.objects.filter(pk=year.measure("3.2.1.1 ა", "included").pk).update(definition={"register": "dreams", "pending": {"en": "share dreamt"}})
    assert found(year, "no-register") == ["3.2.1.1 ა"] and found(year, "no-denominator") == []


def test_measure_that_can_no_longer_be_computed(year):
    measure = year.measure("1.1.2 ა", "meetings")
    Measure.objects.filter(pk=measure.pk).update(definition={"register": "meetings", "scope": {"kind": ["abolished"]}})
    [broken] = [f for f in lint(year.plan) if f.code == "broken-measure"]
    assert broken.where == "1.1.2 ა" and "abolished" in broken.what
