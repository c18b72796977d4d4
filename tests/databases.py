"""Databases of their own for processes of their own: empty ones, of the kind that the tests run on."""

from __future__ import annotations

import fcntl
import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dj_database_url
import psycopg
import pytest

ROOT = Path(__file__).resolve().parent.parent
_numbers = itertools.count(1)


def server() -> str:
    """The PostgreSQL that the tests run on, or nothing."""
    return os.environ.get("DATABASE_URL", "")


def of_server(url: str) -> dict:
    """How psycopg reaches the server behind a DATABASE_URL."""
    base = dj_database_url.parse(url)
    return {"host": base["HOST"], "port": base["PORT"] or None, "user": base["USER"], "password": base["PASSWORD"] or None}


def of_run(factory: pytest.TempPathFactory) -> Path:
    """The folder that all processes of a run of the tests share."""
    own = factory.getbasetemp()
    return own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own


@contextmanager
def once(folder: Path) -> Iterator[bool]:
    """Whether somebody has to make what this folder of all processes is to hold: the first does, and the others wait until it is whole."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(f"{folder}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (folder / "made").exists():
            yield False
            return
        folder.mkdir(exist_ok=True)
        yield True
        (folder / "made").touch()


@contextmanager
def empty(folder: Path, url: str = "") -> Iterator[dict[str, str]]:
    """The environment of a process with an empty place: data in folder, and a new database on the server of url, else SQLite in folder."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GEGMA_") and k != "DATABASE_URL"}
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    env = {**kept, "GEGMA_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "gegma.config.settings", "PYTHONPATH": path, "GEGMA_TODAY": os.environ.get("GEGMA_TODAY", "")}
    if not url:
        yield env
        return
    base, name = dj_database_url.parse(url), f"own_{os.getpid()}_{next(_numbers)}"
    _tell(url, f"CREATE DATABASE {name}")
    head, _sep, tail = url.rpartition(f"/{base['NAME']}")
    try:
        yield {**env, "DATABASE_URL": f"{head}/{name}{tail}"}
    finally:
        _tell(url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _tell(url: str, statement: str) -> None:
    with psycopg.connect(dbname="postgres", autocommit=True, **of_server(url)) as admin:
        admin.execute(statement)


def start(env: dict[str, str], code: str, *words, **more) -> subprocess.Popen:
    """A process with Django at hand, running the code."""
    return subprocess.Popen([sys.executable, "-c", f"import sys, django\ndjango.setup()\n{code}", *map(str, words)], env=env, cwd=ROOT, text=True, **more)


def run(env: dict[str, str], code: str, *words, timeout: float = 240) -> str:
    """What such a process prints; it must end well."""
    process = start(env, code, *words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = process.communicate(timeout=timeout)
    assert process.returncode == 0, err[-4000:]
    return out


def command(env: dict[str, str], *words, status: int = 0, timeout: float = 240) -> str:
    """What the command line answers, on both streams; its exit status is as expected."""
    done = subprocess.run([sys.executable, "-m", "gegma.config.cli", *map(str, words)], env=env, cwd=ROOT, text=True, capture_output=True, timeout=timeout)
    assert done.returncode == status, (done.returncode, done.stdout[-2000:], done.stderr[-4000:])
    return done.stdout + done.stderr
