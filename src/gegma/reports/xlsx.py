"""The progress report as an Excel workbook: sheets that can be filtered and added up, numbers as numbers, dates as dates."""

from gegma.kernel import charts
from gegma.kernel.numbers import day, number
from gegma.reports.text import cleaned
from gegma.reports.xlsx_book import FACE, Book, Status, height, moment_of, share


def make(context: dict) -> bytes:
    """The report as .xlsx."""
    return _Workbook(cleaned(context)).write()


class _Workbook(Book):
    def __init__(self, context: dict):
        super().__init__(context["lang"], context["plan"]["title"])
        self.context = context

    def write(self) -> bytes:
        self.about(self.context)
        self._summary()
        self.sheet_of(self.words["sheet_plan"], self._plan_columns(), list(self._plan_rows()), frozen=3)
        self.sheet_of(self.words["sheet_evidence"], self._evidence_columns(), list(self._evidence_rows()), frozen=3)
        if rows := list(self._breakdown_rows()):
            self.sheet_of(self.words["sheet_breakdowns"], self._breakdown_columns(), rows, frozen=3)
        return self.bytes()

    # -------------------------------------------------------------- summary

    def _summary(self) -> None:
        words, context = self.words, self.context
        sheet = self.book.add_worksheet(words["sheet_summary"])
        sheet.set_column(0, 0, 62)
        sheet.set_column(1, 3, 16)
        sheet.hide_gridlines(2)
        for row, line in enumerate([*context["organisation"], context["title"], context.get("subtitle", "")]):
            large = row == len(context["organisation"])
            sheet.set_row(row, 24 if large else 15)
            self.put(sheet, row, 0, line, text_wrap=False, **({"bold": True, "font_size": 16} if large else {}))
        row = len(context["organisation"]) + 3
        row = self._facts(sheet, row)
        for sentence in context["summary"].get("sentences", []):
            sheet.merge_range(row, 0, row, 3, "", self.format())
            self.put(sheet, row, 0, sentence)
            sheet.set_row(row, height([sentence], [("", 110)]))
            row += 1
        row = self._block(sheet, row + 1, [words["summary"], words["number_of"]], [
            [words[key], context["summary"][key]] for key in ("activities", "indicators", "measures", "unbound")
        ])
        by_status = context["summary"]["by_status"]
        total = sum(item["count"] for item in by_status)
        first = row + 1
        row = self._block(sheet, row, [words["status"], words["number_of"], words["share"]], [
            [Status(item["label"], item["tone"]), item["count"],
             share(100 * item["count"] / total) if total else None] for item in by_status
        ])
        if total:
            self._status_picture(sheet, first, len(by_status), by_status)
        if context.get("divisions"):
            labels = [item["label"] for item in by_status]
            self._block(sheet, row, [words["division"], words["activities"], words["indicators"], words["progress"],
                                     *labels], [
                [f"{d['code']}. {d['title']}" if d.get("code") else d["title"], d["activities"], d["indicators"],
                 share(d["progress"]), *(item["count"] for item in d["by_status"])]
                for d in context["divisions"]
            ])
            sheet.set_column(4, 3 + max(len(labels), 1), 18)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)

    def _facts(self, sheet, row: int) -> int:
        words, context = self.words, self.context
        period = context["period"]
        facts = [
            (words["period"], period.get("sentence") or f"{day(period['start'])} – {day(period['end'])}"),
            (words["as_of"], moment_of(context["as_of"])), (words["made_on"], moment_of(context["made_on"])),
            (words["address"], context.get("address", "")),
        ]
        for label, value in facts:
            self.put(sheet, row, 0, label, font_color="#4A5663")
            self.put(sheet, row, 1, value, text_wrap=False, align="left")
            row += 1
        return row + 1

    def _block(self, sheet, row: int, header: list[str], rows: list[list]) -> int:
        widths = [("", 62.0), *([("", 16.0)] * 3), *([("", 18.0)] * (len(header) - 4))]
        sheet.set_row(row, height(header, widths))
        for column, text in enumerate(header):
            self.put(sheet, row, column, text, bold=True, bg_color="#E9EEF4", border=1, border_color="#B4BCC5")
        for line in rows:
            row += 1
            sheet.set_row(row, height(line, widths))
            for column, value in enumerate(line):
                looks = {"bg_color": charts.tone(value.tone)[1]} if isinstance(value, Status) else {}
                self.put(sheet, row, column, value, border=1, border_color="#B4BCC5", **looks)
        return row + 2

    def _status_picture(self, sheet, first: int, count: int, by_status: list[dict]) -> None:
        """Excel's own chart, so that whoever takes the sheet further can change it."""
        name, words = self.words["sheet_summary"], self.words
        chart = self.book.add_chart({"type": "bar"})
        chart.add_series({
            "name": words["number_of"],
            "categories": [name, first, 0, first + count - 1, 0],
            "values": [name, first, 1, first + count - 1, 1],
            "points": [{"fill": {"color": charts.tone(item["tone"])[0]}} for item in by_status],
            "data_labels": {"value": True}, "gap": 60,
        })
        face = {"name": FACE, "size": 9}
        chart.set_title({"name": words["chart_status"], "name_font": {**face, "size": 11, "bold": False}})
        chart.set_legend({"none": True})
        chart.set_y_axis({"reverse": True, "num_font": face})
        chart.set_x_axis({"min": 0, "num_font": face, "major_gridlines": {"visible": False}, "visible": False})
        chart.set_size({"width": 640, "height": 40 + 36 * count})
        told = "; ".join(f"{item['label']}: {number(item['count'], self.lang)}" for item in by_status)
        sheet.insert_chart(1, 5, chart, {"description": f"{words['chart_status']}. {told}"})

    # -------------------------------------------------------------- plan: one row for each reading

    def _plan_columns(self) -> list[tuple[str, float]]:
        words, published = self.words, self.context["plan"]["columns"]
        extra = [(header, 20.0) for header in self.context["plan"].get("extra_columns", [])]
        return [
            (words["section_code"], 9), (words["activity_code"], 9), (published[0], 44), (words["section"], 30),
            (words["label"], 8), (published[1], 48), (published[2], 16), (published[3], 30), (published[4], 24),
            *extra,
            (words["owner"], 24), (words["responsible"], 22), (words["reading"], 26), (words["value"], 12),
            (words["unit"], 12), (words["value_text"], 16), (words["numerator"], 11), (words["denominator"], 12),
            (words["note"], 24), (words["typed"], 12), (words["left_out"], 12), (words["left_out_reasons"], 30),
            (words["kind"], 12), (words["target"], 11), (words["target_text"], 18), (words["progress"], 12),
            (words["indicator_status"], 24), (words["activity_status"], 24), (words["verdict_steps"], 12),
            (words["steps_total"], 12), (words["verdict_result"], 12), (words["evidence_with"], 14),
            (words["evidence_of"], 14), (words["done_in_period"], 60), (words["declared"], 24), (words["assessed"], 24),
            (words["difference"], 40),
        ]

    def _plan_rows(self):
        for section in self.context["sections"]:
            for activity in section["activities"]:
                for indicator in activity["indicators"] or [{}]:
                    for reading in indicator.get("readings") or [{}]:
                        yield [
                            *self._published(section, activity, indicator),
                            *self._reading(reading), *self._verdicts(activity, indicator),
                        ]

    def _published(self, section: dict, activity: dict, indicator: dict) -> list:
        extra = activity.get("extra") or {}
        return [
            section["code"], activity["code"], activity["text"], section["title"], indicator.get("label", ""),
            indicator.get("text", ""), activity["deadline"], "\n".join(activity["partners"]), activity["comments"],
            *(extra.get(header, "") for header in self.context["plan"].get("extra_columns", [])),
            activity.get("owner", ""), ", ".join(activity.get("responsible") or []),
        ]

    def _reading(self, reading: dict) -> list:
        words = self.words
        if not reading:
            return [None] * 10
        unit = reading.get("unit")
        value = reading.get("value")
        left_out = reading.get("left_out") or []
        return [
            reading["name"], share(value) if unit == "percent" else value,
            words[f"unit_{unit}"] if unit in ("count", "percent") else unit, reading.get("value_text", ""),
            reading.get("numerator"), reading.get("denominator"), reading.get("note", ""),
            words["yes"] if reading.get("typed") else words["no"], sum(row["n"] for row in left_out) or None,
            "; ".join(f"{row['reason']} – {row['n']}" for row in left_out),
        ]

    def _verdicts(self, activity: dict, indicator: dict) -> list:
        verdicts, status, told = activity["verdicts"], indicator.get("status"), activity.get("update") or {}
        steps, result, evidence = (verdicts.get(key) or {} for key in ("steps", "result", "evidence"))
        target = indicator.get("target")
        return [
            indicator.get("kind", ""), target, indicator.get("target_text", ""), share(indicator.get("progress")),
            Status(status["label"], status["tone"]) if status else None,
            Status(activity["status"]["label"], activity["status"]["tone"]),
            steps.get("done"), steps.get("total"), share(result.get("percent")),
            evidence.get("with"), evidence.get("of"), activity.get("narrative", ""),
            *((told.get(name) or {}).get("label", "") for name in ("declared", "assessed")), told.get("difference", ""),
        ]

    # -------------------------------------------------------------- evidence and breakdowns

    def _evidence_columns(self) -> list[tuple[str, float]]:
        words = self.words
        return [
            (words["activity"], 10), (words["label"], 9), (words["measure"], 28), (words["register"], 18),
            (words["number"], 14), (words["name"], 56), (words["date"], 12), (words["state"], 16),
            (words["evidence"], 44), (words["definition"], 60),
        ]

    def _evidence_rows(self):
        for entry in self.context.get("annex", []):
            head = [entry["activity"], entry.get("indicator", ""), entry["measure"], entry["register"]]
            for row in entry["rows"]:
                yield [*head, row.get("number", ""), row["title"], moment_of(row.get("date")), row.get("state", ""),
                       "\n".join(row.get("evidence") or []), entry["definition"]]
            if entry.get("more"):
                more = self.words["more"].format(n=number(entry["more"], self.lang))
                yield [*head, "", more, None, "", "", entry["definition"]]

    def _breakdown_columns(self) -> list[tuple[str, float]]:
        words = self.words
        return [(words["activity"], 10), (words["label"], 9), (words["reading"], 28), (words["breakdown"], 24),
                (words["breakdown_row"], 30), (words["number_of"], 14)]

    def _breakdown_rows(self):
        for section in self.context["sections"]:
            for activity in section["activities"]:
                for indicator in activity["indicators"]:
                    for reading in indicator.get("readings") or []:
                        for breakdown in reading.get("breakdowns") or []:
                            for row in breakdown["rows"]:
                                yield [activity["code"], indicator.get("label", ""), reading["name"],
                                       breakdown["field"], row["label"], row["value"]]
