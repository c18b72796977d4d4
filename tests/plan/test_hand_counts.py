"""The measures of the 2017 plan, counted by hand over the small year of small_year.yaml.

Nothing expected here comes from the code under test: the names were picked from the file by reading it. A case gives the figure, the
records that count (for shares: that are in the upper figure) and those left out, by the reason that the passport states.
"""

from __future__ import annotations

from fractions import Fraction

import pytest

from gegma.kernel import periods
from gegma.plan import board, compute, definition

from . import hand as areas
from .hand import Hand, hand

pytestmark = pytest.mark.usefixtures("english")

DOCUMENT_STATE = "state is not «ready» or «approved» or «delivered»"
PROJECT_STATE = "state is not «active» or «suspended» or «completed»"
READY, READY_OUT = "«ready on» is not filled in", "«ready on» is outside the period"
STARTS, STARTS_OUT = "«starts on» is not filled in", "«starts on» is outside the period"
ENDS, ENDS_OUT = "«ends on» is not filled in", "«ends on» is outside the period"
RUNNING, RUNNING_OUT = "the start of «running» is not filled in", "«running» is outside the period"
DELIVERED, DELIVERED_OUT = "«delivered on» is not filled in", "«delivered on» is outside the period"
TRAINING_ENDS, TRAINING_ENDS_OUT = "«training ends on» is not filled in", "«training ends on» is outside the period"
COMPLETED = "state is not «completed»"
HELD = "state is not «held»"


