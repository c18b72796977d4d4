"""The section tree: codes and headings to sections with unique numbers and parents."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .blocks import Place
from .cells import CODE, PLAIN_CODE
from .words import compare, fold, letter_place, roman_value, squeeze

# Words that name the kind of a section, from the widest to the narrowest. Georgian ones are stems: the case ending
# follows. Only a word that stands before a number or a colon counts ("Objective 1.1", "Outcome: …").
KINDS: list[tuple[str, int, str]] = [
    ("vision", 0, r"ხედვა|vision"),
    ("direction", 1, r"(?:სტრატეგიული|პრიორიტეტული)?მიმართულებ[აი]|პრიორიტეტი|თავი|ნაწილი|კარი|სვეტი|(?:strategic|priority)?(?:direction|area)|priority|pillar|"
                     r"chapter|part|theme|component|კომპონენტი|section"),
    ("goal", 2, r"(?:სტრატეგიული|გრძელვადიანი|ზოგადი)?მიზანი|(?:strategic|overall|general)?goal|impact|aim"),
    ("outcome", 3, r"საბოლოოშედეგი|(?:intermediate)?outcome"),
    ("objective", 4, r"(?:სტრატეგიული|კონკრეტული)?ამოცან[აი]?|ქვემიზანი|(?:specific|strategic)?objective|task|sub-?goal|target"),
    ("output", 5, r"(?:მოსალოდნელი|შუალედური)?შედეგი|(?:expected)?(?:output|result)|deliverable"),
]  # fmt: skip
_KIND = [(kind, rank, re.compile(rf"(?:{pattern})s?", re.IGNORECASE)) for kind, rank, pattern in KINDS]
# Units of an organisation, by the head noun that ends their name.
_UNITS = [("department", 1, "დეპარტამენტი"), ("division", 2, "სამმართველო"), ("unit", 3, "განყოფილება")]
_UNITS_EN = [("department", 1, r"\bdepartment$"), ("division", 2, r"\bdivision$"), ("unit", 3, r"\bunit$")]

_KEYWORD_CODE = re.compile(
    r"^(?P<word>[^\W\d_][^\d:;,()]{1,38}?)\s*(?:№|#|no\.?|n)?\s*(?P<code>\d{1,3}(?:\.\d{1,3})*|(?<=\s)(?:[IVX]{1,6}|[A-Zა-ჰ])(?=[\s.:)–—-]|$))\s*(?:[.:)–—-]+|\s|$)\s*(?P<title>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_KEYWORD_COLON = re.compile(r"^(?P<word>[^\W\d_][^\d:;,()]{1,38}?)\s*:\s*(?P<title>.*)$", re.DOTALL)
_ROMAN = re.compile(r"^\s*(?P<code>[IVXLC]{1,7}(?=\s*[.):–—-])|[ivx]{1,5}(?=\)))\s*[.):–—-]\s*(?P<title>\S.*)$", re.DOTALL)
_LETTER = re.compile(r"^\s*(?P<code>[A-ZА-Яა-ჰ])\s*[.)]\s+(?P<title>\S.*)$", re.DOTALL)
_ROMAN_BEFORE_TAV = re.compile(r"^\s*(?P<code>[IVXLC]{1,7})\s+(?P<word>თავი|ნაწილი|მიმართულება|პრიორიტეტი|მიზანი|ამოცანა)\s*[.:–—-]*\s*(?P<title>.*)$", re.DOTALL)


@dataclass
class Heading:
    """A heading as printed: its number, the word before the number, and the rest."""

    title: str
    code: str = ""
    kind: str = ""
    rank: int | None = None
    place: Place = field(default_factory=Place)
    level: int | None = None  # from a heading style
    style: tuple = ()  # what it looks like: headings that look alike are of one level
    run: tuple[int, int] = (1, 1)  # (position, length) in a run of headings without activities between
    is_table_title: bool = False

    @property
    def parts(self) -> tuple[int, ...]:
        """The numbers of the code, (3, 2, 1) for 3.2.1; empty for letters and Roman numerals."""
        return tuple(int(p) for p in self.code.split(".")) if re.fullmatch(r"\d+(?:\.\d+)*", self.code) else ()


@dataclass
class Section:
    """A node of the tree. `made` says that its number is not the plan's own."""

    heading: Heading
    parent: Section | None
    code: str = ""
    made: bool = False
    indicators: list = field(default_factory=list)
    extra: dict[str, str] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)
    children: int = 0


