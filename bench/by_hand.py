"""Every measure of the plan as hand-written SQL: {(activity, label, name): statement}, out of the files of the registers."""

from . import hand, hand_agreements, hand_commitments, hand_contacts, hand_needs, hand_office, hand_requests

FILES = [hand_agreements, hand_commitments, hand_contacts, hand_needs, hand_office, hand_requests]


def statements() -> dict[tuple[str, str, str], str]:
    """All of them; a measure that two files write is a mistake, and told."""
    found = dict(hand.HAND)
    for file in FILES:
        if twice := found.keys() & file.STATEMENTS.keys():
            raise SystemExit(f"Written by hand twice: {sorted(twice)}")
        found |= file.STATEMENTS
    return found
