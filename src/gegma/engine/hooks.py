"""Where higher layers hang what they add to the pages of every register. They fill the lists in AppConfig.ready()."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Bell:
    """What a layer tells a person by the bell. count(user): how many things are unread; told(user): [{"label", "words", "url", "at", "tone"}]."""

    count: Callable[[Any], int]
    told: Callable[[Any], list[dict]]


# The deadlines that higher layers keep: engine.deadlines.Source
DEADLINES: list[Any] = []

# (request, spec, params) → {"label", "url", "icon"?} for a button over the list, or nothing
LIST_ACTIONS: list[Callable[[Any, Any, Any], dict | None]] = []

# (request, spec, record) → {"label", "url", "icon"?} for a button at the head of a record, or nothing
RECORD_ACTIONS: list[Callable[[Any, Any, Any], dict | None]] = []

# (request, spec, record) → (template, context) for a part beside the record, or nothing
RECORD_PANELS: list[Callable[[Any, Any, Any], tuple[str, dict] | None]] = []

# (request, spec, record) → what whoever edits the record should know first, or nothing
FORM_NOTICES: list[Callable[[Any, Any, Any], str | None]] = []

# (request) → {"label", "url", "active", "children", "order"?} for the bar, or nothing; registers stand at order 30
NAV: list[Callable[[Any], dict | None]] = []

# What layers tell a person besides the reminders of deadlines
BELL: list[Bell] = []

# () → {"label", "url"} in the person's own menu
MY_LINKS: list[Callable[[], dict]] = []

# (request) → {"heading", "label", "url"} for a page that stands in the menu of registers beside those of a group, or nothing
MENU_PAGES: list[Callable[[Any], dict | None]] = []

# (request, spec, record) → (template, context) for the whole page of a record, by key of its register; the template extends engine/record.html
RECORD_PAGES: dict[str, Callable[[Any, Any, Any], tuple[str, dict]]] = {}


def list_actions(request, spec, params) -> list[dict]:
    """What the layers above offer for this list."""
    return [found for hook in LIST_ACTIONS if (found := hook(request, spec, params))]


def record_actions(request, spec, record) -> list[dict]:
    """What the layers above offer for this record."""
    return [found for hook in RECORD_ACTIONS if (found := hook(request, spec, record))]


def record_panels(request, spec, record) -> list[tuple[str, dict]]:
    """What the layers above say about this record."""
    return [found for hook in RECORD_PANELS if (found := hook(request, spec, record))]


def form_notices(request, spec, record) -> list[str]:
    """What the layers above say to whoever edits this record."""
    return [found for hook in FORM_NOTICES if (found := hook(request, spec, record))]


def record_page(request, spec, record) -> tuple[str, dict]:
    """The template of a record's page, and what it has beyond that of every record."""
    hook = RECORD_PAGES.get(spec.key)
    return hook(request, spec, record) if hook else (spec.template, {})


def menu_pages(request) -> list[dict]:
    """The pages that stand in the menu of registers."""
    return [found for hook in MENU_PAGES if (found := hook(request))]


def nav(request) -> list[dict]:
    """What the layers above add to the bar."""
    return [found for hook in NAV if (found := hook(request))]


def unread(user) -> int:
    """How many things the layers tell the person that were not looked at."""
    return sum(bell.count(user) for bell in BELL)


def told(user) -> list[dict]:
    """Those things."""
    return [one for bell in BELL for one in bell.told(user)]
