"""What was counted by hand in commitments.yaml."""

from . import Hand

CASES: list[Hand] = []
