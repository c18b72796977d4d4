"""Departments' own Word templates: what they may use, how they are checked, kept and filled in."""

import io

import docx
import pytest
from click.testing import CliRunner
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation
from docx.oxml.ns import qn

from gegma.accounts.models import SYSTEM_WRITER
from gegma.audit.models import Change
from gegma.config import cli
from gegma.kernel import periods
from gegma.reports import editions
from gegma.reports.context import progress
from gegma.reports.models import WordTemplate
from gegma.reports.word_templates import child, fields, starter, store, texts
from tests.plan.conftest import small_year_written, year  # noqa: F401  (fixtures)
from tests.reports import sample
from tests.reports.test_catalogue import KEYS, LANGUAGES, YEAR, made, world  # noqa: F401  (a fixture)
from tests.reports.word_files import word

pytestmark = pytest.mark.django_db


def sample_of(key, user, lang, world):  # noqa: F811
    return store.of_paper(made(key, user, lang, world=world), YEAR)


@pytest.fixture
def activity(world, users):  # noqa: F811
    return sample_of("activity", users.viewer, "ka", world)


def said(data):
    return [p.text for p in docx.Document(io.BytesIO(data)).element.body.iter(qn("w:p")) if p.text.strip()]


def faults(data, one, tmp_path):
    path = tmp_path / "t.docx"
    path.write_bytes(data)
    found = child.check({"path": str(path), "schema": one.shape.plain(), "context": one.context})
    return [(f["code"], f["place"].get("part"), f["place"].get("paragraph"), f["place"].get("table"), f["place"].get("row"), f["place"].get("cell"), f["params"]) for f in found["faults"]]


# -- fields ------------------------------------------------------------------------------------------------------------


def fits(value, shape, path=""):
    """Whether a context has just what its shape promises."""
    if isinstance(shape, fields.Group):
        assert set(value) == set(shape.fields), path
        for name, inner in shape.fields.items():
            fits(value[name], inner, f"{path}.{name}")
    elif isinstance(shape, fields.Many):
        assert isinstance(value, list), path
        for one in value:
            fits(one, shape.of, path + "[]")
    else:
        assert isinstance(value, str), (path, value)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_report_gives_what_its_page_of_fields_promises(world, users, lang):  # noqa: F811
    for key in KEYS:
        one = sample_of(key, users.viewer, lang, world)
        fits(one.context, one.shape, key)
        lines = fields.lines(one.shape, one.context)
        assert len({line.name for line in lines}) > 25 and all(str(line.means) for line in lines if not line.name.endswith("period"))
    assert "title" in fields.paper_shape(fields.names_of(made("meetings", users.viewer, lang, world=world))).fields["tables"].of.fields["rows"].of.fields


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_progress_report_gives_what_is_promised(lang):
    one = store.of_progress(sample.build(lang), YEAR)
    fits(one.context, one.shape)
    with translation.override(lang):
        before = fields.of_progress(sample.build(lang), YEAR)
    assert before == one.context, "nothing has to be filled up with empty texts"
    assert one.context["sections"][1]["activities"][0]["indicators"]


def test_snippets_of_the_page_pass_the_check(activity, tmp_path):
    roots = [line for line in fields.lines(activity.shape, activity.context) if line.loop and line.depth == 0]
    assert len(roots) >= 4
    for line in roots:
        assert faults(word(*line.loop.split("\n")), activity, tmp_path) == [], line.loop
    inner = {line.name: line.loop for line in fields.lines(activity.shape, activity.context) if line.loop and line.depth}
    rows = [[text, ""] for text in inner["table.rows"].split("\n")]
    data = word("{%p for table in tables %}", "{%p endfor %}")
    file = docx.Document(io.BytesIO(data))
    table = file.add_table(rows=3, cols=2)
    for row, texts_of in zip(table.rows, rows, strict=True):
        row.cells[0].text = texts_of[0]
    file.paragraphs[0]._p.addnext(table._tbl)
    out = io.BytesIO()
    file.save(out)
    assert faults(out.getvalue(), activity, tmp_path) == []