CASES = [
    # -- documents --
    hand("1.1.1 ბ", "packages", 1, "n1", {READY: "n2", READY_OUT: "n3", DOCUMENT_STATE: "n4"}),
    hand("1.2.1 გ", "reports", 2, "pr1 pr4", {READY: "pr5"}),
    hand("1.2.5", "reports", 1, "te1", {READY: "te2"}),
    hand("1.2.8", "documents", 1, "cd1", {READY: "cd2"}),
    hand("1.3.1 ა", "documents", 2, "s1 s2", {READY: "s3"}),
    hand("1.3.1 ბ", "reports", 1, "ar1", {DELIVERED: "ar2", DELIVERED_OUT: "ar3"}),
    hand(
        "2.1.4", "proposals", 1, "ap1",
        {"topic is not «Suspension» or «Termination» or «Extension» or «Amendment»": "ap2 ap3"},
    ),
    hand("2.1.5", "reports", 1, "ir1", {READY: "ir7"}),
    hand("2.1.6", "recommendations", 1, "rc1", {READY: "rc4"}),
    hand("2.1.7", "opinions", 3, "lo1 lo2 lo3", {READY: "lo6", READY_OUT: "lo4 lo5", DOCUMENT_STATE: "lo7"}),
    hand("2.1.8", "updates", 1, "wu1", {READY: "wu3"}),
    hand("2.2.3", "recommendations", 1, "rc2", {READY: "rc5"}),
    hand("2.2.4", "recommendations", 1, "rc6", {READY: "rc3"}),
    hand("2.2.6", "programmes", 1, "cp1", {READY: "cp2"}),
    hand("2.2.9", "studies", 1, "bp2", {DOCUMENT_STATE: "bp1"}),
    hand(
        "3.1.2 ბ", "approved", 1, "an1",
        {"«approved on» is not filled in": "an2", "«approved on» is outside the period": "an3"},
    ),
    hand("3.2.1.1 ბ", "documents", 1, "rf1", {READY: "rf2"}),
    hand("3.2.1.2 ა", "reports", 2, "ir1 ir2", {READY: "ir7"}),
    hand("3.2.2.1 ბ", "reports", 1, "mr1", {"author organisation is not «european-commission»": "mr2"}),
    hand("3.2.2.2 ბ", "reports", 1, "ir8", {READY_OUT: "ir6"}),
    hand("3.2.2.2 გ", "reports", 1, "mr1", {"author organisation is not «european-commission»": "mr2"}),
    hand("3.2.3.1 ა", "reports", 1, "ir5", {READY: "ir9"}),
    hand("3.2.3.2 ბ", "reports", 1, "ir5", {READY: "ir9"}),
    hand("3.2.4.1 ა", "action plans", 1, "cs1", {READY: "cs2"}),
    hand("3.2.4.1 გ", "reports", 1, "ir10", {READY: "ir11"}),
    hand("3.2.5.1 ა", "submissions", 1, "co1", {READY: "co2"}),
    hand("4.1.1", "periodic reports", 1, "pe1", {READY: "pe3"}),
    hand("4.1.1", "updates", 1, "iu2", {READY: "iu1"}),
    hand("4.1.3 გ", "documents", 1, "s4", {READY: "s5"}),
    hand("4.1.4", "minutes", 1, "mi1", {READY: "mi3"}),
    hand("4.1.5 ბ", "reports", 2, "ar2 ar3", {READY_OUT: "ar1"}),
    hand("4.1.8", "briefings", 2, "br1 br2", {READY: "br3"}),
    # -- deliveries: distinct recipients, distinct documents, each delivery --
    hand(
        "1.1.2 ბ", "donors supplied", 2, "dl1 dl2 dl3 dl8",
        {DELIVERED: "dl6", DELIVERED_OUT: "dl5", "recipient is a donor: no": "dl4 dl7"},
    ),
    hand("1.3.2", "presentations", 1, "dl12", {DELIVERED: "dl14"}),
    hand("3.1.2 ა", "reports", 2, "dl19 dl20", {"recipient is not «state-minister»": "dl21"}),
    hand("3.1.4 ა", "reports", 1, "dl22", {"recipient is not «mod»": "dl23"}),
    hand("4.1.5 ა", "documents", 1, "dl15 dl16", {DELIVERED_OUT: "dl17"}),
    # -- meetings --
    hand(
        "1.1.2 ა", "meetings", 4, "m01 m02 m09 m11",
        {STARTS: "m07 m08", STARTS_OUT: "m03 m04 m10", HELD: "m05 m06"},
    ),
    hand("2.1.2", "rounds", 2, "m12 m13", {HELD: "m15", "agreement is not filled in": "m14"}),
    hand("2.2.5", "sessions", 2, "m16 m17", {HELD: "m18"}),
    hand("2.2.6", "visits", 2, "m19 m21", {HELD: "m49", "agreement is not filled in": "m20"}),
    hand("2.2.7", "seminars", 1, "m24", {HELD: "m45"}),
    hand("2.2.8", "seminars", 1, "m24", {HELD: "m25"}),
    hand("3.1.1 ა", "meetings", 2, "m27 m28", {"attended by the Ministry: no": "m29"}),
    hand("3.1.1 ბ", "consultations", 1, "m13", {HELD: "m15"}),
    hand("3.1.7", "events", 2, "m31 m33", {"state is not «planned» or «held»": "m34"}),
    hand("3.1.8", "events", 1, "m35", {HELD: "m33"}),
    hand("3.2.1.2 ბ", "meetings", 2, "m36 m37", {HELD: "m38"}),
    hand("3.2.2.1 ა", "meetings", 1, "m39", {"attended by the Ministry: no": "m40"}),
    hand("3.2.3.1 ბ", "coordination meetings", 1, "m41", {HELD: "m46"}),
    hand("3.2.3.2 ა", "meetings", 2, "m41 m42", {HELD: "m46"}),
    hand("3.2.3.2 გ", "meetings", 1, "m35", {HELD: "m47"}),
    hand("4.1.2 ა", "events", 1, "m26", {"attended by the Ministry: no": "m23"}),
    hand("4.1.3 ბ", "meetings", 3, "m16 m17 m44", {HELD: "m18"}),
    hand("4.1.6 ა", "events", 2, "m22 m24", {HELD: "m48"}),
    hand("4.1.6 ბ", "meetings", 1, "m22", {HELD: "m48", "thematic: no": "m24"}),
    hand("4.1.7", "visits", 2, "m19 m20", {HELD: "m49"}),
    hand("4.1.7", "meetings", 2, "m22 m23", {HELD: "m48"}),
    hand("4.1.13", "meetings", 1, "m43", {HELD: "m50"}),
    # -- projects and bodies: spans that overlap the year --
    hand(
        "1.1.3", "proposals", 2, "p6 p12",
        {"«proposal date» is not filled in": "p11", "«proposal date» is outside the period": "p9 p10"},
    ),
    hand("1.2.1", "projects", 3, "p1 p2 p3", {RUNNING: "p6", RUNNING_OUT: "p4", PROJECT_STATE: "p5"}),
    hand("1.2.2", "projects", 2, "p7 p12", {RUNNING: "p9", RUNNING_OUT: "p8"}),
    hand("2.2.7", "projects", 1, "p3", {PROJECT_STATE: "p13"}),
    hand("2.2.8", "projects", 3, "p1 p7 p12", {PROJECT_STATE: "p5"}),
    hand(
        "3.1.5", "working groups", 3, "anp-group group-edge group-new",
        {"the start of «existing» is not filled in": "group-dateless", "«existing» is outside the period": "group-old group-late"},
    ),
    hand(
        "4.1.3 ა", "working groups", 2, "bil-pl group-new",
        {"«established on» is not filled in": "group-dateless", "«established on» is outside the period": "cjr-police-group"},
    ),
    # -- trainings --
    hand("2.2.7", "trainings and courses", 1, "t10", {HELD: "t15"}),
    hand("2.2.8", "trainings and courses", 2, "t1 t13", {HELD: "t4"}),
    hand("3.2.3.2 გ", "trainings", 1, "t9", {HELD: "t14"}),
    hand("3.2.5.1 ბ", "trainings", 3, "t2 t7 t12", {ENDS_OUT: "t3"}),
    hand("4.1.2 ა", "programmes and trainings", 1, "t7", {HELD: "t15"}),
    hand("4.1.9 ბ", "courses", 2, "t7 t8", {HELD: "t16"}),
    # -- people: mari, zaza and irakli once each, and 5 + 3 + 4 + 7 + 1 without a name --
    hand(
        "1.2.4", "people", 23, "t1-mari t1-zaza t1-five t1-three t2-mari t2-four t10-seven t12-irakli t12-one",
        {TRAINING_ENDS: "t6-irakli", TRAINING_ENDS_OUT: "t3-zaza", COMPLETED: "t1-irakli t1-two t4-irakli"},
    ),
    # mari, nino, giorgi, tamar, luka, eka, irakli, and 4 + 1
    hand(
        "3.2.5.1 ბ", "staff trained", 12,
        "t2-mari t2-four t7-nino t7-giorgi t7-tamar t7-luka t7-eka t12-irakli t12-one", {TRAINING_ENDS_OUT: "t3-zaza"},
    ),
    # -- shares, base in the same register --
    hand(
        "1.2.1 ა", "activities done", Fraction(300, 4), "pa1 pa2 pa9",
        {
            "«planned to» is not filled in": "pa6", "«planned to» is outside the period": "pa4 pa5",
            "state of the project is not «active» or «suspended» or «completed»": "pa7", "done on is not filled in": "pa3",
        },
        of=4,
    ),
    hand(
        "1.2.1 ბ", "projects monitored", Fraction(200, 3), "p1 p3",
        {
            RUNNING: "p6", RUNNING_OUT: "p4", PROJECT_STATE: "p5",
            "outside «monitoring entry: 01.01.2017 – 31.12.2017», or not filled in": "p2",
        },
        of=3,
    ),
    hand(
        "1.2.7", "published", Fraction(200, 4), "p1 p7",
        {
            RUNNING: "p6 p9 p10 p11", RUNNING_OUT: "p4 p8", PROJECT_STATE: "p5", "publication is not «published»": "p2 p12",
        },
        of=4,
    ),
    hand("2.2.5", "with minutes", Fraction(100, 2), "m16", {HELD: "m18", "without minutes": "m17"}, of=2),
    hand(
        "2.2.5", "decisions carried out", Fraction(200, 3), "d1 d2",
        {
            "«due on» is not filled in": "d5", "«due on» is outside the period": "d4",
            "state is not «done» or «confirmed»": "d3",
        },
        of=3,
    ),
    hand(
        "3.1.6", "on schedule", Fraction(100, 3), "pa1",
        {
            "«planned to» is not filled in": "pa6", "«planned to» is outside the period": "pa4 pa5",
            "done late or not done": "pa2 pa3",
        },
        of=3,
    ),
    # -- a share whose base is counted among people: nino and giorgi of nino, giorgi and ana --
    hand(
        "4.1.9 ა", "staff trained", Fraction(200, 3), "t7-nino t7-giorgi t8-nino",
        {COMPLETED: "t8-giorgi", "not: in the unit on 31.12.2017": "t7-tamar t7-luka t7-eka"},
        of=3, upper=2,
    ),
    # on 30 June tamar was still there: nino, giorgi and tamar of those three and ana
    hand(
        "4.1.9 ა", "staff trained", Fraction(300, 4), "t7-nino t7-giorgi t7-tamar",
        {TRAINING_ENDS_OUT: "t8-nino t8-giorgi", "not: in the unit on 30.06.2017": "t7-luka t7-eka"},
        of=4, upper=3, period="2017-Q2",
    ),
    # -- completeness --
    hand(
        "1.2.3", "complete records", Fraction(200, 6), "p1 p12",
        {
            "«ends on» is not filled in": "p4 p7", "«budget» is not filled in": "p2",
            "«implementing organisations» is not filled in": "p8",
        },
        of=6,
    ),
    hand(
        "1.2.6", "complete records", Fraction(400, 9), "t1 t2 t7 t12",
        {
            ENDS: "t6", ENDS_OUT: "t3", HELD: "t4 t5 t14 t15 t16", "«title» is not filled in": "t13", "«organisers» is not filled in": "t11",
            "«duration, hours» is not filled in": "t8", "those trained are not entered": "t9",
            "the sex of some of those trained is not entered": "t10",
        },
        of=9,
    ),
    hand(
        "4.1.9 გ", "complete records", Fraction(500, 7), "t7-nino t7-giorgi t7-tamar t7-luka t7-eka",
        {COMPLETED: "t8-giorgi", "«person» is not filled in": "t8-two", "«duration, hours» is not filled in": "t8-nino"},
        of=7,
    ),
    # -- the same measures for other periods --
    hand(
        "1.1.2 ა", "meetings", 1, "m11", {STARTS: "m07 m08", STARTS_OUT: "m01 m02 m03 m04 m09 m10", HELD: "m05 m06"},
        period="2017-Q2",
    ),
    hand(
        "1.1.2 ა", "meetings", 2, "m02 m09", {STARTS: "m07 m08", STARTS_OUT: "m01 m03 m04 m05 m06 m10 m11"},
        period="2017-12-30..2017-12-31",
    ),
    hand(
        "1.1.2 ა", "meetings", 3, "m02 m04 m09", {STARTS: "m07 m08", STARTS_OUT: "m01 m03 m05 m06 m10 m11"},
        period="2017-12-01..2018-01-31",
    ),
    hand("1.2.1", "projects", 2, "p1 p2", {RUNNING: "p6", RUNNING_OUT: "p3 p4", PROJECT_STATE: "p5"}, period="2017-H1"),
    hand("1.2.1", "projects", 2, "p1 p2", {RUNNING: "p6", RUNNING_OUT: "p3 p4 p5"}, period="2017-01"),
    hand("1.2.1", "projects", 2, "p1 p3", {RUNNING: "p6", RUNNING_OUT: "p2 p4 p5"}, period="2017-12"),
    hand("1.2.1", "projects", 3, "p1 p3 p4", {RUNNING: "p6", RUNNING_OUT: "p2 p5"}, period="2018"),
    # mari in the training of January again, and four without a name
    hand(
        "1.2.4", "people", 5, "t2-mari t2-four",
        {
            TRAINING_ENDS: "t6-irakli",
            TRAINING_ENDS_OUT: "t1-mari t1-zaza t1-irakli t1-five t1-three t1-two t3-zaza t4-irakli t10-seven t12-irakli t12-one",
        },
        period="2017-01",
    ),
    hand("1.3.1 ბ", "reports", 1, "ar1", {DELIVERED: "ar2", DELIVERED_OUT: "ar3"}, period="2016"),
    hand("1.2.5", "reports", 0, "", {READY: "te2", READY_OUT: "te1"}, period="2016"),
    *areas.all_cases(),
]


