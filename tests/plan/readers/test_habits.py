"""Invented plans, each with the habits of some other house; what is expected was written by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from gegma.plan.readers import read_plan

from . import builders


def tree(plan) -> list[tuple]:
    return [(s["code"], s["title"], s["parent"]) for s in plan.sections]


def rows(plan, *keys) -> list[tuple]:
    return [tuple(a[k] for k in ("code", *keys)) for a in plan.activities]


def labels(plan) -> list[list[tuple]]:
    return [[(i["label"], i["text"]) for i in a["indicators"]] for a in plan.activities]


def codes(plan) -> set[str]:
    return {w.code for w in plan.warnings}


HEALTH = [
    "*საქართველოს ჯანდაცვის სამინისტრო*",
    "*დეპარტამენტის 2024 წლის სამოქმედო გეგმა*",
    [
        ["*№*", "*ღონისძიება*", "*პასუხისმგებელი*", "*პარტნიორი უწყება*", "*შესრულების ვადა*", "*ინდიკატორი*", "*ბიუჯეტი (ლარი)*"],
        [("*მიზანი 1. საერთაშორისო თანამშრომლობის გაძლიერება*", 7, 1)],
        [("*ამოცანა 1.1. დონორებთან მუშაობა*", 7, 1)],
        ["1.1.1", "დონორთა შეხვედრის გამართვა", "პროექტების სამმართველო", "ფინანსთა სამინისტრო; საგარეო საქმეთა სამინისტრო",
         "I კვარტალი", "ა) გამართულია შეხვედრა\nბ) მომზადებულია ოქმი", "5000"],
        ["1.1.2", "ანგარიშის მომზადება", "პროექტების სამმართველო", "", "დეკემბერი 2024", "მომზადებული ანგარიშების რაოდენობა", ""],
        [("*ამოცანა 1.2. ხელშეკრულებები*", 7, 1)],
        ["1.2.1", "მოლაპარაკებების წარმოება", "სამართლებრივი სამმართველო", "იუსტიციის სამინისტრო", "31.12.2024",
         "გამართული მოლაპარაკებების რაოდენობა", "1200"],
        ["სულ", "", "", "", "", "", "6200"],
    ],
]  # fmt: skip


@pytest.mark.parametrize("form", ["docx", "xlsx", "html", "pdf"])
def test_goals_and_objectives_in_merged_rows_codes_in_their_own_column(tmp_path: Path, fonts: Path, form: str) -> None:
    path = tmp_path / f"health.{form}"
    if form == "docx":
        builders.word(path, HEALTH)
    elif form == "xlsx":
        builders.excel(path, {"2024": HEALTH})
    elif form == "html":
        builders.web(path, HEALTH)
    else:
        builders.pdf(path, HEALTH, fonts)
    plan = read_plan(path)
    assert plan.title == "დეპარტამენტის 2024 წლის სამოქმედო გეგმა"
    assert plan.year == 2024
    assert plan.organisation == ["საქართველოს ჯანდაცვის სამინისტრო"]
    assert tree(plan) == [
        ("1", "საერთაშორისო თანამშრომლობის გაძლიერება", None),
        ("1.1", "დონორებთან მუშაობა", "1"),
        ("1.2", "ხელშეკრულებები", "1"),
    ]
    assert rows(plan, "section", "text", "deadline", "due") == [
        ("1.1.1", "1.1", "დონორთა შეხვედრის გამართვა", "I კვარტალი", ["2024-03-31"]),
        ("1.1.2", "1.1", "ანგარიშის მომზადება", "დეკემბერი 2024", ["2024-12-31"]),
        ("1.2.1", "1.2", "მოლაპარაკებების წარმოება", "31.12.2024", ["2024-12-31"]),
    ]
    assert plan.activities[0]["partners"] == ["ფინანსთა სამინისტრო", "საგარეო საქმეთა სამინისტრო"]
    assert plan.activities[0]["responsible"] == ["პროექტების სამმართველო"]
    assert plan.activities[2]["extra"] == {"ბიუჯეტი (ლარი)": "1200"}
    assert labels(plan)[0] == [("ა", "გამართულია შეხვედრა"), ("ბ", "მომზადებულია ოქმი")]
    assert "total_row" in codes(plan)


OBJECTIVES = [
    "# Ministry of Agriculture: Work Plan 2025",
    [
        ["Activities", "Indicators", "Lead agency", "Supporting institutions", "Timeline", "Comments"],
        [("Objective 1: Open markets", 6, 1)],
        [("Negotiate veterinary certificates", 1, 2), "Number of certificates agreed", ("Food Agency", 1, 2), ("Ministry of Foreign Affairs, Revenue Service", 1, 2), "Q2 2025", ""],
        ["Number of countries approached", "Q4 2025", "slow"],
        ["Hold consultations", "Consultations held", "Food Agency", "EUROPOL, CEPOL", "2025", ""],
        [("Objective 2: Train inspectors", 6, 1)],
        ["Run courses (basic, advanced)", "1) Courses run; 2) Inspectors trained", "Academy", "", "December 2025", "-"],
    ],
]  # fmt: skip


@pytest.mark.parametrize("form", ["docx", "xlsx", "html", "pdf"])
def test_no_codes_merged_activity_with_an_indicator_per_row(tmp_path: Path, fonts: Path, form: str) -> None:
    path = tmp_path / f"agri.{form}"
    write = {"docx": builders.word, "html": builders.web}.get(form)
    if write:
        write(path, OBJECTIVES)
    elif form == "xlsx":
        builders.excel(path, {"Plan": OBJECTIVES})
    else:
        builders.pdf(path, OBJECTIVES, fonts)
    plan = read_plan(path)
    assert plan.title == "Ministry of Agriculture: Work Plan 2025"
    assert tree(plan) == [("1", "Open markets", None), ("2", "Train inspectors", None)]
    assert rows(plan, "section", "text", "deadline") == [
        ("1.1", "1", "Negotiate veterinary certificates", "Q2 2025"),
        ("1.2", "1", "Hold consultations", "2025"),
        ("2.1", "2", "Run courses (basic, advanced)", "December 2025"),
    ]
    assert [a["made"] for a in plan.activities] == [True, True, True]
    first = plan.activities[0]
    assert [(i["text"], i["deadline"], i["due"]) for i in first["indicators"]] == [
        ("Number of certificates agreed", "", []),
        ("Number of countries approached", "Q4 2025", ["2025-12-31"]),
    ]
    assert first["partners"] == ["Ministry of Foreign Affairs", "Revenue Service"]
    assert first["comments"] == "slow"
    assert plan.activities[1]["partners"] == ["EUROPOL", "CEPOL"]
    assert plan.activities[2]["comments"] == ""
    assert [i["text"].rstrip(";") for i in plan.activities[2]["indicators"]] == ["Courses run", "Inspectors trained"]


def test_two_sheets_with_titles_above_and_numbers_that_start_anew(tmp_path: Path) -> None:
    head = ["No.", "Action", "Responsible unit", "Deadline", "Performance indicator"]
    plan = read_plan(
        builders.excel(
            tmp_path / "two.xlsx",
            {
                "Treaties": ["*Action Plan 2026*", [head, ["1", "Draft treaties", "Legal Unit", "30.06.2026", "Drafts made"],
                                                   ["2", "Sign treaties", "Legal Unit", "31.12.2026", "Treaties signed"]]],
                "Projects": [[[("Projects Division", 5, 1)], head, ["1", "Write proposals", "Projects Unit", "Q1", "Proposals written"]]],
            },
        )
    )  # fmt: skip
    assert plan.title == "Action Plan 2026"
    assert [a["text"] for a in plan.activities] == ["Draft treaties", "Sign treaties", "Write proposals"]
    assert len({a["code"] for a in plan.activities}) == 3
    assert plan.activities[2]["section"] == plan.sections[0]["code"]
    assert plan.sections[0]["title"] == "Projects Division"
    assert plan.activities[2]["source"] == ["sheet Projects, row 3"]


def test_header_of_two_rows_and_a_chart_of_quarters(tmp_path: Path) -> None:
    table = [
        [("Activity", 1, 2), ("Indicator", 1, 2), ("Responsible", 2, 1), ("Timeline 2025", 4, 1)],
        ["Lead", "Partners", "Q1", "Q2", "Q3", "Q4"],
        ["1.1 Write the strategy", "Strategy approved", "Policy Unit", "UNDP; OSCE", "", "x", "", ""],
        ["1.2 Print it", "Copies printed", "Press Office", "", "", "", "x", "x"],
    ]
    for path in (builders.word(tmp_path / "a.docx", [table]), builders.web(tmp_path / "a.html", [table])):
        plan = read_plan(path)
        assert rows(plan, "text", "deadline", "responsible", "partners") == [
            ("1.1", "Write the strategy", "Q2 2025", ["Policy Unit"], ["UNDP", "OSCE"]),
            ("1.2", "Print it", "Q3 2025; Q4 2025", ["Press Office"], []),
        ]
        assert [c["role"] for c in plan.columns] == ["activity", "indicator", "responsible", "partners", *["mark"] * 4]


def test_csv_with_semicolons_a_mark_and_line_breaks_in_quotes(tmp_path: Path) -> None:
    path = tmp_path / "plan.csv"
    path.write_bytes(
        "\ufeffსაქმიანობა;ინდიკატორი;ვადა;პასუხისმგებელი უწყება\r\n"
        '1. კვლევის ჩატარება;"ა) კვლევა ჩატარებულია;\nბ) ანგარიში გამოქვეყნებულია";2023;საქსტატი\r\n'
        "2. კონფერენცია;კონფერენციების რაოდენობა;2023 წლის III კვარტალი;სამინისტრო\r\n".encode()
    )
    plan = read_plan(path)
    assert rows(plan, "text", "due") == [
        ("1", "კვლევის ჩატარება", ["2023-12-31"]),
        ("2", "კონფერენცია", ["2023-09-30"]),
    ]
    assert [label for label, _ in labels(plan)[0]] == ["ა", "ბ"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig"])
def test_text_in_other_encodings_under_a_name_that_lies(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "plan.docx"
    lines = ["საქმიანობა\tინდიკატორი\tვადა", "1.1. სწავლება\tტრენინგების რაოდენობა\t2022 წელი", "1.2. ვიზიტი\tვიზიტების რაოდენობა\t2022 წელი"]
    path.write_bytes("\n".join(lines).encode(encoding))
    assert rows(read_plan(path), "text") == [("1.1", "სწავლება"), ("1.2", "ვიზიტი")]


def test_windows_1251(tmp_path: Path) -> None:
    path = tmp_path / "plan.txt"
    path.write_bytes("Activity\tIndicator\tDeadline\n1.1. Подготовка отчёта для министерства\tКоличество отчётов за год\t2020\n"
                     "1.2. Проведение встреч с партнёрами\tКоличество встреч\t2020\n".encode("cp1251"))  # fmt: skip
    assert rows(read_plan(path), "text") == [("1.1", "Подготовка отчёта для министерства"), ("1.2", "Проведение встреч с партнёрами")]


def test_markdown_pipes(tmp_path: Path) -> None:
    path = tmp_path / "plan.md"
    path.write_text(
        "# Action plan 2021\n\n## 1. Visits\n\n| Activity | Indicator | Due | Partner |\n|---|:---:|---|---|\n"
        "| 1.1 Visit **Riga** | Visits made | Q3 | Ministry of Interior of Latvia |\n| 1.2 Report \\| file | Report filed | Q4 | - |\n",
        encoding="utf-8",
    )
    plan = read_plan(path)
    assert (plan.title, plan.year) == ("Action plan 2021", 2021)
    assert tree(plan) == [("1", "Visits", None)]
    assert rows(plan, "text", "partners", "due") == [
        ("1.1", "Visit Riga", ["Ministry of Interior of Latvia"], ["2021-09-30"]),
        ("1.2", "Report | file", [], ["2021-12-31"]),
    ]


def test_roman_sections_and_lettered_activities(tmp_path: Path) -> None:
    blocks = [
        "*სამოქმედო გეგმა 2019*",
        [
            ["აქტივობა", "მაჩვენებელი", "ვადა"],
            [("I. საერთაშორისო პროექტები", 3, 1)],
            ["ა) პროექტის წერა", "დაწერილი პროექტები", "მარტი"],
            ["ბ) პროექტის მართვა", "მართული პროექტები", "დეკემბერი"],
            [("II. ვიზიტები", 3, 1)],
            ["ა) ვიზიტის დაგეგმვა", "დაგეგმილი ვიზიტები", "ივნისი"],
        ],
    ]
    plan = read_plan(builders.word(tmp_path / "a.docx", blocks))
    assert tree(plan) == [("I", "საერთაშორისო პროექტები", None), ("II", "ვიზიტები", None)]
    assert rows(plan, "section", "text", "due") == [
        ("I.ა", "I", "პროექტის წერა", ["2019-03-31"]),
        ("ბ", "I", "პროექტის მართვა", ["2019-12-31"]),
        ("II.ა", "II", "ვიზიტის დაგეგმვა", ["2019-06-30"]),
    ]


def test_word_headings_without_numbers_make_the_tree(tmp_path: Path) -> None:
    table = [["Action", "Indicator", "Responsible body", "Deadline"]]
    blocks = [
        "# Annual plan of the Border Service 2024",
        "## International cooperation",
        [*table, ["Meet neighbours", "Meetings held", "HQ", "2024"]],
        "## Training",
        "### Courses",
        [*table, ["Teach English", "Officers taught", "Academy", "2024"], ["Teach law", "Officers taught", "Academy", "2024"]],
    ]
    plan = read_plan(builders.word(tmp_path / "a.docx", blocks))
    assert plan.title == "Annual plan of the Border Service 2024"
    assert tree(plan) == [("1", "International cooperation", None), ("2", "Training", None), ("2.1", "Courses", "2")]
    assert rows(plan, "section") == [("1.1", "1"), ("2.1.1", "2.1"), ("2.1.2", "2.1")]
    assert all(s["made"] for s in plan.sections)


def test_goals_in_columns_of_their_own(tmp_path: Path) -> None:
    table = [
        ["მიზანი", "ამოცანა", "აქტივობა", "ინდიკატორი", "ვადა", "პასუხისმგებელი"],
        [("1. უსაფრთხოება", 1, 3), ("1.1. საზღვარი", 1, 2), "1.1.1. პატრულირება", "პატრულების რაოდენობა", "2020", "პოლიცია"],
        ["1.1.2. აღჭურვა", "შეძენილი მანქანები", "2020", "პოლიცია"],
        ["1.2. წვრთნა", "1.2.1. კურსი", "კურსების რაოდენობა", "2020", "აკადემია"],
    ]
    for path in (builders.word(tmp_path / "a.docx", [table]), builders.excel(tmp_path / "a.xlsx", {"გეგმა": [table]})):
        plan = read_plan(path)
        assert tree(plan) == [("1", "უსაფრთხოება", None), ("1.1", "საზღვარი", "1"), ("1.2", "წვრთნა", "1")]
        assert rows(plan, "section", "text") == [
            ("1.1.1", "1.1", "პატრულირება"), ("1.1.2", "1.1", "აღჭურვა"), ("1.2.1", "1.2", "კურსი"),
        ]  # fmt: skip


def test_column_numbers_totals_and_footnotes_are_no_activities(tmp_path: Path) -> None:
    table = [
        ["#", "Measure", "Responsible", "Term", "Indicator", "Cost"],
        ["1", "2", "3", "4", "5", "6"],
        ["1", "Buy desks", "Logistics", "2022", "Desks bought", "100"],
        ["2", "Buy lamps¹", "Logistics", "2022", "Lamps bought", "50"],
        [("Total", 5, 1), "150"],
        [("* Costs are estimates.", 6, 1)],
    ]
    plan = read_plan(builders.word(tmp_path / "a.docx", [table]))
    assert rows(plan, "text") == [("1", "Buy desks"), ("2", "Buy lamps¹")]
    assert {"total_row", "note_row"} <= codes(plan)
    assert any("Costs are estimates" in w.what for w in plan.warnings)


def test_a_person_names_the_columns(tmp_path: Path) -> None:
    table = [["What we shall do", "How we shall see it", "Till", "Friends"], ["Dance", "Dances danced", "2030", "Ballet Office"]]
    path = builders.word(tmp_path / "a.docx", [table])
    plan = read_plan(path)
    assert plan.activities == []
    assert codes(plan) & {"no_header", "no_header_found"}
    for columns in (
        {"What we shall do": "activity", "How we shall see it": "indicator", "Till": "deadline", "Friends": "partner"},
        {0: "activity", 1: "indicator", "2": "deadline", 3: "partners"},
    ):
        plan = read_plan(path, columns=columns)
        assert rows(plan, "text", "deadline", "partners") == [("1", "Dance", "2030", ["Ballet Office"])]
        assert labels(plan) == [[("", "Dances danced")]]
    with pytest.raises(ValueError, match="no kind of column"):
        read_plan(path, columns={0: "nonsense"})


def test_an_unknown_column_is_kept_and_told(tmp_path: Path) -> None:
    table = [["Activity", "Indicator", "Deadline", "Colour"], ["1.1 Paint", "Walls painted", "2020", "green"]]
    plan = read_plan(builders.web(tmp_path / "a.html", [table]))
    assert plan.activities[0]["extra"] == {"Colour": "green"}
    assert [c["header"] for c in plan.unrecognised()] == ["Colour"]
    assert "column_unknown" in codes(plan)


def test_blank_activity_cell_is_a_further_indicator(tmp_path: Path) -> None:
    table = [
        ["Activities", "Targets/Indicators", "Responsibility", "Time-frame"],
        ["1.1 Survey", "1.1.1 Survey done by 50% of units", "PMU, WSSC", "2024"],
        ["", "1.1.2 1.6 km of road seen", "PMU, WSSC", "Q3-2025"],
        ["1.2 Report", "1.2.1. Report out", "", ""],
    ]
    plan = read_plan(builders.word(tmp_path / "a.docx", [table]))
    assert [[(i["label"], i["text"], i["due"]) for i in a["indicators"]] for a in plan.activities] == [
        [("1.1.1", "Survey done by 50% of units", []), ("1.1.2", "1.6 km of road seen", ["2025-09-30"])],
        [("1.2.1", "Report out", [])],
    ]
    assert plan.activities[0]["responsible"] == ["PMU", "WSSC"]


def test_rows_cut_by_pages_with_and_without_a_repeated_header(tmp_path: Path) -> None:
    head = ["საქმიანობა", "ინდიკატორი", "ვადა", "სხვა უწყება"]
    blocks = [
        [head, ["1.1. ხელშეკრულებების პროექტების", "მომზადებული", "2018", "იუსტიციის"]],
        [head, ["მომზადება", "პროექტების რაოდენობა", "", "სამინისტრო"], ["1.2. ვიზიტი", "ვიზიტების", "2018", ""]],
        [["ორგანიზება", "რაოდენობა", "", ""], ["1.3. შეხვედრა", "შეხვედრები", "2018", ""]],
    ]
    plan = read_plan(builders.text(tmp_path / "a.txt", blocks))
    assert rows(plan, "text", "partners") == [
        ("1.1", "ხელშეკრულებების პროექტების მომზადება", ["იუსტიციის სამინისტრო"]),
        ("1.2", "ვიზიტი ორგანიზება", []),
        ("1.3", "შეხვედრა", []),
    ]
    assert [x[0][1] for x in labels(plan)] == ["მომზადებული პროექტების რაოდენობა", "ვიზიტების რაოდენობა", "შეხვედრები"]


def test_tables_of_differing_columns_in_one_document(tmp_path: Path) -> None:
    blocks = [
        "*Plan 2023*",
        "*1. Treaties*",
        [["Deadline", "Activity", "Indicator"], ["2023", "1.1 Draft", "Drafts"]],
        "*2. Visits*",
        [["Activity", "Partners", "Indicator", "Notes"], ["2.1 Go", "NATO", "Visits", "by train"]],
    ]
    plan = read_plan(builders.web(tmp_path / "a.html", blocks))
    assert rows(plan, "section", "deadline", "partners", "comments") == [("1.1", "1", "2023", [], ""), ("2.1", "2", "", ["NATO"], "by train")]


def test_page_saved_by_word(tmp_path: Path) -> None:
    path = tmp_path / "a.htm"
    path.write_bytes(
        """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta http-equiv=Content-Type content="text/html; charset=utf-8">
