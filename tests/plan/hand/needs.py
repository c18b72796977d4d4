"""What was counted by hand in needs.yaml."""

from . import Hand, hand

UNKNOWN, OUTSIDE = "«identified on» is not filled in", "«identified on» is outside the period"

CASES: list[Hand] = [
    hand("1.1.1 ა", "from questionnaires", 2, "nd1 nd2", {UNKNOWN: "nd5", OUTSIDE: "nd3 nd4"}),
    hand("1.1.1 ა", "from obligations", 3, "nd6 nd7 nd10", {UNKNOWN: "nd11", OUTSIDE: "nd8 nd9"}),
]
