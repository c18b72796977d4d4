"""Runs the tests: all of them on SQLite, then all but the browser's on PostgreSQL. `make test` calls this.

Arguments go to pytest in both runs. A program that this machine lacks is announced at the start and at the
end; under CI (GEGMA_CI=1 or CI=true) its absence is a failure.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from postgres import cluster, end_on_signals, find_binaries  # noqa: E402
from tests.browser import find_chromium, in_ci  # noqa: E402

# More workers than this cost more in starting than they save.
PARALLEL = ["-n", "auto", "--maxprocesses", "6", "--dist", "worksteal"]
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


def run(title: str, arguments: list[str], environment: dict[str, str]) -> tuple[int, str]:
    """Run pytest, passing its output on as it comes; return its exit status and its closing line."""
    print(f"\n== {title} ==", flush=True)
    started, closing = time.monotonic(), ""
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", *PARALLEL, *arguments],
        cwd=ROOT,
        env={**clean_environment(), **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        bufsize=1,
    )
    try:
        for line in process.stdout:
            print(line, end="", flush=True)
            if CLOSING_LINE.search(line):
                closing = line.strip().strip("= ")
        status = process.wait()
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
    return status, closing or f"ended without a closing line after {time.monotonic() - started:.0f} s"


def main() -> int:
    """Run both; return 0 only where every test that ran passed, and in CI nothing was missing."""
    end_on_signals()
    arguments, missing = sys.argv[1:], missing_programs()
    banner(missing)
    results: list[tuple[str, int, str]] = []
    with tempfile.TemporaryDirectory(prefix="gegma-test-") as data:
        # The tests never touch var/, and never a database that the person has set for other work.
        environment = {"GEGMA_DATA": data, "DATABASE_URL": ""}
        results.append(("SQLite", *run("SQLite, with the browser", arguments, environment)))
        if find_binaries() is not None:
            # The house rules read source text only: once is enough.
            but = ["-m", "not e2e", "--ignore=tests/house"]
            try:
                with cluster() as url:
                    environment["DATABASE_URL"] = url
                    results.append(("PostgreSQL", *run("PostgreSQL", [*but, *arguments], environment)))
            except RuntimeError as error:
                results.append(("PostgreSQL", 1, str(error)))
    banner(missing)
    print()
    for name, status, closing in results:
        print(f"{name:<12}{'ok    ' if status == 0 else 'FAILED'}  {closing}")
    if missing and in_ci():
        print("FAILED: in CI every program the tests use has to be there.")
    return int(any(status for _, status, _ in results) or (bool(missing) and in_ci()))


if __name__ == "__main__":
    sys.exit(main())
