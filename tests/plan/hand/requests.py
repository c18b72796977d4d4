"""What was counted by hand in requests.yaml."""

from . import Hand, hand

SENT, SENT_OUT = "«sent on» is not filled in", "«sent on» is outside the period"
RECEIVED, RECEIVED_OUT = "«received on» is not filled in", "«received on» is outside the period"
BASIS = "basis is not «agreement» or «reciprocity»"

CASES: list[Hand] = [
    hand(
        "2.2.1", "sent", 3, "q1 q2 q7",
        {SENT: "q5", SENT_OUT: "q3 q4", "unit of the Ministry is not filled in": "q6"},
    ),
    hand("2.2.1", "received", 3, "r1 r2 r6", {RECEIVED: "r5", RECEIVED_OUT: "r3 r4"}),
    hand("2.2.2", "sent", 2, "q1 q2", {SENT: "q5", SENT_OUT: "q3 q4", BASIS: "q6 q7"}),
    hand("2.2.2", "received", 2, "r1 r2", {RECEIVED: "r5", RECEIVED_OUT: "r3 r4", BASIS: "r6"}),
    # the first half of the year: what came on its last day counts, what came after it does not
    hand("2.2.2", "sent", 1, "q1", {SENT: "q5", SENT_OUT: "q2 q3 q4", BASIS: "q6 q7"}, period="2017-H1"),
    hand("2.2.1", "received", 1, "r1", {RECEIVED: "r5", RECEIVED_OUT: "r2 r3 r4 r6"}, period="2017-01"),
]  # fmt: skip