def _id(case: Hand) -> str:
    return f"{case.where} {case.name} {case.period}"


def test_enough_measures_are_counted_by_hand():
    assert len({(c.where, c.name) for c in CASES}) >= 80


@pytest.mark.parametrize("case", CASES, ids=_id)
def test_figure_records_and_reasons_are_those_counted_by_hand(year, case: Hand):
    made, period = year.measure(case.where, case.name).definition, periods.parse(case.period)
    reading = compute.read(made, period, evidence=True)
    assert reading.bound and reading.rows == len(case.counts)
    if case.of is None:
        assert (reading.value, reading.denominator, reading.percent) == (case.value, None, False)
    else:
        upper = len(case.counts) if case.upper is None else case.upper
        assert (reading.numerator, reading.denominator, reading.percent) == (upper, case.of, True)
        assert abs(Fraction(reading.value) - case.value) < Fraction(1, 10**9)
    [part] = compute.passport(made, period)
    left = {item.reason: _names(year, made, part.spec, period, item.key) for item in part.left_out}
    assert _names(year, made, part.spec, period, "counted") == sorted(case.counts)
    assert left == {reason: sorted(rows) for reason, rows in case.left.items()}
    assert {item.reason: item.n for item in part.left_out} == {reason: len(rows) for reason, rows in case.left.items()}


