"""What a template may use: the words of each report as plain groups, lists and texts, and what each of them means.

The shapes below are the promise; context() fills them, and the tests hold each report against them. A template gets words that are ready to
be read: figures written as the language writes them, days as day.month.year.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from gegma.kernel.numbers import day, number, percent
from gegma.reports.catalogue.layout import table_of, worded
from gegma.reports.text import cleaned
from gegma.reports.words import Words

PROGRESS = "progress"
# Columns of a table are c1, c2 … by their place; so many a template may name.
COLUMNS_MAX = 16


@dataclass(frozen=True)
class Text:
    """A text, with what it means."""

    means: Any

    def plain(self) -> dict[str, Any]:
        """The shape for the checker."""
        return {"kind": "text"}


@dataclass(frozen=True)
class Group:
    """Fields by name."""

    fields: Mapping[str, Any]
    means: Any = ""

    def plain(self) -> dict[str, Any]:
        """The shape for the checker."""
        return {"kind": "group", "fields": {name: one.plain() for name, one in self.fields.items()}}


@dataclass(frozen=True)
class Many:
    """A list. each: what one of it is called in a loop. rows: whether a loop over it makes rows of a table."""

    means: Any
    of: Any
    each: str
    rows: bool = False

    def plain(self) -> dict[str, Any]:
        """The shape for the checker."""
        return {"kind": "list", "of": self.of.plain()}


FRONT: dict[str, Any] = {
    "title": Text(_("title of the report")),
    "subtitle": Text(_("what stands under the title: the period in words, or whom the report is about")),
    "organisation": Many(_("the organisation, line by line"), Text(_("a line")), "line"),
    "period": Group({"words": Text(_("the period in words")), "from": Text(_("its first day")), "to": Text(_("its last day"))}),
    "made_on": Text(_("day on which the report was made")),
    "address": Text(_("where the report stands in the system")),
}


def _table(names: Mapping[str, Any]) -> Group:
    cells = {f"c{n}": Text(_("column %(n)s") % {"n": n}) for n in range(1, COLUMNS_MAX + 1)}
    named = {name: Text(label) for name, label in names.items() if name not in cells and name not in ("cells", "tone")}
    row = Group({"cells": Many(_("all cells of the row"), Text(_("a cell")), "cell"), **cells, **named})
    return Group({
        "title": Text(_("title of the table")),
        "columns": Many(_("headers of its columns"), Text(_("a header")), "column"),
        "rows": Many(_("its rows"), row, "row", rows=True),
        "total": Many(_("cells of the last row, which adds up; none where there is no such row"), Text(_("a cell")), "cell"),
        "more": Text(_("how many rows were left out, in words; empty where none")),
    })  # fmt: skip


def paper_shape(names: Mapping[str, Any]) -> Group:
    """The shape of the reports of the catalogue. names: of columns that are fields of a register, with their labels."""
    table, figure = _table(names), Group({"label": Text(_("what is counted")), "value": Text(_("the figure"))})
    part = Group({
        "heading": Text(_("heading of the chapter; empty for what stands before the first")),
        "texts": Many(_("paragraphs"), Text(_("a paragraph")), "text"),
        "points": Many(_("points of lists"), Text(_("a point")), "point"),
        "figures": Many(_("key figures of the chapter"), figure, "figure"),
        "tables": Many(_("tables of the chapter, with those of its charts"), table, "table"),
    })  # fmt: skip
    return Group({
        **FRONT,
        "facts": Many(_("what stands on the first page: period, filters, for whom it was made"), Group({"label": Text(_("name of the fact")), "text": Text(_("the fact"))}), "fact"),
        "figures": Many(_("all key figures"), figure, "figure"),
        "parts": Many(_("chapters, in their order"), part, "part"),
        "tables": Many(_("all tables, in their order"), table, "table"),
    })  # fmt: skip


_STATUS = Group({"label": Text(_("the status")), "count": Text(_("how many activities have it")), "share": Text(_("their share"))})
_ACTIVITY = Group({
    "code": Text(_("number of the activity")), "text": Text(_("the activity, as in the plan")), "deadline": Text(_("deadline, as in the plan")),
    "partners": Many(_("other bodies, as in the plan"), Text(_("a body")), "partner"), "comments": Text(_("comments, as in the plan")),
    "owner": Text(_("unit that answers for it")), "responsible": Many(_("people who answer for it"), Text(_("a name")), "person"),
    "status": Text(_("status of implementation")), "result": Text(_("result reached, in per cent")),
    "done": Text(_("what was done, as reported")), "declared": Text(_("declared status")), "assessed": Text(_("assessed status")),
    "difference": Text(_("why the statuses differ")),
    "steps": Many(_("steps"), Group({"text": Text(_("the step")), "due": Text(_("due on")), "done_on": Text(_("done on"))}), "step"),
    "indicators": Many(_("indicators"), Group({
        "label": Text(_("letter of the indicator")), "text": Text(_("the indicator, as in the plan")), "value": Text(_("its figures, with their names where there are several")),
        "target": Text(_("target")), "progress": Text(_("result reached, in per cent")), "status": Text(_("status of the indicator")),
    }), "indicator", rows=True),
})  # fmt: skip
PROGRESS_SHAPE = Group({
    **FRONT,
    "plan": Group({"title": Text(_("title of the plan")), "columns": Many(_("headers of the plan's own columns"), Text(_("a header")), "column")}),
    "activities": Text(_("number of activities")), "indicators": Text(_("number of indicators")),
    "sentences": Many(_("the summary in sentences"), Text(_("a sentence")), "sentence"),
    "statuses": Many(_("activities by status"), _STATUS, "status", rows=True),
    "divisions": Many(_("divisions"), Group({
        "code": Text(_("number of the division")), "title": Text(_("its name")), "owner": Text(_("unit that answers for it")),
        "activities": Text(_("number of activities")), "indicators": Text(_("number of indicators")), "progress": Text(_("mean result, in per cent")),
        "sentence": Text(_("its summary in a sentence")), "statuses": Many(_("its activities by status"), _STATUS, "status", rows=True),
    }), "division", rows=True),
    "sections": Many(_("sections of the plan, in their order"), Group({
        "code": Text(_("number of the section")), "title": Text(_("its title")), "activities": Many(_("its activities"), _ACTIVITY, "activity", rows=True),
    }), "section"),
    "evidence": Many(_("figures with the records behind them"), Group({
        "activity": Text(_("number of the activity")), "measure": Text(_("what is counted")), "register": Text(_("register")), "definition": Text(_("what counts, in words")),
        "records": Many(_("records that count"), Group({
            "number": Text(_("number of the record")), "title": Text(_("title")), "date": Text(_("day")), "state": Text(_("state")), "files": Text(_("names of its files")),
        }), "record", rows=True),
    }), "entry"),
})  # fmt: skip


# -- contexts ----------------------------------------------------------------------------------------------------------


def names_of(paper: dict) -> dict[str, str]:
    """The columns of a paper that are fields of a register: name → label."""
    return {c["name"]: c["label"] for block in paper["blocks"] if block["block"] == "table" for c in block["columns"] if c.get("name")}


def of_paper(paper: dict, period) -> dict[str, Any]:
    """The words of a report of the catalogue."""
    paper = cleaned(paper)
    lang = paper["lang"]
    parts: list[dict] = []
    for block in paper["blocks"]:
        if block["block"] == "heading" or (block["block"] == "line" and block["style"] == "heading") or not parts:
            heading = block["text"] if block["block"] in ("heading", "line") and block.get("style") != "text" else ""
            parts.append({"heading": heading, "texts": [], "points": [], "figures": [], "tables": []})
            if heading:
                continue
        _put(parts[-1], block, lang)
    return {
        **_front(paper, period, next((words for _label, words in paper["facts"] if words.startswith("http")), "")),
        "facts": [{"label": label, "text": words} for label, words in paper["facts"]],
        "figures": [figure for part in parts for figure in part["figures"]], "parts": parts,
        "tables": [table for part in parts for table in part["tables"]],
    }  # fmt: skip


def _front(made: dict, period, address: str) -> dict[str, Any]:
    return {
        "title": made["title"], "subtitle": made.get("subtitle", ""), "organisation": list(made["organisation"]),
        "period": {"words": period.sentence(), "from": day(period.start), "to": day(period.end)}, "made_on": day(made["made_on"]), "address": address,
    }  # fmt: skip


def _put(part: dict, block: dict, lang: str) -> None:
    kind = block["block"]
    if kind in ("text", "line"):
        part["texts"] += [line for line in block["text"].split("\n") if line.strip()]
    elif kind == "list":
        part["points"] += block["items"]
    elif kind == "figures":
        empty = Words(lang)["no_value"]
        part["figures"] += [{"label": i["label"], "value": worded(i["value"], i["kind"], lang)[0] or empty} for i in block["items"]]
    elif kind == "chart":
        if table := table_of(block):
            part["tables"].append(_filled(table, lang))
    elif kind == "table":
        part["tables"].append(_filled(block, lang))
    elif kind == "grid":
        part["tables"].append(_printed(block))


def _filled(block: dict, lang: str) -> dict[str, Any]:
    kinds, names = [c["kind"] for c in block["columns"]], [c.get("name") for c in block["columns"]]
    rows = []
    for row in block["rows"]:
        cells = [worded(value, kind, lang)[0] for value, kind in zip(row, kinds, strict=True)]
        rows.append(_row(cells, names))
    total = [worded(value, kind, lang)[0] for value, kind in zip(block["total"], kinds, strict=True)] if block["total"] else []
    return {"title": block["title"], "columns": [c["label"] for c in block["columns"]], "rows": rows, "total": total, "more": ""}


def _row(cells: list[str], names: list[str | None]) -> dict[str, Any]:
    by_place = {f"c{n}": cells[n - 1] if n <= len(cells) else "" for n in range(1, COLUMNS_MAX + 1)}
    return {"cells": cells, **by_place, **{name: cell for name, cell in zip(names, cells, strict=False) if name and name not in by_place and name != "cells"}}


def _printed(block: dict) -> dict[str, Any]:
    """A table with merged cells: a cell that is covered is empty."""
    rows = [[cell.get("text", "") for cell in row["cells"]] for row in block["rows"] if row["kind"] != "head"]
    heads = next(([cell.get("text", "") for cell in row["cells"]] for row in block["rows"] if row["kind"] == "head"), [])
    return {"title": block["name"], "columns": heads, "rows": [_row(cells, []) for cells in rows], "total": [], "more": ""}


def filled_in(context: dict[str, Any], shape: Group) -> dict[str, Any]:
    """The context with every name that the shape promises: a row of one table has no field of another's, and says so by an empty text."""
    return _whole(context, shape)


