"""Fuzzing of what reads strangers' text, with atheris: `python scripts/fuzz.py [target …] [--seconds N] [--seed N]`.

Each target runs in a process of its own and stops after so many seconds; a crash is any exception that the code does not promise.
Targets are pure functions: what opens files of other formats runs in a limited child process of the product and is tried by its own tests.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _file(data: bytes) -> Path:
    path = Path(tempfile.gettempdir()) / f"fuzz-{os.getpid()}.bin"
    path.write_bytes(data)
    return path


def plan_text(data: bytes) -> None:
    """A plan as text: Refused is the promise."""
    from gegma.kernel.sandbox import Refused
    from gegma.plan.readers import interpret, lint, text

    try:
        found = interpret.interpret(text.read(_file(data)), name="x", format="text")
    except Refused:
        return
    lint(found)


def plan_dates(data: bytes) -> None:
    """The words of a deadline."""
    from gegma.plan.readers import dates

    words = _text(data)
    for year in (None, 2017):
        for day in dates.due_dates(words, year):
            dt.date.fromisoformat(day)
    dates.is_time_phrase(words)
    dates.years_in(words)


def plan_cells(data: bytes) -> None:
    """The cells of a plan's table: indicators, codes, headings, clauses."""
    from gegma.plan.readers import cells, columns

    words = _text(data)
    cells.split_indicators(words)
    cells.take_code(words)
    cells.clean(words)
    cells.clauses(words)
    columns.recognise(words)


def pasted(data: bytes) -> None:
    """Lists that people paste: participants, commitments. csv.Error is the promise of the cells."""
    from gegma.registers.commitments import table
    from gegma.registers.trainings import people

    words = _text(data).replace("\0", "")
    for read in (people.read, table.read):
        with contextlib.suppress(csv.Error):
            read(words)


def days(data: bytes) -> None:
    """A day and a period as people write them: ValueError is the promise."""
    from gegma.kernel import dates, periods

    for read in (dates.parse_day, periods.parse):
        with contextlib.suppress(ValueError):
            read(_text(data))


def address(data: bytes) -> None:
    """The address of a list, with the keys of a register: FilterError is the promise."""
    from django.http import QueryDict

    from gegma.engine import registry
    from gegma.engine.filters import FilterError

    words = _text(data)
    specs = registry.everything()
    spec = specs[len(data) % len(specs)]
    keys = [*spec.keys, "q", "sort", "cols"]
    params = QueryDict(mutable=True)
    for number, part in enumerate(words.split("&")[:8]):
        params.appendlist(keys[(number + sum(data[:2])) % len(keys)], part)
    try:
        spec.query(params)
    except FilterError as error:
        assert error.message
    try:
        spec.query(QueryDict(words[:2000].replace(";", "&")))
    except FilterError as error:
        assert error.message


def measure(data: bytes) -> None:
    """The definition of a measure, as JSON: DefinitionError is the promise."""
    from gegma.plan import definition

    try:
        made = json.loads(_text(data))
    except (ValueError, RecursionError):
        return
    with contextlib.suppress(definition.DefinitionError):
        definition.check(made)


def html(data: bytes) -> None:
    """A plan as a web page: Refused is the promise."""
    from gegma.kernel.sandbox import Refused
    from gegma.plan.readers import html as reader
    from gegma.plan.readers import interpret

    with contextlib.suppress(Refused):
        interpret.interpret(reader.read(_file(data)), name="x", format="html")


TARGETS = {one.__name__: one for one in (plan_text, plan_dates, plan_cells, pasted, days, address, measure, html)}
SEEDS = {
    "plan_text": ["1. პრიორიტეტი\n1.1. მიზანი\n1.1.1. აქტივობა\tინდიკატორი\tI კვარტალი\n"],
    "plan_dates": ["2017 წლის I-IV კვარტალი", "მარტი, ივნისი", "31.12.2017"],
    "plan_cells": ["ა) შეხვედრების რაოდენობა - 3; ბ) 1.1.2. x", "1.1.1. Indicator\n- a\n- b"],
    "pasted": ["name\tunit\tsex\nნინო\tx\tf", "No;Title;Due\n1;x;31.12.2017", '"a,b\n'],
    "days": ["03.09.2017", "2017-09-03", "2017-Q3", "2017-01-10..2017-02-03", "0000-00-00"],
    "address": ["2017-01-01&x&12", "kind=session&starts_on__from=01.01.2017", "q=x&sort=-starts_on"],
    "measure": ['{"register": "meetings", "aggregate": "count", "date": {"by": "starts_on", "rule": "in"}}', '{"parts": [{"register": "x"}]}'],
    "html": ["<table><tr><td colspan=3>1.1<td rowspan='2'>x</table>", "<!doctype html><body><p>x<ul><li>y"],
}


def _run(name: str, seconds: int, seed: int) -> None:
    """Fuzz one target in this process; atheris ends it."""
    import atheris

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gegma.config.settings")
    with atheris.instrument_imports(include=["gegma"]):
        import django

        django.setup()
        from gegma.engine import codes, registry  # noqa: F401

        codes._lists = dict  # no database: no code is known, so that filters by codes are refused
        TARGETS[name](b"")
    folder = tempfile.mkdtemp(prefix="fuzz-")
    for number, text in enumerate(SEEDS[name]):
        (Path(folder) / f"seed-{number}").write_text(text, encoding="utf-8")
    options = [f"-max_total_time={seconds}", f"-seed={seed}", "-max_len=4096", "-timeout=10", "-rss_limit_mb=1500", "-print_final_stats=1", f"-artifact_prefix={folder}/"]
    atheris.Setup([sys.argv[0], *options, folder], TARGETS[name])
    atheris.Fuzz()


def main() -> int:
    """Run the targets asked for, one after the other; returns how many failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("targets", nargs="*", default=list(TARGETS))
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=2017)
    parser.add_argument("--here", action="store_true", help="in this process: the way in which the others are started")
    asked = parser.parse_args()
    if asked.here:
        _run(asked.targets[0], asked.seconds, asked.seed)
        return 0
    failed = 0
    for name in asked.targets:
        done = subprocess.run([sys.executable, __file__, name, "--here", f"--seconds={asked.seconds}", f"--seed={asked.seed}"], capture_output=True, text=True)
        runs = next((line.split(":")[-1].strip() for line in done.stderr.splitlines() if "number_of_executed_units" in line), "no")
        print(f"{name}: {runs} runs, {'ok' if not done.returncode else 'FAILED'}", flush=True)
        if done.returncode:
            failed += 1
            print((done.stdout + done.stderr)[-4000:])
    return failed


if __name__ == "__main__":
    sys.exit(main())