def parse_heading(text: str, place: Place) -> Heading:
    """What a heading says: `ამოცანა 3.2.1. …` and `ამ ოცანა 3.2.1. …` are an objective with number 3.2.1."""
    text = squeeze(text)
    match = CODE.match(text) or PLAIN_CODE.match(text)
    if match and text[match.end() :].strip():
        code = next(g for g in match.groups() if g)
        title = text[match.end() :].lstrip(" .:–—-)")
        return _with_unit(Heading(title, code, place=place))
    match = _ROMAN_BEFORE_TAV.match(text)
    if match:
        kind, rank = kind_of(match.group("word"))
        return Heading(match.group("title") or text, match.group("code"), kind, rank, place)
    match = _KEYWORD_CODE.match(text)
    if match:
        kind, rank = kind_of(match.group("word"))
        if kind:
            return Heading(match.group("title").strip() or text, match.group("code"), kind, rank, place)
    match = _KEYWORD_COLON.match(text)
    if match:
        kind, rank = kind_of(match.group("word"))
        if kind and match.group("title").strip():
            return Heading(match.group("title").strip(), "", kind, rank, place)
        if kind:
            return Heading(text.rstrip(": "), "", kind, rank, place)
    match = _ROMAN.match(text)
    if match and roman_value(match.group("code")):
        return _with_unit(Heading(match.group("title"), match.group("code"), place=place))
    match = _LETTER.match(text)
    if match and letter_place(match.group("code")):
        return _with_unit(Heading(match.group("title"), match.group("code"), place=place))
    kind, rank = kind_of(text)
    return Heading(text, "", kind, rank, place) if kind else _with_unit(Heading(text, place=place))


def kind_of(word: str) -> tuple[str, int | None]:
    """(kind, rank) a keyword names, white space inside it ignored (a letter set apart by extraction)."""
    flat = re.sub(r"[\s\-–№#]+", "", word).lower()
    for kind, rank, pattern in _KIND:
        if pattern.fullmatch(flat):
            return kind, rank
    return "", None


def _with_unit(heading: Heading) -> Heading:
    title = heading.title.rstrip(" .:;")
    for kind, rank, word in _UNITS:
        if title.endswith(word):
            heading.kind, heading.rank = kind, 10 + rank
    for kind, rank, pattern in _UNITS_EN:
        if re.search(pattern, title, re.IGNORECASE):
            heading.kind, heading.rank = kind, 10 + rank
    return heading


