"""What rest.yaml adds is counted in the cases of test_hand_counts.py, beside the records that it completes."""

from . import Hand

CASES: list[Hand] = []
