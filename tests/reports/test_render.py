"""The three forms of a report: everything is in them, hostile text is text, Word, Excel and PDF are what they claim."""

import datetime as dt
import io
import os
import re
import subprocess
import sys
import zipfile
from collections import Counter

import docx
import openpyxl
import pdfplumber
import pytest
from docx.oxml.ns import qn
from lxml import etree

from gegma.kernel import fonts
from gegma.reports import content, docx_styles, pdf, typesetter
from gegma.reports.render import render
from gegma.reports.text import CELL_PADDING, MM_PER_PT, TABLE_SIZE, clean, drawable
from gegma.reports.words import _WORDS, Words
from tests.reports import sample

LANGUAGES = ["ka", "en"]


@pytest.fixture(scope="module")
def made():
    """Each sample in each form, made once."""
    contexts = {lang: sample.build(lang) for lang in LANGUAGES}
    contexts["hostile"], contexts["empty"] = sample.hostile(), sample.empty()
    for lang in LANGUAGES:
        # Reading a PDF back is slow: the first three sections have every kind of cell.
        contexts[f"{lang}-short"] = {**contexts[lang], "sections": contexts[lang]["sections"][:4],
                                     "annex": contexts[lang]["annex"][:6]}
    kept = {}

    def get(name, fmt):
        if (name, fmt) not in kept:
            kept[name, fmt] = render(contexts[name], fmt)
        return kept[name, fmt]

    get.contexts = contexts
    return get


def bare(text):
    """Without spaces and break marks, for comparing text across line breaks."""
    return re.sub(r"[\s\u200b]", "", text)


def said(context):
    """Every paragraph of the plan's table and the annex, as the report means to say it."""
    report = content.build(context)
    for section in report["sections"]:
        yield section["heading"]
        for activity in section["activities"]:
            cells = [activity[key] for key in ("activity", "deadline", "partners", "comments", "status", "below")]
            cells += [cell for pair in activity["indicators"] for cell in pair]
            yield from (content.plain(paragraph) for cell in cells for paragraph in cell)
    for entry in report["annex"]:
        yield entry["heading"]
        yield from (text for row in entry["rows"] for text in row)
        yield entry["more"]


# ---------------------------------------------------------------- the door


def test_an_unknown_form_or_language_is_refused_in_words(made):
    with pytest.raises(ValueError, match="docx, xlsx, pdf"):
        render(made.contexts["en"], "odt")
    for fmt in ("docx", "xlsx", "pdf"):
        with pytest.raises(ValueError, match="use ka or en"):
            render({**made.contexts["en"], "lang": "ru"}, fmt)
        with pytest.raises(ValueError, match="lacks 'summary'"):
            render({k: v for k, v in made.contexts["en"].items() if k != "summary"}, fmt)


@pytest.mark.parametrize("fmt", ["docx", "xlsx", "pdf"])
def test_the_same_context_gives_the_same_bytes_and_stays_untouched(made, fmt):
    before = repr(made.contexts["en-short"])
    assert render(made.contexts["en-short"], fmt) == made("en-short", fmt)
    assert repr(made.contexts["en-short"]) == before


def test_every_word_is_there_in_both_languages():
    for key, (ka, en) in _WORDS.items():
        assert ka.strip() and en.strip(), key
        assert re.search("[ა-ჰ№]", ka) and not re.search("[ა-ჰ]", en), key
        assert sorted(re.findall(r"{\w+}", ka)) == sorted(re.findall(r"{\w+}", en)), key
    assert Words("ka").part_of(3, 4) == "4-დან 3"


# ---------------------------------------------------------------- Word


def word(data):
    return docx.Document(io.BytesIO(data))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_word_has_real_headings_contents_and_properties(made, lang):
    document, context = word(made(lang, "docx")), made.contexts[lang]
    words = Words(lang)
    headings = [(p.style.name, p.text) for p in document.paragraphs if p.style.name.startswith("Heading")]
    tops = [text for name, text in headings if name == "Heading 1"]
    assert tops == [words[key] for key in ("summary", "divisions", "plan", "annex")]
    for section in context["sections"]:
        assert (f"Heading {section['level'] + 1}", f"{section['code']}. {section['title']}") in headings
    core = document.core_properties
    assert (core.title, core.author) == (context["title"], ", ".join(context["organisation"]))
    assert core.created == dt.datetime(2017, 12, 15, tzinfo=core.created.tzinfo)
    fields = [node.text for node in document.element.iter(qn("w:instrText"))]
    assert any("TOC " in code for code in fields)
    # Each line of the contents leads to a mark that exists.
    marks = {node.get(qn("w:name")) for node in document.element.iter(qn("w:bookmarkStart"))}
    links = [node.get(qn("w:anchor")) for node in document.element.iter(qn("w:hyperlink"))]
    assert len(links) > 15 and set(links) <= marks
    assert document.settings.element.find(qn("w:updateFields")) is not None


