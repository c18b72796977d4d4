"""What the repository may not hold: overlong files, addresses of registries, pins without hashes."""

import os
import re
from pathlib import Path

import pytest

from .tree import ROOT, Offence, relative, repository_files, sources, tell

LINES = 600

# Written in pieces, or this file would be the first offender.
ADDRESSES = {
    "an option that names a registry": re.compile("index" + r"-url|\bfind-" + r"links\b", re.I),
    "a registry's address": re.compile(
        r"https?://[^\s\"'<>]+/sim" + r"ple/|regist" + r"ry *[=:] *[\"']?http"
        r"|pythonhosted" + r"\.org|//pypi" + r"\.|npmjs" + r"\.(?:org|com)",
        re.I,
    ),
}
LOCKS = {
    "uv.lock",
    "pylock.toml",
    "poetry.lock",
    "Pipfile.lock",
    "package-lock.json",
    "yarn.lock",
    "pnpm-lock.yaml",
}


def _text(path: Path) -> str:
    """A file's text; nothing for a file that is not text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def _addresses(text: str, bans: dict[str, re.Pattern]) -> list[tuple[int, str]]:
    return [
        (number, f"{what}: {line.strip()[:80]}")
        for number, line in enumerate(text.splitlines(), 1)
        for what, pattern in bans.items()
        if pattern.search(line)
    ]


def _here() -> dict[str, re.Pattern]:
    """Paths of the machine this runs on: the checkout and the home folder."""
    homes = {f"{path}/" for path in (str(ROOT), os.path.expanduser("~")) if len(path) > 2}
    return {"a path of one machine": re.compile("|".join(map(re.escape, sorted(homes))))}


def test_files_are_short_enough_to_be_one_thing():
    own = [p for p in sources(".py", ".html", ".css", ".js") if not {"vendor", "migrations"} & set(p.parts)]
    assert own
    lengths = {path: len(_text(path).splitlines()) for path in own}
    offences = [
        Offence(relative(p), n, f"{n} lines, at most {LINES}") for p, n in lengths.items() if n > LINES
    ]
    assert offences == [], tell(offences)


def test_no_address_of_a_registry_or_path_of_one_machine():
    offences = [
        Offence(relative(path), line, what)
        for path in repository_files()
        for line, what in _addresses(_text(path), ADDRESSES | _here())
    ]
    offences += [
        Offence(relative(p), 1, "this kind of lock file carries addresses")
        for p in repository_files()
        if p.name in LOCKS
    ]
    assert offences == [], tell(offences)


def test_the_address_check_can_fail():
    for bad in (
        "--extra-index" + "-url x",
        "https://packages.example.ge/sim" + "ple/",
        "regist" + "ry=https://npm.example.ge",
        "https://files.pythonhosted" + ".org/x",
    ):
        assert _addresses(bad, ADDRESSES), bad
    assert _addresses(f"cd {ROOT}/src", _here())
    assert _addresses("The register is simple: https://gegma.example.ge/registers/", ADDRESSES) == []


def _pins(name: str) -> dict[str, tuple[str, int]]:
    """Package → (version, number of hashes) of a requirements file."""
    pins: dict[str, tuple[str, int]] = {}
    package = ""
    for line in (ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines():
        found = re.match(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", line)
        if found:
            package = found[1].lower()
            pins[package] = (found[2], 0)
        elif "--hash=sha256:" in line:
            pins[package] = (pins[package][0], pins[package][1] + 1)
    return pins


@pytest.mark.parametrize("name", ["base.txt", "dev.txt"])
def test_every_requirement_is_pinned_with_hashes(name):
    pins = _pins(name)
    assert len(pins) > 10
    assert [package for package, (_version, hashes) in pins.items() if not hashes] == []


def test_development_has_the_versions_of_the_product():
    """An environment made for tests serves the demo too, so both files must agree."""
    base, dev = _pins("base.txt"), _pins("dev.txt")
    assert {p: v for p, (v, _) in base.items() if dev.get(p, ("", 0))[0] != v} == {}
