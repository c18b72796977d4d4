"""The files that the house rules look at, and the small vocabulary the rules share."""

import ast
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "gegma"


@dataclass(frozen=True, order=True)
class Offence:
    """One place that breaks a rule."""

    path: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


def relative(path: Path) -> str:
    """A path as it is written in messages and lists: from the root of the repository."""
    return path.relative_to(ROOT).as_posix()


@cache
def repository_files() -> tuple[Path, ...]:
    """Every file that is, or is about to be, in the repository (what .gitignore names is left out)."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
    )
    if listed.returncode:  # an unpacked archive: no git, and so nothing ignored either
        return tuple(
            p for p in sorted(ROOT.rglob("*")) if p.is_file() and not {".venv", "var"} & set(p.parts)
        )
    paths = (ROOT / name for name in listed.stdout.decode().split("\0") if name)
    return tuple(sorted(path for path in paths if path.is_file()))


def sources(*suffixes: str, under: str = "src/gegma") -> list[Path]:
    """The repository's files with these suffixes under a folder."""
    folder = ROOT / under
    return [p for p in repository_files() if p.suffix in suffixes and folder in p.parents]


def python_sources(*parts: str) -> list[Path]:
    """The product's Python files without migrations; of the named top packages only, where any are named."""
    return [
        path
        for path in sources(".py")
        if "migrations" not in path.parts and (not parts or path.relative_to(PACKAGE).parts[0] in parts)
    ]


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def tell(offences: list[Offence]) -> str:
    """The message of a failed rule: every offence on a line of its own."""
    return "\n" + "\n".join(map(str, sorted(set(offences))))
