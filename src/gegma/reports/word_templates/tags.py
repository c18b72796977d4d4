"""The tags of a template: where each stands, whether it is written rightly, and whether what it names is there.

Only a small part of Jinja is let through, by a list of what is allowed: fields, loops over lists, conditions, a few filters. No calls, no
arithmetic, no names that begin with an underscore; so nothing can be run, and nothing grows but by loops. The schema is plain data:
{"kind": "text"}, {"kind": "list", "of": schema} or {"kind": "group", "fields": {name: schema}}.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment
from lxml import etree

from gegma.plan.readers.docx import W

FILTERS = ("join", "default", "length", "first", "last", "trim")
TESTS = ("defined", "even", "odd", "none")
KEYWORDS = ("for", "endfor", "if", "elif", "else", "endif")
LOOP = ("index", "index0", "first", "last", "length", "revindex")
DEPTH_MAX = 5
TAG = re.compile(r"\{\{(.*?)\}\}|\{%(.*?)%\}|\{#.*?#\}", re.DOTALL)
QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'"})
LINE_NODES = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.For, nodes.If, nodes.Name, nodes.Getattr, nodes.Getitem, nodes.Const, nodes.Filter,
    nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.CondExpr, nodes.Concat, nodes.Keyword,
)  # fmt: skip
TEXT = {"kind": "text"}


class PlainEnvironment(SandboxedEnvironment):
    """Jinja over plain data: a dot names a key of a group, never an attribute of an object. Nothing can be called."""

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined, optimized=False)
        self.globals.clear()
        self.filters = {name: self.filters[name] for name in FILTERS}
        self.tests = {name: self.tests[name] for name in TESTS}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A key of a group, or a fact of a loop."""
        return self._key(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """The same with brackets, and an entry of a list by its number."""
        return self._key(obj, argument)

    def _key(self, obj: Any, key: Any) -> Any:
        if isinstance(obj, dict) and isinstance(key, str) and key in obj:
            return obj[key]
        if isinstance(obj, list) and isinstance(key, int) and -len(obj) <= key < len(obj):
            return obj[key]
        if type(obj).__name__ == "LoopContext" and key in LOOP:
            return getattr(obj, key)
        return self.undefined(obj=obj, name=key)

    def is_safe_callable(self, obj: Any) -> bool:
        """Nothing is."""
        return False


@dataclass
class Fault:
    """Something wrong with a template: code and params say what, place where: {"part", "paragraph", "table", "row", "cell", "words"}."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)
    place: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {"code": self.code, "params": self.params, "place": self.place}


@dataclass
class Paragraph:
    """A paragraph with where it stands; row and cell are those of the innermost table."""

    text: str
    place: dict[str, Any]
    node: Any


@dataclass
class _Open:
    """A loop or condition that is not closed yet."""

    word: str
    prefix: str
    paragraph: Paragraph
    tag: str


def paragraphs(root: etree._Element, part: str) -> list[Paragraph]:
    """The paragraphs of a part in their order, numbered as a person would count them."""
    tables = list(root.iter(W + "tbl"))
    made = []
    outside = 0
    for node in root.iter(W + "p"):
        cell = next(node.iterancestors(W + "tc"), None)
        text = "".join(_texts(node)).translate(QUOTES)
        if cell is None:
            outside += 1
            place = {"part": part, "paragraph": outside}
        else:
            row = cell.getparent()
            while row.tag != W + "tr":
                row = row.getparent()
            table = next(row.iterancestors(W + "tbl"))
            place = {
                "part": part, "table": tables.index(table) + 1, "row": list(table.iter(W + "tr")).index(row) + 1,
                "cell": list(row.iter(W + "tc")).index(cell) + 1,
            }  # fmt: skip
        made.append(Paragraph(text, {**place, "words": text.strip()[:80]}, node))
    return made


def _texts(paragraph: etree._Element) -> Iterator[str]:
    for node in paragraph.iter(W + "t", W + "tab", W + "br"):
        if next(node.iterancestors(W + "p")) is paragraph:
            yield (node.text or "") if node.tag == W + "t" else " "


class Checker:
    """Checks the parts of one template; faults are gathered in order."""

    def __init__(self, schema: dict[str, Any]):
        self.schema, self.environment = schema, PlainEnvironment()
        self.faults: list[Fault] = []
        self.used: set[str] = set()

    def part(self, root: etree._Element, name: str) -> None:
        """One part of the document: its text, a header, a footer."""
        found = paragraphs(root, name)
        before = len(self.faults)
        lines = [self._line(paragraph) for paragraph in found]
        self._pairs(found)
        order = {id(paragraph.place): number for number, paragraph in enumerate(found)}
        self.faults[before:] = sorted(self.faults[before:], key=lambda fault: order.get(id(fault.place), 0))
        if len(self.faults) == before:
            self._names("\n".join(lines), lambda number: found[min(number, len(found)) - 1].place if found else {"part": name})

    def source(self, source: str, part: str) -> None:
        """What is really run, with all that stands where no text is seen: attributes, field codes, alternative texts."""
        try:
            self._names(source, lambda _number: {"part": part})
        except TemplateSyntaxError:
            self.faults.append(Fault("tag_hidden", {}, {"part": part}))

    # -- one paragraph -------------------------------------------------------------------------------------------------

    def _line(self, paragraph: Paragraph) -> str:
        made = []
        for found in TAG.finditer(paragraph.text):
            said, word = found.group(1), found.group(2)
            if said is not None:
                made.append(self._said(said, found.group(), paragraph))
            elif word is not None:
                made.append(self._control(word, found.group(), paragraph))
        left = TAG.sub("", paragraph.text)
        for mark in ("{{", "{%", "{#", "}}", "%}"):
            if mark in left:
                at = left.index(mark)
                self._fault("tag_open" if mark[0] == "{" else "tag_close", paragraph, tag=left[max(0, at - 20):at + 30].strip())
                break
        return " ".join(made)

    def _said(self, said: str, tag: str, paragraph: Paragraph) -> str:
        if re.match(r"-?(?:r|p|tr|tc)\s", said):
            self._fault("tag_unknown", paragraph, tag=tag[:60], word=said.split()[0])
            return ""
        return self._parsed("{{" + " ".join(said.split("\n")) + "}}", "", tag, paragraph)

    def _control(self, word: str, tag: str, paragraph: Paragraph) -> str:
        prefix, inner = _split(word)
        keyword = inner.split(None, 1)[0] if inner else ""
        if keyword not in KEYWORDS or prefix == "r" or word[:1] == "-" or word[-1:] == "-":
            self._fault("tag_unknown", paragraph, tag=tag[:60], word=prefix if prefix == "r" else keyword or word[:20])
            return ""
        if prefix in ("tr", "tc") and "table" not in paragraph.place:
            self._fault("tag_outside_table", paragraph, tag=tag[:60])
        if prefix == "p" and TAG.sub("", paragraph.text, count=1).strip():
            self._fault("tag_not_alone", paragraph, tag=tag[:60])
        tail = {"for": "{% endfor %}", "if": "{% endif %}"}.get(keyword, "")
        if keyword in ("for", "if"):
            return self._parsed("{% " + " ".join(inner.split()) + " %}", tail, tag, paragraph)
        if keyword == "elif" and not self._parsed("{% if 1 %}{% " + " ".join(inner.split()) + " %}", "{% endif %}", tag, paragraph):
            return ""
        return "{% " + " ".join(inner.split()) + " %}"

    def _parsed(self, source: str, tail: str, tag: str, paragraph: Paragraph) -> str:
        try:
            self.environment.parse(source + tail)
        except TemplateSyntaxError as error:
            self._fault("tag_syntax", paragraph, tag=tag[:60], why=(error.message or "")[:120])
            return ""
        return source

    def _pairs(self, found: list[Paragraph]) -> None:
        """Each loop and condition ends where it began: in the paragraph, or with the same prefix in the same cell, row or text."""
        waiting: list[_Open] = []
        for paragraph in found:
            for tag in TAG.finditer(paragraph.text):
                if tag.group(2) is None:
                    continue
                prefix, inner = _split(tag.group(2))
                word = inner.split(None, 1)[0] if inner else ""
                if word in ("for", "if"):
                    waiting.append(_Open(word, prefix, paragraph, tag.group()[:60]))
                elif word in ("endfor", "endif", "else", "elif"):
                    self._pair(waiting, word, prefix, paragraph, tag.group()[:60])
        for one in waiting:
            self._fault("tag_not_closed", one.paragraph, tag=one.tag, word=f"end{one.word}")

    def _pair(self, waiting: list[_Open], word: str, prefix: str, paragraph: Paragraph, tag: str) -> None:
        wanted = {"endfor": ("for",), "endif": ("if",), "elif": ("if",), "else": ("for", "if")}[word]
        if not waiting or waiting[-1].word not in wanted:
            self._fault("tag_not_opened", paragraph, tag=tag)
            return
        opened = waiting.pop() if word.startswith("end") else waiting[-1]
        same = opened.prefix == prefix and _room(opened.paragraph, prefix) is _room(paragraph, prefix)
        if not same:
            self._fault("tag_apart", paragraph, tag=tag, opened=opened.tag)

    def _fault(self, code: str, paragraph: Paragraph, **params: Any) -> None:
        self.faults.append(Fault(code, params, paragraph.place))

    # -- names ---------------------------------------------------------------------------------------------------------

    def _names(self, source: str, place) -> None:
        walker = _Walker(self, place)
        walker.walk(self.environment.parse(source), {}, 0)


def _split(word: str) -> tuple[str, str]:
    found = re.match(r"(p|tr|tc|r)\s+(.*)", word, re.DOTALL)
    return (found.group(1), found.group(2).strip()) if found else ("", word.strip())


def _room(paragraph: Paragraph, prefix: str) -> Any:
    """The element within which a pair of tags must stand."""
    if prefix == "":
        return paragraph.node
    if prefix == "p":
        return paragraph.node.getparent()
    row = next(paragraph.node.iterancestors(W + "tr"), None)
    return row if prefix == "tc" or row is None else row.getparent()


class _Walker:
    """Goes over parsed tags with the names that are known at each place."""

    def __init__(self, checker: Checker, place):
        self.checker, self.place = checker, place

    def fault(self, node: nodes.Node, code: str, **params: Any) -> None:
        self.checker.faults.append(Fault(code, params, self.place(node.lineno)))

    def walk(self, node: nodes.Node, scope: dict[str, Any], depth: int) -> None:
        if not isinstance(node, LINE_NODES):
            self.fault(node, "tag_forbidden", what=type(node).__name__)
        elif isinstance(node, nodes.For):
            self._for(node, scope, depth)
        elif isinstance(node, nodes.Name | nodes.Getattr | nodes.Getitem):
            self.kind(node, scope)
        else:
            if isinstance(node, nodes.Filter) and node.name not in FILTERS:
                self.fault(node, "filter_unknown", name=node.name, known=", ".join(FILTERS))
            if isinstance(node, nodes.Test) and node.name not in TESTS:
                self.fault(node, "filter_unknown", name=node.name, known=", ".join(TESTS))
            for child in node.iter_child_nodes():
                named = isinstance(node, nodes.Output) and isinstance(child, nodes.Name | nodes.Getattr | nodes.Getitem)
                if named and (self.known(child, scope) or TEXT)["kind"] != "text":
                    self.fault(child, "field_not_text", name=_path(child))
                self.walk(child, scope, depth)

    def _for(self, node: nodes.For, scope: dict[str, Any], depth: int) -> None:
        if depth >= DEPTH_MAX:
            self.fault(node, "loop_deep", n=DEPTH_MAX)
            return
        if not isinstance(node.target, nodes.Name) or node.recursive or not isinstance(node.iter, nodes.Name | nodes.Getattr | nodes.Getitem):
            self.fault(node, "loop_odd")
            return
        found = self.kind(node.iter, scope)
        if found is not None and found["kind"] != "list":
            self.fault(node.iter, "loop_no_list", name=_path(node.iter))
            found = None
        inner = {**scope, node.target.name: found["of"] if found else None, "loop": {"kind": "group", "fields": dict.fromkeys(LOOP, TEXT)}}
        for child in [*node.body, *node.else_, *([node.test] if node.test else [])]:
            self.walk(child, inner, depth + 1)

    def known(self, node: nodes.Node, scope: dict[str, Any]) -> dict[str, Any] | None:
        """What a name leads to, without a word about what is wrong with it."""
        kept, self.checker.faults = self.checker.faults, []
        found = self.kind(node, scope)
        self.checker.faults = kept
        return found

    def kind(self, node: nodes.Node, scope: dict[str, Any]) -> dict[str, Any] | None:
        """What a name leads to; None where that is not known, and then it is told."""
        if isinstance(node, nodes.Name):
            names = {**self.checker.schema["fields"], **scope}
            if node.name not in names:
                return self._unknown(node, node.name, "", names)
            if node.name not in scope:
                self.checker.used.add(node.name)
            return names[node.name]
        if not isinstance(node, nodes.Getattr | nodes.Getitem):
            self.fault(node, "tag_forbidden", what=type(node).__name__)
            return None
        above = self.kind(node.node, scope)
        key = node.attr if isinstance(node, nodes.Getattr) else node.arg.value if isinstance(node.arg, nodes.Const) else None
        if key is None:
            self.fault(node, "tag_forbidden", what="[…]")
            return None
        if above is None:
            return None
        if above["kind"] == "list" and isinstance(key, int):
            return above["of"]
        fields = above.get("fields", {})
        if key not in fields:
            return self._unknown(node, str(key), _path(node.node) + ".", fields)
        return fields[key]

    def _unknown(self, node: nodes.Node, name: str, before: str, names: dict[str, Any]) -> None:
        near = difflib.get_close_matches(name, names, n=1, cutoff=0.55)
        self.fault(node, "field_near" if near else "field_unknown", name=before + name, near=before + near[0] if near else "", known=", ".join(sorted(names)[:30]))


def _path(node: nodes.Node) -> str:
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{_path(node.node)}.{node.attr}"
    if isinstance(node, nodes.Getitem):
        return f"{_path(node.node)}[{node.arg.value if isinstance(node.arg, nodes.Const) else '…'}]"
    return "…"
