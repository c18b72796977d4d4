"""Letters and comparisons: list marks, roman numerals, folding of text for comparison."""

from __future__ import annotations

import re
import unicodedata

GEORGIAN = "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ"
LATIN = "abcdefghijklmnopqrstuvwxyz"
CYRILLIC = "абвгдежзиклмнопрстуфхцчшщэюя"
ALPHABETS = (GEORGIAN, LATIN, CYRILLIC)
BULLETS = "•▪◦●○■□▫‣⁃·§ü➢➤►✓✔❖"
# Soft hyphen, zero-width space and joiners, byte order mark.
_INVISIBLE = dict.fromkeys([0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF])
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}

# Words after which a line cannot be finished.
CONNECTORS = frozenset(
    (
        *("და", "ან", "თუ", "რომ", "ხოლო", "მათ", "შორის", "ასევე", "და/ან", "ან/და", "of", "and", "or", "and/or", "the", "for"),
        *("to", "in", "on", "with", "by", "from", "a", "an", "at", "as", "и", "или", "в", "на", "с", "по", "для"),
    )
)


def squeeze(text: str) -> str:
    """Text on one line, single spaces."""
    return " ".join(text.translate(_INVISIBLE).split())


def fold(text: str) -> str:
    """Letters and digits alone, lower case: two printings of one heading compare equal."""
    text = unicodedata.normalize("NFKC", text).lower()
    return "".join(ch for ch in text if ch.isalnum())


def compare(text: str) -> str:
    """White space folded, trailing ; . : ignored: the comparison the plan's own text is held to."""
    return squeeze(text).rstrip(" ;.:")


def roman_value(text: str) -> int | None:
    """1–399 for a well-formed roman numeral, else None."""
    lowered = text.lower()
    if not re.fullmatch(r"c{0,3}(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})", lowered) or not lowered:
        return None
    values = [_ROMAN[ch] for ch in lowered]
    return sum(-v if n > v else v for v, n in zip(values, [*values[1:], 0], strict=True))


def letter_place(letter: str) -> tuple[str, int] | None:
    """(alphabet, position from 0) of a single letter, or None."""
    for alphabet in ALPHABETS:
        position = alphabet.find(letter.lower())
        if position >= 0 and len(letter) == 1:
            return alphabet, position
    return None


def follows(label: str, previous: str) -> bool:
    """Whether one list mark is the next after another (ა → ბ, b → c, 2 → 3, ii → iii)."""
    if label.isdecimal() and previous.isdecimal():
        return int(label) == int(previous) + 1
    now, before = letter_place(label), letter_place(previous)
    if now and before:
        return now[0] == before[0] and now[1] == before[1] + 1
    one, two = roman_value(label), roman_value(previous)
    return bool(one and two and one == two + 1)


def is_unfinished(text: str) -> bool:
    """Whether a text stops where no sentence ends: no closing mark, or a word that needs another after it."""
    text = text.rstrip()
    if not text:
        return False
    if text[-1] in ",-–—/(„“«&":
        return True
    words = text.split()
    return words[-1].lower().strip("„“\"'") in CONNECTORS or text[-1] not in ".;:!?…"


def ends_in_connector(text: str) -> bool:
    """Whether the last word or mark surely needs another after it (of, and, და, a comma does not count)."""
    words = text.rstrip().split()
    return bool(words) and (words[-1].lower() in CONNECTORS or words[-1][-1] in "-–—/(&„«")


def strip_bullet(line: str) -> tuple[str, bool]:
    """(line without its bullet, whether it had one). A dash counts when a space follows."""
    stripped = line.lstrip()
    if stripped and stripped[0] in BULLETS and (stripped[0] not in "ü§·" or stripped[1:2].isspace()):
        return stripped.lstrip(BULLETS + " \t\u00a0"), True
    if re.match(r"[-–—*]\s+\S", stripped):
        return stripped[1:].lstrip(), True
    return stripped, False


def is_blank_mark(text: str) -> bool:
    """Whether a cell says `nothing here`: a dash, N/A, არ არის."""
    return fold(text) in ("", "na", "none", "არარის", "არაქვს") and len(text.strip()) <= 12