@pytest.mark.parametrize("lang", LANGUAGES)
def test_word_tables_repeat_their_header_and_say_everything(made, lang):
    document, context = word(made(lang, "docx")), made.contexts[lang]
    plan = [t for t in document.tables if t.rows[0].cells[0].text == context["plan"]["columns"][0]]
    assert len(plan) == sum(bool(section["activities"]) for section in context["sections"])
    for table in plan:
        first = table.rows[0]._tr
        assert first.trPr.find(qn("w:tblHeader")) is not None
        assert [bare(cell.text) for cell in table.rows[0].cells][:5] == [bare(c) for c in context["plan"]["columns"]]
        grid = [int(column.get(qn("w:w"))) for column in table._tbl.tblGrid.findall(qn("w:gridCol"))]
        cells = [int(cell.tcPr.find(qn("w:tcW")).get(qn("w:w"))) for cell in first.tc_lst]
        assert len(grid) == 7 and cells == grid and abs(sum(grid) - 267 * 56.7) < 60
    whole = bare("\n".join(node.text or "" for node in document.element.iter(qn("w:t"))))
    missing = [text for text in said(context) if bare(text) not in whole]
    assert not missing, missing[:5]


def test_word_merges_the_activity_over_its_indicators(made):
    document, context = word(made("ka", "docx")), made.contexts["ka"]
    restarts = sum(node.get(qn("w:val")) == "restart" for node in document.element.iter(qn("w:vMerge")))
    many = [a for s in context["sections"] for a in s["activities"]]
    below = [bool(a["narrative"] or a["steps"]) for a in many]
    expected = sum(
        (2 if len(a["indicators"]) > 1 or low else 0) + (3 if len(a["indicators"]) > 1 else 0)
        for a, low in zip(many, below, strict=True)
    )
    assert restarts == expected > 100


def test_word_font_is_firago_everywhere_named_embedded_and_whole(made):
    data = made("ka", "docx")
    document = word(data)
    for tree in (document.styles.element, document.element):
        for node in tree.iter(qn("w:rFonts")):
            assert {node.get(qn(f"w:{script}")) for script in ("ascii", "hAnsi", "eastAsia", "cs")} == {"FiraGO"}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        table = etree.fromstring(archive.read("word/fontTable.xml"))
        font = table.find(qn("w:font"))
        assert font.find(qn("w:altName")).get(qn("w:val")) == "Sylfaen"
        relations = etree.fromstring(archive.read("word/_rels/fontTable.xml.rels"))
        targets = {node.get("Id"): node.get("Target") for node in relations}
        for tag, whole in (("embedRegular", fonts.regular()), ("embedBold", fonts.bold())):
            ref = font.find(qn(f"w:{tag}"))
            key = bytes.fromhex(ref.get(qn("w:fontKey")).strip("{}").replace("-", ""))[::-1]
            kept = archive.read("word/" + targets[ref.get(qn("r:id"))].lstrip("/").removeprefix("word/"))
            assert bytes(b ^ key[i % 16] for i, b in enumerate(kept[:32])) + kept[32:] == whole
        types = archive.read("[Content_Types].xml").decode()
        assert types.count("obfuscatedFont") >= 1
    tags = {node.get(qn("w:val")) for node in document.styles.element.iter(qn("w:lang"))}
    assert tags == {"ka-GE"}


def test_word_looks_come_from_styles_that_exist(made):
    document = word(made("hostile", "docx"))
    known = {style.style_id for style in document.styles}
    used = {node.get(qn("w:val")) for tag in ("pStyle", "rStyle", "tblStyle")
            for node in document.element.iter(qn(f"w:{tag}"))}
    assert used <= known and len(used) > 15
    # No bold, colour or size typed onto a run: whoever edits the document changes the style once.
    assert not [node for tag in ("b", "color", "sz") for run in document.element.iter(qn("w:rPr"))
                for node in run.findall(qn(f"w:{tag}"))]


