"""What is done with a template in the limited child: it is looked over, checked, filled."""

from __future__ import annotations

import base64
import datetime as dt
import io
import re
from pathlib import Path
from typing import Any

from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from jinja2 import TemplateError, UndefinedError
from lxml import etree

from gegma.kernel.sandbox import Refused

from .package import ATTACHED, look_over
from .tags import Checker, Fault, PlainEnvironment

# Letters of one part of the finished document.
LETTERS_MAX = 60_000_000
MADE_BYTES_MAX = 25 * 1024 * 1024
_STRICT = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)


def check(payload: dict[str, Any]) -> dict[str, Any]:
    """{"path", "schema", "context"} → {"faults": […], "notes": […], "used": […]}. Raises Refused for what must not be there at all."""
    path = Path(payload["path"])
    notes = look_over(path)
    template, checker = _Filled(path), Checker(payload["schema"])
    faults = [fault.as_dict() for fault in _faults(template, checker)]
    if not faults:
        try:
            template.fill(payload["context"])
        except Refused as refused:
            faults.append({"code": refused.code, "params": refused.params, "place": {}})
    return {"faults": faults, "notes": notes, "used": sorted(checker.used)}


def fill(payload: dict[str, Any]) -> str:
    """{"path", "schema", "context", "about"} → the finished document, base64. Raises Refused."""
    path = Path(payload["path"])
    look_over(path)
    template = _Filled(path)
    if faults := _faults(template, Checker(payload["schema"])):
        raise Refused(faults[0].code, f"The template is not right: {faults[0].code}.", **faults[0].params)
    return base64.b64encode(template.fill(payload["context"], payload.get("about"))).decode()


def _faults(template: _Filled, checker: Checker) -> list[Fault]:
    for name, tree in template.parts():
        checker.part(tree, name)
    if not checker.faults:
        for name, source in template.sources():
            checker.source(source, name)
    return checker.faults


class _Filled(DocxTemplate):
    """docxtpl over the text, the headers and the footers, and nothing else: not properties, not notes."""

    def __init__(self, path: Path):
        super().__init__(str(path))
        try:
            self.render_init()
        except (KeyError, ValueError, AttributeError) as error:
            raise Refused("template_kind", f"A template is a Word document ({type(error).__name__}).") from None

    def parts(self):
        """(name, tree) of what is filled."""
        yield "text", self.docx._element
        for name, uri in (("header", self.HEADER_URI), ("footer", self.FOOTER_URI)):
            for _key, part in self.get_headers_footers(uri):
                yield name, etree.fromstring(part.blob, _STRICT)

    def sources(self):
        """(name, what Jinja is given) of each part."""
        yield "text", self._patched(self.get_xml())
        for name, uri in (("header", self.HEADER_URI), ("footer", self.FOOTER_URI)):
            for _key, part in self.get_headers_footers(uri):
                yield name, self._patched(self.get_part_xml(part))

    def _patched(self, xml: str) -> str:
        return re.sub(r"<w:p([ >])", r"\n<w:p\1", self.patch_xml(xml))

    def fill(self, context: dict[str, Any], about: dict[str, Any] | None = None) -> bytes:
        """The document with the context's words. Raises Refused."""
        environment = PlainEnvironment()
        try:
            tree = self._whole(self.build_xml(context, environment))
            self.fix_docpr_ids(tree)
            self.map_tree(tree)
            for uri in (self.HEADER_URI, self.FOOTER_URI):
                for key, xml in list(self.build_headers_footers_xml(context, uri, environment)):
                    self._whole(xml.decode())
                    self.map_headers_footers_xml(key, xml)
        except UndefinedError as error:
            raise Refused("field_missing", f"A field has no value: {error.message}.", name=_missing(error.message or "")) from None
        except TemplateError as error:
            raise Refused("tag_syntax", f"A tag cannot be understood ({error.message}).", tag="", why=str(error.message)[:120]) from None
        self._leave_out()
        self._properties(about or {})
        out = io.BytesIO()
        self.docx.save(out)
        if out.tell() > MADE_BYTES_MAX:
            raise Refused("made_too_large", "What the template makes is too large.", limit=MADE_BYTES_MAX // 1024 // 1024)
        return out.getvalue()

    def _whole(self, xml: str):
        if len(xml) > LETTERS_MAX:
            raise Refused("made_too_large", "What the template makes is too large.", limit=MADE_BYTES_MAX // 1024 // 1024)
        try:
            etree.fromstring(xml, _STRICT)
        except etree.XMLSyntaxError:
            raise Refused("made_broken", "The tags tear the document apart.") from None
        return self.fix_tables(xml)

    def _leave_out(self) -> None:
        """The template from which the document was once begun: Word would fetch it."""
        settings = self.docx.settings
        for node in list(settings.element.iter(qn("w:attachedTemplate"))):
            node.getparent().remove(node)
        for part in self.docx.part.package.iter_parts():
            for key, rel in list(part.rels.items()):
                if rel.reltype.rsplit("/", 1)[-1] == ATTACHED:
                    del part.rels[key]

    def _properties(self, about: dict[str, Any]) -> None:
        core = self.docx.core_properties
        for name in ("title", "author", "subject", "language", "comments"):
            if name in about:
                setattr(core, name, about[name][:255])
        core.last_modified_by = core.author
        if "made_on" in about:
            core.created = core.modified = dt.datetime.fromisoformat(about["made_on"])


def _missing(message: str) -> str:
    found = re.search(r"attribute '([^']*)'|^'([^']*)' is undefined|element (\S+)", message)
    return next((name for name in found.groups() if name), "") if found else message[:80]
