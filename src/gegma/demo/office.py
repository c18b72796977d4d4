"""Letters, inventory, clearances, curricula, web publications."""

from __future__ import annotations

from .year import Year


def make_office(year: Year) -> None:
    """Letters, inventory, clearances, curricula, web publications."""