def _whole(value: Any, shape: Any) -> Any:
    if isinstance(shape, Group):
        return {name: _whole(value[name], one) if name in value else "" for name, one in shape.fields.items()}
    if isinstance(shape, Many):
        return [_whole(one, shape.of) for one in value]
    return value


def of_progress(context: dict, period) -> dict[str, Any]:
    """The words of the progress report of a plan."""
    context = cleaned(context)
    lang, summary = context["lang"], context["summary"]
    count = lambda value: number(value, lang)  # noqa: E731
    return {
        **_front(context, period, context.get("address", "")),
        "plan": {"title": context["plan"]["title"], "columns": list(context["plan"]["columns"])},
        "activities": count(summary["activities"]), "indicators": count(summary["indicators"]), "sentences": list(summary["sentences"]),
        "statuses": _statuses(summary["by_status"], lang),
        "divisions": [
            {
                **{name: d[name] for name in ("code", "title", "owner", "sentence")}, "activities": count(d["activities"]), "indicators": count(d["indicators"]),
                "progress": percent(d["progress"], lang), "statuses": _statuses(d["by_status"], lang),
            }
            for d in context["divisions"]
        ],
        "sections": [{"code": s["code"], "title": s["title"], "activities": [_activity(a, lang) for a in s["activities"]]} for s in context["sections"]],
        "evidence": [
            {
                "activity": e["activity"], "measure": " ".join(filter(None, [e["indicator"], e["measure"]])), "register": e["register"], "definition": e["definition"],
                "records": [{**{n: r[n] or "" for n in ("number", "title", "state")}, "date": day(r["date"]), "files": ", ".join(r["evidence"])} for r in e["rows"]],
            }
            for e in context["annex"]
        ],
    }  # fmt: skip


