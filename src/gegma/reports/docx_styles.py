"""The looks of the Word report: its styles, its font (embedded), its language."""

import re
import uuid
from xml.sax.saxutils import quoteattr

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from gegma.kernel import charts, fonts

LANGUAGE_TAGS = {"ka": "ka-GE", "en": "en-GB"}
_INK, _MUTED, _BRAND, _RULE, HEAD_GROUND = "16202B", "4A5663", "123F73", "B4BCC5", "E9EEF4"
_DRAWN = {qn(f"w:{tag}") for tag in ("pBdr", "color", "spacing", "i", "iCs", "kern", "contextualSpacing", "caps",
                                     "tabs", "szCs")}
_IDS = {"toc 1": "TOC1", "toc 2": "TOC2", "toc 3": "TOC3"}


def style_id(name: str) -> str:
    """The identifier a style is referred to by: Word's own for its built-in ones, else the name without spaces."""
    return _IDS.get(name) or re.sub(r"[^0-9A-Za-z]", "", name.title())


def prepare(document, lang: str, embed_fonts: bool) -> None:
    """Make a fresh python-docx document ours."""
    _tidy(document)
    _font_and_language(document, LANGUAGE_TAGS[lang])
    _paragraph_styles(document)
    _character_styles(document)
    _table_styles(document)
    _settings(document, LANGUAGE_TAGS[lang], embed_fonts)
    _font_table(document, embed_fonts)


def _tidy(document) -> None:
    """Drop what python-docx's template brings along: a hundred table styles, a second copy of the styles, a
    thumbnail of an empty page."""
    root = document.styles.element
    for style in list(root.iter(qn("w:style"))):
        if style.get(qn("w:type")) == "table" and style.get(qn("w:styleId")) != "TableNormal":
            root.remove(style)
    for owner, kinds in ((document.part.rels, ("stylesWithEffects",)), (document.part.package.rels, ("thumbnail",))):
        for key, rel in list(owner.items()):
            if rel.reltype.rsplit("/", 1)[-1] in kinds:
                del owner[key]


def _font_and_language(document, tag: str) -> None:
    """FiraGO for every script, in the defaults and in every style that names another font."""
    root = document.styles.element
    for node in root.iter(qn("w:rFonts")):
        for name in list(node.attrib):
            del node.attrib[name]
        for script in ("ascii", "hAnsi", "eastAsia", "cs"):
            node.set(qn(f"w:{script}"), fonts.FAMILY)
    for node in root.iter(qn("w:lang")):
        for kind in ("val", "eastAsia"):
            node.set(qn(f"w:{kind}"), tag)


def _paragraph_style(document, name: str, *, base: str = "Normal", size: float | None = None, bold: bool | None = None,
                     ink: str | None = None, before: float = 0, after: float = 0, line: float | None = None,
                     keep_next: bool = False, align=None):
    """Create or restyle one paragraph style; sizes and distances in points."""
    found = {style.name: style for style in document.styles}
    style = found.get(name) or document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.element.set(qn("w:styleId"), style_id(name))
    if name != "Normal":
        style.base_style = document.styles[base]
    # What the template has drawn into its own styles (borders, colours, italics) goes.
    for old in (style.element.find(qn("w:rPr")), style.element.find(qn("w:pPr"))):
        if old is not None:
            for child in list(old):
                if child.tag in _DRAWN:
                    old.remove(child)
    if size:
        style.font.size = Pt(size)
        style.element.get_or_add_rPr().append(_sized("szCs", size))
    if bold is not None:
        style.font.bold = bold
    if ink:
        style.font.color.rgb = RGBColor.from_string(ink)
    form = style.paragraph_format
    form.space_before, form.space_after = Pt(before), Pt(after)
    if line:
        form.line_spacing = line
    form.keep_with_next = keep_next
    if align is not None:
        form.alignment = align
    style.hidden, style.unhide_when_used, style.quick_style = False, False, True
    return style


def _outline(level: int):
    node = OxmlElement("w:outlineLvl")
    node.set(qn("w:val"), str(level))
    return node


def _sized(tag: str, points: float):
    node = OxmlElement(f"w:{tag}")
    node.set(qn("w:val"), str(round(points * 2)))
    return node


