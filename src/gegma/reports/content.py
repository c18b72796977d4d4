"""What a progress report says and in which order: one model for Word and PDF.

`build(context)` turns the context (plain values from the database) into headings, sentences, charts and table cells
that are ready to be set. Word and PDF differ only in how they draw them, so they cannot say different things.

A paragraph is {"style": text | strong | note | step, "runs": [[words, mark], …]}, where mark is "", strong, muted
or the name of a tone (done, mostly, partly, going, late, none).
"""

import re
from functools import cached_property

from gegma.kernel import charts, fonts
from gegma.kernel.numbers import NBSP, day, number, percent
from gegma.reports.text import CELL_PADDING, MM_PER_PT, TABLE_SIZE, cleaned, drawable
from gegma.reports.words import Words

TABLE_WIDTH = 267  # mm: A4 on its side less two margins of 15
ANNEX_WIDTHS = (21, 64, 20, 25, 40)  # mm: number, title, date, state, evidence
KEEP_TOGETHER = 75  # mm: an activity lower than this is not torn over two pages (half a page on its side)
CHART_WIDTH = 640  # px, which is 169 mm on paper: the text width of an upright page

def build(context: dict) -> dict:
    """The document for `context` (see gegma.reports.render for its shape). Raises ValueError for a language
    other than ka and en, KeyError where the context lacks a part."""
    context = cleaned(context)
    words = Words(context["lang"])
    part = _Parts(context, words)
    return {
        "lang": context["lang"],
        "title": context["title"],
        "subtitle": context.get("subtitle", ""),
        "organisation": context["organisation"],
        "author": ", ".join(context["organisation"]),
        "plan_title": context["plan"]["title"],
        "made_on": context["made_on"],
        "facts": part.facts(),
        "words": {key: words[key] for key in ("contents", "page", "summary", "divisions", "plan", "annex",
                                              "annex_lead", "no_activities", "no_annex", "owner")},
        "summary": part.summary(),
        "divisions": part.divisions(),
        "columns": part.columns(),
        "widths": part._widths,
        "sections": part.sections(),
        "annex": [part.annex_entry(entry) for entry in context.get("annex", [])],
        "annex_widths": list(ANNEX_WIDTHS),
        "annex_columns": [words[key] for key in ("number", "name", "date", "state", "evidence")],
    }


def para(*runs, style: str = "text") -> dict:
    """A paragraph from texts and (text, mark) pairs; empty ones are left out."""
    pairs = [[run, ""] if isinstance(run, str) else list(run) for run in runs]
    return {"style": style, "runs": [pair for pair in pairs if pair[0]]}


def _lines(text: str, style: str = "text") -> list[dict]:
    """Each line of a text as its own paragraph, blank lines dropped."""
    return [para(line.strip(), style=style) for line in text.split("\n") if line.strip()]


def plain(paragraph: dict) -> str:
    """A paragraph's words without their marks."""
    return "".join(run[0] for run in paragraph["runs"])


def _cell_height(paragraphs: list[dict], width: float) -> float:
    """mm, by the letters' true widths and a line height of one and a half."""
    room = (width - CELL_PADDING) / MM_PER_PT
    # Lines end at words, so each holds a tenth less than would fit.
    lines = sum(1 + int(1.1 * fonts.text_width(plain(p), TABLE_SIZE) / room) for p in paragraphs)
    return lines * TABLE_SIZE * 1.5 * MM_PER_PT + 3


