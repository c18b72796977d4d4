"""What was counted by hand in contacts.yaml."""

from . import Hand, hand

CASES: list[Hand] = [
    # coastland (twice), hill-land, georgia-abroad
    hand(
        "2.2.10", "existing", 3, "ct1 ct2 ct3 ct10",
        {
            "«in force» does not hold on the last day of the period": "ct5 ct6",
            "country is not filled in": "ct9",
            "outside «verified on: 31.12.2016 – 31.12.2017», or not filled in": "ct4 ct7 ct8",
        },
    ),
    hand(
        "2.2.10", "new", 2, "ct3 ct6",
        {
            "«first entered on» is outside the period": "ct1 ct5 ct7 ct8 ct10",
            "not the first contact of its country": "ct2 ct4 ct9",
        },
    ),
    hand(
        "2.2.8", "memberships", 3, "ms1 ms2 ms3",
        {"the start of «membership» is not filled in": "ms6", "«membership» is outside the period": "ms4 ms5"},
    ),
]  # fmt: skip
