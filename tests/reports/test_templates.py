"""Departments' own Word templates: what they may use, how they are checked, kept and filled, and what they may not hold."""

import io
import re
import zipfile

import docx
import pytest
from docx.oxml.ns import qn

from gegma.kernel import periods
from gegma.reports import catalogue
from gegma.reports.word_templates import fields, starter, store, texts
from tests.reports.test_catalogue import KEYS, LANGUAGES, YEAR, made, world  # noqa: F401  (a fixture)

pytestmark = pytest.mark.django_db


def papers(key, user, lang, world):  # noqa: F811
    return store.of_paper(made(key, user, lang, world=world), YEAR)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
def test_the_starting_template_of_each_report_says_what_the_report_says(world, users, key, lang):  # noqa: F811
    one = papers(key, users.viewer, lang, world)
    data = starter.make(key, lang, [])
    found = store.check(data, one)
    assert found.ok, [(f, texts.told(f["code"], f["params"])) for f in found.faults]
    file = docx.Document(io.BytesIO(store.filled(data, one)))
    said = " ".join(node.text or "" for node in file.element.body.iter(qn("w:t")))
    assert one.context["title"] in said and "{{" not in said and "{%" not in said
    for table in one.context["tables"]:
        for row in table["rows"]:
            assert all(line in said for cell in row["cells"] for line in cell.split("\n")), (key, row["cells"])