# -- the starting template ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", KEYS)
def test_the_starting_template_says_what_the_report_says(world, users, key, tmp_path):  # noqa: F811
    one = sample_of(key, users.viewer, LANGUAGES[len(key) % 2], world)
    path = tmp_path / "start.docx"
    path.write_bytes(starter.make(key, "ka", []))
    payload = {"path": str(path), "schema": one.shape.plain(), "context": one.context, "about": one.about}
    assert child.check(payload)["faults"] == []
    whole = " ".join(node.text or "" for node in docx.Document(io.BytesIO(store.base64.b64decode(child.fill(payload)))).element.body.iter(qn("w:t")))
    assert one.context["title"] in whole and "{{ " not in whole and "{%" not in whole
    for table in one.context["tables"]:
        for row in table["rows"]:
            assert all(line in whole for cell in row["cells"] for line in cell.split("\n")), (key, row["cells"])


def test_the_starting_template_of_the_progress_report(tmp_path):
    one = store.of_progress(sample.build("ka"), YEAR)
    data = store.filled(starter.make("progress", "ka", one.context["plan"]["columns"]), one)
    file = docx.Document(io.BytesIO(data))
    whole = " ".join(node.text or "" for node in file.element.body.iter(qn("w:t")))
    for section in one.context["sections"]:
        for activity in section["activities"]:
            assert activity["text"].split("\n")[0] in whole
    assert file.core_properties.language == "ka-GE" and file.core_properties.title == one.context["title"]
    assert [p.style.name for p in file.paragraphs].count("Heading 2") == len(one.context["sections"])


# -- what the check says -----------------------------------------------------------------------------------------------


def test_faults_are_named_with_their_place(activity, tmp_path):
    data = word(
        "სათაური", "{{ titel }}", "{{ organisation }}", "{% for row in tables %}", "{{ title", "{%p for fact in facts %} და სხვა", "{%tr endfor %}",
        "{{ title | upper }} {{ period.too }}", table=[["{{ facts }}", "x"], ["x", "{{ period.frm }}"]], header="{{ nothing_like_it }}",
    )  # fmt: skip
    found = faults(data, activity, tmp_path)
    places = {code: (part, paragraph) for code, part, paragraph, *_rest in found}
    assert places["tag_not_closed"] == ("text", 6) or places["tag_not_closed"] == ("text", 4)
    assert places["tag_open"] == ("text", 5) and places["tag_not_alone"] == ("text", 6) and places["tag_outside_table"] == ("text", 7)
    assert ("field_unknown" in places) and places["field_unknown"][0] == "header"


def test_unknown_names_come_with_the_nearest_one_and_their_cell(activity, tmp_path):
    data = word("{{ titel }}", "{{ organisation }}", "{{ title | upper }}", table=[["x", "x"], ["x", "{{ period.frm }}"]])
    found = faults(data, activity, tmp_path)
    assert found[0][:3] == ("field_near", "text", 1) and found[0][6]["near"] == "title"
    assert found[1][:3] == ("field_not_text", "text", 2)
    assert found[2][0] == "filter_unknown"
    assert found[3][0] == "field_near" and found[3][3:6] == (1, 2, 2) and found[3][6]["near"] == "period.from"
    for code, *_rest, params in found:
        assert texts.told(code, params) and "%(" not in texts.told(code, params)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["{% for fact in facts %}", "{{ fact.text }}", "{% endfor %}"], "tag_apart"), (["{%p if title %}", "x", "{%p endfor %}"], "tag_not_closed"),
        (["{%p endif %}"], "tag_not_opened"), (["{% if title %}x"], "tag_not_closed"), (["{{ title }} }}"], "tag_close"), (["{% for fact facts %}x{% endfor %}"], "tag_syntax"),
        (["{{ title. }}"], "tag_syntax"), (["{{ fact.text }}"], "field_near"), (["{% for f in fact %}x{% endfor %}"], "field_near"), (["{% with x %}"], "tag_unknown"),
    ],
)  # fmt: skip
def test_each_way_to_write_a_tag_wrongly(activity, tmp_path, lines, code):
    assert faults(word(*lines), activity, tmp_path)[0][0] == code


def test_tags_that_word_has_split_and_turned_are_read(activity, tmp_path):
    file = docx.Document()
    paragraph = file.add_paragraph()
    for piece in ("{", "{ ti", "tle }", "} {% if ", "subtitle == “x” %}y{% endif", " %}"):
        paragraph.add_run(piece).bold = piece == "{ ti"
    out = io.BytesIO()
    file.save(out)
    assert faults(out.getvalue(), activity, tmp_path) == []


def test_every_code_of_the_checks_has_its_words():
    import re
    from pathlib import Path

    folder = Path(store.__file__).parent
    used = set()
    for name in ("package.py", "tags.py", "child.py"):
        used |= set(re.findall(r'(?:Refused|Fault|_fault|self\.fault)\(\s*(?:[a-z_.]+, )?"([a-z_]+)"', (folder / name).read_text(encoding="utf-8")))
    assert len(used) > 15 and used | {"field_near", "tag_open", "tag_close"} <= set(texts.TEXTS)


