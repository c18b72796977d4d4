"""What was counted by hand in datacalls.yaml."""

from fractions import Fraction

from . import Hand, hand

DUE, DUE_OUT = "«reply due on» is not filled in", "«reply due on» is outside the period"
NO_REPLY = "replied on is not filled in"

CASES: list[Hand] = [
    hand(
        "1.2.8", "replies received", Fraction(50), "cr1",
        {NO_REPLY: "cr2", DUE: "cr4", DUE_OUT: "cr3 cr7", "state of the data call is not «sent» or «closed»": "cr5"}, of=2,
    ),
    hand("3.2.3.1 ბ", "replies received", Fraction(200, 3), "vr1 vr3", {NO_REPLY: "vr2"}, of=3),
]  # fmt: skip
