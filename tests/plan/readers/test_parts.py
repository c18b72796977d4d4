"""The small rules, one by one: headers, deadlines, indicators, bodies, headings, and what lint finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from gegma.plan.readers import lint, read_plan
from gegma.plan.readers.blocks import SOFT_BREAK, Cell, Grid, Place
from gegma.plan.readers.bodies import split_bodies
from gegma.plan.readers.cells import clean, join_cut, split_indicators, take_code
from gegma.plan.readers.columns import recognise
from gegma.plan.readers.dates import due_dates, is_time_phrase
from gegma.plan.readers.lint import names_denominator
from gegma.plan.readers.sections import parse_heading
from gegma.plan.readers.tables import read_rows
from gegma.plan.readers.words import follows, roman_value
from gegma.plan.readers.xlsx import number_text

from . import builders


@pytest.mark.parametrize(
    ("header", "role"),
    [
        ("საქმიანობა", "activity"), ("აქტივობის აღწერა", "activity"), ("ღონისძიება", "activity"), ("Key Activities with Milestones", "activity"),
        ("Measures", "activity"), ("Actions to be taken", "activity"), ("ინდიკატორი", "indicator"), ("შედეგის ინდიკატორი", "indicator"),
        ("Performance Targets/Indicators", "indicator"), ("KPI", "indicator"), ("ვადები დან-მდე", "deadline"), ("Time-frame", "deadline"),
        ("განხორციელების პერიოდი", "deadline"), ("Implementation period", "deadline"), ("პასუხისმგებ ელი უწყება", "responsible"),
        ("Lead institution", "responsible"), ("განმახორციელებელი", "responsible"), ("თანაპასუხ ისმგებელი უწყება", "partners"),
        ("სხვა უწყება/ სამინისტროს სხვა სტრუქტურული ერთეული", "partners"), ("Co-responsible", "partners"), ("Supporting institutions", "partners"),
        ("შენიშვნები/კომენტარები", "comments"), ("აქტივობის კომენტარი", "comments"), ("Notes", "comments"), ("№", "code"), ("No.", "code"),
        ("#", "code"), ("აქტივობის ტიპი", "other"), ("დაფინანსების წყარო", "other"), ("სამიზნე მაჩვენებელი", "other"), ("Baseline", "other"),
        ("Source of verification", "other"), ("მიზანი", "section"), ("Objective", "section"), ("აქტივობის შედეგი", "result"),
        ("Start date", "start"), ("Colour", ""), ("ასოცირების შესახებ შეთანხმება", ""), ("", ""), ("x" * 500, ""),
    ],
)  # fmt: skip
def test_headers(header: str, role: str) -> None:
    assert recognise(header) == role


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("2017 წელი", ["2017-12-31"]), ("2017 წლის IV კვარტალი", ["2017-12-31"]), ("Q2 2018", ["2018-06-30"]), ("31.12.2017", ["2017-12-31"]),
        ("დეკემბერი 2017", ["2017-12-31"]), ("2018 წლის თებერვალი", ["2018-02-28"]), ("2022–2027", ["2027-12-31"]), ("Q3-2024", ["2024-09-30"]),
        ("წელიწადში ოთხჯერ", ["2020-03-31", "2020-06-30", "2020-09-30", "2020-12-31"]), ("monthly", [f"2020-{m:02}-{d}" for m, d in
         enumerate((31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), 1)]), ("By 2028:", ["2028-12-31"]), ("I, III კვარტალი", ["2020-03-31", "2020-09-30"]),
        ("2019 წლის II-III კვარტალი", ["2019-09-30"]), ("Q2 of 2022–2023", ["2022-06-30", "2023-06-30"]), ("01.02.2017 - 31.12.2017", ["2017-12-31"]), ("15 მარტი", ["2020-03-15"]),
        ("2019 წლის პირველი ნახევარი", ["2019-06-30"]), ("31 December 2024", ["2024-12-31"]), ("Q1-Q2 2022", ["2022-06-30"]),
        ("მარტი–მაისი 2017", ["2017-05-31"]), ("31.02.2017", []), ("მუდმივად", []), ("ongoing", []), ("as needed in 2017", []), ("", []),
        ("2017 წელი, საჭიროებისამებრ", []),
    ],
)  # fmt: skip
def test_deadlines(text: str, due: list[str]) -> None:
    assert due_dates(text, 2020) == due


def test_a_deadline_without_a_year_is_nothing_where_the_plan_has_none() -> None:
    assert due_dates("IV კვარტალი") == []
    assert is_time_phrase("By 2028:") and not is_time_phrase("Number of trainings in 2017")


@pytest.mark.parametrize(
    ("cell", "items"),
    [
        ("ა) ერთი;\nბ) ორი", [("ა", "ერთი;"), ("ბ", "ორი")]),
        ("a. One\nb. Two", [("a", "One"), ("b", "Two")]),
        ("(i) One (ii) Two", [("i", "One"), ("ii", "Two")]),
        ("ა) ერთი რაოდენობა ბ) ორი\nრაოდენობა", [("ა", "ერთი რაოდენობა"), ("ბ", "ორი რაოდენობა")]),
        ("რაოდენობა:\nა) ერთი\nბ) ორი", [("", "რაოდენობა:"), ("ა", "ერთი"), ("ბ", "ორი")]),
        ("By 2028:\na.1 One\na.2 Two", [("a.1", "One"), ("a.2", "Two")]),
        ("ბაზა ინფორმაციით:\n1. ერთი;\n2. ორი", [("", "ბაზა ინფორმაციით: 1. ერთი; 2. ორი")]),
        ("გ) ბაზა ინფორმაციით:\n1. ერთი;\n2. ორი", [("გ", "ბაზა ინფორმაციით: 1. ერთი; 2. ორი")]),
        ("1. One\n2. Two", [("1", "One"), ("2", "Two")]),
        ("1) One; 2) Two", [("1", "One;"), ("2", "Two")]),
        ("• One\n• Two", [("", "One"), ("", "Two")]),
        ("Places:\n- Riga\n- Oslo", [("", "Places: Riga Oslo")]),
        ("1.6 km of road", [("", "1.6 km of road")]),
        ("2.1.1. Policy adopted", [("2.1.1", "Policy adopted")]),
        ("Number of cases under article 5 a) and b) of the law", [("", "Number of cases under article 5 a) and b) of the law")]),
        ("ქ. თბილისში გამართული შეხვედრა", [("", "ქ. თბილისში გამართული შეხვედრა")]),
        ("სემინარი ჩატარებულია; მასალები გავრცელებულია", [("", "სემინარი ჩატარებულია"), ("", "მასალები გავრცელებულია")]),
        ("მოხსენებების რაოდენობა, შეხვედრების რაოდენობა", [("", "მოხსენებების რაოდენობა, შეხვედრების რაოდენობა")]),
        ("-", []),
        ("", []),
    ],
)
def test_indicators_of_a_cell(cell: str, items: list) -> None:
    assert [(i.label, i.text) for i in split_indicators(cell).items] == items


def test_doubts_are_told() -> None:
    assert [d[0] for d in split_indicators("One thing\nAnother thing").doubts] == ["unlettered"]
    assert [d[0] for d in split_indicators("One thing\n" + SOFT_BREAK + "of many").doubts] == []
    assert [d[0] for d in split_indicators("ა) ერთი\nგ) სამი").doubts] == ["label_order"]
    assert [d[0] for d in split_indicators("ა) ერთი.\nორი").doubts] == ["line_after_label"]


@pytest.mark.parametrize(
    ("cell", "bodies", "doubts"),
    [
        ("იუსტიციის სამინისტრო\nფინანსთა სამინისტრო", ["იუსტიციის სამინისტრო", "ფინანსთა სამინისტრო"], 0),
        ("იუსტიციის სამინისტრო; ევროკომისია.", ["იუსტიციის სამინისტრო", "ევროკომისია"], 0),
        ("იუსტიციის სამინისტრო, ფინანსთა სამინისტრო", ["იუსტიციის სამინისტრო", "ფინანსთა სამინისტრო"], 0),
        ("განათლების, მეცნიერების, კულტურისა და სპორტის სამინისტრო", ["განათლების, მეცნიერების, კულტურისა და სპორტის სამინისტრო"], 0),
        ("Ministry of Education, Science, Culture and Sport", ["Ministry of Education, Science, Culture and Sport"], 1),
        ("Ministry of Justice, Revenue Service", ["Ministry of Justice", "Revenue Service"], 0),
        ("PMU, WSSCs, LGER&DD", ["PMU", "WSSCs", "LGER&DD"], 0),
        ("ევროკავშირის სააგენტოები (EUROPOL, CEPOL)", ["ევროკავშირის სააგენტოები (EUROPOL, CEPOL)"], 0),
        ("Ministry of\nForeign Affairs", ["Ministry of Foreign Affairs"], 0),
        ("ა) პოლიცია\nბ) პროკურატურა", ["პოლიცია", "პროკურატურა"], 0),
        ("- NATO\n- OSCE", ["NATO", "OSCE"], 0),
        ("—", [], 0),
    ],
)
def test_bodies_of_a_cell(cell: str, bodies: list[str], doubts: int) -> None:
    found, told = split_bodies(cell)
    assert (found, len(told)) == (bodies, doubts)


@pytest.mark.parametrize(
    ("text", "code", "kind", "title"),
    [
        ("1.2. პროექტების მართვა", "1.2", "", "პროექტების მართვა"),
        ("1. პროექტების მართვის სამმართველო", "1", "division", "პროექტების მართვის სამმართველო"),
        ("ამ ოცანა 3.2.1. კოორდინაცია", "3.2.1", "objective", "კოორდინაცია"),
        ("ამ ოცან 3.2.1. კოორდინაცია", "3.2.1", "objective", "კოორდინაცია"),
        ("ამოცანა 2: კოორდინაცია", "2", "objective", "კოორდინაცია"),
        ("სტრატეგიული მიზანი 1 – უსაფრთხოება", "1", "goal", "უსაფრთხოება"),
        ("Output 1: Services improved", "1", "output", "Services improved"),
        ("Outcome: Access improved", "", "outcome", "Access improved"),
        ("II. Visits", "II", "", "Visits"),
        ("I თავი. ვიზიტები", "I", "direction", "ვიზიტები"),
        ("საერთაშორისო ურთიერთობები", "", "", "საერთაშორისო ურთიერთობები"),
    ],
)
def test_headings(text: str, code: str, kind: str, title: str) -> None:
    heading = parse_heading(text, Place())
    assert (heading.code, heading.kind, heading.title) == (code, kind, title)


def test_small_tools() -> None:
    assert [roman_value(x) for x in ("IV", "xii", "IIII", "ab")] == [4, 12, None, None]
    assert follows("ბ", "ა") and follows("vi", "v") and follows("10", "9") and not follows("გ", "ა")
    assert take_code("3.1.5 ANP-სა") == ("3.1.5", "ANP-სა") and take_code("2017 წელი") == ("", "2017 წელი")
    assert join_cut("სამინისტროს შესაბამისი", "დანაყოფები\nსხვა") == "სამინისტროს შესაბამისი დანაყოფები\nსხვა"
    assert join_cut("ა) ერთი", "ბ) ორი") == "ა) ერთი\nბ) ორი"
    assert clean("<p><b>ა</b></p> <ol><li>b</li><li>c</li></ol>") == ("ა\n1. b\n2. c", None)
    assert clean("**x**") == ("x", True)
    assert [number_text(*x) for x in (("2017.0", ""), ("0.25", "percent"), ("43100", "date"), ("1.5", ""), ("x", ""))] == [
        "2017", "25%", "31.12.2017", "1.5", "x",
    ]  # fmt: skip


def test_grid_lays_spans_out() -> None:
    grid = Grid()
    first = grid.place([Cell("a", rowspan=2), Cell("b", colspan=2)])
    second = grid.place([Cell("c"), Cell("d")])
    assert [c.covered or c.text for c in first] == ["a", "b", "left"]
    assert [c.covered or c.text for c in second] == ["up", "c", "d"]


def test_rows_of_a_spreadsheet(tmp_path: Path) -> None:
    path = builders.excel(tmp_path / "a.xlsx", {"One": [[["Name", "Born"], ["Ana", 1990], ["", ""], ["Gia", 1991]]], "Two": [[["x", "y"]]]})
    assert read_rows(path) == [
        {"where": "sheet One, row 1", "cells": ["Name", "Born"]},
        {"where": "sheet One, row 2", "cells": ["Ana", "1990"]},
        {"where": "sheet One, row 4", "cells": ["Gia", "1991"]},
        {"where": "sheet Two, row 1", "cells": ["x", "y"]},
    ]
    assert [r["cells"] for r in read_rows(path, sheet="Two")] == [["x", "y"]]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("დეპარტამენტის თანამშრომელთა პროცენტული მაჩვენებელი", True), ("50% of staff trained", True), ("80% WSSCs staff report", True),
        ("Percentage increased", False), ("20%-ით გაზრდა", False), ("წინა წელთან შედარებით 30%-ით გაზრდა", True), ("increase by 10%", False),
    ],
)  # fmt: skip
def test_denominators(text: str, named: bool) -> None:
    assert names_denominator(text) is named


def test_lint_finds_what_a_plan_leaves_open(tmp_path: Path) -> None:
    table = [
        ["Activity", "Indicator", "Deadline", "Responsible"],
        ["1.1 One", "Increase by 10%", "2020", "Unit"],
        ["1.1 Again", "Done", "", "Unit"],
        ["1.2 Two", "", "2020", ""],
    ]
    plan = read_plan(builders.word(tmp_path / "a.docx", [table]))
    assert [(f["code"], f["where"]) for f in lint(plan)] == [
        ("no_denominator", "table 1, row 2"),
        ("no_deadline", "table 1, row 3"),
        ("code_twice", "table 1, row 3"),
        ("no_owner", "table 1, row 4"),
        ("no_indicator", "table 1, row 4"),
    ]
    assert "code_twice" in {w.code for w in plan.warnings}


def test_reading_needs_no_framework() -> None:
    """The child starts in a few hundredths of a second because it imports no Django."""
    import subprocess
    import sys

    import gegma

    root = str(Path(next(iter(gegma.__path__))).parent)
    code = f"import sys; sys.path.insert(0, {root!r}); import gegma.plan.readers.child, gegma.plan.readers.pdf; print('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "False"


def test_georgian_typed_in_the_fonts_before_unicode(tmp_path: Path) -> None:
    import docx
    from docx.oxml.ns import qn

    document = docx.Document()
    table = document.add_table(2, 3)
    for r, row in enumerate([["saqmianoba", "indikatori", "vada"], ["1.1. Sexvedris gamarTva", "CEPOL", "2010 weli"]]):
        for c, text in enumerate(row):
            run = table.cell(r, c).paragraphs[0].add_run(text)
            if text != "CEPOL":
                run.font.name = "AcadNusx"
                run._element.rPr.rFonts.set(qn("w:hAnsi"), "AcadNusx")
    document.save(tmp_path / "a.docx")
    plan = read_plan(tmp_path / "a.docx")
    assert [(a["code"], a["text"], a["due"], a["indicators"][0]["text"]) for a in plan.activities] == [
        ("1.1", "შეხვედრის გამართვა", ["2010-12-31"], "CEPOL"),
    ]
