"""What is public in the packages others build on is explained where it stands."""

import ast

from .python_rules import undocumented
from .tree import Offence, parsed, python_sources, relative, tell

EXPLAINED = ("kernel", "engine", "plan")


def test_public_names_are_explained():
    offences = [
        Offence(relative(path), line, what)
        for path in python_sources(*EXPLAINED)
        if path.name != "apps.py"
        for line, what in undocumented(parsed(path))
    ]
    assert offences == [], tell(offences)


def test_every_module_says_what_it_is():
    offences = [
        Offence(relative(path), 1, "the module has no docstring")
        for path in python_sources()
        if path.name not in {"__init__.py", "apps.py"} and ast.get_docstring(parsed(path)) is None
    ]
    assert offences == [], tell(offences)


def test_the_check_can_fail():
    source = (
        "def bare(): pass\n"
        "def told():\n    'says so'\n    def inner(): pass\n"
        "def _private(): pass\n"
        "class Thing:\n    'a thing'\n    def method(self): pass\n    def __str__(self): pass\n"
        "    class Meta: pass\n"
    )
    assert [what.split()[0] for _line, what in undocumented(ast.parse(source))] == ["bare", "Thing.method"]
