"""No cell that leaves the system is a formula to a spreadsheet: the lists as csv and xlsx, reports, and what came in by the API."""

from __future__ import annotations

import csv
import io
import zipfile
from xml.etree import ElementTree

import pytest
from django.test import Client

from gegma.accounts.models import SYSTEM_WRITER, ReaderGroup, User
from gegma.engine import registry, write
from gegma.reports.models import OwnReport
from tests.factories import make, minimal

STARTS = ["=", "+", "-", "@", "\t", "\r", "\n=", "\0="]
HOSTILE = ['=cmd|" /C calc"!A0', "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1", '=HYPERLINK("http://evil.example","x")', "=1+1\n", "＝1+1"]
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture
def client(db, settings) -> Client:
    """Somebody who may write, and export as often as they like."""
    settings.LIMITED = {}
    made = Client()
    made.force_login(User.objects.create_user("person@example.ge", name="=person()", role="officer", unit=make("units"), reads=list(ReaderGroup.values)))
    return made


@pytest.fixture(params=HOSTILE)
def hostile(request) -> str:
    """A text that a spreadsheet would run."""
    return request.param


def formulas_of_csv(content: bytes) -> list[str]:
    """The cells of a csv file that a spreadsheet would run."""
    text = content.decode("utf-8-sig")
    return [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row if cell.startswith(tuple(STARTS)) and not is_number(cell)]


def is_number(cell: str) -> bool:
    """Whether the cell is a plain negative number, which runs nothing."""
    try:
        float(cell)
    except ValueError:
        return False
    return not cell.startswith(("+", "\t", "\r", "\n"))


def formulas_of_xlsx(content: bytes) -> list[str]:
    """The formulas, links and dangerous parts of a workbook."""
    found = []
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        for name in book.namelist():
            if any(word in name for word in ("externalLink", "vbaProject", "connections")):
                found.append(name)
            if name.startswith("xl/worksheets/sheet"):
                tree = ElementTree.fromstring(book.read(name))
                found += [f"{name}: {f.text}" for f in tree.iter(f"{SHEET}f")]
                found += [f"{name}: link" for _f in tree.iter(f"{SHEET}hyperlink")]
    return found


def content_of(response) -> bytes:
    """What was answered."""
    assert response.status_code == 200, response.status_code
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_lists_hold_no_formula(client, hostile):
    """Every register, with the text in each column that takes it, and all columns exported."""
    for spec in registry.everything():
        texts = {c.name: hostile for c in spec.model._meta.concrete_fields if c.get_internal_type() in {"TextField", "CharField"} and c.editable and not c.choices and (c.max_length or 100) > 60 and not hasattr(c, "codelist")}
        row = minimal(spec, **texts)
        try:
            write.save(spec, SYSTEM_WRITER, row)
        except Exception:  # what the register itself refuses cannot come out of it
            continue
        columns = {"cols": ",".join(spec.all_fields)}
        assert formulas_of_csv(content_of(client.get(f"{spec.url}export.csv", columns))) == [], spec.key
        if hostile == HOSTILE[0]:
            assert formulas_of_xlsx(content_of(client.get(f"{spec.url}export.xlsx", columns))) == [], spec.key


def test_what_comes_in_by_the_api_goes_out_harmless(client, hostile):
    answer = client.post("/api/v1/meetings/", {"title_ka": hostile, "kind": "session", "notes": hostile}, content_type="application/json")
    assert answer.status_code == 201, answer.json()
    columns = {"cols": "title,notes"}
    assert formulas_of_csv(content_of(client.get("/r/meetings/export.csv", columns))) == []
    assert formulas_of_xlsx(content_of(client.get("/r/meetings/export.xlsx", columns))) == []


def test_reports_hold_no_formula(client):
    from gegma.reports.catalogue import everything

    for hostile in HOSTILE[:3]:
        for key in ("meetings", "trainings", "projects", "requests", "agreements", "commitments", "needs"):
            make(key, title_ka=hostile, title_en=hostile)
    kept = OwnReport.objects.create(
        owner=User.objects.get(email="person@example.ge"), title_ka="=1+1", before="=1+1", register="meetings", columns=["title"], shared=True
    )
    assert formulas_of_xlsx(content_of(client.get(f"/reports/own/{kept.pk}/", {"format": "xlsx"}))) == []
    for report in everything():
        answer = client.get(f"/reports/{report.key}/", {"format": "xlsx"})
        if answer.status_code == 200:
            assert formulas_of_xlsx(answer.content) == [], report.key
    assert formulas_of_xlsx(content_of(client.get("/r/requests/balance.xlsx"))) == []


def test_negative_numbers_stay_numbers():
    assert formulas_of_csv("\ufeffa,-5\r\n".encode()) == []


def test_the_check_can_fail():
    import xlsxwriter

    assert formulas_of_csv("\ufeff=1+1,'=2\r\n@x,-1+1\r\n".encode()) == ["=1+1", "@x", "-1+1"]
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    book.add_worksheet().write(0, 0, "=1+1")
    book.close()
    assert formulas_of_xlsx(target.getvalue()) == ["xl/worksheets/sheet1.xml: 1+1"]
