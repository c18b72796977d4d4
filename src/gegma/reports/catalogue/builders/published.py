"""The plan's own table as it was published, with the results of the period beside it.

The printed table was kept when the plan was read from its file (plan.models.PublishedTable). A cell stands as printed as long as the
record still says so; what a person has worded anew since, or the other language, is put together from the records.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gegma.kernel.text import fold, language, pick, shorten
from gegma.plan import board as boards
from gegma.plan import cycle
from gegma.plan.models import Plan, UpdateState

from .. import paper
from ..base import Ask, Paper, Param, Report

# Of an accepted report so much is said here; the progress report has the whole.
WORDS_MAX = 400
WEIGHTS = {"code": 0.5, "section": 1.2, "activity": 2.4, "indicator": 2.8, "deadline": 1.0, "start": 0.8, "partners": 1.7, "responsible": 1.4, "mark": 0.5}
RESULT_WEIGHTS = (1.9, 1.3, 1.9)
# Where no report was accepted yet, its column is there, but takes no room.
NO_WORDS_WEIGHT = 0.9


def result_headers() -> list[str]:
    """The headers of the columns that are added. A reader of plans must not take one for a column of the plan: see the tests."""
    return [_("Progress in figures"), _("Status of progress"), _("Progress in words")]


def role_words() -> dict[str, str]:
    """What the plan's columns are called where its own headers are in the other language."""
    return {
        "activity": _("Activity"), "indicator": _("Indicator"), "deadline": _("Deadline"), "comments": _("Comments"), "responsible": _("Responsible"),
        "partners": _("Other body / other unit of the Ministry"),
    }  # fmt: skip


def bare(text: str) -> str:
    """A text's letters alone, to see whether two say the same."""
    return re.sub(r"[\W_]", "", fold(text or ""))


def report(ask: Ask) -> Paper:
    """The published table with its results."""
    plan = Plan.objects.filter(key=ask["plan"]).first() if ask["plan"] else Plan.objects.filter(starts_on__lte=ask.period.end).first() or Plan.objects.first()
    if plan is None:
        return Paper([paper.text(_("There is no plan yet."))])
    found = _Table(plan, ask)
    return Paper(found.blocks(), title=pick(plan, "title") or str(plan.key), bare=True)


