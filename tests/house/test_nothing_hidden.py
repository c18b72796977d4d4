"""Rule 5. No signals, no transaction around whole requests; and no capitals, which Georgian does not have."""

import ast

import pytest
from django.db import connections

from .python_rules import SIGNAL_MODULES, imports_of, strings_among, uses
from .tree import PACKAGE, Offence, parsed, python_sources, relative, tell

# File → why it listens to a signal. A call says the same, and can be found.
SIGNALS_ALLOWED: dict[str, str] = {}

# File → why upper case is right there (codes in Latin letters that never hold Georgian).
CAPITALS_ALLOWED: dict[str, str] = {
    "src/gegma/reports/docx_styles.py": "colours and font keys in hexadecimal, as Word writes them",
}


def _capitals(tree: ast.AST) -> list[tuple[int, str]]:
    """Python's own upper case, and the database's."""
    return uses(tree, attributes={"upper", "swapcase", "Upper"}, names={"Upper"})


def _package(path) -> str:
    return ".".join(("gegma", *path.relative_to(PACKAGE).parent.parts))


def test_no_signals():
    offences = [
        Offence(relative(path), line, what)
        for path in python_sources()
        if relative(path) not in SIGNALS_ALLOWED
        for line, what in imports_of(parsed(path), SIGNAL_MODULES, _package(path))
    ]
    assert offences == [], tell(offences)


def test_no_transaction_around_a_whole_request():
    """With five writers, plain reads took 1 ms alone and 2.6 s inside such transactions."""
    assert not any(connection.settings_dict["ATOMIC_REQUESTS"] for connection in connections.all())
    offences = [
        Offence(relative(path), line, what)
        for path in python_sources()
        for line, what in strings_among(parsed(path), {"ATOMIC_REQUESTS"})
        + uses(parsed(path), {"ATOMIC_REQUESTS"}, {"ATOMIC_REQUESTS"})
    ]
    assert offences == [], tell(offences)


def test_no_capitals_in_python():
    """Upper case turns Mkhedruli into Mtavruli, which most fonts lack."""
    offences = [
        Offence(relative(path), line, what)
        for path in python_sources()
        if relative(path) not in CAPITALS_ALLOWED
        for line, what in _capitals(parsed(path))
    ]
    assert offences == [], tell(offences)


def test_only_what_int_reads_counts_as_digits():
    """isdigit() and isnumeric() say yes to «³» and «①», which int() refuses."""
    offences = [
        Offence(relative(path), line, what)
        for path in python_sources()
        for line, what in uses(parsed(path), attributes={"isdigit", "isnumeric"}, names=set())
    ]
    assert offences == [], tell(offences)


@pytest.mark.parametrize("allowed", [SIGNALS_ALLOWED, CAPITALS_ALLOWED])
def test_every_exception_exists(allowed):
    assert [name for name in allowed if not (PACKAGE.parents[1] / name).exists()] == []


def test_the_checks_can_fail():
    bad = ast.parse(
        "from django.dispatch import receiver\n"
        "from django.db.models import signals\n"
        "import django.core.signals\n"
        "def f(x):\n"
        "    from django.db.models.signals import post_save\n"
    )
    assert {line for line, _ in imports_of(bad, SIGNAL_MODULES)} == {1, 2, 3, 5}
    assert imports_of(ast.parse("from django.db.models import Sum\n"), SIGNAL_MODULES) == []
    assert len(strings_among(ast.parse("D = {'ATOMIC_REQUESTS': True}"), {"ATOMIC_REQUESTS"})) == 1
    capitals = ast.parse("a = b.upper()\nc = sorted(d, key=str.upper)\ne = Upper('x')\n")
    assert [line for line, _ in _capitals(capitals)] == [1, 2, 3]
    assert _capitals(ast.parse("a = b.casefold()\nupper = 3\n")) == []
