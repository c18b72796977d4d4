"""The inside of cells: several indicators, several bodies, a number before a text, lines broken by a page."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from . import markup
from .blocks import SOFT_BREAK
from .dates import is_time_phrase
from .words import (
    ends_in_connector,
    fold,
    follows,
    is_blank_mark,
    letter_place,
    roman_value,
    squeeze,
    strip_bullet,
)

# 1.2.3. | 1.2.3 | 2.2 – a number of several parts, its closing dot often forgotten.
CODE = re.compile(r"^\s*(?:№\s*)?(\d{1,3}(?:\.\d{1,3})+)(?!\d)\s*[.):]?\u2060?\s*(?=\S|$)")
# 1. | 1) – a number of one part needs its mark.
PLAIN_CODE = re.compile(r"^\s*(?:№\s*)?\(?(\d{1,3})[.)]\u2060?\s+(?=\S)|^\s*(?:№\s*)?(\d{1,3})[.)](?=[^\W\d_])")
LETTER = re.compile(r"^\s*[(\[]?([^\W\d_]|[ivxIVX]{1,5})(?:[)\]]\u2060?\s*|\.\u2060?\s+)(?=\S)")
# a.1 | 1a. | 2.1.1. – the mark of an indicator that carries the activity's own.
COMPOUND = re.compile(
    r"^\s*(?:(\d{1,3}(?:\.\d{1,3})+)(?!\d)(?:\s*[.):]\u2060?\s*|\u2060?\s+)|([^\W\d_]\.\d{1,2})[.)]?\u2060?\s+|(\d{1,2}[^\W\d_])[.)]\s*)(?=\S)"
)
_INLINE = re.compile(r"(?<=[\s;.,:])\(?([^\W\d_]|i{1,3}|iv|vi{0,3}|ix|x)\)\s*(?=\S)")
# A clause with a finite predicate of its own: შეტანილია, განხორციელებულია, მომზადებულია.
_PREDICATE = re.compile(r"(?:ულ|ილ|ალ|არ|ად)\s?ია\s*$")
_COUNT = re.compile(r"რაოდენობა\b|\bnumber of\b|\bno\. of\b", re.IGNORECASE)
_GENERIC_LEAD = frozenset(["ინდიკატორები", "ინდიკატორი", "indicators", "indicator", "მათშორის", "including"])


@dataclass
class Item:
    """One indicator as read from a cell."""

    label: str
    text: str
    lead: str = ""


@dataclass
class Split:
    """Items of a cell, and what was not sure: [(code, English sentence, params)]."""

    items: list[Item] = field(default_factory=list)
    lead: str = ""  # a time that stands over the items, or over the next cell's where there are none
    doubts: list[tuple[str, str, dict]] = field(default_factory=list)


def clean(text: str) -> tuple[str, bool | None]:
    """(cell text with HTML and Markdown understood, bold or None where the text does not say)."""
    bold: bool | None = None
    if "<" in text or "&" in text:
        text, all_bold = markup.plain(text)
        bold = True if all_bold else None
    stars = re.fullmatch(r"\s*(?:\*\*|__)(.+?)(?:\*\*|__)\s*", text, re.DOTALL)
    if stars and "**" not in stars.group(1):
        text, bold = stars.group(1), True
    elif "**" in text:
        text = text.replace("**", "")
    lines = (" ".join(line.split()) for line in text.replace(SOFT_BREAK, "\n" + SOFT_BREAK).split("\n"))
    # split() takes the soft break for white space: it is put back in front of its line.
    parts = text.replace(SOFT_BREAK, "\n" + SOFT_BREAK).split("\n")
    out = [(SOFT_BREAK if part.startswith(SOFT_BREAK) else "") + line for part, line in zip(parts, lines, strict=True) if line]
    return "\n".join(out), bold


def lines_of(text: str) -> list[str]:
    """The lines of a cell that hold something."""
    return [line for line in text.split("\n") if line.strip(" " + SOFT_BREAK)]


def one_line(text: str) -> str:
    """A cell's text as one sentence: bullets go, lines are joined by spaces."""
    lines = [strip_bullet(line.lstrip(SOFT_BREAK))[0] for line in lines_of(text)]
    return squeeze(" ".join(lines))


def join_cut(before: str, after: str) -> str:
    """A cell cut by a page break, put together again: the first line of the rest completes the last line."""
    first, _, rest = after.partition("\n")
    if not before.strip():
        return after
    starts_item = LETTER.match(first) or PLAIN_CODE.match(first) or strip_bullet(first)[1]
    joined = f"{before}\n{first}" if starts_item else f"{before} {first}"
    return f"{joined}\n{rest}" if rest else joined


def take_code(text: str) -> tuple[str, str]:
    """(number before a text, the text without it); ("", text) where there is none."""
    match = CODE.match(text)
    if match:
        return match.group(1), text[match.end() :].lstrip(" .:–—-)")
    match = PLAIN_CODE.match(text)
    if match:
        return match.group(1) or match.group(2), text[match.end() :].strip()
    return "", text


