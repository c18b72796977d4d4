"""What was counted by hand in contacts.yaml."""

from . import Hand

CASES: list[Hand] = []
