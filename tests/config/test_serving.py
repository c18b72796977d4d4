"""The web server under load: new workers, a stop and a new start, and nobody is refused or cut off."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120
GEGMA = [sys.executable, "-m", "gegma.config.cli"]


class Server:
    """`gegma serve` on a socket that outlives it, as systemd holds one."""

    def __init__(self, folder: Path):
        self.door = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self.door.getsockname()[1]
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("GEGMA_", "DATABASE_URL", "DJANGO_", "PROMETHEUS"))}
        self.environment = {**kept, "GEGMA_DATA": str(folder), "PYTHONPATH": str(ROOT / "src"), "GEGMA_LOG": "json"}
        self.log = (folder / "log").open("ab")
        self.process = None

    def start(self) -> None:
        """Start; the server takes the socket over as its third file."""
        words = " ".join([*GEGMA, "serve", "--workers", "2", "--port", str(self.port)])
        self.process = subprocess.Popen(
            ["bash", "-c", f"LISTEN_PID=$$ LISTEN_FDS=1 exec {words} 3<&{self.door.fileno()}"],
            env=self.environment, pass_fds=[self.door.fileno()], stdout=self.log, stderr=self.log, start_new_session=True,
        )  # fmt: skip

    def stop(self) -> int:
        """Tell it to end, as systemd does, and wait."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def get(self, path: str, seconds: float = START_SECONDS) -> tuple[int, bytes]:
        """Status and content."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        try:
            line.request("GET", path)
            answer = line.getresponse()
            return answer.status, answer.read()
        finally:
            line.close()

    def end(self) -> None:
        """Whatever is left."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.door.close()
        self.log.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server that answers."""
    made = Server(tmp_path_factory.mktemp("serve"))
    try:
        made.start()
        assert made.get("/health/ready/")[0] == 200
        yield made
    finally:
        made.end()


class Hammer:
    """Several people who ask nearly without a pause, and what they were answered."""

    def __init__(self, server: Server, people: int = 4):
        self.server, self.answers, self.going = server, Counter(), True
        self.threads = [threading.Thread(target=self._ask, args=(n,), daemon=True) for n in range(people)]

    def _ask(self, number: int) -> None:
        while self.going:
            time.sleep(0.02)  # the new start needs the processors too
            try:
                status, content = self.server.get("/accounts/login/" if number % 2 else "/health/live/")
                self.answers[status if content else "empty"] += 1
            except OSError as error:
                self.answers[type(error).__name__] += 1

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_told):
        self.going = False
        for thread in self.threads:
            thread.join(START_SECONDS)


def test_new_workers_and_a_new_start_under_load_refuse_nobody(server):
    with Hammer(server) as hammer:
        time.sleep(1)
        told = subprocess.run([*GEGMA, "reload", "--port", str(server.port)], env=server.environment, capture_output=True, text=True)
        assert (told.returncode, told.stdout) == (0, "2 new workers.\n"), told.stderr
        before, status = sum(hammer.answers.values()), server.stop()
        server.start()
        assert status == 0 and server.get("/health/ready/")[0] == 200
        time.sleep(1)
    assert set(hammer.answers) == {200} and sum(hammer.answers.values()) > before > 20, hammer.answers


def test_counts_of_all_workers_are_added_up_and_outlive_a_worker(server):
    def counted() -> float:
        lines = server.get("/metrics/")[1].decode().splitlines()
        return next((float(line.rpartition(" ")[2]) for line in lines if line.startswith('gegma_requests_total{method="GET",route="account_login"')), 0)

    before = counted()
    for _n in range(10):
        server.get("/accounts/login/")
    assert counted() == before + 10
    subprocess.run([*GEGMA, "reload", "--port", str(server.port)], env=server.environment, check=True, capture_output=True)
    for _n in range(10):
        server.get("/accounts/login/")
    assert counted() == before + 20


def test_what_is_being_answered_is_finished_before_the_end(server):
    """A request whose second half comes after the order to stop is answered all the same."""
    line = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    line.sendall(b"POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\nlogi")
    time.sleep(1)  # a worker has it
    server.process.send_signal(signal.SIGTERM)
    time.sleep(1)
    assert server.process.poll() is None
    line.sendall(b"n=abc")
    assert line.recv(4096).startswith(b"HTTP/1.1 403")  # without its token, but answered
    assert server.process.wait(30) == 0
    text = (Path(server.environment["GEGMA_DATA"]) / "log").read_text()
    assert "Traceback" not in text and '"route": "account_login"' in text


def test_reload_without_a_server_says_so(tmp_path):
    environment = {**os.environ, "GEGMA_DATA": str(tmp_path), "PYTHONPATH": str(ROOT / "src")}
    told = subprocess.run([*GEGMA, "reload", "--port", "8999"], env=environment, capture_output=True, text=True)
    assert told.returncode == 1 and "No server" in told.stderr
