"""Rules 1 and 5. Imports run one way, registers do not know one another, foreign keys form no circle."""

import ast
import re
import subprocess
import sys
from pathlib import Path

from django.apps import apps

from .python_rules import cycles, imported_modules
from .tree import PACKAGE, ROOT, Offence, parsed, python_sources, relative, tell

SHARED_REGISTERS = {"directory", "frameworks"}


def test_the_layers_hold():
    """The contracts of [tool.importlinter] in pyproject.toml."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\b[1-9]\d* kept, 0 broken", done.stdout), done.stdout


def test_every_package_stands_in_a_layer():
    """A package that no contract names could import what it likes."""
    import tomllib

    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = next(c["layers"] for c in settings["contracts"] if c["type"] == "layers")
    named = {name.strip() for layer in layers for name in layer.split("|")}
    present = {f"gegma.{path.parent.name}" for path in PACKAGE.glob("*/__init__.py")}
    # web holds templates and files for the page, imported by nobody and importing nobody above the kernel.
    assert present - named - {"gegma.web"} == set()


def _strangers(tree: ast.AST, own: str, package: str, apps: set[str]) -> list[tuple[int, str]]:
    """Imports by register app `own` of another of the apps. Modules that all registers share are no app."""
    found = set()
    for module, line in imported_modules(tree, package):
        parts = module.split(".")
        if parts[:2] == ["gegma", "registers"] and len(parts) > 2 and parts[2] in apps - {own}:
            found.add((line, f"register {own} imports register {parts[2]}"))
    return sorted(found)


def test_registers_import_only_directory_and_frameworks():
    offences = []
    others = {path.parent.name for path in (PACKAGE / "registers").glob("*/__init__.py")} - SHARED_REGISTERS
    assert others, "no register app is there, so this test would see nothing"
    for path in python_sources("registers"):
        parts = path.relative_to(PACKAGE / "registers").parts
        if len(parts) > 1:
            package = ".".join(("gegma", "registers", *parts[:-1]))
            offences += [
                Offence(relative(path), *found)
                for found in _strangers(parsed(path), parts[0], package, others)
            ]
    assert offences == [], tell(offences)


def test_the_import_check_can_fail():
    tree = ast.parse(
        "from gegma.registers.directory.models import Unit\n"
        "from gegma.registers.documents.models import Document\n"
        "from ..documents import queries\n"
        "from . import domain\n"
    )
    assert {
        line for line, _ in _strangers(tree, "frameworks", "gegma.registers.frameworks", {"documents"})
    } == {2, 3}


def _foreign_keys() -> dict[str, set[str]]:
    """Register app → register apps that its tables point to."""
    graph: dict[str, set[str]] = {}
    for config in apps.get_app_configs():
        if not config.name.startswith("gegma.registers."):
            continue
        graph[config.label] = {
            field.remote_field.model._meta.app_label
            for model in config.get_models(include_auto_created=True)
            for field in model._meta.get_fields()
            if field.is_relation
            and not field.auto_created
            and field.remote_field
            and field.remote_field.model
        } - {config.label}
    return graph


def test_foreign_keys_between_registers_form_no_circle():
    graph = _foreign_keys()
    assert graph, "no register app is installed, so this test would see nothing"
    found = cycles(graph)
    assert found == [], "; ".join(" → ".join(circle) for circle in found)


def test_the_circle_check_can_fail():
    assert cycles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c", "a"]]
    assert cycles({"a": {"b"}, "b": {"a"}}) == [["a", "b", "a"]]
    assert cycles({"a": {"b", "c"}, "b": {"c"}, "c": set(), "e": {"elsewhere"}}) == []