def test_word_charts_have_words_and_fit_the_page(made):
    document = word(made("ka", "docx"))
    shapes = list(document.inline_shapes)
    assert len(shapes) == 2 + len(made.contexts["ka"]["divisions"])
    for shape in shapes:
        told = shape._inline.docPr.get("descr")
        assert re.search(r"[ა-ჰ].*: \d", told)
        assert shape._inline.get("distL") == "0" and shape.width.mm <= 170
    blip = document.part.related_parts[shapes[0]._inline.graphic.graphicData.pic.blipFill.blip.embed].blob
    assert blip.startswith(b"\x89PNG")


def test_word_pages_lie_and_stand(made):
    document = word(made("en", "docx"))
    assert [section.page_width > section.page_height for section in document.sections] == [False, True, False]
    foot = "".join(node.text for node in document.sections[0].footer._element.iter(qn("w:instrText")))
    assert "PAGE" in foot and "NUMPAGES" in foot
    assert document.sections[0].header.paragraphs[0].text == made.contexts["en"]["plan"]["title"]


# ---------------------------------------------------------------- PDF


@pytest.mark.parametrize("lang", LANGUAGES)
def test_pdf_is_tagged_archival_and_complete(made, lang):
    data, context = made(f"{lang}-short", "pdf"), made.contexts[f"{lang}-short"]
    assert b"<pdfaid:part>2</pdfaid:part>" in data and b"<pdfaid:conformance>A<" in data
    assert b"<pdfuaid:part>1</pdfuaid:part>" in data
    with pdfplumber.open(io.BytesIO(data)) as document:
        pages = [page.extract_text() or "" for page in document.pages]
        wide = [page.width > page.height for page in document.pages]
        assert document.metadata["Title"] == context["title"]
        assert document.doc.catalog["Lang"].decode().startswith(lang)
    assert 8 < len(pages) < 25
    assert wide.index(True) > 2 and not wide[-1]
    have = Counter(bare("".join(pages)))
    need = Counter(bare("".join(said(context))))
    # Letters, not sentences: a cell that runs over a page is interleaved with its neighbours.
    assert not {letter: n for letter, n in need.items() if have[letter] < n}
    # The header row stands on each page that goes on with a table.
    lying = [page for page, flat in zip(pages, wide, strict=True) if flat]
    assert all(Words(lang)["readings"] in page for page in lying)
    assert re.search(rf"\b{len(pages)} / {len(pages)}\b", pages[-1])


def test_pdf_names_what_no_font_can_draw():
    assert drawable("✓ ა\u1c90 中 \ufb01\ufe0f") == "✓ აა [U+4E2D] \ufb01"
    assert drawable({"a": ["😀", 5, None]}) == {"a": ["[U+1F600]", 5, None]}


def test_a_mistake_in_typesetting_is_told_not_hidden():
    with pytest.raises(typesetter.TypesettingError, match=r"charts\.typ"):
        typesetter.typeset("charts.typ", {"charts": ["<svg"]}, form="png")


def test_typst_is_not_loaded_into_the_process_that_renders():
    """In a process of its own: a test of the readers may have loaded it into this one."""
    code = """
import django, sys
django.setup()
from gegma.reports.render import render
from tests.reports import sample
assert render(sample.empty("en"), "pdf").startswith(b"%PDF")
print("typst" in sys.modules)
"""
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "gegma.config.settings", "PYTHONPATH": "src:."}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout) == (0, "False\n"), done.stderr


# ---------------------------------------------------------------- Excel


