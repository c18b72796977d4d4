"""Names of people that mean the same however they are written: Georgian or Latin letters, any of the usual spellings, any order of words."""

from __future__ import annotations

import re
import unicodedata

from .text import fold

LETTERS = "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰჲჳჱჴჵ"
ROMAN = (
    *("a", "b", "g", "d", "e", "v", "z", "t", "i", "k", "l", "m", "n", "o", "p", "zh", "r", "s", "t", "u"),
    *("p", "k", "gh", "q", "sh", "ch", "ts", "dz", "ts", "ch", "kh", "j", "h", "i", "vi", "ei", "q", "o"),
)
LATIN = dict(zip(LETTERS, ROMAN, strict=True))
# Spellings that passports, letters and e-mail addresses mix up: each becomes its shortest form. Longer ones first.
SAME = (
    ("tch", "c"), ("dzh", "j"), ("sch", "s"), ("zh", "j"), ("gh", "g"), ("kh", "k"), ("sh", "s"), ("ch", "c"), ("ts", "c"), ("tz", "c"),
    ("dz", "z"), ("ph", "p"), ("th", "t"), ("dj", "j"), ("q", "k"), ("x", "k"), ("w", "v"), ("y", "i"), ("f", "p"), ("ou", "u"),
)  # fmt: skip
SHORTEST = 2


def key_of_word(word: str) -> str:
    """The form that a word of a name is compared in."""
    latin = "".join(LATIN.get(letter, letter) for letter in fold(word))
    plain = "".join(c for c in unicodedata.normalize("NFD", latin) if c.isalpha() and not unicodedata.combining(c))
    for spelt, short in SAME:
        plain = plain.replace(spelt, short)
    return re.sub(r"(.)\1+", r"\1", plain)


def keys(name: str) -> set[str]:
    """The words of a name, each in the form that it is compared in."""
    words = re.split(r"[\s,.;:/()«»\"„“–—_@-]+", name)
    return {key for word in words if (key := key_of_word(word))}


def matches(asked: set[str], name: str) -> bool:
    """Whether every word asked for begins a word of the name, in any order. asked: keys(); nothing asked matches nothing."""
    if not asked or not name:
        return False
    known = keys(name)
    return all(any(one.startswith(word) if len(word) >= SHORTEST else one == word for one in known) for word in asked)
