"""What was counted by hand in requests.yaml."""

from . import Hand

CASES: list[Hand] = []
