"""Every Word file of ours as LibreOffice opens it: eye-sized measures of its pages.

One start of the program makes all of them PDF. Left out, and said aloud, where LibreOffice is not installed; in CI that is a failure.
"""

import io
import re
from dataclasses import dataclass
from pathlib import Path

import docx
import pypdfium2
import pytest
from django.db import connection
from docx.oxml.ns import qn

from gegma.accounts.models import PLAIN
from gegma.kernel import office, periods
from gegma.plan.readers.words import BULLETS
from gegma.reports import catalogue
from gegma.reports.catalogue import asking, base
from gegma.reports.context import progress
from gegma.reports.render import render
from tests.browser import in_ci
from tests.plan.conftest import small_year_written  # noqa: F401  (a fixture)

pytestmark = pytest.mark.django_db
LANGUAGES = ("ka", "en")
PERIOD = periods.parse("2017")
MM = 72 / 25.4
SCALE = 0.75  # dots for each point: enough to see whether something is there
KEYS = [report.key for report in catalogue.everything()]
CASES = [(key, lang) for key in [*KEYS, "progress"] for lang in LANGUAGES]
SECONDS_MAX = 200  # alone it takes a dozen; the tests share the machine


@dataclass
class Opened:
    """A report as Word file, as LibreOffice shows it, and as our own PDF."""

    word: bytes
    shown: pypdfium2.PdfDocument
    shown_bytes: bytes
    own_pages: int
    texts: list[str]


@pytest.fixture(scope="module")
def opened(small_year_written, django_db_blocker, tmp_path_factory) -> dict[tuple[str, str], Opened]:  # noqa: F811
    """All reports, made and opened once."""
    if office.find_office() is None:
        if in_ci():
            pytest.fail("LibreOffice is missing (apt-get install libreoffice-writer-nogui)")
        pytest.skip("no LibreOffice on this machine (apt-get install libreoffice-writer-nogui)")
    if connection.vendor != "sqlite":
        pytest.skip("the files are the same on every database")
    folder = tmp_path_factory.mktemp("office")
    with django_db_blocker.unblock():
        files = {case: made(*case, small_year_written.plan) for case in CASES}
    for (key, lang), (word, _pdf) in files.items():
        (folder / f"{key}-{lang}.docx").write_bytes(word)
    shown = office.to_pdf([folder / f"{key}-{lang}.docx" for key, lang in CASES], folder, SECONDS_MAX)
    return {case: look(files[case], path) for case, path in zip(CASES, shown, strict=True)}


def made(key: str, lang: str, plan) -> tuple[bytes, bytes]:
    """A report of the small year as Word file and, in one language, as PDF."""
    if key == "progress":
        context = progress(plan, PERIOD, lang)
        return render(context, "docx"), render(context, "pdf") if lang == "ka" else b""
    report = catalogue.find(key)
    given = {param.name: [param.choices(PLAIN)[0][0]] for param in report.needs}
    paper = base.make(report, PLAIN, PERIOD, lang, asking.cleaned(report, PLAIN, given))
    return catalogue.render(paper, "docx"), catalogue.render(paper, "pdf") if lang == "ka" else b""


def look(files: tuple[bytes, bytes], path: Path) -> Opened:
    shown = pypdfium2.PdfDocument(path.read_bytes())
    own = len(pypdfium2.PdfDocument(files[1])) if files[1] else 0
    return Opened(files[0], shown, path.read_bytes(), own, [page.get_textpage().get_text_range() for page in shown])


def bare(text: str) -> str:
    """Letters and signs alone: lines end elsewhere on every page."""
    return re.sub(rf"[\s\u200b\u00ad\ufffe\u0002{BULLETS}-]", "", text)


def ink(page, box: tuple[float, float, float, float]) -> int:
    """How many dots inside of a box (mm from the left and the top) are not white."""
    picture = page.render(scale=SCALE, grayscale=True).to_pil()
    left, top, right, bottom = (round(edge * MM * SCALE) for edge in box)
    cut = picture.crop((max(left, 0), max(top, 0), min(right, picture.width), min(bottom, picture.height)))
    return sum(cut.histogram()[:200])


@pytest.mark.parametrize(("key", "lang"), CASES)
def test_pages_hold_something_and_nothing_sticks_out(opened, key, lang):
    for number, page in enumerate(opened[key, lang].shown, 1):
        width, height = (edge / MM for edge in page.get_size())
        margin = 20 if width < height else 15
        where = f"page {number}"
        assert ink(page, (margin - 2, 18, width - margin + 2, height - 15)) > 40, f"{where} is empty"
        strips = {
            "left": (0, 0, margin - 2, height), "right": (width - margin + 2, 0, width, height), "top": (0, 0, width, 7), "bottom": (0, height - 7, width, height),
        }  # fmt: skip
        for side, box in strips.items():
            assert ink(page, box) == 0, f"{where}: something sticks out at the {side}"


@pytest.mark.parametrize(("key", "lang"), CASES)
def test_every_cell_is_read_whole(opened, key, lang):
    one = opened[key, lang]
    whole = bare("".join(one.texts))
    cut = []
    for text in {bare("".join(t.text or "" for t in p.iter(qn("w:t")))) for p in docx.Document(io.BytesIO(one.word)).element.body.iter(qn("w:p")) if in_table(p)}:
        # A row that goes on overleaf has head and foot of the pages in its middle.
        if text not in whole and not (len(text) > 40 and text[:20] in whole and text[-20:] in whole):
            cut.append(text)
    assert cut == []


def in_table(paragraph) -> bool:
    return next(paragraph.iterancestors(qn("w:tc")), None) is not None


@pytest.mark.parametrize(("key", "lang"), CASES)
def test_headers_are_repeated_where_a_table_goes_on_overleaf(opened, key, lang):
    one = opened[key, lang]
    pages = [bare(text) for text in one.texts]
    for table in docx.Document(io.BytesIO(one.word)).element.body.iter(qn("w:tbl")):
        rows = [["".join(t.text or "" for t in cell.iter(qn("w:t"))) for cell in row.iter(qn("w:tc"))] for row in table.iter(qn("w:tr"))]
        heads = [row for row in table.iter(qn("w:tr")) if row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None]
        if not heads or len(rows) < 2:
            continue
        head = bare(rows[len(heads) - 1][0])
        for row in rows[len(heads):]:
            begins = bare(row[0])[:40]
            found = [number for number, page in enumerate(pages) if len(begins) > 12 and begins in page]
            if len(found) == 1:
                assert head in pages[found[0]], f"page {found[0] + 1} has no header over «{row[0][:60]}»"


@pytest.mark.parametrize("key", [*KEYS, "progress"])
def test_as_many_pages_as_our_own_pdf_more_or_less(opened, key):
    one = opened[key, "ka"]
    assert one.own_pages * 0.6 - 1 <= len(one.shown) <= one.own_pages * 1.7 + 2, (len(one.shown), one.own_pages)


@pytest.mark.parametrize(("key", "lang"), CASES)
def test_it_is_set_in_the_font_that_the_file_brings_along(opened, key, lang):
    one = opened[key, lang]
    assert b"FiraGO" in one.shown_bytes
    words = "".join(node.text or "" for node in docx.Document(io.BytesIO(one.word)).element.body.iter(qn("w:t")))
    # A sign that the font lacks is drawn in another one.
    lacking = set(BULLETS[1:]) & set(words)
    for stranger in (b"DejaVu", b"Liberation", b"Noto"):
        assert lacking or stranger not in one.shown_bytes, lacking
