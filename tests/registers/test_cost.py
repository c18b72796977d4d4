"""What docs/registers.md says of the lines that a register costs is what the source has."""

import inspect
import re
from pathlib import Path

import yaml

from gegma.registers import office
from gegma.registers.office import models, register

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(office.__file__).parent


def said() -> dict[str, int]:
    """The lines by part, as the table of the documentation has them."""
    text = (ROOT / "docs" / "registers.md").read_text(encoding="utf-8").partition("### What it costs")[2].partition("\n## ")[0]
    return {part.strip(): int(n) for part, n in re.findall(r"^\| ([^|]+) \| (\d+) \|", text, re.M)}


def lines(text: str) -> int:
    """Lines that hold something."""
    return sum(1 for line in text.splitlines() if line.strip())


def test_the_lines_of_the_smallest_register_are_those_of_the_documentation():
    lists = yaml.safe_load((FOLDER / "codelists.yaml").read_text(encoding="utf-8"))
    migration = (FOLDER / "migrations" / "0001_initial.py").read_text(encoding="utf-8").partition("name='Curriculum'")[2]
    model, declaration, codelist = lines(inspect.getsource(models.Curriculum)), lines(inspect.getsource(register.Curricula)), 1 + len(lists["curriculum-kind"])
    assert said() == {
        "the model `Curriculum`": model,
        "the declaration `Curricula`": declaration,
        "its codelist": codelist,
        "by hand, in all": model + declaration + codelist,
        "the migration": 1 + migration[: migration.index("        ),\n")].count("\n"),
    }


def test_nothing_else_names_it():
    """No view, address, template or rule of its own."""
    others = [p for p in FOLDER.rglob("*") if p.suffix in {".py", ".html"} and p.name not in {"models.py", "register.py"} and "migrations" not in p.parts]
    assert others and not [p.name for p in others if re.search(r"curricul", p.read_text(encoding="utf-8").partition('"""\n')[2], re.I)]
