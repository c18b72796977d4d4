"""What was counted by hand in needs.yaml."""

from . import Hand

CASES: list[Hand] = []