def _paragraph_styles(document) -> None:
    make = lambda name, **looks: _paragraph_style(document, name, **looks)  # noqa: E731
    make("Normal", size=10.5, ink=_INK, after=6, line=1.2)
    make("Body Text", after=6)
    make("Lead", base="Body Text", after=4, keep_next=True)
    make("Organisation", size=11, ink=_MUTED, after=2)
    title = make("Title", size=24, bold=True, ink=_BRAND, before=48, after=6, line=1.1)
    title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.LEFT
    subtitle = make("Subtitle", size=13, ink=_INK, after=18)
    subtitle.font.bold = False
    fact = make("Fact", size=10, after=2)
    fact.paragraph_format.tab_stops.add_tab_stop(Mm(62))
    fact.paragraph_format.left_indent, fact.paragraph_format.first_line_indent = Mm(62), Mm(-62)
    for level, (size, before) in enumerate(((16, 18), (12.5, 14), (11, 12), (10.5, 10), (10.5, 10)), 1):
        make(f"Heading {level}", size=size, bold=True, ink=_BRAND, before=before, after=6, line=1.15, keep_next=True)
    document.styles["Heading 1"].paragraph_format.page_break_before = True
    contents = make("TOC Heading", base="Normal", size=13, bold=True, ink=_BRAND, before=24, after=6, keep_next=True)
    contents.paragraph_format.page_break_before = False
    for level in range(1, 4):
        entry = make(f"toc {level}", size=10, bold=level == 1, before=6 if level == 1 else 0, after=2)
        entry.paragraph_format.left_indent = Mm(5 * (level - 1))
        entry.paragraph_format.right_indent = Mm(10)
        entry.paragraph_format.tab_stops.add_tab_stop(Mm(170), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
    make("Caption", size=9, bold=False, ink=_MUTED, before=10, after=4, keep_next=True)
    make("Figure", after=8, line=1.0, keep_next=True)
    make("Table text", size=8.5, line=1.12, after=1)
    # Small tables stay on one page: each row keeps with the next.
    make("Table label", base="Table text", size=9.5, line=1.12, after=1, keep_next=True)
    make("Table number", base="Table label", size=9.5, line=1.12, after=1, keep_next=True,
         align=WD_ALIGN_PARAGRAPH.RIGHT)
    make("Table figure", base="Table text", size=8.5, line=1.12, after=1, align=WD_ALIGN_PARAGRAPH.RIGHT)
    make("List Bullet", base="Body Text", after=3)
    make("Table note", base="Table text", size=8, line=1.1, after=1)
    step = make("Table step", base="Table text", size=8.5, line=1.12, after=1)
    step.paragraph_format.left_indent = Mm(3)
    make("Table head", base="Table text", size=8.5, bold=True, line=1.12, after=1, keep_next=True)
    make("Table head number", base="Table head", size=8.5, bold=True, line=1.12, after=1, keep_next=True,
         align=WD_ALIGN_PARAGRAPH.RIGHT)
    make("Key figure", size=17, bold=True, line=1.0, before=2)
    make("After table", size=6, line=1.0, after=4)
    end = make("Section end", size=1)
    end.paragraph_format.line_spacing = Pt(1)
    # An outline level puts each entry into Word's navigation pane without filling the table of contents.
    annex = make("Annex heading", size=10.5, bold=True, ink=_BRAND, before=12, after=3, keep_next=True)
    annex.element.get_or_add_pPr().append(_outline(1))
    # A heading that is a row of a table stands in the navigation pane too.
    section = make("Table section", base="Table head", size=9, bold=True, ink=_BRAND, line=1.12, after=1, keep_next=True)
    section.element.get_or_add_pPr().append(_outline(1))
    make("Definition", size=9, after=3, keep_next=True)
    head = make("Header", size=8.5, ink=_MUTED)
    head.element.get_or_add_pPr().insert_element_before(
        parse_xml(f'<w:pBdr {nsdecls("w")}><w:bottom w:val="single" w:sz="4" w:space="4" w:color="{_RULE}"/></w:pBdr>'),
        "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:outlineLvl",
    )
    make("Footer", size=8.5, ink=_MUTED, align=WD_ALIGN_PARAGRAPH.RIGHT)


def _character_styles(document) -> None:
    known = {style.name for style in document.styles}
    inks = {"Muted": _MUTED, **{f"Status {tone}": pair[0].lstrip("#") for tone, pair in charts.TONES.items()}}
    for name, ink in inks.items():
        style = document.styles.add_style(name, WD_STYLE_TYPE.CHARACTER)
        style.element.set(qn("w:styleId"), style_id(name))
        style.font.color.rgb = RGBColor.from_string(ink.upper())
        style.font.bold = True if name != "Muted" else None
    if "Strong" not in known:
        document.styles.add_style("Strong", WD_STYLE_TYPE.CHARACTER).font.bold = True


def _table_styles(document) -> None:
    """Report table: a thin grid and a quiet header row. Key figures: no grid, a rule on top."""
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{_RULE}"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    margins = (
        '<w:tblCellMar><w:top w:w="60" w:type="dxa"/><w:left w:w="90" w:type="dxa"/>'
        '<w:bottom w:w="50" w:type="dxa"/><w:right w:w="90" w:type="dxa"/></w:tblCellMar>'
    )
    for name, borders, first in (
        ("Report table", sides, f'<w:tblStylePr w:type="firstRow"><w:tcPr><w:shd w:val="clear" w:color="auto" '
                                f'w:fill="{HEAD_GROUND}"/><w:vAlign w:val="bottom"/></w:tcPr></w:tblStylePr>'),
        ("Key figures", f'<w:top w:val="single" w:sz="10" w:space="0" w:color="{_BRAND}"/>', ""),
    ):
        document.styles.element.append(parse_xml(
            f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="{style_id(name)}">'
            f'<w:name w:val="{name}"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="59"/><w:qFormat/>'
            f'<w:tblPr><w:tblBorders>{borders}</w:tblBorders>{margins}</w:tblPr>{first}</w:style>'
        ))


