"""Georgian typed in Latin letters: the fonts of the years before Unicode (AcadNusx, LitNusx and their kin).

They draw Georgian letters for Latin codes. Without the font the text reads "saqarTvelo"; with its name known it is
საქართველო.
"""

from __future__ import annotations

import re

_NAME = re.compile(r"acad(?:nus|mtavr|kolkh)|lit(?:nus|mtavr)|(?:nusx|mtavr|kolkhety)$|geo[_ -]?(?:dumba|times|arial|gordel)|^grigolia", re.IGNORECASE)
_LATIN = "abcdefghijklmnopqrstuvwxyzTJRSCZW"
_GEORGIAN = "აბცდეფგჰიჯკლმნოპქრსტუვწხყზთჟღშჩძჭ"
_TABLE = str.maketrans(dict(zip(_LATIN, _GEORGIAN, strict=True)))


def is_old_font(name: str | None) -> bool:
    """Whether a font of this name draws Georgian for Latin codes."""
    return bool(name) and bool(_NAME.search(name.split("+")[-1]))


def to_unicode(text: str) -> str:
    """The Georgian letters that such a font draws for the text."""
    return text.translate(_TABLE)
