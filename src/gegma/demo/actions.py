"""Actions on commitments."""

from __future__ import annotations

from .year import Year


def make_actions(year: Year) -> None:
    """Actions on commitments."""