def take_letter(text: str) -> tuple[str, str]:
    """(letter or roman numeral before a text, the rest)."""
    match = LETTER.match(text)
    if not match:
        return "", text
    return match.group(1), text[match.end() :].strip()


def starts_item(text: str) -> bool:
    """Whether a text begins with a list mark of its own."""
    return bool(COMPOUND.match(text) or PLAIN_CODE.match(text) or LETTER.match(text) or strip_bullet(text)[1])


def split_indicators(text: str, activity_code: str = "", lead: str = "") -> Split:
    """The indicators of a cell.

    Rules, in words: a letter before a text (ა) ბ) გ), a. b.) opens an indicator, also in mid-line when it is the next
    letter of a list already begun; a number opens one, unless the list stands under a lead-in or a lettered item (then
    the numbered lines are parts of it); a lead-in before lettered items is an indicator of its own, unless it says only
    a time ("By 2028:"); bullets after a colon are parts, bullets without a lead-in are indicators; a further line
    without mark is an indicator of its own, with a doubt told, unless it plainly completes the line before.
    """
    split = Split()
    state = _State(split, activity_code)
    state.lead = lead
    for line in lines_of(text):
        soft = line.startswith(SOFT_BREAK)
        body, bullet = strip_bullet(line.lstrip(SOFT_BREAK))
        for label, kind, part in state.segments(body):
            state.take(label, kind, part, bullet and not label, soft and not label)
            soft = False
    for item in split.items:
        item.text = squeeze(item.text)
    if len(split.items) == 1 and not split.items[0].label and text.rstrip().endswith(":"):
        state.drop_lead(split.items[0])
    split.lead = state.lead
    state.part_clauses()
    split.items = [item for item in split.items if item.text and not (is_blank_mark(item.text) and not item.label)]
    return split


