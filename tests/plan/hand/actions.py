"""What was counted by hand in actions.yaml."""

from . import Hand

CASES: list[Hand] = []
