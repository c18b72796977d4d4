"""Requests sent and received."""

from __future__ import annotations

from .year import Year


def make_requests(year: Year) -> None:
    """Requests sent and received."""
