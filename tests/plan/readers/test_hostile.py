"""What is no plan, or means harm: each ends in one sentence, in bounded time and memory."""

from __future__ import annotations

import random
import re
import time
import zipfile
from pathlib import Path

import docx
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gegma.plan.readers import Refused, read_plan
from gegma.plan.readers.markup import plain
from gegma.plan.readers.tables import read_rows

from . import builders

TABLE = [
    ["Activity", "Indicator", "Deadline", "Partners"],
    ["1.1 Meet", "a) Meetings\nb) Minutes", "2020", "NATO; OSCE"],
    ["1.2 Report", "Reports", "2020", ""],
]


def refusal(path: Path) -> Refused:
    start = time.monotonic()
    with pytest.raises(Refused) as caught:
        read_plan(path)
    assert time.monotonic() - start < 25
    message = caught.value.message
    assert message.endswith(".") and len(message) > 15, "a sentence that says what"
    assert str(path) not in message
    return caught.value


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def rezip(source: Path, target: Path, **changes: bytes) -> Path:
    """A copy of an office file with parts replaced or added (names with __ for / and _ for .)."""
    names = {name.replace("__", "/").replace("_DOT_", "."): data for name, data in changes.items()}
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename not in names:
                new.writestr(info.filename, old.read(info.filename))
        for name, data in names.items():
            new.writestr(name, data)
    return target


def test_no_file_an_empty_file_and_a_folder(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.docx").code == "missing"
    assert refusal(write(tmp_path / "a.docx", b"")).code == "empty"
    assert refusal(write(tmp_path / "b.txt", b" \n\n \t ")).code == "empty"
    assert refusal(tmp_path).code in {"unreadable", "empty"}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(500), "picture"),
        (b"\x7fELF" + bytes(500), "picture"),
        (b"{\\rtf1 hello}", "rtf"),
        (b"PK\x03\x04" + bytes(100), "zip_broken"),
        (random.Random(1).randbytes(50_000), "binary"),
        (bytes(10_000), "binary"),
        ("საქმიანობა\tვადა\n".encode() + bytes([0xE1, 0x83, 0xFF, 0xFE, 0xC0]) * 400, "encoding"),
        (b"\xff\xfe" + "abc".encode("utf-16-le") + b"\x00\xd8\x00", "encoding"),
        (b"%PDF-1.7 nothing of the kind", "pdf_broken"),
    ],
)
def test_not_a_document(tmp_path: Path, data: bytes, code: str) -> None:
    assert refusal(write(tmp_path / "plan.docx", data)).code == code


def test_old_office_and_encrypted_office(tmp_path: Path) -> None:
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    assert refusal(write(tmp_path / "a.docx", head + "EncryptedPackage".encode("utf-16-le"))).code == "encrypted"
    assert refusal(write(tmp_path / "b.doc", head + "WordDocument".encode("utf-16-le"))).code == "old_office"
    assert "save it as .xlsx" in refusal(write(tmp_path / "c.xls", head + "Workbook".encode("utf-16-le"))).message


def test_macros_are_refused_by_name(tmp_path: Path) -> None:
    path = builders.word(tmp_path / "a.docx", [TABLE])
    assert refusal(rezip(path, tmp_path / "b.docx", word__vbaProject_DOT_bin=b"VBA")).code == "macros"
    with zipfile.ZipFile(path) as archive:
        types = archive.read("[Content_Types].xml")
    kind = types.replace(b"wordprocessingml.document.main", b"wordprocessingml.document.macroEnabled.main")
    with zipfile.ZipFile(tmp_path / "c.docm", "w") as out, zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            out.writestr(name, kind if name == "[Content_Types].xml" else archive.read(name))
    assert "macros" in refusal(tmp_path / "c.docm").message


