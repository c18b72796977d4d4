"""Blocks to a plan: the one interpreter behind every format."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from . import cells as inside
from .blocks import Block
from .bodies import split_bodies
from .columns import Layout, Override
from .dates import due_dates, is_time_phrase, years_in
from .events import Activity, IndicatorCell, Result, Row
from .model import PlanRead, Warn
from .rules import PLAN_WORD
from .sections import Heading, Section, Tree, kind_of, number_sections
from .shape import shape
from .walk import Walk
from .words import compare, squeeze


def interpret(blocks: list[Block], columns: dict | None = None, name: str = "", format: str = "") -> PlanRead:
    """The plan that the blocks hold. `columns` is a person's word on columns (see `columns.Override`)."""
    walk = Walk(blocks, Override(columns))
    walk.run()
    return _Builder(walk, name, format).build()


_WORD = re.compile(r"[^\W_]{2,}")
_IN_TEXT = re.compile(r"\(([^()]{4,40})\)$")


class _Builder:
    def __init__(self, walk: Walk, name: str, format: str):
        self.walk = walk
        self.plan = PlanRead(name=name, format=format, warnings=list(walk.warnings))
        self.tree = Tree()
        self.told_bracket = False
        self.placed: list[tuple[Activity, Section | None]] = []

    def build(self) -> PlanRead:
        self._title()
        self._place()
        self._number()
        for activity, section in self.placed:
            self.plan.activities.append(self._activity(activity, section))
        self._sections()
        self._columns()
        self._rows()
        self.plan.published = shape(self.walk, {place.text(): s.code for s in self.tree.sections for place in s.places})
        self._audit()
        self._tell()
        return self.plan

    def _warn(self, where: str, what: str, kind: str, **params: Any) -> None:
        self.plan.warnings.append(Warn(where, what, kind, params))

    # --- title and year ---

    def _title(self) -> None:
        front = self.walk.front
        chosen = next((b for b in front if PLAN_WORD.search(b.text)), front[0] if front else None)
        if chosen is not None:
            self.plan.title = squeeze(chosen.text)
            for block in front:
                if block is not chosen and not is_time_phrase(block.text) and (block.bold or block.level is not None or len(block.text) <= 120):
                    self.plan.organisation.append(squeeze(block.text))
        elif self.walk.events and isinstance(self.walk.events[0], Heading):
            titles = [e.title for e in self.walk.events if isinstance(e, Heading) and e.is_table_title]
            self.plan.title = titles[0] if titles else ""
        self.plan.year = self._year()

    def _year(self) -> int | None:
        texts = [self.plan.title, *[b.text for b in self.walk.front]]
        for text in texts:
            years = years_in(text)
            if years:
                if len(years) > 1:
                    self._warn("title", f"the title names several years; {years[0]} was taken", "years", years=years)
                return years[0]
        activities = [e for e in self.walk.events if isinstance(e, Activity)]
        years = [y for a in activities for d in a.deadlines for y in years_in(d)]
        if years:
            year = max(sorted(set(years)), key=years.count)
            self._warn("title", f"no heading names the year; {year}, the deadlines' most frequent one, was taken", "year_guessed", year=year)
            return year
        return None

    # --- sections ---

    def _place(self) -> None:
        self._runs()
        for event in self.walk.events:
            if isinstance(event, Heading):
                self.tree.add(event)
            elif isinstance(event, Result):
                section, _ = self.tree.add(event.heading)
                section.indicators.extend(event.indicators)
                section.extra.update(event.extra)
            else:
                self.placed.append((event, self._section_of(event)))

    def _runs(self) -> None:
        """Number headings within each run that no activity interrupts."""
        run: list[Heading] = []
        for event in [*self.walk.events, None]:
            if isinstance(event, Heading):
                run.append(event)
                continue
            for position, heading in enumerate(run, 1):
                heading.run = (position, len(run))
            run = []

    def _section_of(self, activity: Activity) -> Section | None:
        """The open section; where the activity's number names another section that exists, told."""
        current = self.tree.current
        code = activity.code
        if "." not in code:
            return current
        prefix = code.rpartition(".")[0]
        if current is None or current.heading.code == prefix:
            return current
        named = next((s for s in reversed(self.tree.sections) if s.heading.code == prefix), None)
        if named is None or named in _above(current) or current in _above(named):
            return named if named is not None and current in _above(named) else current
        self._warn(
            activity.place.text(),
            f"activity {code} stands under {current.heading.code or current.heading.title}, not under {prefix}",
            "code_elsewhere", code=code,
        )  # fmt: skip
        return current

    def _lost_zeros(self) -> None:
        """`1.1` after `1.9`, where 1.1 is already taken: a spreadsheet took 1.10 for a number and dropped its zero."""
        seen: set[str] = set()
        before = ""
        for activity, _ in self.placed:
            head, _, last = before.rpartition(".")
            if activity.code in seen and last.endswith("9") and last.isdecimal():
                whole = f"{head}.{int(last) + 1}"
                if whole.rstrip("0") == activity.code and whole not in seen:
                    self._warn(
                        activity.place.text(),
                        f"the number {activity.code} follows {before}: it was read as {whole}, its zero lost by the spreadsheet",
                        "code_zero", old=activity.code, new=whole,
                    )  # fmt: skip
                    activity.code = whole
            seen.add(activity.code)
            before = activity.code

    def _number(self) -> None:
        self._lost_zeros()
        printed = {a.code for a, _ in self.placed if a.code}
        for section, code in number_sections(self.tree.sections, set()):
            self._warn(
                section.places[0].text(),
                f"the number {code} is used twice; this section was given {section.code}",
                "section_number", old=code, new=section.code,
            )  # fmt: skip
        taken = {s.code for s in self.tree.sections} | printed
        seen: set[str] = set()
        counts = Counter(a.code for a, _ in self.placed if a.code)
        self.repeats = {code for code, count in counts.items() if count > 1}
        self.by_code: dict[str, list[Activity]] = defaultdict(list)
        for activity, section in self.placed:
            activity.section, activity.printed = section, activity.code
            self.by_code[activity.code].append(activity)
        last_made: dict[str, int] = {}
        for activity, section in self.placed:
            activity.made = not activity.code
            if activity.made:
                activity.code = self._free(section, taken, last_made)
            elif section is not None and self.repeats and self._starts_anew(activity, section):
                self._renumber(activity, section, taken)
            if activity.code in seen:
                self._warn(activity.place.text(), f"the number {activity.code} is used by two activities", "code_twice", code=activity.code)
            seen.add(activity.code)
            taken.add(activity.code)

    def _starts_anew(self, activity: Activity, section: Section) -> bool:
        """Whether an activity's number is one of those that start anew in each section.

        Of two that clash, a number drawn by the word processor gives way to one that was typed.
        """
        code = activity.printed
        if code.startswith(section.code + "."):
            return False
        if code not in self.repeats:
            return code.isdecimal() and any(other.isdecimal() for other in self.repeats)
        clashing = [a for a in self.by_code[code] if a is not activity][:100]
        if all(a.section is section for a in clashing):
            return False
        return activity.automatic or all(not a.automatic for a in clashing)

    def _renumber(self, activity: Activity, section: Section, taken: set[str]) -> None:
        """Numbers that start anew in each section get the section's number before them."""
        own = section.heading.code
        rest = activity.code.removeprefix(own + ".") if own else activity.code
        composed = next((c for c in (f"{section.code}.{rest}", f"{section.code}.{activity.code}") if c not in taken), None)
        if composed is None:
            return
        if not any(w.code == "activity_numbers" for w in self.plan.warnings):
            self._warn(
                activity.place.text(),
                f"activities are numbered anew in each section: {activity.code} became {composed}, the others likewise",
                "activity_numbers", old=activity.code, new=composed,
            )  # fmt: skip
        activity.code = composed

    @staticmethod
    def _free(section: Section | None, taken: set[str], last_made: dict[str, int]) -> str:
        base = f"{section.code}." if section is not None else ""
        number = last_made.get(base, 0) + 1
        while f"{base}{number}" in taken:
            number += 1
        last_made[base] = number
        return f"{base}{number}"

    def _sections(self) -> None:
        for section in self.tree.sections:
            heading = section.heading
            indicators = self._split_all(section.indicators, section.heading.code)
            self.plan.sections.append(
                {
                    "code": section.code,
                    "title": squeeze(heading.title).rstrip(" :"),
                    "parent": section.parent.code if section.parent else None,
                    "kind": heading.kind,
                    "made": section.made,
                    "indicators": indicators,
                    "extra": {key: _lined(text) for key, text in section.extra.items()},
                    "source": _places([*section.places, *[p for c in section.indicators for p in c.places]]),
                }
            )
        used = {id(section) for _, section in self.placed} | {id(s.parent) for s in self.tree.sections}
        for section in self.tree.sections:
            if id(section) not in used and not section.indicators and not section.heading.is_table_title:
                self._warn(
                    section.places[0].text(), f"the heading {section.code} has nothing under it; perhaps it is an activity",
                    "empty_section", code=section.code, text=section.heading.title,
                )  # fmt: skip
        with_indicators = [s for s in self.plan.sections if s["indicators"]]
        if with_indicators:
            count = sum(len(s["indicators"]) for s in with_indicators)
            self._warn(
                with_indicators[0]["source"][0],
                f"{count} indicators belong to results, not to activities; they were kept with their {len(with_indicators)} sections",
                "result_indicators", n=count, sections=len(with_indicators),
            )  # fmt: skip

    # --- activities ---

    def _activity(self, activity: Activity, section: Section | None) -> dict[str, Any]:
        layout = activity.layout
        where = activity.places[0].text()
        deadline = self._deadline(activity, layout)
        partners, responsible = self._bodies(activity, "partners", where), self._bodies(activity, "responsible", where)
        out: dict[str, Any] = {
            "code": activity.code,
            "section": section.code if section else None,
            "text": inside.one_line(activity.text),
            "deadline": deadline,
            "due": due_dates(deadline, self.plan.year),
            "partners": partners,
            "responsible": responsible,
            "comments": "\n".join(inside.one_line(activity.values.get(i, "")) for i in layout.of("comments") if activity.values.get(i)),
            "indicators": [],
            "extra": self._extra(activity, layout),
            "made": activity.made,
            "source": _places(activity.places),
        }
        for cell in activity.indicators:
            first_deadline = activity.deadlines[0] if activity.deadlines else ""
            if compare(cell.deadline) == compare(first_deadline):
                cell.deadline = ""
        out["indicators"] = self._split_all(activity.indicators, activity.printed)
        if not out["text"]:
            self._warn(where, f"activity {activity.code} has no text", "no_text", code=activity.code)
        return out

    def _deadline(self, activity: Activity, layout: Layout) -> str:
        texts = ["; ".join(map(squeeze, inside.lines_of(activity.values[i]))) if i in activity.added else squeeze(activity.values[i])
                 for i in layout.of("deadline") if activity.values.get(i)]  # fmt: skip
        starts = [squeeze(activity.values[i]) for i in layout.of("start") if activity.values.get(i)]
        if starts and texts and compare(starts[0]) != compare(texts[0]):
            texts = [f"{starts[0]} – {texts[0]}", *texts[1:]]
        if not texts and not layout.of("deadline") and not layout.of("mark"):
            bracket = _IN_TEXT.search(squeeze(activity.text).rstrip(" .;"))
            if bracket and due_dates(bracket.group(1), self.plan.year):
                if not self.told_bracket:
                    self.told_bracket = True
                    self._warn(activity.place.text(), "no column holds deadlines; those in brackets in the activities' texts were taken", "deadline_in_text")
                texts = [bracket.group(1)]
        marks = [layout.columns[i].header.split(" / ") for i in layout.of("mark") if activity.values.get(i)]
        if marks:
            texts.append("; ".join(_mark(parts) for parts in marks))
        return "; ".join(dict.fromkeys(texts)) if texts else "".join(starts)

    def _bodies(self, activity: Activity, role: str, where: str) -> list[str]:
        bodies: list[str] = []
        for index in activity.layout.of(role):
            found, doubts = split_bodies(activity.values.get(index, ""))
            bodies.extend(found)
            for doubt in doubts:
                self._warn(where, f"bodies between commas were left as one, since the commas may belong to the name: {doubt}", "bodies_comma", text=doubt)
        return list(dict.fromkeys(bodies))

    def _extra(self, activity: Activity, layout: Layout) -> dict[str, str]:
        extra: dict[str, str] = {}
        for column in layout.columns:
            text = activity.values.get(column.index, "")
            # A chart column's mark is told by the deadline; a text in it is kept.
            if not text or (column.role not in ("", "other", "result") and not (column.role == "mark" and len(text) > 3)):
                continue
            key = column.header or f"column {column.index + 1}"
            key = key if key not in extra else f"{key} ({column.index + 1})"
            extra[key] = _lined(text)
        for index, text in activity.values.items():
            if index >= len(layout.columns) and text:
                extra[f"column {index + 1}"] = squeeze(text)
        return extra

    def _split_all(self, cells: list[IndicatorCell], code: str) -> list[dict[str, Any]]:
        """The indicators of all cells of one activity or result; a time over the first holds for the rest."""
        out: list[dict[str, Any]] = []
        lead = ""
        for cell in cells:
            found, lead = self._split(cell, code, lead)
            out.extend(found)
        return out

    def _split(self, cell: IndicatorCell, code: str, lead: str) -> tuple[list[dict[str, Any]], str]:
        split = inside.split_indicators(cell.text, code, lead)
        where = cell.place.text()
        for doubt, what, params in split.doubts:
            self._warn(where, what, doubt, **params, text=squeeze(cell.text)[:300])
        return [
            {
                "label": item.label,
                "text": item.text,
                "lead": item.lead,
                "deadline": cell.deadline,
                "due": due_dates(cell.deadline or item.lead, self.plan.year),
                "source": _places(cell.places or [cell.place]),
            }
            for item in split.items
        ], split.lead

    # --- the import page's side ---

    def _columns(self) -> None:
        seen = set()
        for number, (layout, header_row) in enumerate(self.walk.layouts):
            rows = [r for r in self.walk._rows() if r.layout is layout and not r.is_header and len(r.filled()) > 1]
            for column in layout.columns:
                key = (column.index, column.header, column.role)
                if key in seen or not (column.header or any(r.text(column.index) for r in rows)):
                    continue
                seen.add(key)
                sample = next((squeeze(r.text(column.index)) for r in rows if r.text(column.index)), "")
                self.plan.columns.append(
                    {"header": column.header, "role": column.role, "index": column.index, "sample": sample[:120],
                     "table": number + 1, "where": header_row.place.text()}
                )  # fmt: skip
                if not column.role:
                    self._warn(
                        header_row.place.text(),
                        f"the column “{column.header or column.index + 1}” was not recognised; it is kept under its own header",
                        "column_unknown", header=column.header, index=column.index,
                    )  # fmt: skip

    def _rows(self) -> None:
        for item in self.walk.items:
            if isinstance(item, Row):
                activity = item.activity.code if item.activity else None
                cells = [squeeze(c.text.replace("\x0b", " ")) for c in item.cells]
                self.plan.rows.append({"place": item.place.text(), "kind": item.kind, "activity": activity, "cells": cells})
            elif item.text:
                self.plan.rows.append({"place": item.place.text(), "kind": "paragraph", "activity": None, "cells": [item.text]})

    def _audit(self) -> None:
        """The last net: a cell with a word that is found nowhere in the plan or its warnings is told."""
        kept = set()
        for text in _strings([self.plan.sections, self.plan.activities, self.plan.title, self.plan.organisation,
                              [(w.what, w.params) for w in self.plan.warnings], [a.printed for a, _ in self.placed]]):  # fmt: skip
            kept.update(_WORD.findall(text))
        for row in self.walk._rows():
            if row.kind not in ("activity", "indicator", "continuation"):
                continue
            marks = row.layout.of("mark") if row.layout else []
            for index in row.filled():
                text = squeeze(row.cells[index].text)
                missing = {word for word in _WORD.findall(text) if word not in kept and not kind_of(word)[0]}
                if (index in marks and len(text) <= 3) or not missing:
                    continue
                header = row.layout.columns[index].header if row.layout and index < len(row.layout.columns) else ""
                self._warn(row.place.text(), f"a cell{f' of the column “{header}”' if header else ''} was not placed: {text[:300]}",
                           "not_placed", header=header, text=text[:300])  # fmt: skip

    def _tell(self) -> None:
        """What is missing as a whole."""
        rows = self.walk._rows()
        if any(not row.block.sure for row in rows):
            self._warn(rows[0].place.text(), "the table has no lines: its cells were told apart by where the words stand; check them", "unruled")
        if not rows:
            self._warn("the document", "the document has no table: no activity could be read", "no_table")
        elif not self.walk.layouts:
            self._warn(rows[0].place.text(), "no header was recognised: name the columns", "no_header_found")
        elif not self.plan.activities and not any(s["indicators"] for s in self.plan.sections):
            self._warn(rows[0].place.text(), "the tables hold no activity", "no_activities")


def _above(section: Section | None) -> list[Section]:
    out = []
    while section is not None:
        out.append(section)
        section = section.parent
    return out


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from _strings(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _strings(item)


def _lined(text: str) -> str:
    return "\n".join(filter(None, (squeeze(line.lstrip("\x0b")) for line in text.split("\n"))))


def _places(places: list) -> list[str]:
    return list(dict.fromkeys(p.text() for p in places))


def _mark(parts: list[str]) -> str:
    """A chart column's header as a deadline: the time, with the year of the header above it where it has one."""
    *above, time = parts
    years = [y for part in above for y in years_in(part)]
    return f"{time} {years[0]}" if len(years) == 1 and not years_in(time) else time
