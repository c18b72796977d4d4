"""The catalogue of reports: every report, in every form and language, from the same records that the registers show the same reader."""

import datetime as dt
import io
import re
import zipfile

import docx
import openpyxl
import pypdfium2
import pytest
from docx.oxml.ns import qn
from lxml import etree

from gegma.accounts.models import SYSTEM, User
from gegma.engine import registry
from gegma.kernel import periods
from gegma.reports import catalogue
from gegma.reports.catalogue import asking, base, layout, paper
from gegma.reports.catalogue.builders import activity, agreements, briefing, commitments, meetings, projects, trainings
from gegma.reports.text import clean
from tests.factories import make
from tests.reports.sample import HOSTILE

pytestmark = pytest.mark.django_db
KEYS = [report.key for report in catalogue.everything()]
LANGUAGES = ["ka", "en"]
YEAR, EMPTY = periods.parse("2017"), periods.parse("1950")
DAY = dt.date(2017, 3, 9)
MARK = "=1+1 <b>ღია</b> & {{x}}"
SECRET = "დაფარულისახელი"
# Whose titles a report names; one that is not here publishes numbers alone.
NAMES = {
    "framework": ["commitments", "actions"], "monitoring": ["commitments", "actions"], "trainings": ["trainings"], "projects": ["projects"],
    "project": ["projects"], "needs": ["needs"], "treaties": ["agreements"], "meetings": ["meetings", "decisions"],
    "briefing": ["meetings", "requests", "contacts"], "activity": ["meetings", "trainings", "projects"],
}  # fmt: skip
ENDED = {"ends_on": DAY, "starts_on": DAY}
RECORDS = {
    "commitments": {"received_on": DAY, "declared": "fully", "declared_on": DAY}, "trainings": {"state": "held", "hours": 8, **ENDED},
    "projects": {"state": "active", "budget": 1000, "currency": "EUR", "starts_on": DAY}, "needs": {"identified_on": DAY, "cost": 500, "currency": "EUR"},
    "agreements": {}, "requests": {"direction": "outgoing", "sent_on": DAY, "registered_on": DAY}, "meetings": {"state": "held", "starts_on": DAY},
    "contacts": {},
}  # fmt: skip


@pytest.fixture
def world():
    """Of each register one record that everybody may see and one that only the unit may, with a child each where there are children."""
    unit, country, framework = make("units", title_ka="დანაყოფი"), make("countries", code="de", title_ka="გერმანია"), make("frameworks", code="upr")
    found = {"unit": unit, "country": country, "framework": framework}
    for key, values in RECORDS.items():
        for secret in (False, True):
            given = {**values, **_about(key, country, framework, secret)}
            m2m = {"commitments": None, "agreements": {"countries": [country]}, "meetings": {"partner_countries": [country]}}.get(key)
            hidden = {"confidentiality": "restricted", "owner_unit": unit} if secret else {}
            title = f"{SECRET} {key}" if secret else f"{MARK} {key}"
            made = make(key, m2m=m2m, title_ka=title, title_en="", **given, **hidden)
            found[key + "-secret" * secret] = made
            _children(key, made, secret, hidden, unit)
    return found


def _about(key, country, framework, secret):
    return {
        "commitments": {"framework": framework, "paragraph": "2" if secret else "1"},
        "requests": {"country": country, "our_number": "2" if secret else "1", "basis": "reciprocity"}, "contacts": {"country": country},
        "meetings": {"framework": framework},
    }.get(key, {})  # fmt: skip


def _children(key, record, secret, hidden, unit):
    word = SECRET if secret else MARK
    if key == "commitments":
        make("actions", m2m={"commitments": [record]}, title_ka=f"{word} actions", done_on=DAY, **hidden)
    if key == "meetings":
        make("decisions", meeting=record, title_ka=f"{word} decisions", due_on=DAY)
    if key == "trainings":
        make("participations", training=record, headcount=7, sex="f", unit=unit, state="completed", score_before=40, score_after=60)


def given_of(report, world):
    """The parameters that the report needs."""
    known = {"framework": "upr", "country": "de", "project": str(world["projects"].pk)}
    return {param.name: [known[param.name]] for param in report.needs}