# -- versions ----------------------------------------------------------------------------------------------------------

GOOD, BAD = word("{{ title }}", "ბლანკი"), word("{{ titel }}")


@pytest.fixture
def uploaded(users, activity):
    return store.upload(users.administrator, "activity", "ka", "ბლანკი.docx", GOOD, activity)[1]


def test_only_administrators_upload_and_take_into_use(users, activity, uploaded):
    for person in (users.viewer, users.officer):
        with pytest.raises(PermissionDenied):
            store.upload(person, "activity", "ka", "a.docx", GOOD, activity)
        with pytest.raises(PermissionDenied):
            store.use(person, "activity", "ka", uploaded)
    assert WordTemplate.objects.count() == 1 and store.in_use("activity", "ka") is None


def test_versions_are_kept_and_one_is_in_use(users, activity, uploaded):
    second = store.upload(users.administrator, "activity", "ka", "b.docx", word("{{ title }} 2"), activity)[1]
    assert [uploaded.number, second.number] == [1, 2]
    for chosen in (uploaded, second, uploaded):
        store.use(users.administrator, "activity", "ka", WordTemplate.objects.get(pk=chosen.pk))
        assert store.in_use("activity", "ka").pk == chosen.pk and WordTemplate.objects.filter(in_use=True).count() == 1
    store.use(users.administrator, "activity", "ka", None)
    assert store.in_use("activity", "ka") is None and WordTemplate.objects.count() == 2
    told = Change.objects.filter(register=store.REGISTER, record_id=uploaded.pk).order_by("pk")
    assert told[0].after["sha256"] == uploaded.sha256 and [c.after.get("in_use") for c in told] == [None, True, False, True, False]


def test_a_wrong_one_is_not_kept(users, activity):
    found, kept = store.upload(users.administrator, "activity", "ka", "a.docx", BAD, activity)
    assert kept is None and found.faults[0]["params"]["near"] == "title" and not WordTemplate.objects.exists()


# -- pages -------------------------------------------------------------------------------------------------------------


def page(name, *, key="activity", lang="ka", **more):
    return reverse(name, kwargs={"key": key, "lang": lang, **more})


def test_the_pages_are_for_administrators(as_viewer, as_officer, as_admin, uploaded, world):  # noqa: F811
    addresses = [reverse("templates"), page("template"), page("template_start"), page("template_file", number=1), page("template_preview", number=1)]
    for address in addresses:
        assert as_viewer.get(address).status_code == as_officer.get(address).status_code == 403, address
        assert as_admin.get(address).status_code == 200, address
    assert as_officer.post(page("template"), {"file": SimpleUploadedFile("a.docx", GOOD)}).status_code == 403
    assert as_officer.post(page("template_use"), {"number": "1"}).status_code == 403
    assert as_admin.get(page("template", key="no-such")).status_code == 404 == as_admin.get(page("template", lang="ru")).status_code
    assert as_admin.get(page("template_file", number=99)).status_code == 404
    assert b"templates/" not in as_officer.get(reverse("reports")).content and b"templates/" in as_admin.get(reverse("reports")).content


def test_an_upload_says_what_is_wrong_and_where(as_admin, world):  # noqa: F811
    answer = as_admin.post(page("template"), {"file": SimpleUploadedFile("a.docx", word("x", "{{ titel }}"))})
    assert answer.status_code == 400
    (place, words, text) = answer.context["faults"][0]
    assert "2" in place and "titel" in words and "title" in words and text == "{{ titel }}"
    for name, data in (("a.docm", GOOD), ("a.docx", b"PK\x03\x04"), ("a.docx", b"text")):
        answer = as_admin.post(page("template"), {"file": SimpleUploadedFile(name, data)})
        assert answer.status_code == 400 and answer.context["refused"], name
    assert as_admin.post(page("template"), {}).status_code == 400
    assert not WordTemplate.objects.exists()