def _names(year, made: dict, spec, period, which: str) -> list[str]:
    q, _words = compute.rows_q(made, spec, period, which)
    return year.names(spec.key, spec.model.objects.filter(q))


# -- a measure of two parts: meetings and trainings that NATO approved ---------------------------------------------------


def test_parts_are_added_up_and_each_gives_its_own_reasons(year):
    made, period = year.measure("3.1.3", "events").definition, periods.parse("2017")
    reading = compute.read(made, period)
    assert (reading.value, reading.rows) == (2, 2)  # m31 and t10
    meetings, trainings = compute.passport(made, period)
    reason = "approved by the partner on is not filled in"
    assert _names(year, made, meetings.spec, period, "counted") == ["m31"]
    assert {i.reason: _names(year, made, meetings.spec, period, i.key) for i in meetings.left_out} == {reason: ["m32"]}
    assert _names(year, made, trainings.spec, period, "counted") == ["t10"]
    assert {i.reason: _names(year, made, trainings.spec, period, i.key) for i in trainings.left_out} == {reason: ["t11"]}


# -- breakdowns --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "where,name,field,wanted",
    [
        ("1.1.2 ა", "meetings", "month", [("January 2017", 1), ("May 2017", 1), ("December 2017", 2)]),
        ("1.1.2 ა", "meetings", "thematic", [("no", 3), ("yes", 1)]),
        # mari 1, five and four; zaza, irakli, three and one; seven of whom it is not known
        ("1.2.4", "people", "sex", [("female", 10), ("not given", 7), ("male", 6)]),
        # mari was trained in January and in March, and stands in both
        ("1.2.4", "people", "month", [("January 2017", 5), ("March 2017", 10), ("May 2017", 7), ("June 2017", 2)]),
        # mari, nino, tamar, eka and four; giorgi, luka, irakli and one
        ("3.2.5.1 ბ", "staff trained", "sex", [("female", 8), ("male", 4)]),
        ("4.1.9 ა", "staff trained", "sex", [("female", 1), ("male", 1)]),
        ("1.1.3", "proposals", "instrument", [("Project", 1), ("Twinning", 1)]),
        ("3.1.5", "working groups", "framework", [("anp", 2), ("parp", 1)]),
        ("4.1.7", "visits", "level", [("deputy minister", 1), ("minister", 1)]),
        ("3.2.3.2 ა", "meetings", "kind", [("Inter-agency coordination", 1), ("Internal coordination", 1)]),
        ("2.1.4", "proposals", "topic", [("Extension", 1)]),
    ],
)
def test_breakdown(year, where, name, field, wanted):
    [part] = compute.passport(year.measure(where, name).definition, periods.parse("2017"))
    assert {b.name: b.rows for b in part.breakdowns}[field] == wanted


