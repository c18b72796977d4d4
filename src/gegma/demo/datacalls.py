"""Data calls and their replies."""

from __future__ import annotations

from .year import Year


def make_datacalls(year: Year) -> None:
    """Data calls and their replies."""