class Tree:
    """Builds sections in reading order.

    Rules: a number decides first (3.2.1 lies under 3.2); a heading repeated, with or without its number, is the same
    section again; headings that look or are named alike are of one level; of headings in a row without activities
    between, each lies under the one before; a heading without number straight above 1.1 is 1.
    """

    def __init__(self) -> None:
        self.sections: list[Section] = []
        self.stack: list[Section] = []
        self.group: Section | None = None  # the table title everything now lies under

    @property
    def current(self) -> Section | None:
        """The section that is open, the innermost one."""
        return self.stack[-1] if self.stack else None

    def add(self, heading: Heading) -> tuple[Section, bool]:
        """(the section a heading opens or comes back to, whether it is new)."""
        known = self._known(heading)
        if known:
            known.places.append(heading.place)
            self.stack = _line_of(known)
            return known, False
        if heading.level is not None and self.group and not heading.parts:
            self.group = None  # a heading of the document itself ends what stood under a table's title
        section = Section(heading, self._parent(heading), places=[heading.place])
        self.sections.append(section)
        self.stack = [*_line_of(section.parent), section] if section.parent else [section]
        if heading.is_table_title:
            self.group = section
        return section, True

    def _known(self, heading: Heading) -> Section | None:
        title = fold(heading.title)
        for section in reversed(self.sections):
            same_title = fold(section.heading.title) == title and title
            if heading.code and section.heading.code:
                if heading.code == section.heading.code and same_title and section.heading.kind == heading.kind:
                    return section if self._in_group(section) else None
            elif same_title and (not heading.kind or heading.kind == section.heading.kind):
                # Without a number a heading is "the same again" only if it is no deeper part of another branch.
                if section.heading.is_table_title != heading.is_table_title or not self._in_group(section):
                    continue
                return section
        return None

    def _in_group(self, section: Section) -> bool:
        return self.group is None or self.group in _line_of(section)

    def _parent(self, heading: Heading) -> Section | None:
        if heading.is_table_title:
            last = self.sections[-1] if self.sections else None
            outside = last is not None and last is self.current and last.heading.style[:1] == ("outside",)
            return last if outside and last.heading.run[0] == heading.run[0] - 1 else None
        if heading.parts:
            parent = self._by_number(heading)
            if parent is not None:
                return parent
        stack = list(self.stack)
        while stack:
            top = stack[-1]
            if self._is_under(heading, top):
                return top
            stack.pop()
        return self.group

    def _by_number(self, heading: Heading) -> Section | None:
        parts = heading.parts
        for length in range(len(parts) - 1, 0, -1):
            for section in reversed(self.sections):
                if section.heading.parts == parts[:length] and self._in_group(section):
                    return section
        above = self.current
        if len(parts) > 1 and above and not above.heading.code and above.heading.parts == () and not above.heading.is_table_title:
            first_child = not any(s.parent is above for s in self.sections)
            free = not any(s.heading.parts == parts[:-1] and self._in_group(s) for s in self.sections)
            if first_child and free and above.heading.style[:1] != ("column",):
                above.heading.code = ".".join(str(p) for p in parts[:-1])
                return above
        return None

    def _is_under(self, heading: Heading, other: Section) -> bool:
        """Whether a heading lies under an open section (else that section is closed)."""
        above = other.heading
        if above.is_table_title:
            return True
        if heading.parts and above.parts:
            return len(heading.parts) > len(above.parts) and heading.parts[: len(above.parts)] == above.parts
        if heading.level is not None and above.level is None and above.style[:1] in (("row",), ("column",)):
            return False
        both_units = heading.rank is not None and above.rank is not None and (heading.rank >= 10) == (above.rank >= 10)
        if both_units and heading.rank != above.rank:
            return heading.rank > above.rank
        if both_units:
            return False
        if heading.level is not None and above.level is not None and heading.level != above.level:
            return heading.level > above.level
        if _code_style(heading) != _code_style(above) and above.style[:1] == heading.style[:1]:
            return not self._closes(heading, other)
        if heading.style[:1] == ("column",) or above.style[:1] == ("column",):
            return heading.style > above.style if heading.style[:1] == above.style[:1] else heading.style[:1] == ("column",)
        if heading.run[0] > 1:
            return above is self._last_heading() or heading.style != above.style
        if heading.style == above.style:
            # Alike, after activities: a sister, unless runs of headings showed that this one opens a wider level.
            return heading.run[1] == 1 and other.parent is None and self._has_deeper(other, heading)
        return not self._closes(heading, other)

    def _last_heading(self) -> Heading | None:
        return self.sections[-1].heading if self.sections else None

    def _closes(self, heading: Heading, other: Section) -> bool:
        """Whether an earlier section of the same look lay above `other`: then the new one closes it."""
        line = _line_of(other)[:-1]
        return any(s.heading.style == heading.style and _code_style(s.heading) == _code_style(heading) for s in line)

    def _has_deeper(self, other: Section, heading: Heading) -> bool:
        return any(s.parent is other and s.heading.style == heading.style for s in self.sections)


def _line_of(section: Section | None) -> list[Section]:
    out: list[Section] = []
    while section is not None:
        out.insert(0, section)
        section = section.parent
    return out


def _code_style(heading: Heading) -> str:
    if not heading.code:
        return ""
    if heading.code[:1].isdecimal():
        return "number"
    return "roman" if heading.code.isascii() and roman_value(heading.code) else "letter"


def number_sections(sections: list[Section], taken: set[str]) -> list[tuple[Section, str]]:
    """Give every section a unique code; returns those whose printed number had to be changed, with that number.

    `taken` are numbers the activities bear. A printed number stays; a second one like it is put under its parent's
    (C.1); a section without number gets the next free one, a letter at the top where numbers stand below.
    """
    changed: list[tuple[Section, str]] = []
    used = set(taken)
    printed = {s.heading.code for s in sections if s.heading.code}
    letters_on_top = any(s.heading.is_table_title for s in sections) and any(c[:1].isdecimal() for c in printed | taken)
    for section in sections:
        code = section.heading.code
        if code and code not in used:
            section.code = code
            used.add(code)
    for section in sections:
        if section.code:
            continue
        code = section.heading.code
        base = section.parent.code if section.parent else ""
        composed = f"{base}.{code}" if base and code else ""
        if composed and composed not in used:
            section.code = composed
            changed.append((section, code))
        else:
            section.code = _next(base, used, letters_on_top and not base)
            section.made = True
            if code:
                changed.append((section, code))
        used.add(section.code)
    return changed


def _next(base: str, used: set[str], letter: bool) -> str:
    for number in range(1, 10_000):
        own = chr(64 + number) if letter and number <= 26 else str(number)
        code = f"{base}.{own}" if base else own
        if code not in used:
            return code
    raise ValueError("more than 9,999 sections")


def same(one: str, other: str) -> bool:
    """Whether two texts are the same but for white space and trailing marks."""
    return compare(one) == compare(other)
