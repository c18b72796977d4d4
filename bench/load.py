"""python -m bench.load: two hundred people at work on two workers and PostgreSQL. Prints each page under load beside the same page idle.

The people think between 5 and 30 seconds from page to page, as people do who read what they open; so two hundred of them ask for
eleven or twelve pages a second. What is measured: errors, the 95th percentile of each page, the memory of each worker.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path

from .__main__ import ROOT, environment, say

sys.path.insert(0, str(ROOT / "scripts"))
PORT = 8788
IDLE_TURNS = 12
SAMPLE_SECONDS = 5
LISTS = {
    "list: requests": "/r/requests/",
    "list: requests late": "/r/requests/?attention=late",
    "list: meetings": "/r/meetings/?kind=visit&state=held&starts_on__from=01.01.2017&starts_on__to=31.12.2017",
    "list: documents": "/r/documents/?framework_within=aa",
    "list: trainings": "/r/trainings/",
    "list: letters": "/r/letters/?page=40",
}
WORDS = ["ტრენინგი", "პოლიცია", "ანგარიში", "საზღვარი", "Moldova", "შეხვედრა"]
DAY = "from=2017-10-03&to=2017-10-03"
QUARTER = {"from": "01.07.2017", "to": "30.09.2017"}
OF_YEAR = "starts_on__from=01.01.2017&starts_on__to=31.12.2017"


def main() -> int:
    """Build or take the database, measure, print; 1 where a request failed."""
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=1_000_000, help="records: the demo year × 100 is about 1,000,000")
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=10, help="after all people have come in")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--think", type=float, nargs=2, default=(5, 30), metavar=("FROM", "TO"), help="seconds between pages")
    parser.add_argument("--arrive", type=float, default=1, help="people who come in each second")
    parser.add_argument("--database", help="DATABASE_URL of one that is built already (bench.build); else one is made and thrown away")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    asked = parser.parse_args()
    from postgres import cluster, end_on_signals

    end_on_signals()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gegma-load-")))
        url = asked.database or stack.enter_context(cluster(lasting=True))
        within = {**environment(folder, url), "GEGMA_LOG": "json", "GUNICORN_CMD_ARGS": "--max-requests 0"}  # a leak is not to be hidden by new workers
        if not asked.database:
            say(f"building {asked.size} records")
            subprocess.run([sys.executable, "-m", "bench.build", str(asked.size), str(folder / "made.json")], cwd=ROOT, env=within, check=True, stdout=sys.stderr)
        found = measure(folder, within, asked)
    print("\n".join(lines(found, asked)), flush=True)
    if asked.json:
        asked.json.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    return int(bool(found["errors"]))


def measure(folder: Path, within: dict[str, str], asked) -> dict:
    """Serve, ask each page while nobody is there, then let the people in."""
    work = folder / "work.json"
    subprocess.run([sys.executable, "-m", "bench.load_people", str(work), str(asked.people), json.dumps(asked.think)], cwd=ROOT, env=within, check=True)
    with (folder / "log").open("wb") as log:
        command = [sys.executable, "-m", "gegma.config.cli", "serve", "--port", str(PORT), "--workers", str(asked.workers)]
        server = subprocess.Popen(command, cwd=ROOT, env=within, stdout=log, stderr=log)
        try:
            _wait(server)
            idle = _locust(folder, work, people=1, seconds=None)
            memory = Memory(server.pid)
            say(f"{asked.people} people come in")
            began, load = time.time(), os.getloadavg()
            under = _locust(folder, work, asked.people, asked.people / asked.arrive + asked.minutes * 60, asked.arrive)
            memory.stop()
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(120)
    settled = began + asked.people / asked.arrive + 30
    slow = [line for line in (folder / "log").read_text(encoding="utf-8").splitlines() if '"slow request' in line]
    return {
        "pages": pages(idle, under), "requests": len(under), "errors": [(name, why) for name, _when, _ms, why in under if why],
        "rate": round(len([one for one in under if one[1] > settled]) / max(1, under[-1][1] - settled), 1),
        "memory": memory.told(settled), "slow": len(slow), "machine_before": [round(n, 1) for n in load], "machine_after": [round(n, 1) for n in os.getloadavg()],
    }  # fmt: skip


def _wait(server: subprocess.Popen) -> None:
    import urllib.request

    for _n in range(600):
        if server.poll() is not None:
            raise SystemExit("The server ended while starting.")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/health/ready/", timeout=5).read()
            return
        except OSError:
            time.sleep(0.5)
    raise SystemExit("The server was not ready.")


def _locust(folder: Path, work: Path, people: int, seconds: float | None, arrive: float = 1) -> list:
    """What was answered: [page, when, milliseconds, error]. seconds None: one person, each page in turn, without thinking."""
    given = {**os.environ, "GEGMA_LOAD": str(work), "PYTHONPATH": str(ROOT), "GEGMA_LOAD_IDLE": "" if seconds else str(IDLE_TURNS)}
    command = [sys.executable, "-m", "locust", "-f", str(ROOT / "bench" / "locustfile.py"), "--headless", "--host", f"http://127.0.0.1:{PORT}",
               "-u", str(people), "-r", str(arrive), "--only-summary", "-L", "ERROR", "--stop-timeout", "60"]  # fmt: skip
    command += ["-t", f"{round(seconds)}s"] if seconds else []
    with (folder / "locust.log").open("ab") as log:
        subprocess.run(command, env=given, stdout=log, stderr=log, cwd=folder)
    answers = work.with_suffix(".answers.json")
    found = json.loads(answers.read_text(encoding="utf-8"))
    answers.unlink()
    return found


class Memory(threading.Thread):
    """Samples the memory of each process of the server: web workers, the worker of the background, and those that look after them."""

    def __init__(self, master: int):
        super().__init__(daemon=True)
        self.master, self.samples, self.going = master, defaultdict(list), threading.Event()
        self.start()

    def run(self):
        """Until it is told to stop."""
        while not self.going.wait(SAMPLE_SECONDS):
            for process, name in below(self.master):
                try:
                    resident = next(line for line in Path(f"/proc/{process}/status").read_text().splitlines() if line.startswith("VmRSS"))
                    self.samples[process, name].append((time.time(), int(resident.split()[1]) / 1024))
                except (OSError, StopIteration):
                    continue

    def stop(self) -> None:
        """No more samples."""
        self.going.set()

    def told(self, since: float) -> list[dict]:
        """For each worker: MiB at first, at last, at most, and how many more each hour over the second half, by least squares."""
        found = []
        for (_process, name), child in self.samples.items():
            kept = [(when, mib) for when, mib in child if when > since]
            if len(kept) < 4:
                continue
            half = kept[len(kept) // 2 :]
            slope = statistics.linear_regression(*zip(*half, strict=True)).slope * 3600
            found.append({"name": name, "first": round(kept[0][1]), "last": round(kept[-1][1]), "most": round(max(m for _w, m in kept)), "slope": round(slope, 1)})
        return found


def below(process: int | str, parent: str = "") -> list[tuple[str, str]]:
    """The processes under this one, and theirs: (number, what it is)."""
    found = []
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return []
    for child in children:
        try:
            words = Path(f"/proc/{child}/cmdline").read_bytes().decode().split("\0")
        except OSError:
            continue
        web = "gunicorn" in " ".join(words)
        name = ("web worker" if parent == "web master" else "web master") if web else "background" if "work" in words else "report being made"
        found += [(child, name), *below(child, name)]
    return found


def pages(idle: list, under: list) -> dict[str, dict]:
    """For each page: how often, the 50th and 95th percentile idle and under load, errors."""
    found: dict[str, dict] = {}
    for part, answers in (("idle", idle), ("load", under)):
        times = defaultdict(list)
        for name, _when, ms, why in answers:
            times[name].append(ms)
            if why:
                found.setdefault(name, {}).setdefault("errors", []).append(why)
        for name, values in times.items():
            values.sort()
            at = lambda q, v=values: round(v[min(len(v) - 1, int(q * len(v)))])  # noqa: E731
            found.setdefault(name, {})[part] = {"n": len(values), "p50": at(0.5), "p95": at(0.95)}
    return dict(sorted(found.items()))


def lines(found: dict, asked) -> list[str]:
    """The table, as docs/bench.md has it."""
    told = [f"{asked.people} people, {asked.minutes:g} minutes, think {asked.think[0]:g}-{asked.think[1]:g} s, {asked.workers} workers: "
            f"{found['requests']} requests, {found['rate']} a second, {len(found['errors'])} errors, {found['slow']} slow; "
            f"load of the machine before {found['machine_before'][0]}, after {found['machine_after'][0]}",
            "", "| page | times | idle p50, p95 ms | load p50, p95 ms | p95 : idle p95 |", "|---|---|---|---|---|"]  # fmt: skip
    for name, page in found["pages"].items():
        idle, load = page.get("idle"), page.get("load")
        if load:
            alone = f"{idle['p50']}, {idle['p95']}" if idle else ""
            ratio = f"{load['p95'] / max(1, idle['p95']):.1f}" if idle else ""
            told.append(f"| {name} | {load['n']} | {alone} | {load['p50']}, {load['p95']} | {ratio} |")
    told += ["", *(f"{m['name']}: {m['first']} MiB at first, {m['last']} at last, {m['most']} at most, {m['slope']:+} MiB an hour" for m in found["memory"])]
    return told + [f"FAILED {name}: {why}" for name, why in found["errors"][:20]]


if __name__ == "__main__":
    sys.exit(main())
