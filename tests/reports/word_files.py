"""Word files for the tests of templates: honest ones with tags, and ones with a part that must not be there."""

import io
import zipfile

import docx

EMPTY_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def word(*lines: str, table: list[list[str]] | None = None, header: str = "", footer: str = "") -> bytes:
    """A document with these paragraphs, then a table."""
    file = docx.Document()
    for line in lines:
        file.add_paragraph(line)
    if table:
        made = file.add_table(rows=len(table), cols=len(table[0]))
        for row, texts in zip(made.rows, table, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    for part, text in ((file.sections[0].header, header), (file.sections[0].footer, footer)):
        if text:
            part.paragraphs[0].text = text
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def with_parts(data: bytes, parts: dict[str, bytes] | None = None, *, put: dict[str, tuple[str, str]] | None = None, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The file with further parts, and with texts put in before others: {part: (before, text)}."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", method) as target:
        for name in source.namelist():
            held = source.read(name)
            if put and name in put:
                before, text = put[name]
                assert before.encode() in held, (name, before)
                held = held.replace(before.encode(), text.encode() + before.encode(), 1)
            if name not in (parts or {}):
                target.writestr(name, held)
        for name, held in (parts or {}).items():
            target.writestr(name, held)
    return out.getvalue()


def related(data: bytes, kind: str, target: str, *, outside: bool = True, **more) -> bytes:
    """The file with one more relationship of its text."""
    mode = ' TargetMode="External"' if outside else ""
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    rel = f'<Relationship Id="rIdX" Type="{kinds}{kind}" Target="{target}"{mode}/>'
    return with_parts(data, put={"word/_rels/document.xml.rels": ("</Relationships>", rel), **more.get("put", {})}, parts=more.get("parts"))


def field(code: str) -> str:
    """A paragraph with a field of Word, its code in two pieces."""
    half = len(code) // 2
    piece = lambda text: f'<w:r><w:instrText xml:space="preserve">{text}</w:instrText></w:r>'  # noqa: E731
    mark = lambda kind: f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'  # noqa: E731
    return f"<w:p>{mark('begin')}{piece(code[:half])}{piece(code[half:])}{mark('separate')}<w:r><w:t>x</w:t></w:r>{mark('end')}</w:p>"
