"""What was counted by hand in office.yaml."""

from fractions import Fraction

from . import Hand, hand

REGISTERED_OUT = "«registered on» is outside the period"
DUE, DUE_OUT = "«answer due on» is not filled in", "«answer due on» is outside the period"
NEEDED, NEEDED_OUT = "«needed on» is not filled in", "«needed on» is outside the period"

CASES: list[Hand] = [
    hand("4.1.12 ა", "letters", 7, "le1 le2 le5 le6 le7 le8 le9", {REGISTERED_OUT: "le3 le4"}),
    hand(
        "4.1.12 ა", "answered in time", Fraction(100, 3), "le1",
        {DUE: "le5", DUE_OUT: "le6", "answered late or not at all": "le3 le7"}, of=3,
    ),
    # three of in1 and one of in2, of three, four and two; the two that in1 has too many do not fill in2
    hand(
        "4.1.12 ბ", "provided", Fraction(400, 9), "in1 in2",
        {"«provided quantity» is nothing": "in3", NEEDED: "in5", NEEDED_OUT: "in4 in6"}, of=9, upper=4,
    ),
    hand(
        "4.1.12 ბ", "provided", Fraction(100), "in4", {NEEDED: "in5", NEEDED_OUT: "in1 in2 in3 in6"}, of=7, upper=7, period="2016-12",
    ),
    hand(
        "4.1.12 გ", "cleared staff", Fraction(40), "po1 po2",
        {
            "the holder has no valid clearance of the grade needed": "po3 po4 po5", "the start of «held» is not filled in": "po6",
            "«held» does not hold on the last day of the period": "po7 po8", "holder is not filled in": "po9",
        }, of=5,
    ),
    # a day earlier giorgi had no clearance yet, mari still had hers, irakli his post; zaza was not yet in his
    hand(
        "4.1.12 გ", "cleared staff", Fraction(300, 5), "po1 po4 po7",
        {
            "the holder has no valid clearance of the grade needed": "po2 po3", "the start of «held» is not filled in": "po6",
            "«held» does not hold on the last day of the period": "po5 po8", "holder is not filled in": "po9",
        }, of=5, period="2017-12-01..2017-12-30",
    ),
    hand(
        "4.1.10", "programmes and modules", 2, "cu1 cu2",
        {
            "«ready on» is not filled in": "cu4", "«ready on» is outside the period": "cu5",
            "state is not «ready» or «approved»": "cu6",
        },
    ),
    hand(
        "4.1.11", "materials", 3, "we1 we2 we6",
        {
            "«published or updated» is outside the period": "we3", "state is not «published» or «withdrawn»": "we4",
            "«published or updated» is not filled in": "we7",
        },
    ),
]  # fmt: skip
