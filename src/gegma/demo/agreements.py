"""Agreements with their parties and dated steps."""

from __future__ import annotations

from .year import Year


def make_agreements(year: Year) -> None:
    """Agreements with their parties and dated steps."""
