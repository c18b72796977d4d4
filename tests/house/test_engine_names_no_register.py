"""Rule 1. The engine names no register: what it does, it does for every declaration alike."""

import ast

from gegma.engine import registry

from .python_rules import imports_of, strings_among
from .tree import PACKAGE, Offence, parsed, python_sources, relative, tell

ABOVE = ("gegma.registers", "gegma.plan", "gegma.reports", "gegma.portal", "gegma.collect", "gegma.demo")


def _keys() -> set[str]:
    """The keys of the registers that live outside the engine (the engine keeps the codelists itself)."""
    return {
        spec.key for spec in registry.everything() if not spec.model.__module__.startswith("gegma.engine.")
    }


def _offences(tree: ast.AST, keys: set[str], package: str = "gegma.engine") -> list[tuple[int, str]]:
    return imports_of(tree, ABOVE, package) + strings_among(tree, keys)


def test_the_engine_names_no_register():
    keys = _keys()
    assert keys, "no register is registered, so this test would see nothing"
    offences = [
        Offence(relative(path), line, what)
        for path in python_sources("engine")
        for line, what in _offences(
            parsed(path), keys, ".".join(("gegma", *path.relative_to(PACKAGE).parent.parts))
        )
    ]
    assert offences == [], tell(offences)


def test_the_check_can_fail():
    bad = ast.parse(
        "from gegma.registers.trainings import models\n"
        "from ..registers import meetings\n"
        "def f(key):\n"
        "    import gegma.plan.compute\n"
        "    return key == 'trainings'\n"
    )
    assert {line for line, _ in _offences(bad, {"trainings"})} == {1, 2, 4, 5}
    good = ast.parse(
        "from gegma.audit import record\nfrom . import registry\ntitle = 'trainings of people'\n"
    )
    assert _offences(good, {"trainings"}) == []
