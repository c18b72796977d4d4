"""Starting the web server, and the demo."""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

# The demo's year lies in the past: its today is set, so that things are due, late and planned.
DEMO_TODAY = "2017-12-11"
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
    """Bring the system up to date and become the web server, with the worker of the background beside it. Never returns."""
    from django.core.management import call_command

    check_demo(host)
    from .setup import compile_translations, setup

    check_port(host, port)
    compile_translations()
    setup()
    call_command("collectstatic", interactive=False, verbosity=0)
    # sync workers: threads made one page three times slower; typst must not be imported before the fork, so no --preload
    web = [
        sys.executable, "-m", "gunicorn", "gegma.config.wsgi", "--bind", f"{host}:{port}", "--workers", str(workers),
        "--worker-class", "sync", "--timeout", "120", "--max-requests", "2000", "--max-requests-jitter", "200",
        "--log-level", "warning",
    ]  # fmt: skip
    together = [sys.executable, "-m", "gegma.config.together", str(len(web)), *web, sys.executable, "-m", "gegma.config.cli", "work"]
    # becomes another program: what was loaded to bring the system up to date is not carried along
    os.execv(sys.executable, together if background else web)


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
