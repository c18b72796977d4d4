"""The catalogue of reports: what may be asked for, and the makers of its files. render(paper, "docx" | "xlsx" | "pdf") → bytes."""

from __future__ import annotations

import importlib
import json

FORMATS = ("docx", "xlsx", "pdf")


def everything() -> list:
    """The reports, in the order in which they are offered."""
    from .builders import REPORTS

    return list(REPORTS)


def find(key: str):
    """The report with this key, or None."""
    return next((report for report in everything() if report.key == key), None)


def render(paper: dict, fmt: str) -> bytes:
    """A paper as a file. ValueError for an unknown form or language; the same paper gives the same bytes."""
    if fmt not in FORMATS:
        raise ValueError(f"A report cannot be made as «{fmt}»: choose {', '.join(FORMATS)}.")
    # Through JSON and back: the caller's paper stays untouched, and nothing but plain data gets further.
    plain = json.loads(json.dumps(paper))
    return importlib.import_module(f"gegma.reports.catalogue.as_{fmt}").make(plain)
