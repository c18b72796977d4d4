"""python -m bench: builds the databases, measures, prints a table. See docs/bench.md."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from . import table

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
SIZES = [100_000, 1_000_000]


def run(module: str, *arguments: str, environment: dict[str, str]) -> subprocess.CompletedProcess:
    """A module of the bench in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=environment,
        text=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
    )


def environment(folder: Path, url: str) -> dict[str, str]:
    """A clean environment: nothing that a person has set for a server of their own."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GEGMA_")}
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    return {**kept, "GEGMA_DATA": str(folder), "DATABASE_URL": url, "GEGMA_TODAY": "2017-12-11", "PYTHONPATH": path}


@contextmanager
def database(kind: str, folder: Path):
    """The DATABASE_URL: none for SQLite, a PostgreSQL cluster that is gone afterwards."""
    if kind == "sqlite":
        yield ""
        return
    from postgres import cluster

    with cluster() as url:
        yield url


def measure(kind: str, size: int, parts: list[str], fresh: bool) -> dict:
    """Build (or find) one database and measure the parts on it."""
    folder = ROOT / "var" / "bench" / f"{kind}-{size}"
    if fresh or kind == "postgres":  # a cluster does not outlive the run
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    with database(kind, folder) as url:
        within, note = environment(folder, url), folder / "made.json"
        kept = json.loads(note.read_text(encoding="utf-8")) if note.exists() else {}
        from .build import fingerprint

        if kept and kept.get("fingerprint") != fingerprint():
            shutil.rmtree(folder)
            folder.mkdir()
        say(f"{kind}, {size} records: building" if not note.exists() else f"{kind}, {size} records: kept from an earlier run")
        built = run("bench.build", str(size), str(note), environment=within)
        if built.returncode:
            raise SystemExit(f"{built.stdout}{built.stderr}")
        found: dict = {"database": kind, "size": size, "built": json.loads(note.read_text(encoding="utf-8")), "parts": {}}
        found["mib"], found["load"] = _size(folder, within, kind), [round(n, 1) for n in os.getloadavg()[:1]]
        for part in parts:
            say(f"  {part}")
            done = run("bench.measure", part, environment=within)
            if done.returncode:
                found["parts"][part] = {"error": (done.stderr or done.stdout).strip().splitlines()[-1]}
            else:
                found["parts"][part] = json.loads(done.stdout.splitlines()[-1])
        found["load"].append(round(os.getloadavg()[0], 1))
    return found


def _size(folder: Path, within: dict[str, str], kind: str) -> int:
    if kind == "sqlite":
        return sum(f.stat().st_size for f in folder.glob("gegma.sqlite3*")) // 2**20
    done = run("bench.measure", "size", environment=within)
    return json.loads(done.stdout)["result"] // 2**20


def say(text: str) -> None:
    """Progress, beside the table."""
    print(f"{time.strftime('%H:%M:%S')}  {text}", file=sys.stderr, flush=True)


def main() -> int:
    """Measure, print, return 1 where a figure differs from the one counted by hand or a part could not run."""
    from .measure import PARTS

    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--size", type=int, action="append", help="records (again for more sizes); else 100000 and 1000000")
    parser.add_argument("--quick", action="store_true", help="10000 records on SQLite: to try the bench itself")
    parser.add_argument("--database", choices=["sqlite", "postgres"], action="append", help="else both")
    parser.add_argument("--part", action="append", choices=[p for p in PARTS if p != "size"], help="else all")
    parser.add_argument("--fresh", action="store_true", help="build anew even where a SQLite database is kept in var/bench")
    parser.add_argument("--json", type=Path, help="also write all figures to this file")
    asked = parser.parse_args()
    sizes = asked.size or ([10_000] if asked.quick else SIZES)
    kinds = asked.database or (["sqlite"] if asked.quick else ["sqlite", "postgres"])
    from postgres import end_on_signals, find_binaries

    end_on_signals()
    if "postgres" in kinds and find_binaries() is None:
        say("PostgreSQL is not on this machine: only SQLite is measured (Debian or Ubuntu: apt-get install postgresql)")
        kinds = [kind for kind in kinds if kind != "postgres"]
    parts = asked.part or [p for p in PARTS if p != "size"]
    results = []
    for size in sizes:
        for kind in kinds:
            results.append(measure(kind, size, parts, asked.fresh))
            print("\n".join(table.lines(results[-1])), flush=True)
    if asked.json:
        asked.json.write_text(json.dumps(results, ensure_ascii=False, indent=1), encoding="utf-8")
    failures = [text for result in results for text in table.failures(result)]
    print("\n".join(["", "FAILED:", *failures] if failures else ["", "Every figure equals the one counted by hand."]))
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main())