def book(data):
    return openpyxl.load_workbook(io.BytesIO(data))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_excel_numbers_are_numbers_and_dates_dates(made, lang):
    sheets, context, words = book(made(lang, "xlsx")), made.contexts[lang], Words(lang)
    plan = sheets[words["sheet_plan"]]
    header = [cell.value for cell in plan[1]]
    rows = [dict(zip(header, row, strict=True)) for row in plan.iter_rows(min_row=2)]
    readings = [r for s in context["sections"] for a in s["activities"] for i in a["indicators"] for r in i["readings"]]
    assert len(rows) == len(readings) == 110
    for row, reading in zip(rows, readings, strict=True):
        cell = row[words["value"]]
        if reading["value"] is None:
            assert cell.value is None
        elif reading["unit"] == "percent":
            assert cell.value == pytest.approx(reading["value"] / 100) and cell.number_format == "0%"
        else:
            assert cell.value == reading["value"] and cell.data_type == "n"
    assert plan.auto_filter.ref == f"A1:{plan.cell(1, len(header)).column_letter}111"
    assert plan.freeze_panes == "D2"
    assert header[2] == context["plan"]["columns"][0] and header[5] == context["plan"]["columns"][1]
    evidence = sheets[words["sheet_evidence"]]
    dates = [row[6].value for row in evidence.iter_rows(min_row=2) if row[6].value]
    assert dates and all(isinstance(value, dt.datetime) for value in dates)
    assert evidence.auto_filter.ref and evidence["G2"].number_format == "dd.mm.yyyy"
    summary = sheets[words["sheet_summary"]]
    assert len(summary._charts) == 1
    figures = [cell.value for row in summary for cell in row if isinstance(cell.value, int | float)]
    assert {60, 89, 110} <= set(figures)


def test_excel_has_the_breakdowns_and_extra_columns(made):
    sheets = book(made("ka", "xlsx"))
    rows = [[cell.value for cell in row] for row in sheets[Words("ka")["sheet_breakdowns"]].iter_rows(min_row=2)]
    assert rows and all(isinstance(row[5], int) for row in rows)
    context = sample.build("en")
    context["plan"]["extra_columns"] = ["Budget"]
    context["sections"][1]["activities"][0]["extra"] = {"Budget": "12 000 GEL"}
    plan = book(render(context, "xlsx"))[Words("en")["sheet_plan"]]
    column = [cell.value for cell in plan[1]].index("Budget")
    assert plan[2][column].value == "12 000 GEL"


def test_excel_keeps_formulas_and_links_as_text(made):
    data = made("hostile", "xlsx")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/sheet"):
                sheet = archive.read(name)
                assert b"<f>" not in sheet and b"<hyperlink" not in sheet
    cells = [cell for sheet in book(data) for row in sheet for cell in row if isinstance(cell.value, str)]
    dangerous = [cell for cell in cells if cell.value[0] in "=+-@"]
    assert len(dangerous) > 5
    assert all(cell.data_type == "s" or cell.value.startswith("=") and cell.quotePrefix for cell in dangerous)
    assert all(cell.quotePrefix for cell in dangerous)


def test_excel_says_when_a_text_is_longer_than_a_cell(made):
    context = sample.build("en")
    context["sections"][1]["activities"][0]["narrative"] = "word " * 10_000
    plan = book(render(context, "xlsx"))[Words("en")["sheet_plan"]]
    text = next(cell.value for cell in plan[2] if isinstance(cell.value, str) and cell.value.startswith("word"))
    assert len(text) == 32_767 and text.endswith("[the text goes on: 50,000 characters]")


# ---------------------------------------------------------------- whatever people type


def test_hostile_text_is_text_in_word(made):
    document = word(made("hostile", "docx"))
    whole = bare("\n".join(node.text or "" for node in document.element.iter(qn("w:t"))))
    for text in ("<script>alert('x')</script> & <b>", '#import "evil.typ": *', "]]> {{ 7*7 }}", "გრძელი" * 25, "中文 😀"):
        assert bare(text) in whole, text
    assert "control[31mend" in whole and "\u202e" not in whole


def test_hostile_text_is_text_in_pdf(made):
    with pdfplumber.open(io.BytesIO(made("hostile", "pdf"))) as document:
        whole = bare("".join(c["text"] for page in document.pages for c in page.chars))
        for page in document.pages:
            # Nothing stands outside the paper, long words least of all.
            assert all(c["x0"] >= 0 and c["x1"] <= float(page.width) for c in page.chars)
    for text in ("<script>", "#import", "[U+4E2D]", "[U+1F600]", "{{7*7}}"):
        assert text in whole, text


def test_long_words_stay_in_their_column(made):
    report = content.build(made.contexts["hostile"])
    pdf._let_long_words_break(report)
    for section in report["sections"]:
        for activity in section["activities"]:
            for paragraph in activity["deadline"]:
                for piece in re.split(r"[\s\u200b]", content.plain(paragraph)):
                    room = (report["widths"][2] - CELL_PADDING) / MM_PER_PT
                    assert fonts.text_width(piece, TABLE_SIZE) <= room + 12