def test_from_the_upload_to_the_report(as_admin, as_officer, world):  # noqa: F811
    assert as_admin.post(page("template"), {"file": SimpleUploadedFile("ბლანკი.docx", GOOD)}).status_code == 302
    before = as_officer.get(reverse("report", args=["activity"]), {"format": "docx", "in": "ka"})
    assert "ბლანკი" not in said(before.content), "kept, but not in use"
    assert as_admin.get(page("template_file", number=1)).content == GOOD
    assert "ბლანკი" in said(as_admin.get(page("template_preview", number=1)).content)
    assert as_admin.post(page("template_use"), {"number": "1"}).status_code == 302
    answer = as_officer.get(reverse("report", args=["activity"]), {"format": "docx", "in": "ka"})
    assert said(answer.content)[1] == "ბლანკი" and "template-v1.docx" in answer["Content-Disposition"]
    built_in = as_officer.get(reverse("report", args=["activity"]), {"format": "docx", "in": "ka", "form": "built-in"})
    assert "ბლანკი" not in said(built_in.content) and "template" not in built_in["Content-Disposition"]
    for other in ({"format": "docx", "in": "en"}, {"format": "xlsx", "in": "ka"}):
        assert "template" not in as_officer.get(reverse("report", args=["activity"]), other)["Content-Disposition"]
    as_admin.post(page("template_use"), {})
    assert "template" not in as_officer.get(reverse("report", args=["activity"]), {"format": "docx", "in": "ka"})["Content-Disposition"]


def test_a_broken_template_is_never_silently_replaced(as_officer, as_admin, uploaded, users, world):  # noqa: F811
    store.use(users.administrator, "activity", "ka", uploaded)
    WordTemplate.objects.filter(pk=uploaded.pk).update(data=BAD)
    answer = as_officer.get(reverse("report", args=["activity"]), {"format": "docx", "in": "ka"})
    assert answer.status_code == 400 and "titel" in answer.context["faults"]["template"]
    text = answer.content.decode()
    assert "form=built-in" in text and "format=docx" in text
    assert as_officer.get(reverse("report", args=["activity"]) + answer.context["built_in"]).status_code == 200
    assert as_officer.get(reverse("report", args=["activity"]), {"format": "pdf", "in": "ka"}).status_code == 200
    store.use(users.administrator, "activity", "ka", None)
    assert as_admin.post(page("template_use"), {"number": "1"}).status_code == 422
    assert store.in_use("activity", "ka") is None
    assert as_admin.get(page("template_preview", number=1)).status_code == 422


def test_the_command_line_makes_it_too_and_stops_where_it_is_broken(users, uploaded, tmp_path, world):  # noqa: F811
    store.use(users.administrator, "activity", "ka", uploaded)
    order = ["report", "make", "activity", "--from", "2017-01-01", "--to", "2017-12-31", "--format", "docx", "-o", str(tmp_path / "a.docx")]
    assert CliRunner().invoke(cli.main, order).exit_code == 0
    assert "ბლანკი" in said((tmp_path / "a.docx").read_bytes())
    WordTemplate.objects.filter(pk=uploaded.pk).update(data=BAD)
    (tmp_path / "a.docx").unlink()
    told = CliRunner().invoke(cli.main, order)
    assert told.exit_code == 1 and "titel" in told.output and "--built-in" in told.output and not (tmp_path / "a.docx").exists()
    assert CliRunner().invoke(cli.main, [*order, "--built-in"]).exit_code == 0


# -- editions ----------------------------------------------------------------------------------------------------------


def test_an_edition_keeps_version_and_hash_of_its_template(year, users):  # noqa: F811
    plan, period = year.plan, periods.parse("2017")
    one = store.of_progress(progress(plan, period, "ka"), period)
    template = store.upload(users.administrator, "progress", "ka", "form.docx", word("{{ title }}", "{{ activities }}"), one)[1]
    store.use(users.administrator, "progress", "ka", template)
    edition = editions.freeze(plan, period, SYSTEM_WRITER, languages=["ka"], forms=["docx", "xlsx"])
    word_file, book = edition.content["files"]
    assert word_file["template"] == {"name": "form.docx", "version": 1, "sha256": template.sha256} and "template" not in book
    assert "template-v1" in word_file["name"] and editions.verify(edition).ok
    kept = edition.files.get(form="docx")
    assert said(bytes(kept.data)) == [one.context["title"], "60"] and editions.verify_file(bytes(kept.data)).ok
    WordTemplate.objects.filter(pk=template.pk).update(data=BAD)
    with pytest.raises(store.Broken):
        editions.freeze(plan, period, SYSTEM_WRITER, languages=["ka"], forms=["docx"])
    assert editions.Edition.objects.count() == 1
    again = editions.freeze(plan, period, SYSTEM_WRITER, languages=["ka"], forms=["docx"], built_in=True)
    assert "template" not in again.content["files"][0]