# -- definitions of our own: what the plan does not use ------------------------------------------------------------------

HELD_IN = {"register": "trainings", "conditions": {"state": ["held"]}, "date": {"by": "ends_on", "rule": "in"}}
OWN = [
    # 40 + 16 + 30.5 + 4 + 12 + 6 + 8 + 6; t8 has no hours
    ("sum", HELD_IN | {"aggregate": "sum", "field": "hours"}, "122.5", "t1 t2 t7 t8 t9 t10 t11 t12 t13"),
    # t1 has two organisers of these kinds and its 40 hours count once, with the 6 of t13
    ("sum once", HELD_IN | {"aggregate": "sum", "field": "hours", "scope": {"organiser_kind": ["un", "regional"]}}, "46", "t1 t13"),
    ("sum of nothing", HELD_IN | {"aggregate": "sum", "field": "hours", "scope": {"kind": ["e-learning"]}}, "0", ""),
    # undp, eu-del, usa, osce: of five projects, one of them with two donors, p3 with none
    (
        "distinct over many",
        {"register": "projects", "conditions": {"state": ["active", "suspended", "completed"]},
         "date": {"by": "running", "rule": "overlaps"}, "aggregate": "distinct", "field": "donors"},
        "4", "p1 p2 p3 p7 p12",
    ),
    ("at the end", {"register": "bodies", "date": {"by": "existing", "rule": "at_end"}}, "4", "anp-group bil-pl cjr-police-group group-new"),
    # p1 and p3 ran on the last day; p4 began on the next, p7 has no end
    (
        "projects at the end",
        {"register": "projects", "conditions": {"state__not": ["cancelled"]}, "date": {"by": "running", "rule": "at_end"}},
        "3", "p1 p3 p7",
    ),
    # twelve months before the end of 2017 is the last day of 2016: it belongs to the range
    (
        "token",
        {"register": "meetings", "scope": {"kind": ["donor-coordination"], "starts_on__from": "$end-12m", "starts_on__to": "$end"},
         "conditions": {"state": ["held"]}},
        "5", "m01 m02 m03 m09 m11",
    ),
    ("token start", {"register": "meetings", "scope": {"kind": ["donor-coordination"], "starts_on__to": "$start"}}, "3", "m01 m03 m10"),
    # a date over a to-many relation: ar1 was delivered twice, once in the year
    (
        "date over many",
        {"register": "documents", "scope": {"type": ["activity-report"]}, "date": {"by": "delivered_on", "rule": "in"}},
        "2", "ar1 ar4",
    ),
    # all of them ready or more, whenever
    ("no date", {"register": "documents", "scope": {"type": ["legal-opinion"]}, "conditions": {"state": ["ready"]}}, "3", "lo1 lo4 lo5"),
    ("number range", {"register": "trainings", "scope": {"hours__from": "12", "hours__to": "30,5"}}, "3", "t10 t2 t7"),
    ("negated", {"register": "meetings", "scope": {"body_kind": ["nato-format"], "state__not": ["planned"]}}, "1", "m13"),
    # a meeting without a body has none that the Department initiated
    ("flag no", {"register": "meetings", "scope": {"kind": ["session"], "body_initiated_by_us": "0"}}, "3", "m28 m29 m37"),
]  # fmt: skip


