"""Contact points, attachés, memberships."""

from __future__ import annotations

from .year import Year


def make_contacts(year: Year) -> None:
    """Contact points, attachés, memberships."""
