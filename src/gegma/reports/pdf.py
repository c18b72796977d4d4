"""The report as PDF: archival (PDF/A-2a) and readable aloud (PDF/UA-1), set by typst."""

from gegma.kernel import fonts
from gegma.reports.content import ANNEX_WIDTHS, build
from gegma.reports.text import breakable, drawable
from gegma.reports.typesetter import typeset

STANDARDS = ("a-2a", "ua-1")


def make(context: dict) -> bytes:
    """A PDF/A-2a, PDF/UA-1 file of the report."""
    report = drawable(build(context))
    report["fonts"] = [fonts.FAMILY, *fonts.HELPERS]
    report["region"] = "GE" if report["lang"] == "ka" else "GB"
    _let_long_words_break(report)
    return typeset("progress.typ", report, form="pdf", standards=STANDARDS, made_on=report["made_on"])[0]


def _let_long_words_break(report: dict) -> None:
    """Give words that are wider than their column places to break; typst would let them run into the next."""
    widths = report["widths"]
    wide = sum(widths[1:6])
    for section in report["sections"]:
        for activity in section["activities"]:
            for key, width in (("activity", widths[0]), ("deadline", widths[2]), ("partners", widths[3]),
                               ("comments", widths[4]), ("status", widths[6]), ("below", wide)):
                _break_cell(activity[key], width)
            for text, readings in activity["indicators"]:
                _break_cell(text, widths[1])
                _break_cell(readings, widths[5])
        section["heading"] = breakable(section["heading"], 150)
    report["columns"] = [breakable(h, w, True) for h, w in zip(report["columns"], widths, strict=True)]
    for key in ("title", "subtitle"):
        report[key] = breakable(report[key], 60)
    report["plan_title"] = breakable(report["plan_title"], 160)
    report["organisation"] = [breakable(line, 120) for line in report["organisation"]]
    report["facts"] = [[label, breakable(text, 95)] for label, text in report["facts"]]
    report["summary"]["sentences"] = [breakable(text, 130) for text in report["summary"]["sentences"]]
    for table in (report["summary"]["table"], *(item["table"] for item in report["divisions"]["items"])):
        for row in table["rows"]:
            row["cells"][0] = breakable(row["cells"][0], 90)
    for part in (report["summary"], report["divisions"], *report["divisions"]["items"]):
        if part["chart"]:
            part["chart"]["title"] = breakable(part["chart"]["title"], 150)
    for row in report["divisions"]["rows"]:
        row[0] = breakable(row[0], 75)
    for item in report["divisions"]["items"]:
        item.update({key: breakable(item[key], 110) for key in ("heading", "owner", "sentence")})
    for entry in report["annex"]:
        entry["heading"] = breakable(entry["heading"], 120)
        for paragraph in entry["definition"]:
            _break_runs(paragraph, 130)
        entry["rows"] = [
            [breakable(text, width) for text, width in zip(row, ANNEX_WIDTHS, strict=True)]
            for row in entry["rows"]
        ]


def _break_cell(paragraphs: list[dict], width: float) -> None:
    for paragraph in paragraphs:
        _break_runs(paragraph, width)


def _break_runs(paragraph: dict, width: float) -> None:
    for run in paragraph["runs"]:
        run[0] = breakable(run[0], width, run[1] not in ("", "muted"))