@pytest.mark.parametrize("made,value,counts", [row[1:] for row in OWN], ids=[row[0] for row in OWN])
def test_own_definitions(year, made, value, counts):
    definition.check(made)
    period = periods.parse("2017")
    reading = compute.read(made, period)
    [part] = compute.passport(made, period)
    assert (str(reading.value.normalize() if hasattr(reading.value, "normalize") else reading.value), reading.rows) == (
        value, len(counts.split()),
    )  # fmt: skip
    assert _names(year, made, part.spec, period, "counted") == sorted(counts.split())
    assert part.counted == reading.rows


def test_share_of_people_counts_the_unnamed_above_and_below_the_line(year):
    """Of those who completed, women: mari, and 5 + 4 unnamed, of mari, zaza, irakli and 5 + 3 + 4 + 7 + 1 unnamed."""
    made = {
        "register": "participations", "scope": {"training_audience": ["ministry-staff"]}, "conditions": {"state": ["completed"]},
        "date": {"by": "training_ends_on", "rule": "in"}, "aggregate": "share", "field": "person", "of": {"sex": ["f"]},
    }  # fmt: skip
    reading = compute.read(made, periods.parse("2017"))
    assert (reading.numerator, reading.denominator, reading.unnamed) == (10, 23, 9)


def test_two_parts_of_one_register_keep_their_reasons_apart(year):
    """What is ready and what is approved: n3 was approved in the year but ready before it; each part has its own left-out list."""
    made = {
        "parts": [
            {"register": "documents", "scope": {"type": ["needs-package"]}, "date": {"by": "ready_on", "rule": "in"}},
            {"register": "documents", "scope": {"type": ["legal-opinion"]}, "date": {"by": "approved_on", "rule": "in"}},
        ]
    }
    definition.check(made)
    period = periods.parse("2017")
    assert compute.read(made, period).value == 3  # n1, n4; lo3
    first, second = compute.passport(made, period)
    assert _names(year, made, first.spec, period, "counted") == ["lo3", "n1", "n4"]
    assert _names(year, made, first.spec, period, first.counted_key) == ["n1", "n4"]
    assert _names(year, made, second.spec, period, second.counted_key) == ["lo3"]
    for part in (first, second):
        for item in part.left_out:
            assert len(_names(year, made, part.spec, period, item.key)) == item.n
    assert _names(year, made, first.spec, period, first.left_out[-1].key) == ["n3"]
    missing = next(item for item in second.left_out if "not filled in" in item.reason)
    assert _names(year, made, second.spec, period, missing.key) == ["lo1", "lo2", "lo4", "lo5", "lo6", "lo7"]