class _Table:
    """One plan on its way to blocks."""

    def __init__(self, plan: Plan, ask: Ask):
        self.plan = plan
        self.kept = getattr(plan, "published", None)
        self.own = self.kept is not None and self.kept.language == language()
        board = boards.build(plan, ask.period)
        self.sections = {line.section.code: line for line in board.sections}
        self.lines = {line.activity.code: line for line in board.activities}
        updates = cycle.told(plan, ask.period)
        self.updates = {pk: update for pk, update in updates.items() if update.state == UpdateState.ACCEPTED}

    def blocks(self) -> list[dict]:
        """Lines and grids, in the order of the document."""
        made: list[dict] = []
        rows: list[dict] = []
        for item in [*self._with_others(self.kept.content if self.kept else _composed(self.plan, self.lines)), {"kind": "line", "text": ""}]:
            if item["kind"] != "line":
                rows += self._rows(item)
                continue
            made += (paper.grid(self._name(made), *one) for one in _grids(rows, bool(self.updates)))
            rows = []
            if item["text"]:
                made.append(self._line(item))
        return made

    @staticmethod
    def _name(made: list[dict]) -> str:
        return next((block["text"] for block in reversed(made) if block["block"] == "line"), _("Action plan"))

    # -- lines ---------------------------------------------------------------------------------------------------------

    def _line(self, item: dict) -> dict:
        if section := self.sections.get(item["section"]):
            return paper.line(self._heading(item["text"], section), "heading", min(section.level, 4))
        for name, style in (("title", "title"), ("organisation", "organisation")):
            printed = getattr(self.plan, f"{name}_{self.kept.language if self.kept else language()}") or ""
            lines = printed.splitlines()
            if place := next((n for n, one in enumerate(lines, 1) if bare(one) == bare(item["text"])), 0):
                words = pick(self.plan, name).splitlines()
                told = item["text"] if self.own or len(words) != len(lines) else words[place - 1]
                return paper.line(told, style)
        return paper.line(item["text"], "strong" if item["bold"] else "text")

    def _heading(self, printed: str, line: boards.SectionLine) -> str:
        words = pick(line.section, "title")
        if self.own and bare(words) in bare(printed):
            return printed
        return f"{line.section.code}. {words}"

    # -- rows ----------------------------------------------------------------------------------------------------------

    def _with_others(self, content: list[dict]) -> Iterator[dict]:
        """The printed items that still stand, and after those of its section what came to the plan later."""
        printed = {item["code"] for item in content if item["kind"] == "activity"}
        later: dict[str, list[dict]] = defaultdict(list)
        for item in _activities(line for code, line in self.lines.items() if code not in printed and not self._is_of_results(code)):
            later[self.lines[item["code"]].activity.section.code].append(item)
        last = {self.lines[i["code"]].activity.section.code: n for n, i in enumerate(content) if i["kind"] == "activity" and i["code"] in self.lines}
        for number, item in enumerate(content):
            if item["kind"] == "activity" and item["code"] not in self.lines:
                continue
            yield item
            if item["kind"] == "activity" and last[code := self.lines[item["code"]].activity.section.code] == number:
                yield from later.pop(code, [])
        for code, rest in later.items():
            yield {"kind": "line", "text": "–", "bold": True, "section": code}
            yield _header()
            yield from rest

    def _is_of_results(self, code: str) -> bool:
        return code.endswith(".0") and code[:-2] in self.sections and self.kept is not None

    def _rows(self, item: dict) -> list[dict]:
        if item["kind"] == "activity":
            line = self.lines[item["code"]]
            kind, rows, results = "body", self._activity(item["rows"], line), self._results(item["rows"], line)
        else:
            kind = {"header": "head", "section": "section", "title": "section"}.get(item["role"], "body")
            rows, results = [self._other(item, kind)], [self._beside(item, kind)]
        return [{"kind": kind, "cells": [*row, *beside]} for row, beside in zip(rows, results, strict=True)]

    def _other(self, item: dict, kind: str) -> list[dict]:
        cells = [dict(cell) for cell in item["cells"]]
        if kind == "head":
            return [cell if self.own or "up" in cell or not cell["text"] else {**cell, "text": role_words().get(cell["role"], cell["text"])} for cell in cells]
        filled = [cell for cell in cells if cell.get("text")]
        if kind == "section" and len(filled) == 1:
            # Text cannot say that a cell is merged over its row; a heading alone in its row is.
            text, section = filled[0]["text"], self.sections.get(item["section"])
            return [{"text": self._heading(text, section) if section else text, "span": sum(c["span"] for c in cells), "role": ""}]
        return cells

    def _beside(self, item: dict, kind: str) -> list[dict]:
        """What the columns of results hold beside a row that is no activity's."""
        if kind == "head":
            return [{"text": words, "span": 1, "role": "result"} for words in result_headers()]
        line = self.lines.get(f"{item['section']}.0") if item["section"] else None
        if line and item["role"] == "indicator":
            return self._results([item["cells"]], line)[0]
        return [] if kind == "section" else [{"text": "", "span": 1, "role": "result"} for _one in RESULT_WEIGHTS]

    def _activity(self, rows: list[list[dict]], line: boards.ActivityLine) -> list[list[dict]]:
        said = bare("".join(cell.get("text", "") for row in rows for cell in row if cell["role"] == "indicator"))
        whole = self.own and all(bare(pick(i.indicator, "text")) in said for i in line.indicators)
        if not whole:
            return [self._cells(rows[0], line, _indicators(line))]
        return [self._cells(row, line, None) for row in rows]

    def _cells(self, row: list[dict], line: boards.ActivityLine, indicators: str | None) -> list[dict]:
        """A row as the records have it. indicators: their words where the printed ones no longer hold."""
        made, told = [], set()
        for cell in row:
            role = cell["role"]
            first = "up" not in cell and role not in told
            told.add(role)
            if not first:
                made.append({**cell, "text": "" if role == "indicator" and indicators is not None else cell["text"]} if "up" not in cell else cell)
                continue
            words = indicators if role == "indicator" else self._own(cell, line) if cell["text"] or role in ("activity", "deadline", "partners", "comments") else None
            made.append(cell if words is None else {**cell, "text": words})
        return made

    def _own(self, cell: dict, line: boards.ActivityLine) -> str | None:
        """What the record says in a column of the activity's own; None where the printed words say the same."""
        activity, role, printed = line.activity, cell["role"], bare(cell["text"])
        if role == "activity":
            words = pick(activity, "text")
            return None if self.own and bare(words) in printed else f"{activity.code}. {words}"
        if role in ("deadline", "comments"):
            words = getattr(activity, role)
            return None if bare(words) in printed or role == "deadline" and printed and printed in bare(words) else words
        if role == "partners":
            return None if all(bare(body) in printed for body in activity.partners) and (activity.partners or not printed) else "\n".join(activity.partners)
        return None

    # -- results -------------------------------------------------------------------------------------------------------

    def _results(self, rows: list[list[dict]], line: boards.ActivityLine) -> list[list[dict]]:
        """For each row of an activity its figures; the status and the words stand in the first and reach down."""
        count = len(rows) if len(self._activity(rows, line)) > 1 else 1
        figures: list[list[str]] = [[] for _row in range(count)]
        texts = [bare("".join(cell.get("text", "") for cell in row if cell["role"] == "indicator")) for row in rows]
        for item in line.indicators:
            place = next((n for n, text in enumerate(texts[:count]) if bare(pick(item.indicator, "text")) in text), count - 1)
            figures[place].append(_figure(item))
        update = self.updates.get(line.activity.pk)
        words = shorten(" ".join(pick(update, "text").split()), WORDS_MAX) if update else ""
        assessed = cycle.status_of(self.plan, update.assessed) if update else None
        status = assessed or line.status
        first = [{"text": status.label, "tone": status.tone}, {"text": words}]
        made = []
        for number, told in enumerate(figures):
            rest = first if number == 0 else [{"up": True}, {"up": True}]
            made.append([{**cell, "span": 1, "role": "result"} for cell in ({"text": "\n".join(told)}, *rest)])
        return made


