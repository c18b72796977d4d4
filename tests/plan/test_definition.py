"""What is no definition is refused, with words that name what is wrong; it never comes to a figure."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from gegma.accounts.models import SYSTEM_WRITER
from gegma.engine import registry, write
from gegma.kernel import periods
from gegma.plan import compute, definition
from gegma.plan.models import Measure

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

YEAR = periods.parse("2017")
MEETINGS = {"register": "meetings"}
SHARE = {"register": "meetings", "aggregate": "share", "of": {"state": ["held"]}}
INVENTORY = {"register": "inventory", "aggregate": "ratio", "field": "quantity_provided", "base_field": "quantity_needed"}

# (definition, a word that the message must hold)
REFUSED = [
    # not a definition at all
    ([], "not a list"),
    ("meetings", "not a list"),
    (None, "not a list"),
    ([MEETINGS], "not a list"),
    (MEETINGS | {"filters": {}}, "filters"),
    (MEETINGS | {"Scope": {}}, "Scope"),
    (MEETINGS | {1: 2}, "«1»"),
    # registers
    ({"register": ["meetings"]}, "register"),
    ({"register": {"a": 1}}, "register"),
    # parts
    ({"parts": "meetings"}, "list"),
    ({"parts": {"register": "meetings"}}, "list"),
    ({"parts": 3}, "list"),
    ({"parts": []}, "list"),
    ({"parts": [3]}, "not a list"),
    ({"parts": ["meetings"]}, "not a list"),
    ({"parts": [{"parts": [MEETINGS]}]}, "parts"),
    ({"parts": [MEETINGS], "conditions": {"state": ["held"]}}, "conditions"),
    ({"parts": [MEETINGS], "register": "meetings"}, "register"),
    ({"parts": [MEETINGS, SHARE]}, "added up"),
    ({"parts": [MEETINGS, MEETINGS | {"scope": {"nothing": ["x"]}}]}, "nothing"),
    # aggregates
    (MEETINGS | {"aggregate": "average"}, "average"),
    (MEETINGS | {"aggregate": ["count"]}, "aggregate"),
    (MEETINGS | {"aggregate": "sum"}, "no field"),
    (MEETINGS | {"aggregate": "sum", "field": "title"}, "not a number"),
    (MEETINGS | {"aggregate": "sum", "field": "starts_on"}, "not a number"),
    ({"register": "documents", "aggregate": "sum", "field": "recipients"}, "not a number"),
    (MEETINGS | {"aggregate": "distinct"}, "no field"),
    (MEETINGS | {"aggregate": "distinct", "field": "nobody"}, "nobody"),
    (MEETINGS | {"aggregate": "distinct", "field": ["body"]}, "field"),
    ({"register": "trainings", "aggregate": "sum", "field": "people"}, "no field"),  # worked out, not kept
    (MEETINGS | {"aggregate": "share"}, "«of»"),
    (INVENTORY | {"base_field": ""}, "no field"),
    (INVENTORY | {"field": ""}, "no field"),
    (INVENTORY | {"field": "title"}, "not a number"),
    (INVENTORY | {"base_field": "needed_on"}, "not a number"),
    (INVENTORY | {"base_field": ["quantity_needed"]}, "base_field"),
    (INVENTORY | {"base_field": "quantity_provided"}, "above and below"),
    (INVENTORY | {"of": {"category": ["computer"]}}, "«of»"),
    (INVENTORY | {"aggregate": "sum"}, "«base_field»"),
    ({"parts": [INVENTORY, SHARE]}, "quantities"),
    (MEETINGS | {"aggregate": "completeness"}, "filled in"),
    (MEETINGS | {"aggregate": "completeness", "fields": ["title", "nothing"]}, "nothing"),
    (MEETINGS | {"aggregate": "completeness", "fields": "title"}, "list"),
    (MEETINGS | {"aggregate": "completeness", "fields": [["title"]]}, "list"),
    ({"register": "trainings", "aggregate": "completeness", "fields": ["people"]}, "people"),
    # what another aggregate would read: here it would change what counts, or be overlooked
    (MEETINGS | {"of": {"state": ["held"]}}, "«of»"),
    (MEETINGS | {"aggregate": "count", "field": "body"}, "«field»"),
    (MEETINGS | {"fields": ["title"]}, "«fields»"),
    (MEETINGS | {"base": {"register": "people"}}, "«base»"),
    (MEETINGS | {"aggregate": "distinct", "field": "body", "of": {"state": ["held"]}}, "«of»"),
    (SHARE | {"fields": ["title"]}, "«fields»"),
    # the base of a share
    (SHARE | {"base": "people"}, "base"),
    (SHARE | {"base": {"register": "people", "scope": {"nothing": ["1"]}}}, "nothing"),
    (SHARE | {"base": {"register": "people", "conditions": {"sex": ["f"]}}}, "conditions"),
    (SHARE | {"base": {"register": "people", "scope": ["sex"]}}, "by name"),
    # filters
    (MEETINGS | {"scope": ["kind"]}, "by name"),
    (MEETINGS | {"conditions": "held"}, "by name"),
    (MEETINGS | {"scope": {"kind": ["dance"]}}, "dance"),
    (MEETINGS | {"scope": {"kind": [["visit"]]}}, "visit"),
    (MEETINGS | {"scope": {"kind": {"visit": 1}}}, "visit"),
    (MEETINGS | {"conditions": {"state": ["held", "dreamt"]}}, "dreamt"),
    (MEETINGS | {"conditions": {"state__is": ["held"]}}, "state__is"),
    (MEETINGS | {"conditions": {"attended": True}}, "neither"),
    (MEETINGS | {"conditions": {"attended": "yes"}}, "neither"),
    (MEETINGS | {"scope": {"starts_on__from": "01/02/2017"}}, "two ways"),
    (MEETINGS | {"scope": {"starts_on__from": "soon"}}, "not a date"),
    (MEETINGS | {"scope": {"starts_on__from": "31.02.2017"}}, "not a date"),
    ({"register": "trainings", "scope": {"hours__from": "many"}}, "not a number"),
    ({"register": "trainings", "scope": {"hours__from": "nan"}}, "larger"),
    (MEETINGS | {"scope": {"agreement": ["a1"]}}, "number of a record"),
    # an empty value asks for nothing, and so would count everything
    (MEETINGS | {"conditions": {"state": []}}, "state"),
    (MEETINGS | {"conditions": {"state": ""}}, "state"),
    (MEETINGS | {"conditions": {"state": [""]}}, "state"),
    (MEETINGS | {"conditions": {"state": None}}, "state"),
    # what a list takes, and a measure does not
    (MEETINGS | {"scope": {"q": "vienna"}}, "search words"),
    (MEETINGS | {"scope": {"sort": "title"}}, "search words"),
    (MEETINGS | {"scope": {"measure": "1:2017:counted"}}, "search words"),
    # ways into tables that no filter names
    (MEETINGS | {"scope": {"owner_unit__users__password": "x"}}, "owner_unit__users__password"),
    (MEETINGS | {"scope": {"officer__password__has": "md5"}}, "officer__password__has"),
    (MEETINGS | {"scope": {"pk__in": ["1"]}}, "pk__in"),
    (MEETINGS | {"scope": {"title_ka__regex": ".*"}}, "title_ka__regex"),
    (MEETINGS | {"scope": {"": "x"}}, "no filter"),
    (MEETINGS | {"aggregate": "distinct", "field": "officer__password"}, "officer__password"),
    (MEETINGS | {"breakdowns": ["officer__password"]}, "officer__password"),
    (MEETINGS | {"date": {"by": "owner_unit__users__last_visit_at", "rule": "in"}}, "owner_unit__users__last_visit_at"),
    # dates
    (MEETINGS | {"date": "starts_on"}, "date"),
    (MEETINGS | {"date": ["starts_on"]}, "date"),
    (MEETINGS | {"date": {"by": "starts_on"}}, "date rule"),
    (MEETINGS | {"date": {"rule": "in"}}, "not a date of"),
    (MEETINGS | {"date": {"by": "title", "rule": "in"}}, "title"),
    (MEETINGS | {"date": {"by": ["starts_on"], "rule": "in"}}, "starts_on"),
    (MEETINGS | {"date": {"by": "starts_on", "rule": "overlaps"}}, "overlaps"),
    (MEETINGS | {"date": {"by": "starts_on", "rule": "near"}}, "near"),
    (MEETINGS | {"date": {"by": "running", "rule": "in"}}, "«in»"),
    (MEETINGS | {"date": {"by": "starts_on", "rule": "in", "from": "2017-01-01"}}, "from"),
    # breakdowns
    (MEETINGS | {"breakdowns": "month"}, "list"),
    (MEETINGS | {"breakdowns": ["weather"]}, "weather"),
    (MEETINGS | {"breakdowns": [["month"]]}, "list"),
    ({"register": "trainings", "breakdowns": ["people"]}, "people"),
    # words that name the period
    (MEETINGS | {"scope": {"starts_on__from": "$today"}}, "$today"),
    (MEETINGS | {"scope": {"starts_on__from": "$end-12"}}, "$end-12"),
    (MEETINGS | {"scope": {"starts_on__from": "$end-1y"}}, "$end-1y"),
    (MEETINGS | {"scope": {"starts_on__from": "$end-99999m"}}, "calendar"),
    (MEETINGS | {"scope": {"starts_on__from": "$end+99999999999999999999m"}}, "calendar"),
    (MEETINGS | {"scope": {"kind": "$end"}}, "2000-12-31"),
]


@pytest.mark.parametrize("made,word", REFUSED, ids=[str(made)[:90] for made, _word in REFUSED])
def test_malformed_definition_is_refused_with_a_reason(made, word):
    with pytest.raises(definition.DefinitionError) as refused:
        definition.check(made)
    assert not isinstance(refused.value, definition.NoRegister)
    assert word in str(refused.value)


@pytest.mark.parametrize(
    "made", [{}, {"register": "unicorns"}, {"register": "unicorns", "pending": {"ka": "x"}}, {"register": "meetings", "pending": {}}]
)
def test_missing_register_is_told_apart_from_a_mistake(made):
    with pytest.raises(definition.NoRegister):
        definition.check(made)
    reading = compute.read(made, YEAR)
    assert (reading.value, reading.bound, reading.note) == (None, False, "no register yet")


ACCEPTED = [
    MEETINGS,
    MEETINGS | {"scope": {}, "conditions": {}, "breakdowns": [], "date": None},
    MEETINGS | {"scope": {"kind": "visit", "starts_on__from": "$start", "starts_on__to": "$end-1m"}},
    MEETINGS | {"date": {"by": "running", "rule": "overlaps"}, "breakdowns": ["month", "kind", "organisations"]},
    MEETINGS | {"scope": {"organisations__not": ["undp"]}, "aggregate": "distinct", "field": "organisations"},
    SHARE | {"base": {"register": "people", "scope": {"staff__on": "$end"}}},
    {"parts": [SHARE, SHARE | {"register": "trainings"}]},
    {"register": "trainings", "aggregate": "completeness", "fields": ["title", "counted_people", "organisers"]},
]


@pytest.mark.parametrize("made", ACCEPTED, ids=[str(made)[:90] for made in ACCEPTED])
def test_what_is_accepted_comes_to_a_figure_and_a_passport(made):
    definition.check(made)
    reading = compute.read(made, YEAR, evidence=True)
    assert reading.bound and reading.with_evidence == 0
    assert reading.value == (None if definition.is_share(made) else 0)
    assert compute.passport(made, YEAR)


def test_measure_with_a_malformed_definition_is_not_saved(year):
    old = year.measure("1.1.2 ა", "meetings")
    old.definition = MEETINGS | {"scope": {"kind": ["dance"]}}
    with pytest.raises(ValidationError, match="dance"):
        write.save(registry.get("measures"), SYSTEM_WRITER, old, version=old.version)
    assert Measure.objects.get(pk=old.pk).definition["scope"] == {"kind": ["donor-coordination"]}


@pytest.mark.parametrize(
    "stale",
    [
        MEETINGS | {"date": {"by": "vanished_on", "rule": "in"}},
        MEETINGS | {"aggregate": "distinct", "field": "vanished"},
        MEETINGS | {"breakdowns": ["vanished"]},
        MEETINGS | {"conditions": {"vanished": "1"}},
    ],
)
def test_definition_that_a_newer_register_no_longer_knows_says_so_and_breaks_no_page(stale):
    reading = compute.read(stale, YEAR)
    assert (reading.value, reading.bound) == (None, False)
    assert "vanished" in reading.note
    assert compute.monthly(stale, YEAR) == []
    with pytest.raises(ValueError, match="vanished"):
        compute.passport(stale, YEAR)


def test_words_of_the_period_become_days():
    filled = definition.filled({"a__from": "$start", "b__to": ["$end"], "c": "$end-12m", "d": "$start+1m", "e": "$ending"}, YEAR)
    assert filled == {"a__from": ["2017-01-01"], "b__to": ["2017-12-31"], "c": ["2016-12-31"], "d": ["2017-02-01"], "e": ["$ending"]}
    leap = periods.parse("2016-02")
    assert definition.filled({"a": "$end-12m", "b": "$end+12m"}, leap) == {"a": ["2015-02-28"], "b": ["2017-02-28"]}
