"""A report of the catalogue made ready to be set: one model for Word and PDF, so that they cannot say different things.

Figures become words, charts become drawings, columns get their widths in mm. Nothing here decides what a report says.
"""

from __future__ import annotations

import re
from typing import Any

from gegma.kernel import charts, fonts
from gegma.kernel.numbers import day, number, percent
from gegma.reports.content import CHART_WIDTH
from gegma.reports.text import CELL_PADDING, MM_PER_PT, TABLE_SIZE, cleaned, drawable
from gegma.reports.words import Words

UPRIGHT, SIDEWAYS = 170, 267  # mm between the margins
# Nobody reads on paper what is longer than this; the workbook has all of it.
ROWS_MAX = 600
# Bars that can still be told apart; the table has the rest.
BARS_MAX = 12
# A table beside a chart of no more rows than this stays on one page.
SMALL_ROWS = 16
FIXED = {"date": 20, "number": 17, "percent": 17, "money": 29, "status": 28}
NUMBERS = ("number", "percent", "money")
LEAST_TEXT, WORD_MAX = 14, 34


def build(paper: dict) -> dict:
    """The document for a paper (gegma.reports.catalogue.paper). Raises ValueError for a language other than ka and en."""
    paper = cleaned(paper)
    lang, words = paper["lang"], Words(paper["lang"])
    width = SIDEWAYS if paper.get("sideways") else UPRIGHT
    blocks, level = [], 0
    for block in paper["blocks"]:
        if block["block"] == "heading":
            # Levels never skip: a screen reader, and PDF/UA, would take a chapter for missing.
            level = min(block["level"], level + 1)
            blocks.append({"block": "heading", "level": level, "text": block["text"]})
        elif block["block"] == "line":
            level = min(block["level"], level + 1) if block["style"] == "heading" else level
            blocks.append({**block, "level": min(block["level"], level)})
        else:
            blocks += _made(block, lang, words, width)
    if not level and not paper.get("bare"):
        blocks.insert(0, {"block": "heading", "level": 1, "text": paper["title"]})
    facts = [fact for fact in paper["facts"] if fact[1]]
    # Without a first page the running head says what it would have said.
    running = " · ".join([paper["title"], *(f"{label}: {said}" for label, said in facts)]) if paper.get("bare") else paper["title"]
    return {
        "lang": lang, "title": paper["title"], "subtitle": paper.get("subtitle", ""), "organisation": paper["organisation"],
        "author": ", ".join(paper["organisation"]), "plan_title": running, "made_on": paper["made_on"],
        "facts": facts, "sideways": bool(paper.get("sideways")), "width": width, "bare": bool(paper.get("bare")),
        "words": {key: words[key] for key in ("contents", "page")}, "blocks": blocks,
    }  # fmt: skip


def _made(block: dict, lang: str, words: Words, width: float) -> list[dict]:
    kind = block["block"]
    if kind == "figures":
        counts = [[item["label"], worded(item["value"], item["kind"], lang)[0] or words["no_value"]] for item in block["items"]]
        return [{"block": "figures", "counts": counts[i:i + 4]} for i in range(0, len(counts), 4)]
    if kind == "chart":
        return _chart(block, lang, words, width)
    if kind == "table":
        return _table(block, lang, words, width)
    if kind == "grid":
        return [_grid(block, width)]
    return [block]


def worded(value: Any, kind: str, lang: str) -> tuple[str, str]:
    """(words, tone) of a value of some kind."""
    if value is None or value == "":
        return "", ""
    if kind == "status":
        return (str(value[0]), str(value[1])) if isinstance(value, list) else (str(value), "")
    if kind in NUMBERS and isinstance(value, (int, float)) and not isinstance(value, bool):
        return (percent(value, lang) if kind == "percent" else number(value, lang)), ""
    if kind == "date":
        try:
            return day(value), ""
        except ValueError:
            return str(value), ""
    return str(value), ""


# -- charts ------------------------------------------------------------------------------------------------------------


def _chart(block: dict, lang: str, words: Words, width: float) -> list[dict]:
    items = [item for item in block["items"] if item["value"] is not None] if block["kind"] == "status" else block["items"]
    made = []
    if any(item["value"] for item in items):
        told, title = "; ".join(f"{item['label']}: {number(item['value'], lang) or '–'}" for item in items), block["title"]
        if block["kind"] == "bars" and len(items) > BARS_MAX:
            title = words["first_of"].format(title=title, n=BARS_MAX, all=len(items))
        made.append({"block": "chart", "svg": _drawn(block, items, lang), "title": title, "alt": f"{title}. {told}"})
    if beside := table_of(block):
        made += _table(beside, lang, words, min(width, UPRIGHT))
    return made


def _drawn(block: dict, items: list[dict], lang: str) -> str:
    title, known = block["title"], {"lang": lang, "width": CHART_WIDTH, "theme": "print"}
    items = drawable(items)
    if block["kind"] == "status":
        return charts.status_bar([{"label": i["label"], "count": i["value"], "tone": i["tone"] or "none"} for i in items], title=title, **known)
    if block["kind"] == "line":
        return charts.line(items, title=title, **known)
    shown = sorted(items, key=lambda item: -(item["value"] or 0))[:BARS_MAX] if len(items) > BARS_MAX else items
    return charts.bars([{**item, "tone": item["tone"] or None} for item in shown], title=title, **known)


