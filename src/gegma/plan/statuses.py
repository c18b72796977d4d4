"""The statuses that people choose from: those of the scales of all plans, since each plan carries its own."""

from __future__ import annotations

import time

from django.db import DatabaseError
from django.utils.translation import gettext_lazy as _

from gegma.engine.filters import ChoiceFilter, FilterError
from gegma.kernel.text import language

# Scales change once a year; a process may offer an old one for this many seconds.
FRESH_SECONDS = 5.0
_kept: tuple[float, dict[str, dict]] = (0.0, {})


def _steps() -> dict[str, dict]:
    """Every status that any plan knows, by key."""
    global _kept
    made, steps = _kept
    if time.monotonic() - made > FRESH_SECONDS or not steps:
        from .models import DEFAULT_SCALE, Plan

        steps = {step["key"]: step for step in DEFAULT_SCALE}
        try:
            for scale in Plan.objects.values_list("scale", flat=True):
                steps |= {step["key"]: step for step in scale}
        except DatabaseError:  # asked by the checks before there are tables
            return steps
        _kept = (time.monotonic(), steps)
    return steps


def forget() -> None:
    """Read the scales anew at the next use."""
    global _kept
    _kept = (0.0, {})


def choices() -> list[tuple[str, str]]:
    """(key, word) of all statuses, in the language of the page."""
    return [(key, step.get(language()) or step["ka"]) for key, step in _steps().items()]


class StatusFilter(ChoiceFilter):
    """One of the statuses that the plans know at the moment."""

    def choices(self) -> list[tuple[str, str]]:
        """What may be asked."""
        return choices()

    def _check(self, given: list[str]) -> None:
        for key in given:
            if key not in dict(choices()):
                raise FilterError(self.name, _("«%(value)s» is not one of the values of %(field)s.") % {"value": key, "field": self.label})