def _statuses(found: list[dict], lang: str) -> list[dict]:
    total = sum(one["count"] for one in found)
    return [{"label": one["label"], "count": number(one["count"], lang), "share": percent(100 * one["count"] / total, lang) if total else ""} for one in found]


def _activity(a: dict, lang: str) -> dict[str, Any]:
    told, result = a.get("update") or {}, a["verdicts"].get("result") or {}
    return {
        **{name: a[name] for name in ("code", "text", "deadline", "comments", "owner")}, "partners": list(a["partners"]), "responsible": list(a["responsible"]),
        "status": a["status"]["label"], "result": percent(result.get("percent"), lang), "done": a["narrative"] or "",
        "declared": (told.get("declared") or {}).get("label", ""), "assessed": (told.get("assessed") or {}).get("label", ""), "difference": told.get("difference", ""),
        "steps": [{"text": s["text"], "due": day(s["due"]), "done_on": day(s["done_on"])} for s in a["steps"]],
        "indicators": [
            {
                "label": i["label"], "text": i["text"], "value": _figures(i), "target": i["target_text"], "progress": percent(i["progress"], lang),
                "status": (i["status"] or {}).get("label", ""),
            }
            for i in a["indicators"]
        ],
    }  # fmt: skip


def _figures(indicator: dict) -> str:
    readings = indicator["readings"]
    if len(readings) < 2:
        return indicator["value_text"]
    return "; ".join(f"{r['name']} – {r['value_text']}" for r in readings)


