"""Commitments of the frameworks, by cycle."""

from __future__ import annotations

from .year import Year


def make_commitments(year: Year) -> None:
    """Commitments of the frameworks, by cycle."""