class _Parts:
    """The parts of one report; holds the context and its language so that each method need not be told."""

    def __init__(self, context: dict, words: Words):
        self.context, self.words, self.lang = context, words, context["lang"]

    # -------------------------------------------------------------- front matter

    def facts(self) -> list[list[str]]:
        period, words = self.context["period"], self.words
        facts = [
            [words["period"], period.get("sentence") or f"{day(period['start'])} – {day(period['end'])}"],
            [words["as_of"], day(self.context["as_of"])],
            [words["made_on"], day(self.context["made_on"])],
            [words["address"], self.context.get("address", "")],
        ]
        return [fact for fact in facts if fact[1]]

    def _status_table(self, by_status: list[dict]) -> dict:
        total = sum(item["count"] for item in by_status)
        return {
            "columns": [self.words[key] for key in ("status", "number_of", "share")],
            "rows": [
                {
                    "tone": item["tone"],
                    "cells": [item["label"], number(item["count"], self.lang),
                              percent(100 * item["count"] / total, self.lang) if total else "–"],
                }
                for item in by_status
            ],
            "total": [self.words["total"], number(total, self.lang), percent(100, self.lang) if total else "–"],
        }

    def _status_chart(self, by_status: list[dict], title: str) -> dict | None:
        if not sum(item["count"] for item in by_status):
            return None
        # Typst draws the labels, for Word too: what it cannot draw is spelled out before it is measured.
        svg = charts.status_bar(drawable(by_status), title=title, lang=self.lang, width=CHART_WIDTH, theme="print")
        told = "; ".join(f"{item['label']}: {number(item['count'], self.lang)}" for item in by_status)
        return {"svg": svg, "title": title, "alt": f"{title}. {told}"}

    def summary(self) -> dict:
        summary, words = self.context["summary"], self.words
        return {
            "sentences": summary.get("sentences", []),
            "counts": [
                [words[key], number(summary[key], self.lang)]
                for key in ("activities", "indicators", "measures", "unbound")
            ],
            "chart": self._status_chart(summary["by_status"], words["chart_status"]),
            "table": self._status_table(summary["by_status"]),
        }

    def divisions(self) -> dict:
        words, found = self.words, self.context.get("divisions", [])
        chart = None
        if any(division["progress"] is not None for division in found):
            rows = [
                {"label": division["title"], "value": division["progress"],
                 "text": percent(division["progress"], self.lang)}
                for division in found
            ]
            svg = charts.bars(drawable(rows), title=words["chart_progress"], lang=self.lang, width=CHART_WIDTH,
                              maximum=100, theme="print")
            told = "; ".join(f"{row['label']}: {row['text'] or '–'}" for row in rows)
            chart = {"svg": svg, "title": words["chart_progress"], "alt": f"{words['chart_progress']}. {told}"}
        return {
            "columns": [words[key] for key in ("division", "activities", "indicators", "progress")],
            "rows": [
                [self._coded(division), number(division["activities"], self.lang),
                 number(division["indicators"], self.lang), percent(division["progress"], self.lang) or "–"]
                for division in found
            ],
            "chart": chart,
            "items": [
                {
                    "heading": self._coded(division),
                    "owner": division.get("owner", ""),
                    "sentence": division.get("sentence", ""),
                    "chart": self._status_chart(
                        division["by_status"], f"{words['chart_status']} – {division['title']}"
                    ),
                    "table": self._status_table(division["by_status"]),
                }
                for division in found
            ],
        }

    @staticmethod
    def _coded(thing: dict) -> str:
        """1.2. Title: as the plan prints its codes."""
        code = thing.get("code", "")
        return f"{code}{'' if not code or code.endswith('.') else '.'} {thing['title']}".strip()

    # -------------------------------------------------------------- the plan's table

    def columns(self) -> list[str]:
        """The five published headers, then readings and status."""
        return [*self.context["plan"]["columns"][:5], self.words["readings"], self.words["status"]]

    @cached_property
    def _widths(self) -> list[float]:
        return self.widths()

    def widths(self) -> list[float]:
        """Column widths in mm: no word of a header or a deadline is broken, empty columns give way to full ones."""
        activities = [a for section in self.context["sections"] for a in section["activities"]]
        filled = {
            3: any(activity["partners"] for activity in activities),
            4: any(activity["comments"] or activity.get("extra") for activity in activities),
        }
        wished = [48, 56, 24, 33 if filled[3] else 0, 30 if filled[4] else 0, 50, 30]
        least = [self._longest_word(header, heavy=True) for header in self.columns()]
        least[2] = max([least[2], *(self._longest_word(a["deadline"]) for a in activities)])
        least[6] = max([least[6], *(self._longest_word(a["status"]["label"], True) for a in activities)])
        widths = [max(wish, min(word, 40)) for wish, word in zip(wished, least, strict=True)]
        spare = TABLE_WIDTH - sum(widths)
        for column, share in ((0, 0.3), (1, 0.4), (5, 0.3)):
            widths[column] += spare * share
        return [round(width, 1) for width in widths]

    @staticmethod
    def _longest_word(text: str, heavy: bool = False) -> float:
        pieces = re.split(r"(?<=[/\-–])|\s", text)
        widest = max((fonts.text_width(piece, TABLE_SIZE, heavy) for piece in pieces), default=0)
        return widest * MM_PER_PT + CELL_PADDING

    def sections(self) -> list[dict]:
        """Sections with headings that never skip a level (PDF/UA refuses that, and so does a screen reader)."""
        found, last = [], 1
        for section in self.context["sections"]:
            last = min(max(int(section["level"]), 1) + 1, last + 1, 5)
            found.append({
                "level": last,
                "heading": self._coded(section),
                "activities": [self.activity(activity) for activity in section["activities"]],
            })
        return found

    def activity(self, activity: dict) -> dict:
        indicators = activity["indicators"] or [None]
        made = {
            "activity": self._activity_cell(activity),
            "deadline": _lines(activity["deadline"]),
            "partners": [para(partner) for partner in activity["partners"]],
            "comments": self._comments_cell(activity),
            "status": self._status_cell(activity),
            "tone": activity["status"]["tone"],
            "indicators": [
                [self._indicator_cell(one), self._readings_cell(one)] if one else [[], []] for one in indicators
            ],
            "below": self._below(activity),
        }
        made["keep"] = self._height(made) <= KEEP_TOGETHER
        return made

    def _height(self, made: dict) -> float:
        """Roughly how high an activity stands in the table, in mm; a little more rather than less."""
        widths = self._widths
        rows = sum(max(_cell_height(text, widths[1]), _cell_height(readings, widths[5]))
                   for text, readings in made["indicators"])
        beside = [(made["deadline"], 2), (made["partners"], 3), (made["comments"], 4)]
        rows = max(rows, *(_cell_height(cell, widths[i]) for cell, i in beside))
        rows += _cell_height(made["below"], sum(widths[1:6])) if made["below"] else 0
        return max(rows, _cell_height(made["activity"], widths[0]), _cell_height(made["status"], widths[6]))

    def _activity_cell(self, activity: dict) -> list[dict]:
        words = self.words
        first, *rest = _lines(activity["text"]) or [para()]
        code = activity["code"]
        first["runs"].insert(0, [f"{code}{'' if code.endswith('.') else '.'}{NBSP}", "strong"])
        people = [para((f"{words['owner']}: ", "muted"), activity["owner"], style="note")] if activity.get("owner") else []
        if activity.get("responsible"):
            names = ", ".join(activity["responsible"])
            people.append(para((f"{words['responsible']}: ", "muted"), names, style="note"))
        return [first, *rest, *people]

    def _comments_cell(self, activity: dict) -> list[dict]:
        extra = [
            para((f"{header}: ", "muted"), str(text))
            for header, text in (activity.get("extra") or {}).items() if str(text).strip()
        ]
        return [*_lines(activity["comments"]), *extra]

    def _status_cell(self, activity: dict) -> list[dict]:
        status, verdicts, words = activity["status"], activity["verdicts"], self.words
        cell = [para((status["label"], status["tone"]), style="strong")]
        if steps := verdicts.get("steps"):
            cell.append(para((f"{words['short_steps']}: ", "muted"),
                             words.part_of(steps["done"], steps["total"]), style="note"))
        if result := verdicts.get("result"):
            cell.append(para((f"{words['short_result']}: ", "muted"), percent(result["percent"], self.lang),
                             style="note"))
        if evidence := verdicts.get("evidence"):
            cell.append(para((f"{words['short_evidence']}: ", "muted"),
                             words.part_of(number(evidence["with"], self.lang), number(evidence["of"], self.lang)),
                             style="note"))
        told = activity.get("update") or {}
        for name in ("declared", "assessed"):
            if said := told.get(name):
                cell.append(para((f"{words[name]}: ", "muted"), said["label"], style="note"))
        return cell

    def _indicator_cell(self, indicator: dict) -> list[dict]:
        lines = _lines(indicator["text"]) or [para()]
        if label := indicator.get("label"):
            mark = label if label.endswith((")", ".")) else f"{label})"
            lines[0]["runs"].insert(0, [f"{mark}{NBSP}", ""])
        return lines

    def _readings_cell(self, indicator: dict) -> list[dict]:
        """The figure, its target and progress; then each reading with its breakdowns and what was left out."""
        words, readings = self.words, indicator.get("readings") or []
        shown = indicator.get("value_text") or words["no_value"]
        head = [(shown, "strong")]
        target = indicator.get("target_text") or number(indicator.get("target"), self.lang)
        if target:
            head.append((f" · {words['target'].lower()}: {target}", "muted"))
        if indicator.get("progress") is not None:
            head.append((f" · {percent(indicator['progress'], self.lang)}", "muted"))
        cell = [para(*head)]
        # One reading with the indicator's own figure is not said twice.
        single = len(readings) == 1 and readings[0].get("value_text", "") == indicator.get("value_text", "")
        for reading in readings:
            cell += self._reading(reading, repeat=not single)
        if status := indicator.get("status"):
            cell.append(para((status["label"], status["tone"]), style="note"))
        return cell

    def _reading(self, reading: dict, repeat: bool) -> list[dict]:
        words, lang = self.words, self.lang
        runs = [reading["name"]]
        # Why there is no figure says more than that there is none; the note follows below.
        figure = reading.get("value_text") or ("" if reading.get("note") else words["no_value"])
        if repeat and figure:
            runs.append((f" – {figure}" if reading["name"] else figure, "strong"))
        if reading.get("denominator") is not None:
            runs.append((f" ({number(reading.get('numerator'), lang)} / {number(reading['denominator'], lang)})", "muted"))
        if reading.get("typed"):
            runs.append((f" ({words['typed']})", "muted"))
        lines = [para(*runs)]
        lines += _lines(reading.get("note", ""), "note")
        for breakdown in reading.get("breakdowns") or []:
            values = ", ".join(f"{row['label']} {number(row['value'], lang)}" for row in breakdown["rows"])
            lines.append(para((f"{breakdown['field']}: ", "muted"), values, style="note"))
        if left_out := reading.get("left_out"):
            total = number(sum(row["n"] for row in left_out), lang)
            reasons = "; ".join(f"{row['reason']} – {number(row['n'], lang)}" for row in left_out)
            lines.append(para((f"{words['left_out']} {total}: ", "muted"), reasons, style="note"))
        return [line for line in lines if line["runs"]]

    def _below(self, activity: dict) -> list[dict]:
        """What was done, in words, and the steps: the wide row under an activity; empty where there is nothing."""
        words, cell = self.words, _lines(activity.get("narrative") or "")
        if cell:
            cell[0]["runs"].insert(0, [f"{words['done_in_period']}: ", "strong"])
        if why := (activity.get("update") or {}).get("difference"):
            cell += [para((f"{words['difference']}: ", "strong"), why)]
        if steps := activity.get("steps"):
            cell.append(para((f"{words['steps']}:", "strong")))
            for place, step in enumerate(steps, 1):
                due = f"{words['due']} {day(step.get('due'))}" if step.get("due") else ""
                done = f"{words['done_on']} {day(step['done_on'])}" if step.get("done_on") else words["not_done_yet"]
                tail = "; ".join(piece for piece in (due, done) if piece)
                cell.append(para(f"{place}) {step['text']}", (f" ({tail})", "muted"), style="step"))
        return cell

    # -------------------------------------------------------------- the annex

    def annex_entry(self, entry: dict) -> dict:
        words = self.words
        indicator = entry.get("indicator", "")
        rows = [
            [row.get("number") or "–", row["title"], day(row.get("date")) or "–", row.get("state", ""),
             ", ".join(row.get("evidence") or []) or words["no_evidence"]]
            for row in entry["rows"]
        ]
        more = entry.get("more") or 0
        return {
            "heading": " · ".join(piece for piece in (entry["activity"], indicator, entry["measure"]) if piece),
            "definition": [
                para((f"{words['register']}: ", "muted"), entry["register"]),
                para((f"{words['definition']}: ", "muted"), entry["definition"]),
            ],
            "rows": rows,
            "more": words["more"].format(n=number(more, self.lang)) if more else "" if rows else words["no_rows"],
        }
