"""Text in two languages, and text made ready to be searched."""

import re
import unicodedata

from django.utils.translation import get_language

LANGUAGES = ("ka", "en")


def fold(*texts: str) -> str:
    """Text as the search keeps and compares it: lower case (Mtavruli become Mkhedruli), composed, spaces single.

    Never upper case: that would turn Georgian into capitals that few fonts have.
    """
    joined = " ".join(text for text in texts if text)
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", joined).lower()).strip()


def language() -> str:
    """The language of the page: ka or en."""
    return "en" if (get_language() or "").startswith("en") else "ka"


def pick(thing, stem: str) -> str:
    """thing's text in the language of the page, or in the other one where that is missing."""
    first = language()
    second = "ka" if first == "en" else "en"
    return getattr(thing, f"{stem}_{first}", "") or getattr(thing, f"{stem}_{second}", "") or ""


def shorten(text: str, length: int) -> str:
    """At most length characters, cut at a word, with an ellipsis where something was cut."""
    if len(text) <= length:
        return text
    return text[: length - 1].rsplit(" ", 1)[0] + "…"


def first_large(text: str) -> str:
    """text with a large first letter where its script has one that fonts know: Latin, not Georgian."""
    return text[:1].title() + text[1:] if text[:1].isascii() else text


# Django begins its own messages with a capital, which turns a Georgian letter into one that few fonts have.
_SMALL = {code: code - 0x1C90 + 0x10D0 for code in range(0x1C90, 0x1CC0)}


def mkhedruli(text: str) -> str:
    """text with Georgian capitals put back to the letters in use."""
    return text.translate(_SMALL)
