"""What our PDF and Word files say of themselves: archival, readable aloud, their title and language."""

import io
import re

import docx
import pytest

from gegma.reports import catalogue
from gegma.reports.catalogue import paper
from gegma.reports.pdf import make
from tests.reports import sample

PAPER = {
    "lang": "ka", "title": "ანგარიში", "organisation": ["უწყება"], "facts": [], "made_on": "2017-12-11", "subtitle": "2017 წელი",
    "blocks": [paper.heading("თავი"), paper.table("ცხრილი", [paper.column("სვეტი")], [["უჯრა"]])],
}  # fmt: skip


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_pdf_is_archival_and_readable_aloud(lang):
    for data in (catalogue.render({**PAPER, "lang": lang}, "pdf"), make({**sample.empty(lang)})):
        for promise in (b"pdfaid:part>2<", b"pdfaid:conformance>A<", b"pdfuaid:part>1<", b"<dc:title>"):
            assert promise in data, promise
        assert re.search(rb"/Lang ?\(" + lang.encode(), data) and re.search(rb"/Marked true", data) and re.search(rb"/DisplayDocTitle true", data)


@pytest.mark.parametrize(("lang", "tag"), [("ka", "ka-GE"), ("en", "en-GB")])
def test_word_names_its_title_and_language(lang, tag):
    core = docx.Document(io.BytesIO(catalogue.render({**PAPER, "lang": lang}, "docx"))).core_properties
    assert (core.title, core.language, core.author) == ("ანგარიში", tag, "უწყება")