def _settings(document, tag: str, embed_fonts: bool) -> None:
    root = document.settings.element
    # Word 2013 and later: no «compatibility mode» in the title bar, and tables flush with the text.
    for node in root.iter(qn("w:compatSetting")):
        if node.get(qn("w:name")) == "compatibilityMode":
            node.set(qn("w:val"), "15")
    theme = root.find(qn("w:themeFontLang"))
    if theme is not None:
        theme.set(qn("w:val"), tag)
    # The schema fixes the order: fonts before proofState, updateFields before compat.
    if embed_fonts:
        root.find(qn("w:zoom")).addnext(OxmlElement("w:embedTrueTypeFonts"))
    update = OxmlElement("w:updateFields")
    update.set(qn("w:val"), "true")
    root.find(qn("w:compat")).addprevious(update)


_FONT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/font"
_OBFUSCATED = "application/vnd.openxmlformats-officedocument.obfuscatedFont"


def _font_table(document, embed_fonts: bool) -> None:
    """Name FiraGO with Sylfaen to stand in for it, and put its two weights into the file."""
    table = next(rel.target_part for rel in document.part.rels.values() if rel.reltype.endswith("/fontTable"))
    embedded = ""
    if embed_fonts:
        for place, (tag, data) in enumerate((("embedRegular", fonts.regular()), ("embedBold", fonts.bold())), 1):
            key = uuid.uuid5(uuid.NAMESPACE_URL, f"gegma:{tag}:{len(data)}")
            part = Part(PackURI(f"/word/fonts/font{place}.odttf"), _OBFUSCATED, obfuscated(data, key),
                        document.part.package)
            ref = table.relate_to(part, _FONT)
            embedded += f'<w:{tag} r:id="{ref}" w:fontKey={quoteattr("{" + str(key).upper() + "}")}/>'
    table._blob = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<w:fonts {nsdecls("w", "r")}><w:font w:name="{fonts.FAMILY}"><w:altName w:val="{fonts.FALLBACKS[0]}"/>'
        f'<w:charset w:val="00"/><w:family w:val="swiss"/><w:pitch w:val="variable"/>{embedded}</w:font>'
        + "".join(
            f'<w:font w:name="{name}"><w:charset w:val="00"/><w:family w:val="auto"/>'
            f'<w:pitch w:val="variable"/></w:font>' for name in fonts.FALLBACKS
        )
        + "</w:fonts>"
    ).encode()


def obfuscated(data: bytes, key: uuid.UUID) -> bytes:
    """A font as Word keeps it: the first 32 bytes mixed with the key read backwards (ECMA-376, part 4, 17.8.1)."""
    mask = key.bytes[::-1]
    return bytes(byte ^ mask[i % 16] for i, byte in enumerate(data[:32])) + data[32:]