<!--[if gte mso 9]><xml><o:x>junk</o:x></xml><![endif]--><style>p {color:red}</style></head><body lang=KA>
<div class=WordSection1><p class=MsoNormal align=center><b><span style='font-size:14.0pt'>სამოქმედო&nbsp;გეგმა 2016<o:p></o:p></span></b></p>
<table class=MsoTableGrid border=1><tr><td><p class=MsoNormal><b>საქმიანობა</b></p></td><td><p><b>ინდიკატორი</b></p></td><td><p><b>ვადები</b></p></td></tr>
<tr><td colspan=3><p><b>1. განყოფილება</b></p></td></tr>
<tr><td><p>1.1. სწავ&shy;ლება</p></td><td><ol type=a><li>ტრენინგები</li><li>მონაწილეები</li></ol></td><td>2016<br>წელი</td></tr></table>
<p><span style='display:none'>hidden</span></p></div></body></html>""".encode()
    )
    plan = read_plan(path)
    assert (plan.title, plan.year) == ("სამოქმედო გეგმა 2016", 2016)
    assert tree(plan) == [("1", "განყოფილება", None)]
    assert rows(plan, "text", "deadline") == [("1.1", "სწავლება", "2016 წელი")]
    assert labels(plan) == [[("a", "ტრენინგები"), ("b", "მონაწილეები")]]
    assert not any("hidden" in w.what or "junk" in w.what for w in plan.warnings)


def test_excel_dates_numbers_and_a_zero_lost_from_a_number(tmp_path: Path) -> None:
    import datetime as dt

    import xlsxwriter

    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("P")
    date = book.add_format({"num_format": "dd/mm/yyyy"})
    for c, text in enumerate(["Code", "Activity", "Indicator", "Deadline"]):
        sheet.write(0, c, text)
    for r in range(1, 12):
        sheet.write_number(r, 0, round(1 + (r / 10 if r < 10 else r / 100), 2))
        sheet.write(r, 1, f"Do thing {r}")
        sheet.write(r, 2, f"Thing {r} done")
        sheet.write_datetime(r, 3, dt.datetime(2025, r, 1), date)
    book.close()
    plan = read_plan(path)
    assert [a["code"] for a in plan.activities] == [*(f"1.{n}" for n in range(1, 10)), "1.10", "1.11"]
    assert plan.activities[4]["deadline"] == "01.05.2025"
    assert plan.activities[4]["due"] == ["2025-05-01"]
    assert "code_zero" in codes(plan)


def test_doubtful_things_are_told(tmp_path: Path) -> None:
    blocks = [
        "*Plan 2020*",
        "This introduction tells at length why the plan was made, by whom it was discussed, and what it hopes to reach. " * 3,
        [
            ["Activity", "Indicator", "Deadline", "Partners"],
            ["1.1 Meet", "Meetings held\nMinutes written", "2020", "Ministry of Education, Science, Culture and Sport"],
            ["1.2 Rest", "a) Naps taken\nc) Dreams dreamt", "sometime", ""],
            ["", "", "", ""],
        ],
        "Approved by the minister, who asked that every unit report on time and in full, without being reminded of it twice.",
    ]
    plan = read_plan(builders.word(tmp_path / "a.docx", blocks))
    assert {"text_outside", "unlettered", "bodies_comma", "label_order"} <= codes(plan)
    assert labels(plan)[0] == [("", "Meetings held"), ("", "Minutes written")]
    assert plan.activities[0]["partners"] == ["Ministry of Education, Science, Culture and Sport"]
    assert plan.activities[1]["due"] == []
    assert all(w.where and w.what for w in plan.warnings)


def test_headings_in_the_rows_with_a_number_in_its_own_column(tmp_path: Path) -> None:
    blocks = [
        "*საგარეო საქმეთა სამინისტროს სამოქმედო გეგმა*",
        "*2022 წელი*",
        [
            ["N", "დასახელება", "შემსრულებელი", "შესრულების ვადა", "შენიშვნა"],
            ["I", "ორმხრივი ურთიერთობები", "", "", ""],
            ["1", "ვიზიტის მომზადება", "ევროპის დეპარტამენტი", "მარტი", ""],
            ["2", "კონსულტაციები", "აზიის დეპარტამენტი", "მაისი", "ონლაინ"],
            ["II", "მრავალმხრივი ურთიერთობები", "", "", ""],
            ["3", "გენერალური ასამბლეა", "გაეროს დეპარტამენტი", "სექტემბერი", ""],
        ],
    ]
    for path in (builders.word(tmp_path / "a.docx", blocks), builders.excel(tmp_path / "a.xlsx", {"x": blocks})):
        plan = read_plan(path)
        assert (plan.title, plan.year, plan.organisation) == ("საგარეო საქმეთა სამინისტროს სამოქმედო გეგმა", 2022, [])
        assert tree(plan) == [("I", "ორმხრივი ურთიერთობები", None), ("II", "მრავალმხრივი ურთიერთობები", None)]
        assert rows(plan, "section", "text", "due") == [
            ("1", "I", "ვიზიტის მომზადება", ["2022-03-31"]),
            ("2", "I", "კონსულტაციები", ["2022-05-31"]),
            ("3", "II", "გენერალური ასამბლეა", ["2022-09-30"]),
        ]


def test_headings_in_unmerged_rows_of_a_plan_without_numbers(tmp_path: Path) -> None:
    table = [
        ["Task", "Owner", "Due date", "KPI"],
        ["International cooperation", "", "", ""],
        ["Sign MoU with Turkey", "Legal Office", "Q1", "MoU signed"],
        ["Open hotline", "IT Office", "Q2", "Hotline open"],
        ["Training", "", "", ""],
        ["English course", "HR Office", "Q3", "a) 20 graduates; b) Test passed by 80% of them"],
        ["Closing event", "", "", ""],
    ]
    plan = read_plan(builders.web(tmp_path / "a.html", ["# Plan of the Customs Service for 2025", table]))
    assert tree(plan)[:2] == [("1", "International cooperation", None), ("2", "Training", None)]
    assert rows(plan, "section") == [("1.1", "1"), ("1.2", "1"), ("2.1", "2")]
    assert labels(plan)[2] == [("a", "20 graduates;"), ("b", "Test passed by 80% of them")]
    assert [w.params["text"] for w in plan.warnings if w.code == "empty_section"] == ["Closing event"]


def test_goals_by_letter_and_dates_of_start_and_end(tmp_path: Path) -> None:
    table = [
        ["Strategic goal", "Objective", "Action", "Output indicator", "Responsible institution", "Start", "End"],
        ["Goal A. Interoperability", "Join in", "Join exercises", "Exercises joined", "Integration Division", "January 2026", "June 2026"],
        ["", "", "Host exercise", "Exercise hosted", "Integration Division", "March 2026", "December 2026"],
        ["Goal B. Reform", "Make law", "Write law", "Law drafted", "Legal Department", "", "Q4 2026"],
    ]
    plan = read_plan(builders.word(tmp_path / "a.docx", ["# Ministry of Defence", "# Annual Action Plan for 2026", table]))
    assert tree(plan) == [("A", "Interoperability", None), ("A.1", "Join in", "A"), ("B", "Reform", None), ("B.1", "Make law", "B")]
    assert rows(plan, "deadline", "due") == [
        ("A.1.1", "January 2026 – June 2026", ["2026-06-30"]),
        ("A.1.2", "March 2026 – December 2026", ["2026-12-31"]),
        ("B.1.1", "Q4 2026", ["2026-12-31"]),
    ]


def test_a_pdf_table_without_lines(tmp_path: Path, fonts: Path) -> None:
    table = [
        ["Activity", "Indicator", "Deadline", "Responsible", "Partners"],
        ["1.1 Draft the new regulation on visa exemptions for partners", "Regulation drafted and sent out", "Q1 2024", "Legal Unit", "OSCE"],
        ["1.2 Hold consultations with all of the embassies concerned", "Number of consultations held", "Q2 2024", "Visa Unit", ""],
    ]
    path = builders.pdf(tmp_path / "a.pdf", ["*Action Plan 2024*", table], fonts, widths=[2, 2, 1, 1, 1], stroke=False)
    plan = read_plan(path)
    assert plan.title == "Action Plan 2024"
    assert rows(plan, "text", "deadline", "responsible", "partners") == [
        ("1.1", "Draft the new regulation on visa exemptions for partners", "Q1 2024", ["Legal Unit"], ["OSCE"]),
        ("1.2", "Hold consultations with all of the embassies concerned", "Q2 2024", ["Visa Unit"], []),
    ]
    assert labels(plan) == [[("", "Regulation drafted and sent out")], [("", "Number of consultations held")]]
    assert "unruled" in codes(plan)
