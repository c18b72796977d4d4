"""Runs the tests: all of them on SQLite, and beside it on PostgreSQL those that ask for a database. `make test` calls this.

The two runs share the processors: while one waits for a browser the other works. Arguments go to pytest in both. A program that this machine lacks is announced at the start and at the
end; under CI (GEGMA_CI=1 or CI=true) its absence is a failure.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts"), str(ROOT / "src")]

from postgres import cluster, end_on_signals, find_binaries  # noqa: E402
from tests.browser import find_chromium, in_ci  # noqa: E402

from gegma.kernel.office import find_office  # noqa: E402

# More workers than this cost more in starting than they save.
WORKERS = min(os.cpu_count() or 1, 6)
# A test that asks for no database cannot come out differently on another one; the browser's tests have a database of their own,
# and some modules are named that are about something else (tests/one_database.py).
ON_POSTGRESQL = ["-m", "database and not e2e and not one_database"]
CLOSING_LINE = re.compile(r"\b(passed|failed|errors?|skipped|no tests ran|deselected)\b.* in [\d.]+s")


def missing_programs() -> list[str]:
    """A sentence for every program that is not here, with what is left out without it."""
    missing = []
    if find_chromium() is None:
        missing.append(
            "Chromium is missing: the tests in a real browser are LEFT OUT (apt-get install chromium)"
        )
    if find_binaries() is None:
        missing.append("PostgreSQL is missing: NOTHING is tested on it (apt-get install postgresql)")
    if find_office() is None:
        missing.append(
            "LibreOffice is missing: how our Word files look in it is NOT measured (apt-get install libreoffice-writer-nogui)"
        )
    if shutil.which("xgettext") is None:
        missing.append(
            "gettext is missing: new untranslated strings are NOT looked for (apt-get install gettext)"
        )
    if shutil.which("pdftotext") is None:
        missing.append(
            "pdftotext is missing: what reads our PDFs back is LEFT OUT (apt-get install poppler-utils)"
        )
    return missing


def banner(lines: list[str]) -> None:
    """Print lines so that nobody overlooks them; nothing where there are none."""
    if lines:
        frame = "!" * 100
        print("\n".join(["", frame, *(f"!!  {line}" for line in lines), frame, ""]), flush=True)


def clean_environment() -> dict[str, str]:
    """The environment without the settings that a person may have made for a server of their own."""
    return {k: v for k, v in os.environ.items() if not k.startswith("GEGMA_") or k == "GEGMA_CI"}


class Run:
    """One run of pytest: shown as it comes, or, where another one is being shown, kept until `end`."""

    def __init__(self, title: str, workers: int, arguments: list[str], environment: dict[str, str], shown: bool):
        self.title, self.shown, self.started = title, shown, time.monotonic()
        self.kept, self.closing = [f"\n== {title} ==\n"], ""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pytest", "-n", str(workers), "--dist", "worksteal", *arguments],
            cwd=ROOT,
            env={**clean_environment(), **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            bufsize=1,
        )

    def follow(self) -> tuple[int, str]:
        """Read the output to its end; return the exit status and the closing line."""
        for line in self.process.stdout:
            self.kept.append(line)
            if CLOSING_LINE.search(line):
                self.closing = line.strip().strip("= ")
            if self.shown:
                self.show()
        status = self.process.wait()
        seconds = time.monotonic() - self.started
        return status, self.closing or f"ended without a closing line after {seconds:.0f} s, with status {status}"

    def show(self) -> None:
        """Print what came since the last time."""
        print("".join(self.kept), end="", flush=True)
        self.kept.clear()

    def stop(self) -> None:
        """End it where it still runs."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait()


def on_postgresql(arguments: list[str], environment: dict[str, str], started: list[Run], over: Event) -> tuple[int, str]:
    """The second run, in a cluster of its own; it joins `started`, so that it can be stopped from outside. Not begun when all is `over`."""
    try:
        with cluster() as url:
            if over.is_set():
                return 1, "broken off"
            second = Run("PostgreSQL", WORKERS, [*ON_POSTGRESQL, *arguments], {**environment, "DATABASE_URL": url}, shown=False)
            started.append(second)
            try:
                return second.follow()
            finally:
                second.stop()
    except RuntimeError as error:
        return 1, str(error)


def run_both(arguments: list[str], data: str) -> list[tuple[str, int, str]]:
    """Both runs at once, SQLite's shown first: (name, exit status, closing line)."""
    # The tests never touch var/, and never a database that the person has set for other work.
    environment = {"GEGMA_DATA": data, "DATABASE_URL": ""}
    started: list[Run] = []
    over = Event()
    with ThreadPoolExecutor() as beside:
        waiting = beside.submit(on_postgresql, arguments, environment, started, over) if find_binaries() else None
        first = Run("SQLite, with the browser", WORKERS, arguments, environment, shown=True)
        try:
            results = [("SQLite", *first.follow())]
            if waiting:
                results.append(("PostgreSQL", *waiting.result()))
        finally:
            over.set()
            for one in [first, *started]:
                one.stop()
    for one in started:
        one.show()
    return results


def main() -> int:
    """Run both; return 0 only where every test that ran passed, and in CI nothing was missing."""
    end_on_signals()
    arguments, missing = sys.argv[1:], missing_programs()
    banner(missing)
    with tempfile.TemporaryDirectory(prefix="gegma-test-") as data:
        results = run_both(arguments, data)
    banner(missing)
    print()
    for name, status, closing in results:
        print(f"{name:<12}{'ok    ' if status == 0 else 'FAILED'}  {closing}")
    if missing and in_ci():
        print("FAILED: in CI every program the tests use has to be there.")
    return int(any(status for _, status, _ in results) or (bool(missing) and in_ci()))


if __name__ == "__main__":
    sys.exit(main())