class _State:
    """Walks the lines of one indicator cell."""

    def __init__(self, split: Split, activity_code: str):
        self.split, self.code = split, activity_code
        self.lead = ""
        self.last_letter = ""
        self.last_number = ""
        self.parts_open = False  # numbered or bulleted lines belong to the current item
        self.bulleted = False

    @property
    def current(self) -> Item | None:
        return self.split.items[-1] if self.split.items else None

    def segments(self, line: str) -> list[tuple[str, str, str]]:
        """A line as [(label, kind, text)]; kind is letter, number, compound or ""."""
        compound = self._compound(line)
        if compound:
            return [compound]
        number = PLAIN_CODE.match(line)
        if number:
            return self._inline_numbers(number.group(1) or number.group(2), line[number.end() :])
        first = LETTER.match(line)
        out: list[tuple[str, str, str]] = []
        expected = self.last_letter
        start = 0
        label = ""
        if first and self._is_mark(first):
            label, expected, start = first.group(1), first.group(1), first.end()
        position = start
        for match in _INLINE.finditer(line, start):
            opens = not expected and letter_place(match.group(1)) and letter_place(match.group(1))[1] == 0
            opens = opens and self._has_next(line, match) and bool(re.search(r"[:;.]\s*$", line[: match.start()]))
            if (expected and follows(match.group(1), expected)) or opens:
                out.append((label, "letter" if label else "", line[position : match.start()]))
                label, expected, position = match.group(1), match.group(1), match.end()
        out.append((label, "letter" if label else "", line[position:]))
        return [segment for segment in out if segment[2].strip()]

    @staticmethod
    def _inline_numbers(label: str, text: str) -> list[tuple[str, str, str]]:
        """`1) … ; 2) …` on one line: each number that follows the one before opens an item."""
        out, position = [], 0
        for match in re.finditer(r"(?<=[;.,])\s*(\d{1,2})[.)]\s+(?=\S)|(?<=\s)(\d{1,2})\)\s+(?=\S)", text):
            found = match.group(1) or match.group(2)
            if follows(found, label):
                out.append((label, "number", text[position : match.start()].rstrip()))
                label, position = found, match.end()
        return [*out, (label, "number", text[position:])]

    @staticmethod
    def _has_next(line: str, match: re.Match) -> bool:
        """Whether a first letter in mid-line is followed by its second: else it is a reference, not a list."""
        return any(follows(m.group(1), match.group(1)) for m in _INLINE.finditer(line, match.end()))

    def _compound(self, line: str) -> tuple[str, str, str] | None:
        match = COMPOUND.match(line)
        if not match:
            return None
        label = next(group for group in match.groups() if group)
        marked = re.match(r"\s*" + re.escape(label) + r"\s*[.):]", line)
        is_own = bool(self.code) and label.startswith((self.code + ".", self.code))
        if match.group(1) and not (is_own or (marked and label.count(".") >= 1) or label.count(".") >= 2):
            return None  # "1.6 km2 of spaces" begins with a quantity, not with a mark
        return label, "compound", line[match.end() :]

    def _is_mark(self, match: re.Match) -> bool:
        """`ქ. თბილისი` begins with an abbreviation: a letter with a dot counts only in its order."""
        text, label = match.group(0), match.group(1)
        if ")" in text or "]" in text:
            return True
        if len(label) > 1 and not roman_value(label):
            return False
        first = (letter_place(label) or ("", -1))[1] == 0 or label.lower() == "i"
        return first and not self.last_letter or bool(self.last_letter) and follows(label, self.last_letter)

    def take(self, label: str, kind: str, text: str, bullet: bool, soft: bool) -> None:
        item = self.current
        if kind in ("letter", "compound"):
            self._labelled(label, kind, text)
        elif kind == "number":
            self._numbered(label, text, item)
        elif item is None:
            self._new("", text)
            self.bulleted = bullet
        elif bullet:
            if item.text.rstrip().endswith(":") or self.parts_open:
                self._append(text)
                self.parts_open = True
            elif self.bulleted or not item.label:
                self._new("", text)
                self.bulleted = True
            else:
                self._append(text)
        else:
            self._unmarked(item, text, soft)

    def _labelled(self, label: str, kind: str, text: str) -> None:
        item = self.current
        if item is not None and len(self.split.items) == 1 and not item.label:
            self.drop_lead(item)
        if kind == "letter":
            if self.last_letter and not follows(label, self.last_letter):
                self._doubt("label_order", f"the mark {label}) does not follow {self.last_letter})", a=label, b=self.last_letter)
            self.last_letter = label
        self._new(label, text)

    def drop_lead(self, item: Item) -> None:
        """A lead-in that says a time, or only `indicators`, is no indicator; it stays with those that follow."""
        bare = item.text.strip().rstrip(":").strip()
        if is_time_phrase(bare) or fold(bare) in _GENERIC_LEAD:
            self.lead = squeeze(bare)
            self.split.items.clear()

    def _numbered(self, label: str, text: str, item: Item | None) -> None:
        if item is not None and not item.label and is_time_phrase(item.text.strip().rstrip(":")):
            self.drop_lead(item)
            item = self.current
        opens = item is None or (item.label.isdecimal() and follows(label, item.label))
        if opens and not self.parts_open:
            self._new(label, text)
            return
        if not self.parts_open and item is not None and not item.text.rstrip().endswith(":"):
            self._doubt("numbered_parts", "numbered lines were read as parts of the indicator before them")
        self.parts_open = True
        self._append(f"{label}. {text.strip()}")

    def _unmarked(self, item: Item, text: str, soft: bool) -> None:
        before = item.text.rstrip()
        completes = (
            soft
            or self.parts_open
            or before.endswith((":", ","))
            or ends_in_connector(before)
            or before.count("(") > before.count(")")
            or (text[:1].isascii() and text[:1].islower())
            or text[:1] in "(,;.–—-/"
        )
        if completes or (item.label and not before.endswith((".", ";", "!", "?"))):
            self._append(text)
        elif item.label:
            self._append(text)
            self._doubt("line_after_label", f"a line without a mark was read as part of {item.label})", label=item.label)
        elif is_time_phrase(item.text.strip().rstrip(":")) and len(self.split.items) == 1:
            self.drop_lead(item)
            self._new("", text)
        else:
            self._new("", text)
            self._doubt("unlettered", "lines without a mark were read as indicators of their own")

    def part_clauses(self) -> None:
        """Statements side by side in one unmarked text: parted at semicolons, and at commas where every clause has a
        predicate of its own; two counts joined by `and` or a comma stay one, and that is told."""
        out: list[Item] = []
        for item in self.split.items:
            parts = clauses(item.text) if not item.label and ":" not in item.text else [item.text]
            if len(parts) > 1:
                self._doubt("clauses", f"{len(parts)} statements side by side were read as indicators of their own")
            elif not item.label and len(_COUNT.findall(item.text)) > 1:
                self._doubt("two_counts", "one indicator names several counts; it was left whole")
            out.extend(Item(item.label, part, item.lead) for part in parts)
        self.split.items = out

    def _new(self, label: str, text: str) -> None:
        self.split.items.append(Item(label, text.strip(), self.lead))
        self.parts_open = self.bulleted = False

    def _append(self, text: str) -> None:
        self.current.text = f"{self.current.text.rstrip()} {text.strip()}"

    def _doubt(self, code: str, what: str, **params: str) -> None:
        if code not in [c for c, _, _ in self.split.doubts]:
            self.split.doubts.append((code, what, params))


def clauses(text: str) -> list[str]:
    """The statements of an unmarked indicator text (see `part_clauses`); the text itself where it is one."""
    for separator, must in ((";", lambda part: len(part.split()) >= 2 and len(fold(part)) >= 8), (",", _PREDICATE.search)):
        parts = outside_brackets(text, separator)
        if len(parts) > 1 and all(must(part.strip().rstrip(" .;")) for part in parts):
            return [squeeze(part) for part in parts]
    return [text]


def outside_brackets(text: str, separator: str) -> list[str]:
    """A text parted at a mark that does not stand in brackets; empty parts fall away."""
    parts, depth, start = [], 0, 0
    for position, letter in enumerate(text):
        if letter in "([":
            depth += 1
        elif letter in ")]":
            depth = max(0, depth - 1)
        elif letter == separator and depth == 0:
            parts.append(text[start:position])
            start = position + 1
    parts.append(text[start:])
    return [part for part in parts if fold(part)]
