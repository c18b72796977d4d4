"""Every warning, refusal and finding of the plan readers has a sentence that can be translated, and the sentence renders."""

import ast
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
from django.utils import translation

from gegma.kernel import sandbox
from gegma.plan import reader_texts, readers
from gegma.plan.readers.blocks import Place

SOURCES = sorted(Path(readers.__file__).parent.glob("*.py")) + [Path(sandbox.__file__)]

# Where the code stands among the arguments of what is defined elsewhere; helpers of a file are looked up in the file.
POSITIONS = {"Warn": 2, "Refused": 0}
CODE_ARGUMENTS = {"code", "kind", "finding"}
HELPERS = {"_warn", "_unplaced", "_doubt", "find", "_told"}
# What a helper adds to the parameters that it is called with.
ADDED = {"_unplaced": {"text"}, "_doubt": {"text"}}
NOT_PARAMETERS = {"where", "what", "message", "place", "params"}
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def _positions(tree: ast.Module) -> dict[str, int]:
    """Where each helper defined in a file takes the code: its name → the argument's place in a call."""
    found = dict(POSITIONS)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name in HELPERS:
            names = [a.arg for a in node.args.args if a.arg != "self"]
            places = [i for i, name in enumerate(names) if name in CODE_ARGUMENTS]
            if places:
                found[node.name] = places[0]
    return found


def _emitted(source: str) -> list[tuple[str, set[str]]]:
    """(code, names of the parameters) of every place in a source text that emits one."""
    tree = ast.parse(source)
    positions, found = _positions(tree), []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        place = positions.get(name)
        if place is None or place >= len(node.args):
            continue
        code = node.args[place]
        if isinstance(code, ast.Constant) and isinstance(code.value, str):
            given = {k.arg for k in node.keywords if k.arg} - NOT_PARAMETERS
            if name == "Warn" and len(node.args) > 3 and isinstance(node.args[3], ast.Dict):
                given |= {k.value for k in node.args[3].keys}
            found.append((code.value, given | ADDED.get(name, set())))
    return found


@cache
def emitted() -> dict[str, list[set[str]]]:
    """Every code in the readers and the sandbox, with the parameters at each place."""
    found = defaultdict(list)
    for path in SOURCES:
        for code, names in _emitted(path.read_text("utf-8")):
            found[code].append(names)
    return dict(found)


def test_every_code_has_a_sentence():
    missing = sorted(set(emitted()) - set(reader_texts.TEXTS))
    assert missing == [], f"without a sentence in plan/reader_texts.py: {missing}"


def test_no_sentence_outlives_its_code():
    stale = sorted(set(reader_texts.TEXTS) - set(emitted()))
    assert stale == [], f"no reader emits these any more: {stale}"


@pytest.mark.parametrize("code", sorted(emitted()))
def test_a_sentence_renders_with_what_every_place_gives(code):
    template = reader_texts.TEXTS[code]
    for names in emitted()[code]:
        text = template % dict.fromkeys(names, "7-ა")
        assert "%" not in text and text.count("7-ა") == len(PLACEHOLDER.findall(template))


def test_the_search_finds_what_each_form_emits():
    source = """
class Reader:
    def _warn(self, where, what, kind, **params): ...
    def _doubt(self, code, what, **params): ...
    def go(self):
        self._warn("title", "two years", "years", years=1)
        self._doubt("clauses", "some")
        raise Refused("csv", f"damaged ({1})", where="line 2", row=3)
        Warn("here", "text", "cell", {"text": 1})
"""
    assert _emitted(source) == [("years", {"years"}), ("clauses", {"text"}), ("csv", {"row"}), ("cell", {"text"})]


@pytest.mark.parametrize(
    ("place", "english", "georgian"),
    [
        (Place(line=12), "line 12", "სტრიქონი 12"),
        (Place(page=3, table=1, row=5), "page 3, row 5", "გვერდი 3, სტრიქონი 5"),
        (Place(table=2, row=7), "table 2, row 7", "ცხრილი 2, სტრიქონი 7"),
        (Place(sheet="გეგმა, row 1", row=9), "sheet «გეგმა, row 1», row 9", "ფურცელი «გეგმა, row 1», სტრიქონი 9"),
        (Place(footnote=4), "footnote 4", "სქოლიო 4"),
        (Place(), "the document", "დოკუმენტი"),
    ],
)
def test_a_place_is_said_in_the_language_of_the_page(place, english, georgian):
    with translation.override("en"):
        assert reader_texts.say_place(place.text()) == english
    with translation.override("ka"):
        assert reader_texts.say_place(place.text()) == georgian


def test_what_is_no_place_stays_as_it_is():
    with translation.override("ka"):
        assert reader_texts.say_place("something else") == "something else"
