"""What was counted by hand in agreements.yaml."""

from . import Hand, hand

INITIATED, INITIATED_OUT = "«initiated on» is not filled in", "«initiated on» is outside the period"
CONCLUDED, CONCLUDED_OUT = "«signed or amended on» is not filled in", "«signed or amended on» is outside the period"

CASES: list[Hand] = [
    hand(
        "2.1.1", "drafts", 4, "g-first g-last g-many g-signed",
        {
            INITIATED: "a1 g-partner g-many-none g-change g-unsigned g-elsewhere",
            INITIATED_OUT: "g-early g-late g-many-old",
        },
    ),
    hand(
        "2.1.1", "drafts", 1, "g-late",
        {
            INITIATED: "a1 g-partner g-many-none g-unsigned",  # what was concluded in 2017 is no draft of 2018
            INITIATED_OUT: "g-first g-last g-many",
        },
        period="2018",
    ),
    hand("2.1.3", "treaties", 1, "g-many", {INITIATED: "g-many-none", INITIATED_OUT: "g-many-old"}),
    hand(
        "4.1.2 ბ", "agreements", 3, "g-signed g-amended g-changed",
        {CONCLUDED: "g-unsigned", CONCLUDED_OUT: "g-old", "amends another": "g-change"},
    ),
    hand(
        "4.1.2 ბ", "agreements", 1, "g-old",
        {CONCLUDED: "g-unsigned", CONCLUDED_OUT: "g-signed g-amended g-changed g-change"},
        period="2016",
    ),
]  # fmt: skip