# -- the page of fields ------------------------------------------------------------------------------------------------


# The page names the first three columns of a table; the others go on by their numbers.
_FURTHER = {f"c{n}" for n in range(4, COLUMNS_MAX + 1)}


@dataclass(frozen=True)
class Line:
    """A field as the page lists it: depth of loops, name as written in a tag, meaning, example; loop: the snippet to copy for a list."""

    depth: int
    name: str
    means: Any
    example: str
    loop: str = ""


def lines(shape: Group, context: dict[str, Any]) -> list[Line]:
    """Every field of a shape, with examples from a context."""
    return list(_lines(shape, context, "", 0))


def _lines(shape: Any, value: Any, name: str, depth: int) -> Iterator[Line]:
    if isinstance(shape, Text):
        yield Line(depth, name, shape.means, _short(value))
    elif isinstance(shape, Group):
        for key, inner in shape.fields.items():
            if key in _FURTHER:
                continue
            yield from _lines(inner, value.get(key) if isinstance(value, dict) else None, f"{name}.{key}" if name else key, depth)
    else:
        found = value if isinstance(value, list) else []
        fullest = max(found, key=lambda one: len(str(one)), default=None)
        yield Line(depth, name, shape.means, str(len(found)), snippet(shape, name))
        if not isinstance(shape.of, Text):  # the loop shows how a list of texts is said
            yield from _lines(shape.of, fullest, shape.each, depth + 1)


def _short(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= 120 else text[:119] + "…"


def snippet(shape: Many, name: str) -> str:
    """A loop over a list, ready to be copied: paragraphs, or the rows of a table."""
    if isinstance(shape.of, Text):
        return f"{{% for {shape.each} in {name} %}}{{{{ {shape.each} }}}}{{% if not loop.last %}}, {{% endif %}}{{% endfor %}}"
    texts = [key for key, inner in shape.of.fields.items() if isinstance(inner, Text)][:3]
    prefix = "tr" if shape.rows else "p"
    said = (" | " if shape.rows else " ").join(f"{{{{ {shape.each}.{key} }}}}" for key in texts)
    return f"{{%{prefix} for {shape.each} in {name} %}}\n{said}\n{{%{prefix} endfor %}}"
