"""What was counted by hand in office.yaml."""

from . import Hand

CASES: list[Hand] = []
