"""Starting the web server, and the demo."""

from __future__ import annotations

import contextlib
import hashlib
import ipaddress
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# The demo's year lies in the past: its today is set, so that things are due, late and planned.
DEMO_TODAY = "2017-12-11"
# The lock under which a node brings the database up to date.
STARTING = 7_318_211
# What libraries bring and no page of ours asks for: another viewer of the API's schema, the pages of the API's framework.
NOT_SERVED = ["redoc", "rest_framework"]
EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "mia-ird-2017"


class CannotServe(Exception):
    """Why the server does not start."""


def check_port(host: str, port: int) -> None:
    """Raise CannotServe where another program listens there already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotServe(
                f"Port {port} on {host} cannot be used ({error.strerror}). Choose another: --port, or PORT=8001 make demo."
            )


def check_demo(host: str) -> None:
    """Raise CannotServe where the demo, whose passwords everybody knows, would be reached from elsewhere."""
    from django.conf import settings

    try:
        here = host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        here = False
    if settings.DEMO and not here:
        raise CannotServe(f"This is the demo, whose passwords everybody knows: it is served on this machine alone, not on {host}.")


def serve(port: int, host: str, workers: int, background: bool = True) -> None:
    """Bring the system up to date and become the web server, with the worker of the background beside it. Never returns.

    Where systemd (or whoever starts it) holds the socket and hands it over, that one is served and the port is only a name: requests
    that come while the server is stopped and started again wait instead of being refused. The worker is then a service of its own.
    """
    check_demo(host)
    handed = handed_over()
    if not handed:
        check_port(host, port)
    prepare()
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="gegma-counts-")
    web = [
        sys.executable, "-m", "gunicorn", "gegma.config.wsgi", "--config", "python:gegma.config.gunicorn_settings",
        *([] if handed else ["--bind", f"{host}:{port}"]), "--workers", str(workers), "--pid", str(pid_file(port)),
    ]  # fmt: skip
    together = [sys.executable, "-m", "gegma.config.together", str(len(web)), *web, sys.executable, "-m", "gegma.config.cli", "work"]
    # becomes another program: what was loaded to bring the system up to date is not carried along
    os.execv(sys.executable, together if background and not handed else web)


def prepare() -> dict[str, int]:
    """Tables, what every system starts with, translations, static files. Returns what was added. Of two nodes that start at once, one waits."""
    from django.db import connection

    from .setup import compile_translations, setup

    compile_translations()
    with contextlib.ExitStack() as stack:
        if connection.vendor == "postgresql":
            cursor = stack.enter_context(connection.cursor())
            cursor.execute("SELECT pg_advisory_lock(%s)", [STARTING])
            stack.callback(cursor.execute, "SELECT pg_advisory_unlock(%s)", [STARTING])
        added = setup()
    collect_static()
    return added


def collect_static() -> bool:
    """Collect and compress the static files where they are not the ones collected last: that takes half a minute of a processor. Returns whether it did."""
    from django.conf import settings
    from django.core.management import call_command

    note, wanted = settings.DATA_DIR / "static_made", _static_sources()
    root = Path(settings.STATIC_ROOT)
    if note.exists() and note.read_text() == wanted and (root / "staticfiles.json").exists():
        return False
    note.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=NOT_SERVED)
    note.write_text(wanted)
    return True


def _static_sources() -> str:
    """A hash of the names, sizes and days of all static files as installed, and of how they are kept."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders

    found = [settings.STORAGES["staticfiles"]["BACKEND"]]
    for finder in get_finders():
        for path, storage in finder.list([]):
            kept = os.stat(storage.path(path))
            found.append(f"{path}\0{kept.st_size}\0{kept.st_mtime_ns}")
    return hashlib.sha256("\n".join(sorted(found)).encode()).hexdigest()


def handed_over() -> bool:
    """Whether this process was given a listening socket, as systemd does."""
    return os.environ.get("LISTEN_PID") == str(os.getpid()) and os.environ.get("LISTEN_FDS", "0") != "0"


def pid_file(port: int) -> Path:
    """Where the number of the web server's process stands."""
    from django.conf import settings

    return settings.DATA_DIR / f"serve-{port}.pid"


def reload(port: int, seconds: float = 120) -> int:
    """Have the web server replace its workers, each after its last request. Returns how many; raises CannotServe where there is no server."""
    try:
        master = int(pid_file(port).read_text())
        before = workers_of(master)
        os.kill(master, signal.SIGHUP)
    except (OSError, ValueError):
        raise CannotServe(f"No server of this data folder runs on port {port}.") from None
    end = time.monotonic() + seconds
    while before & (now := workers_of(master)) or not now:
        if time.monotonic() > end:
            raise CannotServe(f"After {seconds:.0f} seconds not all workers are replaced; the log says why.")
        time.sleep(0.1)
    return len(now)


def workers_of(master: int) -> set[int]:
    """The processes under the web server's own."""
    found = Path(f"/proc/{master}/task/{master}/children").read_text()
    return {int(number) for number in found.split()}


def demo(port: int, fresh: bool, serve: bool = True) -> None:
    """Make the demo where it is not there yet, say who can sign in, and serve it."""
    if serve:
        check_port("127.0.0.1", port)
    root = Path(os.environ.get("GEGMA_DATA") or Path(__file__).resolve().parents[3] / "var")
    folder = root / "demo"
    making = root / "demo.making"
    env = {
        **os.environ,
        "GEGMA_DEMO": "1",
        "GEGMA_TODAY": os.environ.get("GEGMA_TODAY", DEMO_TODAY),
        "GEGMA_ADDRESS": f"http://127.0.0.1:{port}",
        **authority(EXAMPLE),
    }
    if fresh or not (folder / "made").exists():
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(parents=True)
        print("Making the demo year …", flush=True)
        _child([sys.executable, "-m", "gegma.config.demo_year", str(EXAMPLE)], {**env, "GEGMA_DATA": str(making)})
        (making / "made").touch()
        shutil.rmtree(folder, ignore_errors=True)
        making.rename(folder)
    env["GEGMA_DATA"] = str(folder)
    _child([sys.executable, "-m", "gegma.config.demo_year", "--who"], env)
    if serve:
        print(f"\nServing on http://127.0.0.1:{port} — stop with Ctrl+C.", flush=True)
        os.environ.update(env)
        os.execv(sys.executable, [sys.executable, "-m", "gegma.config.cli", "serve", "--port", str(port)])


def authority(example: Path) -> dict[str, str]:
    """What the authority for personal data is called where the example's year plays, as the settings take it."""
    import yaml

    ka, en = yaml.safe_load((example / "protection.yaml").read_text(encoding="utf-8"))["authority"]
    return {"GEGMA_PROTECTION_AUTHORITY": ka, "GEGMA_PROTECTION_AUTHORITY_EN": en}


def _child(command: list[str], env: dict[str, str]) -> None:
    if subprocess.run(command, env=env).returncode:
        raise CannotServe("The demo could not be made; the message above says why.")
