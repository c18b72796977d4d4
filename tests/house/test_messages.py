"""The Georgian catalogue is complete and certain, keeps placeholders, and lacks nothing of the source."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest

from tests.browser import in_ci

from .tree import PACKAGE, ROOT, relative, repository_files

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
MTAVRULI = re.compile(r"[\u1c90-\u1cbf]")


def catalogues() -> list[Path]:
    """The Georgian catalogues in the repository."""
    return [p for p in repository_files() if p.suffix == ".po" and "ka" in p.parts and PACKAGE in p.parents]


def _faults(entry: polib.POEntry) -> list[str]:
    """What is wrong with a translated entry."""
    if entry.obsolete:
        return ["obsolete"]
    faults = ["fuzzy"] if entry.fuzzy else []
    pairs = [(entry.msgid, entry.msgstr)]
    if entry.msgid_plural:
        pairs = [(entry.msgid_plural, text) for text in entry.msgstr_plural.values()] or [("", "")]
    for source, text in pairs:
        if not text.strip():
            faults.append("empty")
            continue
        # The singular may say «one» in words, so a plural entry may leave a placeholder out but not add one.
        wanted, used = set(PLACEHOLDER.findall(source)), set(PLACEHOLDER.findall(text))
        if used - wanted or (wanted - used and not entry.msgid_plural):
            faults.append(f"placeholders {sorted(wanted)} became {sorted(used)}")
        if MTAVRULI.search(text):
            faults.append("capitals")
        if "!" in text and "!" not in source:
            faults.append("exclamation mark")
        if source[:1] == "\n" != text[:1] == "\n" or source.endswith("\n") != text.endswith("\n"):
            faults.append("line break at an end")
    return faults


def test_there_is_a_catalogue():
    assert catalogues(), "src/gegma/locale/ka/LC_MESSAGES/django.po is missing: make messages"


def test_the_catalogue_is_complete():
    faults = [
        f"{relative(path)}:{entry.linenum}: {fault}: {entry.msgid[:60]!r}"
        for path in catalogues()
        for entry in polib.pofile(str(path))
        for fault in _faults(entry)
    ]
    assert faults == [], "\n" + "\n".join(faults)


def test_nothing_in_the_source_is_missing_from_the_catalogue(tmp_path):
    """What `make messages` would find today, collected in a copy, is what the catalogue has."""
    if shutil.which("xgettext") is None:
        (pytest.fail if in_ci() else pytest.skip)("no gettext on this machine (apt-get install gettext)")
    copy = tmp_path / "gegma"
    for path in repository_files():
        if PACKAGE in path.parents and path.suffix in {".py", ".html", ".txt", ".po"}:
            target = copy / path.relative_to(PACKAGE)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    (copy / "locale").mkdir(exist_ok=True)
    # Without settings: their LOCALE_PATHS would send the result into the real tree.
    environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "--locale", "ka", "--no-obsolete"],
        cwd=copy,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    now = {
        (entry.msgctxt, entry.msgid): entry
        for entry in polib.pofile(str(copy / "locale/ka/LC_MESSAGES/django.po"))
        if not entry.obsolete
    }
    kept = {
        (entry.msgctxt, entry.msgid)
        for path in catalogues()
        for entry in polib.pofile(str(path))
        if not entry.obsolete
    }
    new = sorted(
        f"{key[1][:80]!r} ({entry.occurrences[:1]})" for key, entry in now.items() if key not in kept
    )
    gone = sorted(f"{key[1][:80]!r}" for key in kept - now.keys())
    assert (new, gone) == ([], []), f"run make messages in {ROOT.name} and translate:\n" + "\n".join(
        [*new, "gone:", *gone]
    )


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        (polib.POEntry(msgid="Save", msgstr=""), "empty"),
        (polib.POEntry(msgid="Save", msgstr="შენახვა", flags=["fuzzy"]), "fuzzy"),
        (polib.POEntry(msgid="Save", msgstr="შენახვა", obsolete=True), "obsolete"),
        (polib.POEntry(msgid="by %(name)s", msgstr="%(nome)s"), "placeholders"),
        (polib.POEntry(msgid="by {name}", msgstr="ვის მიერ"), "placeholders"),
        (polib.POEntry(msgid="Save", msgstr="ᲨᲔᲜᲐᲮᲕᲐ"), "capitals"),
        (polib.POEntry(msgid="Saved", msgstr="შენახულია!"), "exclamation mark"),
        (
            polib.POEntry(
                msgid="%(n)s day", msgid_plural="%(n)s days", msgstr_plural={0: "%(n)s დღე", 1: ""}
            ),
            "empty",
        ),
    ],
)
def test_the_check_can_fail(entry, fault):
    assert any(found.startswith(fault) for found in _faults(entry))


def test_the_check_lets_a_good_entry_pass():
    assert _faults(polib.POEntry(msgid="by %(name)s", msgstr="%(name)s-ის მიერ")) == []
