"""What was counted by hand in agreements.yaml."""

from . import Hand

CASES: list[Hand] = []
