"""What was counted by hand in datacalls.yaml."""

from . import Hand

CASES: list[Hand] = []