def table_of(chart: dict) -> dict | None:
    """The table beside a chart, as a block; nothing where a fuller one follows."""
    if not chart["headers"]:
        return None
    kind = "status" if chart["kind"] == "status" else "text"
    rows = [[[i["label"], i["tone"] or "none"] if kind == "status" else i["label"], i["value"]] for i in chart["items"]]
    columns = [{"label": chart["headers"][0], "kind": kind, "weight": 3}, {"label": chart["headers"][1], "kind": "number", "weight": 1}]
    return {"block": "table", "title": chart["title"], "columns": columns, "rows": rows, "total": None, "small": True}


# -- tables ------------------------------------------------------------------------------------------------------------


def _table(block: dict, lang: str, words: Words, width: float) -> list[dict]:
    columns, rows = block["columns"], block["rows"]
    if not rows:
        return [{"block": "text", "text": words["no_records"], "style": "note"}] if not block.get("small") else []
    kinds = [column["kind"] for column in columns]
    made = [{"cells": _cells(row, kinds, lang), "strong": False} for row in rows[:ROWS_MAX]]
    if block["total"] is not None:
        made.append({"cells": _cells(block["total"], kinds, lang), "strong": True})
    more = words["more_rows"].format(n=number(len(rows) - ROWS_MAX, lang)) if len(rows) > ROWS_MAX else ""
    table = {
        "block": "table", "name": block["title"], "columns": [column["label"] for column in columns], "rows": made, "more": more, "small": bool(block.get("small")) and len(rows) <= SMALL_ROWS,
        "widths": _widths(columns, made, width), "numbers": [i for i, kind in enumerate(kinds) if kind in NUMBERS],
    }  # fmt: skip
    return [table]


def _grid(block: dict, width: float) -> dict:
    """A table with merged cells: each cell with its place, the width and the rows that it takes; those that a cell above covers say so."""
    count = len(block["weights"])
    rows = [{"kind": row["kind"], "top": bool(row["top"]), "cells": []} for row in block["rows"]]
    above: dict[int, dict] = {}
    for row, given in zip(rows, block["rows"], strict=True):
        at, here = 0, {}
        for cell in given["cells"]:
            span = min(cell.get("span", 1), count - at)
            if span < 1:
                break
            over = above.get(at) if "up" in cell else None
            if over is not None and over["span"] == span:
                over["rows"] += 1
                row["cells"].append({"text": "", "tone": over["tone"], "span": span, "at": at, "rows": 0})
                here[at] = over
            else:
                made = {"text": cell.get("text", ""), "tone": cell.get("tone", ""), "span": span, "at": at, "rows": 1}
                row["cells"].append(made)
                here[at] = made
            at += span
        if at < count:
            row["cells"].append({"text": "", "tone": "", "span": count - at, "at": at, "rows": 1})
        above = here
    return {"block": "grid", "name": block["name"], "rows": rows, "widths": _grid_widths(block["weights"], rows, width)}


def _grid_widths(weights: list[float], rows: list[dict], width: float) -> list[float]:
    least = [LEAST_TEXT / 2] * len(weights)
    for row in rows:
        for cell in row["cells"]:
            if cell["span"] == 1:
                heavy = row["kind"] == "head" or bool(cell["tone"])
                least[cell["at"]] = max(least[cell["at"]], min(longest_word(cell["text"], heavy), WORD_MAX))
    return shared(least, dict(enumerate(weights)), width)


def shared(least: list[float], weights: dict[int, float], width: float) -> list[float]:
    """mm for each column: those with a weight share what the others leave, none gets less than it needs where that can be helped."""
    spare = width - sum(least)
    if spare < 0:
        return [round(width * one / sum(least), 1) for one in least]
    # First every column with a weight gets its share of what they have together; none gets less than its longest word asks for.
    room = spare + sum(least[i] for i in weights)
    shares = {i: room * weight / sum(weights.values()) for i, weight in weights.items()}
    widths = {i: max(share, least[i]) for i, share in shares.items()}
    over = sum(widths.values()) - room
    giving = {i: widths[i] - least[i] for i in weights if widths[i] > least[i]}
    for i, slack in giving.items():
        widths[i] -= over * slack / sum(giving.values())
    return [round(widths.get(i, least[i]), 1) for i in range(len(least))]


def _cells(row: list, kinds: list[str], lang: str) -> list[dict]:
    made = []
    for value, kind in zip(row, kinds, strict=True):
        text, tone = worded(value, kind, lang)
        made.append({"text": text, "tone": tone})
    return made


def _widths(columns: list[dict], rows: list[dict], width: float) -> list[float]:
    """mm: what is short keeps its room, text shares the rest by weight; no word of a header is broken where that can be helped."""
    least = []
    for place, column in enumerate(columns):
        short = column["kind"] in FIXED
        longest = max([longest_word(column["label"], True), *(longest_word(row["cells"][place]["text"], bool(row["cells"][place]["tone"])) for row in rows[:200])])
        least.append(max(min(longest, 42 if short else WORD_MAX), FIXED.get(column["kind"], LEAST_TEXT)))
    flexible = [i for i, column in enumerate(columns) if column["kind"] not in FIXED]
    return shared(least, {i: columns[i]["weight"] for i in flexible or range(len(columns))}, width)


def longest_word(text: str, heavy: bool = False) -> float:
    """mm that the longest word takes in a cell."""
    pieces = re.split(r"(?<=[/\-–])|\s", text)
    return max((fonts.text_width(piece, TABLE_SIZE, heavy) for piece in pieces), default=0) * MM_PER_PT + CELL_PADDING
