"""Small real files for the demo: a page of PDF or a text, so that part of the records have a document behind them."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from gegma.accounts.models import SYSTEM_WRITER
from gegma.engine import files, registry

from .year import Year

# How often a record of each register has a file.
SHARES = {"documents": 0.34, "meetings": 0.12, "trainings": 0.3, "projects": 0.3}


def attach_files(year: Year, documents: list) -> None:
    """Files for a share of the records that are done."""
    groups = {"documents": documents, "meetings": year.meetings, "trainings": year.trainings, "projects": year.projects}
    for key, rows in groups.items():
        spec = registry.get(key)
        for record in rows:
            if record.state not in {"drafting", "planned", "cancelled", "concept"} and year.chance(SHARES[key]):
                files.attach(spec, SYSTEM_WRITER, record, [_file(spec.number(record), record)])
                year.counts["files"] += 1


def _file(number: str, record) -> SimpleUploadedFile:
    if record.pk % 4 == 0:
        text = f"{number}\n\n{record.title_ka}\n{record.title_en}\n"
        return SimpleUploadedFile(f"{number}.txt", text.encode(), "text/plain")
    return SimpleUploadedFile(f"{number}.pdf", pdf([number, *_lines(record.title_en)]), "application/pdf")


def _lines(text: str, width: int = 70) -> list[str]:
    lines, line = [], ""
    for word in text.split():
        if len(line) + len(word) > width:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    return [*lines, line]


def pdf(lines: list[str]) -> bytes:
    """One A4 page with these lines in Latin letters, as a whole PDF file."""
    shown = [
        line.replace("–", "-").encode("latin-1", "replace").replace(b"\\", b"").replace(b"(", b"[").replace(b")", b"]")
        for line in lines
    ]
    page = b"BT /F1 12 Tf 16 TL 60 770 Td " + b" ".join(b"(" + line + b") Tj T*" for line in shown) + b" ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    whole, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(whole))
        whole += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return whole + end + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(whole))
