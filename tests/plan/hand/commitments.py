"""What was counted by hand in commitments.yaml."""

from fractions import Fraction

from . import Hand, hand

ENDED, ENDED_OUT = "«ended on» is not filled in", "«ended on» is outside the period"
OPTIMISED = "state is not «merged» or «revised» or «closed»"
OPEN, OPEN_OUT = "the start of «open» is not filled in", "«open» does not hold on the last day of the period"
PROPOSED = "proposed by us on is not filled in"

CASES: list[Hand] = [
    hand(
        "3.1.4 ბ", "PGs optimised", 3, "pg-merged pg-revised pg-closed",
        {
            ENDED: "pg-open pg-last-day pg-late pg-undated pg-revised-to", ENDED_OUT: "pg-closed-2016 pg-closed-2018",
            OPTIMISED: "pg-carried pg-noted",
        },
    ),
    hand(
        "3.1.4 ბ", "PGs in force", 4, "pg-open pg-last-day pg-revised-to pg-closed-2018",
        {OPEN: "pg-undated", OPEN_OUT: "pg-late pg-merged pg-revised pg-closed pg-closed-2016 pg-carried pg-noted"},
    ),
    # a day before the year's end the goal closed on it still was in force, and the one received on it not yet
    hand(
        "3.1.4 ბ", "PGs in force", 4, "pg-open pg-revised-to pg-closed pg-closed-2018",
        {OPEN: "pg-undated", OPEN_OUT: "pg-last-day pg-late pg-merged pg-revised pg-closed-2016 pg-carried pg-noted"},
        period="2017-12-01..2017-12-30",
    ),
    hand(
        "3.1.4 ბ", "PGs optimised", 1, "pg-closed-2016",
        {
            ENDED: "pg-open pg-last-day pg-late pg-undated pg-revised-to",
            ENDED_OUT: "pg-merged pg-revised pg-closed pg-closed-2018 pg-carried pg-noted",
        },
        period="2016",
    ),
    hand("3.2.1.1 ა", "included", Fraction(200, 3), "na-1 na-2", {PROPOSED: "na-4", "not included": "na-3"}, of=3),
    hand("3.2.4.1 ბ", "included", Fraction(100, 2), "ec-1", {PROPOSED: "ec-3", "not included": "ec-2"}, of=2),
]  # fmt: skip