def _figure(item: boards.IndicatorLine) -> str:
    """An indicator's figures in one line: its letter, each figure with its name where there are several, the result."""
    parts = [m.text if len(item.measures) == 1 else f"{m.measure} – {m.text}" for m in item.measures]
    label = f"{item.indicator.label}) " if item.indicator.label else ""
    return label + ("; ".join(parts) or "–")


def _indicators(line: boards.ActivityLine) -> str:
    return "\n".join(f"{i.indicator.label}) {pick(i.indicator, 'text')}" if i.indicator.label else pick(i.indicator, "text") for i in line.indicators)


def _grids(rows: list[dict], told: bool) -> Iterator[tuple[list[float], list[dict]]]:
    """Rows as tables: a new one where the columns change, and where a header comes again, with the headings right above it."""
    pending: list[dict] = []
    table: list[dict] = []
    for row in rows:
        width = sum(cell["span"] for cell in row["cells"])
        if row["kind"] == "section":
            pending.append(row)
            continue
        begins = row["kind"] == "head" and any(one["kind"] == "body" for one in table)
        if table and (begins or width != sum(cell["span"] for cell in table[-1]["cells"])):
            yield _grid(table, told)
            table = []
        table += [*pending, row]
        pending = []
    if table or pending:
        yield _grid([*table, *pending], told)


def _grid(rows: list[dict], told: bool) -> tuple[list[float], list[dict]]:
    """(weights of the columns, rows): headings reach over the whole table; what stands on top of it is repeated on each page."""
    full = next((row for row in rows if row["kind"] == "body"), rows[-1])["cells"]
    weights = [(WEIGHTS.get(cell["role"], 1.3) if cell["role"] != "result" else 0) / cell["span"] for cell in full for _one in range(cell["span"])]
    if not weights[-1]:
        weights[-len(RESULT_WEIGHTS):] = RESULT_WEIGHTS if told else (*RESULT_WEIGHTS[:-1], NO_WORDS_WEIGHT)
    head_over, heads_before = False, False
    made = []
    for row in rows:
        cells = [dict(cell) for cell in row["cells"]]
        if row["kind"] == "section":
            cells[-1]["span"] += len(weights) - sum(cell["span"] for cell in cells)
        if row["kind"] == "head" and heads_before:
            cells[-len(RESULT_WEIGHTS):] = [{"up": True, "span": 1, "role": "result"} for _one in RESULT_WEIGHTS]
        heads_before = row["kind"] == "head"
        head_over = head_over or row["kind"] == "body"
        made.append({"kind": row["kind"], "top": not head_over and any(one["kind"] == "head" for one in rows), "cells": cells})
    return weights, made


# -- a plan that was not read from a file ----------------------------------------------------------------------------------


def _header() -> dict:
    roles = ("activity", "indicator", "deadline", "partners", "comments")
    return {"kind": "row", "role": "header", "section": "", "cells": [{"text": role_words()[role], "span": 1, "role": role} for role in roles]}


def _activities(lines: Iterable[boards.ActivityLine]) -> Iterator[dict]:
    for line in lines:
        activity = line.activity
        texts = (
            ("activity", f"{activity.code}. {pick(activity, 'text')}"), ("indicator", _indicators(line)), ("deadline", activity.deadline),
            ("partners", "\n".join(activity.partners)), ("comments", activity.comments),
        )  # fmt: skip
        yield {"kind": "activity", "code": activity.code, "rows": [[{"text": text, "span": 1, "role": role} for role, text in texts]]}


def _composed(plan: Plan, lines: dict[str, boards.ActivityLine]) -> list[dict]:
    """The printed form of a plan that no file is kept of: our five columns under each section."""
    made = [{"kind": "line", "text": text, "bold": True, "section": ""} for text in [*pick(plan, "organisation").splitlines(), pick(plan, "title")] if text]
    for section in plan.sections.order_by("order", "pk"):
        made.append({"kind": "line", "text": str(section), "bold": True, "section": section.code})
        own = [line for line in lines.values() if line.activity.section_id == section.pk]
        if own:
            made += [_header(), *_activities(own)]
    return made


def _plans(user) -> list[tuple[str, str]]:
    return [(plan.key, pick(plan, "title") or plan.key) for plan in Plan.objects.all()]


REPORTS = (
    Report(
        "plan", gettext_lazy("Plan with results"), gettext_lazy("The plan's own table as it was published, with figures, statuses and accepted reports of the period beside it."),
        report, (Param("plan", gettext_lazy("plan"), "choice", options=_plans),), sideways=True,
    ),
)  # fmt: skip