def test_an_activity_longer_than_a_page_loses_nothing(made):
    context = sample.build("en")
    section = context["sections"][1]
    activity = {**section["activities"][0], "narrative": " ".join(f"n{n}" for n in range(900)),
                "steps": [{"text": f"s{n}", "due": None, "done_on": None} for n in range(100)]}
    activity["indicators"] = [{**activity["indicators"][0], "text": f"i{n} " * 40} for n in range(15)]
    activity["text"] = " ".join(f"a{n}" for n in range(400))
    context = {**context, "sections": [{**section, "activities": [activity]}], "annex": []}
    with pdfplumber.open(io.BytesIO(render(context, "pdf"))) as document:
        have = Counter(re.findall(r"\b[nsia]\d+\b", " ".join(page.extract_text() for page in document.pages)))
    wanted = {"n": (900, 1), "s": (100, 1), "a": (400, 1), "i": (15, 40)}
    for letter, (count, times) in wanted.items():
        assert all(have[f"{letter}{n}"] == times for n in range(count)), letter


@pytest.mark.parametrize("fmt", ["docx", "xlsx", "pdf"])
def test_an_empty_plan_says_so(made, fmt):
    data = made("empty", fmt)
    if fmt == "docx":
        assert Words("ka")["no_activities"] in [p.text for p in word(data).paragraphs]
    elif fmt == "pdf":
        with pdfplumber.open(io.BytesIO(data)) as document:
            assert bare(Words("ka")["no_activities"]) in bare("".join(p.extract_text() for p in document.pages))
    else:
        assert book(data)[Words("ka")["sheet_plan"]].max_row == 1


def test_an_activity_without_indicators_or_a_section_that_skips_levels(made):
    context = sample.build("en")
    context["sections"] = context["sections"][:3]
    context["sections"][1]["activities"][0]["indicators"] = []
    context["sections"][0]["level"], context["sections"][1]["level"] = 3, 9
    assert [s["level"] for s in content.build(context)["sections"]][:2] == [2, 3]
    for fmt in ("docx", "xlsx", "pdf"):
        assert render(context, fmt)


def test_widths_fill_the_page_whatever_the_headers(made):
    for name in (*LANGUAGES, "hostile", "empty"):
        widths = content.build(made.contexts[name])["widths"]
        assert sum(widths) == pytest.approx(content.TABLE_WIDTH, abs=0.5) and min(widths) > 12


def test_control_characters_and_direction_marks():
    assert clean("a\x00b\tc\r\nd\u202ee\ud800\uffff") == "a b c\nde\ufffd\ufffd"


def test_style_identifiers_are_unique():
    document = docx.Document()
    docx_styles.prepare(document, "en", embed_fonts=False)
    known = [style.style_id for style in document.styles]
    assert len(known) == len(set(known))


def svgs_in(data) -> set[str]:
    """The drawings in what the typesetter is given."""
    if isinstance(data, dict):
        return set().union(*map(svgs_in, data.values())) if data else set()
    if isinstance(data, (list, tuple)):
        return set().union(*map(svgs_in, data)) if data else set()
    return {data} if isinstance(data, str) and data.startswith("<svg") else set()


def test_word_and_pdf_are_given_the_very_same_drawings(monkeypatch):
    """Drawn once: Word gets as pictures what PDF gets as drawings, letter by letter, and each stands there with its words for whoever cannot see it."""
    drawn = {}

    def noted(form):
        def typeset(template, data, **told):
            drawn[form] = svgs_in(data)
            return typesetter.typeset(template, data, **told)

        return typeset

    monkeypatch.setattr("gegma.reports.docx_paper.typeset", noted("docx"))
    monkeypatch.setattr("gegma.reports.pdf.typeset", noted("pdf"))
    context = sample.build("ka")
    files = {form: render(context, form) for form in ("docx", "pdf")}
    assert drawn["docx"] == drawn["pdf"] and len(drawn["pdf"]) >= 2
    pictures = docx.Document(io.BytesIO(files["docx"])).element.body.iter(qn("wp:docPr"))
    described = [picture.get("descr") for picture in pictures]
    assert len(described) >= len(drawn["docx"]) and all(described)
