"""What was accepted for parts of a period, gathered for the whole: the quarters for the year. A proposal; whoever writes decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import translation

from gegma.kernel.periods import Period
from gegma.kernel.text import first_large, pick

from .models import Plan, Update, UpdateState


@dataclass(frozen=True)
class Proposal:
    """The text made of earlier reports; texts: by the name of the field."""

    texts: dict[str, str]
    updates: list[Update]


def by_activity(plan: Plan, period: Period) -> dict[int, list[Update]]:
    """The accepted reports on periods inside of this one, by activity, oldest first. None overlaps another: of two, the longer one is taken."""
    rows = Update.objects.filter(
        reporting__plan=plan, state=UpdateState.ACCEPTED, reporting__starts_on__gte=period.start, reporting__ends_on__lte=period.end
    ).exclude(reporting__starts_on=period.start, reporting__ends_on=period.end)
    return _apart(rows.select_related("reporting"))


def accepted(update: Update) -> list[Update]:
    """Those of one report's activity, for the period that it is on."""
    period = update.reporting.period
    rows = Update.objects.filter(
        activity_id=update.activity_id, state=UpdateState.ACCEPTED, reporting__starts_on__gte=period.start, reporting__ends_on__lte=period.end
    ).exclude(pk=update.pk)
    return _apart(rows.select_related("reporting")).get(update.activity_id, [])


def _apart(rows: Iterable[Update]) -> dict[int, list[Update]]:
    found: dict[int, list[Update]] = {}
    for row in sorted(rows, key=lambda u: (u.reporting.starts_on - u.reporting.ends_on, u.reporting.starts_on)):
        kept = found.setdefault(row.activity_id, [])
        if all(row.reporting.ends_on < one.reporting.starts_on or row.reporting.starts_on > one.reporting.ends_on for one in kept):
            kept.append(row)
    return {activity: sorted(kept, key=lambda u: u.reporting.starts_on) for activity, kept in found.items()}


def text(updates: Iterable[Update]) -> str:
    """Their words in the current language, each under the name of its period."""
    said = [(first_large(pick(u.reporting, "title") or u.reporting.period.sentence()), pick(u, "text").strip()) for u in updates]
    return "\n\n".join(f"{name}: {words}" for name, words in said if words)


def proposal(update: Update) -> Proposal | None:
    """What the form of a report that has no words yet proposes; None where there is nothing to gather."""
    if update.text_ka or update.text_en or not (found := accepted(update)):
        return None
    texts = {}
    for lang in ("ka", "en"):
        with translation.override(lang):
            texts[f"text_{lang}"] = text([u for u in found if getattr(u, f"text_{lang}")])
    return Proposal(texts, found) if any(texts.values()) else None