def test_truncated_bomb_and_laughs(tmp_path: Path) -> None:
    path = builders.word(tmp_path / "a.docx", [TABLE])
    data = path.read_bytes()
    assert refusal(write(tmp_path / "cut.docx", data[: len(data) * 2 // 3])).code == "zip_broken"
    start, end = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>', b"</w:body></w:document>"
    bomb = start + b"<w:p/>" * 9_000_000 + end
    assert refusal(rezip(path, tmp_path / "bomb.docx", word__document_DOT_xml=bomb)).code in {"zip_ratio", "zip_size"}
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>' + start + b"<w:p><w:r><w:t>&b;</w:t></w:r></w:p>" + end
    assert refusal(rezip(path, tmp_path / "laughs.docx", word__document_DOT_xml=laughs)).code == "xml_dtd"
    broken = start + b"<w:p><w:r>" + end
    assert refusal(rezip(path, tmp_path / "broken.docx", word__document_DOT_xml=broken)).code == "xml_broken"
    deep = start + b"<w:sdt><w:sdtContent>" * 3000 + b"</w:sdtContent></w:sdt>" * 3000 + end
    assert refusal(rezip(path, tmp_path / "deep.docx", word__document_DOT_xml=deep)).code in {"xml_broken", "too_deep"}


def test_a_zip_that_is_no_office_document_and_opendocument(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as out:
        out.writestr("readme.txt", "hello")
    assert refusal(tmp_path / "a.docx").code == "not_document"
    with zipfile.ZipFile(tmp_path / "b.odt", "w") as out:
        out.writestr("mimetype", "application/vnd.oasis.opendocument.text")
    assert refusal(tmp_path / "b.odt").code == "opendocument"


def test_cells_far_apart(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet("x")
    sheet.write("A1", "Activity")
    sheet.write("XFD1048576", "far")
    book.close()
    found = refusal(tmp_path / "a.xlsx")
    assert (found.code, found.where) == ("too_wide", "sheet x")
    book = xlsxwriter.Workbook(str(tmp_path / "b.xlsx"))
    sheet = book.add_worksheet("x")
    for r, row in enumerate(TABLE):
        for c, text in enumerate(row):
            sheet.write(r, c, text)
    sheet.write("A1048576", "1.9 Far below")
    sheet.merge_range("F1:G2", "wide")
    book.close()
    _wider(tmp_path / "b.xlsx", tmp_path / "c.xlsx", "F1:G2", "F1:XFD1000")
    plan_or_refusal = None
    try:
        plan_or_refusal = read_plan(tmp_path / "c.xlsx")
    except Refused as refused:
        assert refused.code == "too_wide"
    assert plan_or_refusal is None or len(plan_or_refusal.activities) >= 2


def _wider(book: Path, made: Path, old: str, new: str) -> None:
    """The workbook with a merged range stretched: the library that writes it would visit every cell of the range."""
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(made, "w") as out:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                assert f'ref="{old}"'.encode() in content
                content = content.replace(f'ref="{old}"'.encode(), f'ref="{new}"'.encode())
            out.writestr(name, content)


def test_empty_tables_and_empty_workbooks(tmp_path: Path) -> None:
    xlsxwriter.Workbook(str(tmp_path / "a.xlsx")).close()
    assert refusal(tmp_path / "a.xlsx").code == "empty"
    document = docx.Document()
    document.add_table(3, 3)
    document.save(tmp_path / "b.docx")
    plan = read_plan(tmp_path / "b.docx")
    assert plan.activities == []
    assert {w.code for w in plan.warnings} & {"no_header_found", "empty_tables"}
    docx.Document().save(tmp_path / "c.docx")
    assert {w.code for w in read_plan(tmp_path / "c.docx").warnings} == {"no_table"}
    plan = read_plan(builders.word(tmp_path / "d.docx", [TABLE[:1]]))
    assert {w.code for w in plan.warnings} == {"no_activities"}
    with pytest.raises(Refused, match="no table"):
        read_rows(tmp_path / "b.docx")


def test_pdf_of_pictures_and_pdf_with_a_password(tmp_path: Path) -> None:
    import typst

    source = tmp_path / "a.typ"
    source.write_text("#set page(width: 200pt, height: 200pt)\n#rect(width: 100%, height: 100%, fill: blue)", encoding="utf-8")
    typst.compile(str(source), output=str(tmp_path / "a.pdf"))
    assert refusal(tmp_path / "a.pdf").code == "scan"
    # The smallest encrypted PDF: a standard security handler whose password is not the empty one.
    parts = [
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n",
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\n4 0 obj<</Filter/Standard/V 1/R 2/P -4/O<" + b"41" * 32,
        b">/U<" + b"42" * 32 + b">>>endobj\ntrailer<</Root 1 0 R/Encrypt 4 0 R/Size 5/ID[<00><00>]>>\n%%EOF",
    ]
    assert refusal(write(tmp_path / "b.pdf", b"".join(parts))).code == "encrypted"


def test_a_long_line_and_a_long_file(tmp_path: Path) -> None:
    assert refusal(write(tmp_path / "a.txt", b"a\tb\n" + b"x" * 50_000_000)).code == "too_large"
    assert refusal(write(tmp_path / "b.txt", b"a\tb\n" + b"x" * 1_000_000)).code == "line_too_long"
    assert refusal(write(tmp_path / "c.txt", b"a\tb\tc\n" * 100_000)).code == "too_large"


def test_html_bombs(tmp_path: Path) -> None:
    nested = b"<html><body>" + b"<div>" * 100_000 + b"x"
    try:
        read_plan(write(tmp_path / "a.html", nested))
    except Refused as refused:
        assert refused.code in {"too_deep", "html_broken", "crashed", "empty"}
    wide = b"<html><table><tr><td colspan=999999 rowspan=999999>x<td>y</tr>" + b"<tr><td>z</tr>" * 500 + b"</table>"
    assert read_plan(write(tmp_path / "b.html", wide)).activities == []
    powers = "<html><table><tr><td colspan=\u00b3 rowspan=\u2460>x<td>y</tr><tr><td>z</tr></table>".encode()
    assert read_plan(write(tmp_path / "d.html", powers)).activities == []
    tables = b"<html><body>" + b"<table><tr><td>" * 300 + b"x"
    try:
        read_plan(write(tmp_path / "c.html", tables))
    except Refused as refused:
        assert refused.code in {"too_deep", "html_broken", "crashed", "empty"}


def test_patterns_that_slow_an_expression_down(tmp_path: Path) -> None:
    nasty = ["a" * 20_000, "1." * 5_000, "ა) " * 5_000, "(" * 10_000, " ; " * 5_000, "<p>" * 3_000, "&amp" * 4_000, "X " * 9_000 + "=", "2017-" * 3000]
    lines = ["Activity\tIndicator\tDeadline\tPartners", *("\t".join([n, n, n, n]) for n in nasty)]
    start = time.monotonic()
    read_plan(write(tmp_path / "a.txt", "\n".join(lines).encode()))
    assert time.monotonic() - start < 12


def seeds(folder: Path) -> list[Path]:
    return [
        builders.word(folder / "s.docx", ["# Plan 2020", TABLE]),
        builders.excel(folder / "s.xlsx", {"a": [TABLE]}),
        builders.web(folder / "s.html", ["# Plan 2020", TABLE]),
        builders.text(folder / "s.txt", ["Plan 2020", TABLE]),
        builders.pdf(folder / "s.pdf", ["Plan 2020", TABLE], folder / "fonts"),
    ]


def test_mutants_end_in_a_plan_or_a_sentence(tmp_path: Path) -> None:
    """A few flipped bytes in each format: never a dead reader, never a foreign exception."""
    chance = random.Random(2017)
    for seed in seeds(tmp_path):
        data = seed.read_bytes()
        for number in range(6):
            mutant = bytearray(data)
            for _ in range(chance.randint(1, 30)):
                mutant[chance.randrange(len(mutant))] = chance.randrange(256)
            if number % 3 == 2:
                del mutant[chance.randrange(len(mutant)) :]
            path = write(tmp_path / f"m{number}{seed.suffix}", bytes(mutant))
            try:
                plan = read_plan(path)
            except Refused as refused:
                assert refused.code != "too_slow" and refused.message
            else:
                plan.as_json()


WORD = re.compile(r"[ა-ჰ]{3,}|[A-Z]{3,}")


def strings(value) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for item in value.items() for part in item for text in strings(part)]
    return [text for item in value for text in strings(item)] if isinstance(value, (list, tuple)) else []


TOKENS = ["ა)", "ბ)", "1.", "2)", "1.1", "1.1.1.", "a.1", "II.", "\n", ";", ",", ":", "•", "-", "2017", "Q3", "%", "(", ")", "<b>", "&amp;",
          "Goal", "Total", "Note:", "მიზანი", "სულ", "და", "**", "="]  # fmt: skip
WORDS = st.text(alphabet="აბგდევზთ", min_size=3, max_size=6) | st.text(alphabet="ABCDEFG", min_size=3, max_size=5)
CELL = st.just("") | st.lists(st.sampled_from(TOKENS) | WORDS, max_size=6).map(" ".join)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(CELL, min_size=1, max_size=6), min_size=1, max_size=12))
def test_any_cells_make_a_plan_and_no_word_is_lost_in_silence(table: list[list[str]]) -> None:
    """Whatever stands in the cells: section codes are unique, every activity's section exists, and every word of a
    body row is found again in the plan, its rows or its warnings."""
    from gegma.plan.readers.blocks import Cell, Place, row
    from gegma.plan.readers.interpret import interpret

    head = ["Activity", "Indicator", "Deadline", "Responsible body", "Partners", "Comments"]
    blocks = [row([Cell(c) for c in cells], Place(table=1, row=n), 1) for n, cells in enumerate([head, *table], 1)]
    plan = interpret(blocks)
    codes = [s["code"] for s in plan.sections]
    assert len(codes) == len(set(codes))
    assert {a["section"] for a in plan.activities} <= {*codes, None}
    assert {s["parent"] for s in plan.sections} <= {*codes, None}
    assert len(plan.rows) == len(blocks)
    assert all(r["kind"] for r in plan.rows)
    kept = {word for text in strings([plan.sections, plan.activities, [w.what for w in plan.warnings], plan.columns, plan.title,
                                      plan.organisation, [w.params for w in plan.warnings]]) for word in WORD.findall(text)}  # fmt: skip
    for cells, read in zip(table, plan.rows[1:], strict=True):
        if read["kind"] != "header":
            lost = {word for cell in cells[:6] for word in WORD.findall(plain(cell)[0])} - kept
            assert not lost, (read["kind"], cells)
