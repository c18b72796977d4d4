"""A throw-away PostgreSQL for tests: made on entry, gone on exit.

As a module: `with cluster() as url: ...`. As a command: `scripts/postgres.py COMMAND...` runs the command
with DATABASE_URL pointing at the cluster. It listens on a socket in a temporary directory only, so it needs
no free port and nobody else can reach it. Durability is off, unless asked for: it must never hold anything of value.
"""

import contextlib
import ctypes
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

START_SECONDS = 60
OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    # A worker that tidies a table keeps its database from being dropped.
    "autovacuum": "off",
    "shared_buffers": "128MB",
    "timezone": "UTC",
}
# A server as people run it: what a load is measured on.
LASTING = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "1GB",
    "timezone": "UTC",
}
ENCODING = ("-E", "UTF8", "--locale=C.UTF-8")
PR_SET_PDEATHSIG = 1


def find_binaries() -> Path | None:
    """The directory that holds initdb and postgres, or None. Debian keeps them off PATH, by version."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: int(re.match(r"\d+", path.parts[-3])[0]) if re.match(r"\d+", path.parts[-3]) else 0,
    )
    return debian[-1].parent if debian else None


def _account() -> dict:
    """Arguments for subprocess: PostgreSQL refuses to run as root, so root runs it as someone else."""
    if os.getuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise RuntimeError(
        "PostgreSQL does not run as root, and there is no user «postgres» or «nobody» to run it as"
    )


def _stop_with_parent() -> None:
    """Ask Linux to end the server when this process dies, even where it is killed and cannot tidy up."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def _wait_until_ready(binaries: Path, directory: Path, server: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    ask = [binaries / "psql", "-h", directory, "-U", "gegma", "-d", "postgres", "-qAtc", "select 1"]
    while time.monotonic() < end:
        if server.poll() is not None:
            raise RuntimeError(f"PostgreSQL ended while starting:\n{log.read_text(errors='replace')[-2000:]}")
        if subprocess.run(ask, capture_output=True).returncode == 0:
            return
        time.sleep(0.1)
    words = log.read_text(errors="replace")[-2000:]
    raise RuntimeError(f"PostgreSQL was not ready after {START_SECONDS} s:\n{words}")


@contextlib.contextmanager
def cluster(name: str = "gegma", lasting: bool = False) -> Iterator[str]:
    """Start a PostgreSQL cluster with an empty database `name`; yield its DATABASE_URL; then remove it all.

    lasting: with durability, and tidied while it runs, as a server that people rely on.
    Raises RuntimeError, with the server's own words, where PostgreSQL is missing or does not start.
    """
    binaries = find_binaries()
    if binaries is None:
        raise RuntimeError("PostgreSQL is not on this machine (Debian or Ubuntu: apt-get install postgresql)")
    account = _account()
    # Not TMPDIR: a socket's path may have no more than 107 bytes.
    directory = Path(tempfile.mkdtemp(prefix="gegma-pg-", dir="/tmp"))
    data, log = directory / "data", directory / "log"
    server = None
    try:
        if account:
            os.chown(directory, account["user"], account["group"])
        made = subprocess.run(
            [binaries / "initdb", "-D", data, "-U", "gegma", "-A", "trust", *ENCODING, "--no-sync"],
            capture_output=True, text=True, cwd="/", stdin=subprocess.DEVNULL, **account,
        )  # fmt: skip
        if made.returncode:
            raise RuntimeError(f"initdb failed:\n{made.stdout}{made.stderr}")
        settings = [part for key, value in (LASTING if lasting else OPTIONS).items() for part in ("-c", f"{key}={value}")]
        with log.open("wb") as output:
            server = subprocess.Popen(
                [binaries / "postgres", "-D", data, "-k", directory, *settings],
                stdout=output, stderr=output, stdin=subprocess.DEVNULL, cwd="/",
                preexec_fn=_stop_with_parent, start_new_session=True, **account,
            )  # fmt: skip
        _wait_until_ready(binaries, directory, server, log)
        subprocess.run(
            [binaries / "createdb", "-h", directory, "-U", "gegma", name], check=True, capture_output=True
        )
        yield f"postgres://gegma@{quote(str(directory), safe='')}/{name}"
    finally:
        if server is not None:
            server.send_signal(signal.SIGINT)  # «fast»: ends sessions, does not wait for them
            try:
                server.wait(timeout=20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
        shutil.rmtree(directory, ignore_errors=True)


def end_on_signals() -> None:
    """Turn the signals that end a process into SystemExit, so that `finally` runs and tidies up."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _frame: sys.exit(128 + received))


def main() -> int:
    """Run the command given on the command line with DATABASE_URL set; return its exit status."""
    if len(sys.argv) < 2:
        print("Usage: scripts/postgres.py COMMAND [ARGUMENT...]", file=sys.stderr)
        return 2
    end_on_signals()
    with cluster() as url:
        return subprocess.run(sys.argv[1:], env={**os.environ, "DATABASE_URL": url}).returncode


if __name__ == "__main__":
    sys.exit(main())