def test_month_breakdown_of_a_sum_over_nothing_says_zero(year):
    made = HELD_IN | {"aggregate": "sum", "field": "hours", "scope": {"organisers": ["academy"]}, "breakdowns": ["month"]}
    [part] = compute.passport(made, periods.parse("2017"))  # t8 alone, which has no hours
    assert part.breakdowns[0].rows == [("November 2017", 0)]


def test_reason_for_one_record(year):
    made, period = year.measure("1.1.2 ა", "meetings").definition, periods.parse("2017")
    meetings = year.records["meetings"]
    assert compute.missed_by(made, meetings["m01"], period) == ""
    assert compute.missed_by(made, meetings["m06"], period) == HELD
    assert compute.missed_by(made, meetings["m12"], period) is None
    assert compute.missed_by(made, year.records["documents"]["n1"], period) is None


def test_record_that_counts_in_the_second_part_counts(year):
    made = {
        "parts": [
            {"register": "documents", "scope": {"type": ["needs-package"]}, "conditions": {"state": ["delivered"]}},
            {"register": "documents", "scope": {"type": ["needs-package"]}, "conditions": {"state": ["ready"]}},
        ]
    }
    assert compute.missed_by(made, year.records["documents"]["n1"], periods.parse("2017")) == ""


def test_months_of_a_figure(year):
    months = compute.monthly(year.measure("1.1.2 ა", "meetings").definition, periods.parse("2017"))
    assert [n for _month, n in months] == [1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2]
    both = compute.monthly(year.measure("3.1.3", "events").definition, periods.parse("2017-H1"))
    assert [n for _month, n in both] == [0, 0, 1, 0, 1, 0]
    assert compute.monthly(year.measure("1.2.1", "projects").definition, periods.parse("2017")) == []


def test_first_day_of_a_deliverable_is_that_of_the_earliest_record_in_any_part(year):
    period = periods.parse("2017")
    assert board.first_day(year.measure("1.1.2 ა", "meetings"), period).isoformat() == "2017-01-01"
    events = year.measure("3.1.3", "events")
    assert board.first_day(events, period).isoformat() == "2017-03-20"  # m31, before t10
    assert board.first_day(events, periods.parse("2017-05")).isoformat() == "2017-05-04"  # t10 alone: the first part has none
    events.definition = {"parts": events.definition["parts"][::-1]}
    assert board.first_day(events, period).isoformat() == "2017-03-20"
    assert board.first_day(year.measure("2.2.4", "recommendations"), periods.parse("2016")) is None
