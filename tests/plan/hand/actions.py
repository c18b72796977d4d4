"""What was counted by hand in actions.yaml."""

from . import Hand, hand

DONE, DONE_OUT = "«done on» is not filled in", "«done on» is outside the period"

CASES: list[Hand] = [
    hand("3.2.2.2 ა", "activities", 3, "act-first act-last act-both", {DONE: "act-planned", DONE_OUT: "act-before act-after"}),
    hand(
        "3.2.2.2 ა", "activities", 2, "act-last act-after", {DONE: "act-planned", DONE_OUT: "act-first act-both act-before"},
        period="2017-12-31..2018-01-01",
    ),
]  # fmt: skip
