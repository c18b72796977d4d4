"""What the readers say, in the language of the page. The readers themselves run without Django and speak English."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from . import readers

# The words of the readers, by code, are gathered in reader_texts.py so that they are translated like all others.
from .reader_texts import TEXTS, say_place


def say(thing: Any) -> str:
    """A warning (dict or Warn) or a refusal in the language of the page; the reader's own English where it is not known."""
    code, params, english = _parts(thing)
    try:
        text = _(TEXTS[code]) % params
    except (KeyError, TypeError, ValueError):
        return english
    where = "" if isinstance(thing, dict) else getattr(thing, "where", "")
    return f"{say_place(where)}: {text}" if where else text


def _parts(thing: Any) -> tuple[str, dict, str]:
    if isinstance(thing, dict):
        return thing.get("code", ""), thing.get("params") or {}, thing.get("what", "")
    return getattr(thing, "code", ""), getattr(thing, "params", {}) or {}, getattr(thing, "what", "") or str(thing)


def role_names() -> list[tuple[str, str]]:
    """What a column may be: (role, word)."""
    return [(role, _(ROLE_WORDS.get(role, role))) for role in readers.ROLES]


ROLE_WORDS = {
    "code": gettext_noop("number"),
    "section": gettext_noop("section or goal"),
    "activity": gettext_noop("activity"),
    "indicator": gettext_noop("indicator"),
    "deadline": gettext_noop("deadline"),
    "start": gettext_noop("start"),
    "responsible": gettext_noop("responsible"),
    "partners": gettext_noop("partner or other agency"),
    "comments": gettext_noop("comments"),
    "result": gettext_noop("expected result"),
    "mark": gettext_noop("mark on a time scale"),
    "other": gettext_noop("other: kept under its own header"),
}