def made(key, user, lang="ka", period=YEAR, world=None, **given):
    report = catalogue.find(key)
    words = {**(given_of(report, world) if world else {}), **{name: [value] for name, value in given.items()}}
    return base.make(report, user, period, lang, asking.cleaned(report, user, words))


def words_of(data, fmt):
    """All that the file says, without spaces and break marks."""
    if fmt == "docx":
        found = " ".join(node.text or "" for node in docx.Document(io.BytesIO(data)).element.body.iter(qn("w:t")))
    elif fmt == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(data))
        found = " ".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None)
    else:
        with pypdfium2.PdfDocument(data) as file:
            found = " ".join(page.get_textpage().get_text_range() for page in file)
    return re.sub(r"[\s\u200b\ufffe\u00ad\u0002]", "", found)


def bare(text):
    return re.sub(r"\s", "", text)


def blocks(made_paper, kind):
    return [block for block in made_paper["blocks"] if block["block"] == kind]


def figure(made_paper, label_place):
    return [item["value"] for block in blocks(made_paper, "figures") for item in block["items"]][label_place]


# -- every report, every form, both languages ------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("fmt", catalogue.FORMATS)
@pytest.mark.parametrize("key", KEYS)
def test_a_stranger_gets_what_is_open_and_nothing_else(world, users, key, fmt, lang):
    data = catalogue.render(made(key, users.viewer, lang, world=world), fmt)
    said = words_of(data, fmt)
    for register in NAMES.get(key, ()):
        assert bare(f"{MARK} {register}") in said, register
    assert SECRET not in said
    if fmt == "xlsx":
        for sheet in openpyxl.load_workbook(io.BytesIO(data)):
            assert not any(cell.data_type == "f" or cell.hyperlink for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize("key", KEYS)
def test_the_owner_unit_gets_its_own(world, key):
    insider = User.objects.create_user("insider@example.ge", "secret-Secret-1", name="შინაური", role="officer", unit=world["unit"])
    text = str(made(key, insider, world=world))
    for register in NAMES.get(key, ()):
        if (key, register) != ("project", "projects"):  # a sheet of the project that was asked for
            assert f"{SECRET} {register}" in text


@pytest.mark.parametrize("fmt", catalogue.FORMATS)
@pytest.mark.parametrize("key", KEYS)
def test_an_empty_period_makes_a_report(users, key, fmt):
    framework, country, project = make("frameworks", code="upr"), make("countries", code="de"), make("projects")
    some = {"framework": framework, "country": country, "projects": project}
    data = catalogue.render(made(key, users.viewer, period=EMPTY, world=some), fmt)
    assert len(words_of(data, fmt)) > 50


def spoilt(made_paper):
    """The paper with a nasty text wherever it takes one."""
    texts = iter(HOSTILE * 5000)
    kept = {"block", "kind", "style", "lang", "made_on", "tone"}

    def spoil(value, name=""):
        if isinstance(value, dict):
            kinds = [column["kind"] for column in value.get("columns", ())]
            if kinds:
                rows = [[cell if kind in ("date", "number", "status") else spoil(cell) for cell, kind in zip(row, kinds, strict=True)] for row in value["rows"]]
                return {**{k: spoil(v, k) for k, v in value.items() if k not in ("rows", "total")}, "rows": rows, "total": value["total"]}
            return {k: spoil(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [spoil(inner, name) for inner in value]
        return next(texts) if isinstance(value, str) and name not in kept else value

    return spoil(made_paper)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("fmt", catalogue.FORMATS)
@pytest.mark.parametrize("key", KEYS)
def test_hostile_text_is_text(world, users, key, fmt, lang):
    nasty = spoilt(made(key, users.viewer, lang, world=world))
    data = catalogue.render(nasty, fmt)
    said = words_of(data, fmt)
    if fmt != "pdf":  # typst breaks lines within words and draws what a font lacks by its number
        for text in {t["text"] for t in blocks(nasty, "heading")}:
            assert bare(clean(text)) in said
    if fmt == "xlsx":
        for sheet in openpyxl.load_workbook(io.BytesIO(data)):
            assert not any(cell.data_type == "f" or cell.hyperlink for row in sheet.iter_rows() for cell in row)
    if fmt == "docx":
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            for name in parts.namelist():
                if name.endswith((".xml", ".rels")):
                    etree.fromstring(parts.read(name))


# -- what the files are ----------------------------------------------------------------------------------------------------


def test_word_has_headings_contents_page_numbers_repeated_heads_and_the_font(world, users):
    data = catalogue.render(made("meetings", users.viewer, world=world), "docx")
    file = docx.Document(io.BytesIO(data))
    levels = [int(p.style.name[-1]) for p in file.paragraphs if re.fullmatch(r"Heading \d", p.style.name)]
    assert levels and all(b - a <= 1 for a, b in zip([0, *levels], levels, strict=False))
    codes = " ".join(node.text or "" for node in file.element.body.iter(qn("w:instrText")))
    assert "TOC" in codes and codes.count("PAGEREF") == len(levels)
    assert "PAGE" in file.sections[-1].footer._element.xml
    grids = [t for t in file.tables if t.style.name == "Report table"]
    assert grids and all(t.rows[0]._tr.find(qn("w:trPr")).find(qn("w:tblHeader")) is not None for t in grids)
    pictures = file.element.body.findall(".//" + qn("wp:docPr"))
    assert pictures and all(picture.get("descr") for picture in pictures)
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert sum(name.endswith(".odttf") for name in parts.namelist()) == 2


def test_no_table_is_wider_than_its_page(world, users):
    for key in KEYS:
        for lang in LANGUAGES:
            report = layout.build(made(key, users.viewer, lang, world=world))
            for block in report["blocks"]:
                if block["block"] == "table":
                    assert sum(block["widths"]) <= report["width"] + 1, (key, block["name"])


def test_the_workbook_has_numbers_dates_and_filters(world, users):
    book = openpyxl.load_workbook(io.BytesIO(catalogue.render(made("trainings", users.viewer, world=world), "xlsx")))
    sheet = book.worksheets[-1]
    assert sheet.auto_filter.ref and sheet.freeze_panes
    row = [cell.value for cell in sheet[2]]
    assert row[1] == dt.datetime(2017, 3, 9) and row[2] == 8 and row[3] == 7


def test_the_same_paper_gives_the_same_bytes(world, users):
    one = made("treaties", users.viewer, world=world)
    for fmt in ("docx", "pdf"):
        assert catalogue.render(one, fmt) == catalogue.render(one, fmt)


def test_a_long_table_ends_on_paper_and_not_in_the_workbook():
    rows = [[f"r{n}", n] for n in range(layout.ROWS_MAX + 5)]
    table = paper.table("Long", [paper.column("Name"), paper.column("N", "number")], rows)
    long = {"lang": "en", "title": "T", "organisation": [], "facts": [], "made_on": "2017-12-11", "blocks": [paper.heading("H"), table]}
    assert "5 more rows" in next(b for b in layout.build(long)["blocks"] if b["block"] == "table")["more"]
    sheet = openpyxl.load_workbook(io.BytesIO(catalogue.render(long, "xlsx"))).worksheets[-1]
    assert sheet.max_row == len(rows) + 1


def test_an_unknown_form_or_language_is_refused():
    with pytest.raises(ValueError, match="docx, xlsx, pdf"):
        catalogue.render({}, "odt")
    with pytest.raises(ValueError, match="use ka or en"):
        catalogue.render({"lang": "ru", "blocks": [], "title": "", "organisation": [], "facts": [], "made_on": "2017-01-01"}, "pdf")


# -- the figures are those of the lists ------------------------------------------------------------------------------------


def ask_of(user, world, **given):
    return base.Ask(user, YEAR, given)


def test_figures_are_those_of_the_registers_own_lists(world, users):
    viewer = users.viewer
    cases = [
        ("framework", 0, "commitments", commitments.asked(ask_of(viewer, world, framework=world["framework"]))),
        ("trainings", 0, "trainings", trainings.asked(ask_of(viewer, world))),
        ("projects", 0, "projects", projects.asked(ask_of(viewer, world))),
        ("treaties", 0, "agreements", agreements.asked(ask_of(viewer, world))),
        ("requests", 0, "requests", {"direction": "outgoing", **base.span("passed_on", YEAR)}),
        ("meetings", 0, "meetings", meetings.asked(ask_of(viewer, world))),
        ("needs", 0, "needs", {"open": "1", "identified_on__to": "31.12.2017"}),
    ]  # fmt: skip
    for key, place, register, where in cases:
        count = registry.get(register).rows(viewer, where).count()
        assert count == 1 and registry.get(register).rows(SYSTEM, where).count() == 2, key
        assert figure(made(key, viewer, world=world), place) == count, key


def test_the_activity_report_counts_as_the_lists_do(world, users):
    table = blocks(made("activity", users.viewer, world=world), "table")[0]
    for work, row in zip(activity.WORKS, table["rows"], strict=True):
        where = {**work.where, **base.span(work.days, YEAR)}
        assert row[1] == registry.get(work.register).rows(users.viewer, where).count(), work.register
    assert [row[1] for row in table["rows"]][:1] == [1]


def test_people_trained_are_counted_by_headcount_and_sex(world, users):
    said = made("trainings", users.viewer, world=world)
    assert [figure(said, n) for n in range(1, 8)] == [7, 7, 8, 7, 0, 0, 56]
    scores = blocks(said, "table")[-2]
    assert scores["total"][1:] == [1, 40, 60, 20]


def test_what_was_withheld_is_said_where_figures_are_published(world, users):
    for report in catalogue.everything():
        said = str(made(report.key, users.viewer, "en", world=world))
        assert ("Records withheld from these figures" in said) == report.figures, report.key
    assert "trainings – 1" in str(made("trainings", users.viewer, "en", world=world))


def test_a_briefing_has_the_sections_that_were_ticked(world, users):
    said = made("briefing", users.viewer, "en", world=world, sections="requests")
    assert [block["text"] for block in blocks(said, "heading")] == ["Requests"]
    assert len(blocks(made("briefing", users.viewer, "en", world=world), "heading")) == len(briefing.SECTIONS)


def test_requests_of_another_country_are_not_in_that_of_this_one(world, users):
    make("countries", code="fr")
    said = base.make(catalogue.find("requests"), users.viewer, YEAR, "en", asking.cleaned(catalogue.find("requests"), users.viewer, {"country": ["fr"]}))
    assert figure(said, 0) in (None, 0) and not blocks(said, "table")[0]["rows"]


# -- parameters ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "given", "name"),
    [
        ("framework", {}, "framework"), ("framework", {"framework": ["no-such"]}, "framework"), ("framework", {"framework": ["9" * 30]}, "framework"),
        ("trainings", {"audience": ["=1+1"]}, "audience"), ("trainings", {"colour": ["red"]}, "colour"), ("briefing", {"country": ["\0"]}, "country"),
        ("briefing", {"country": ["de"], "sections": ["requests", "x" * 500]}, "sections"), ("framework", {"framework": ["upr"], "cycle": ["x" * 500]}, "cycle"),
    ],
)  # fmt: skip
def test_wrong_parameters_are_refused_by_name(world, users, key, given, name):
    with pytest.raises(asking.Wrong) as wrong:
        asking.cleaned(catalogue.find(key), users.viewer, given)
    assert name in wrong.value.faults and wrong.value.faults[name]


def test_a_hidden_record_is_no_parameter(world, users):
    hidden = str(world["projects-secret"].pk)
    with pytest.raises(asking.Wrong):
        asking.cleaned(catalogue.find("project"), users.viewer, {"project": [hidden]})
    assert hidden not in dict(catalogue.find("project").params[0].choices(users.viewer))


def test_records_are_named_by_number_or_code(world, users):
    number = registry.get("projects").number(world["projects"])
    for word in (number, number.lower(), str(world["projects"].pk)):
        assert asking.cleaned(catalogue.find("project"), users.viewer, {"project": [word]})["project"] == world["projects"]


@pytest.mark.parametrize("given", [{"period": "2017-13"}, {"from": "31.02.2017"}, {"from": "01.02.2017", "to": "01.01.2017"}, {"period": "0001"}])
def test_a_wrong_period_is_refused(given):
    with pytest.raises(asking.Wrong):
        asking.period_of(given)
