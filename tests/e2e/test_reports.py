"""The report as it is downloaded: the three formats in two languages open and hold the figure that the page showed."""

import docx
import pypdfium2
import pytest
from python_calamine import CalamineWorkbook

from .steps import BOARD, number_in

CODE = "1.1.2"


def _figure(page) -> tuple[str, int]:
    page.goto(f"{BOARD}activity/{CODE}/")
    title = page.locator("h1").inner_text()
    return title, number_in(page.locator("main .measure-line a.figure").first.inner_text())


def _words(path, kind: str) -> list[list[str]]:
    """The rows of all tables of the file, as texts."""
    if kind == "docx":
        return [[cell.text for cell in row.cells] for table in docx.Document(path).tables for row in table.rows]
    if kind == "xlsx":
        book = CalamineWorkbook.from_path(str(path))
        return [[str(cell) for cell in row] for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()]
    with pypdfium2.PdfDocument(path) as file:
        return [[page.get_textpage().get_text_range()] for page in file]


@pytest.mark.parametrize("lang", ["ka", "en"])
@pytest.mark.parametrize("kind", ["docx", "pdf", "xlsx"])
def test_the_report_opens_and_holds_the_figure_of_the_page(open_as, tmp_path, kind, lang):
    page = open_as("projects.1", lang)
    title, figure = _figure(page)
    page.goto("/reports/progress/")
    assert page.locator("#in").input_value() == lang
    with page.expect_download(timeout=60_000) as waiting:
        page.locator(f"button[value={kind}]").click()
    path = tmp_path / waiting.value.suggested_filename
    assert path.suffix == f".{kind}" and path.stem.endswith(f"-{lang}")
    waiting.value.save_as(path)
    rows = _words(path, kind)
    words = title.split()[1:4]
    near = [" ".join(row) for row in rows if all(word in " ".join(row) for word in [CODE, *words])]
    assert near, f"{title} is not in the report"
    assert any(str(figure) in text for text in near)
