"""Needs of the units."""

from __future__ import annotations

from .year import Year


def make_needs(year: Year) -> None:
    """Needs of the units."""
