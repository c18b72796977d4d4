"""The real thing for the browser tests: a server process of its own with a small world, and people signed in to it.

The server is started as on a real machine (collected static files, the content security policy, two workers), so a test
sees it only through the browser. The world is made once, and each process of the tests serves a copy of its own; a test that
writes makes the records that it needs.
"""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import template
from tests.browser import find_chromium

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "gegma-demo-2017"
WAIT = 10_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser."""
    for item in items:
        if Path(__file__).parent in Path(item.fspath).parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, browser) -> Iterator[str]:
    """The address of a running server. GEGMA_E2E names one that runs already (its records will be changed)."""
    if os.environ.get("GEGMA_E2E"):
        yield os.environ["GEGMA_E2E"].rstrip("/")
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("served") / "world"
    shutil.copytree(_world(tmp_path_factory), folder)
    env = _environment(folder) | {"GEGMA_ADDRESS": f"http://127.0.0.1:{port}"}
    log = (folder / "server.log").open("wb")
    command = [sys.executable, "-m", "gegma.config.cli", "serve", "--port", str(port)]
    process = subprocess.Popen(command, env=env, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
    try:
        _wait_for(f"http://127.0.0.1:{port}/health/", process, folder / "server.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)
        log.close()


def _environment(folder: Path) -> dict[str, str]:
    """Of a process whose data are in this folder."""
    return {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "GEGMA_DEBUG"}} | {
        "GEGMA_DATA": str(folder), "GEGMA_DEMO": "1", "GEGMA_TODAY": "2017-12-11",
        "DJANGO_SETTINGS_MODULE": "gegma.config.settings", "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
    }  # fmt: skip


def _world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the world, made by the first process that asks; the others wait for it."""
    run = tmp_path_factory.getbasetemp()
    shared = (run.parent if os.environ.get("PYTEST_XDIST_WORKER") else run) / "world"
    with open(f"{shared}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "made").exists():
            shutil.rmtree(shared, ignore_errors=True)
            template.put_into(_environment(shared), template.folder_of(tmp_path_factory))
            subprocess.run([sys.executable, "-m", "tests.e2e.world"], env=_environment(shared), cwd=ROOT, check=True)
            (shared / "made").touch()
    return shared


def _wait_for(url: str, process: subprocess.Popen, log: Path) -> None:
    for _try in range(300):
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.2)
    pytest.fail("the server did not start:\n" + log.read_text(errors="replace")[-3000:])


@pytest.fixture(scope="session")
def state_of(browser, server) -> Callable[[str], dict]:
    """The cookies of a person who signed in by the form, once for the whole run."""
    known: dict[str, dict] = {}

    def sign_in(login: str) -> dict:
        if login not in known:
            context = browser.new_context(base_url=server)
            page = context.new_page()
            page.goto("/accounts/login/")
            page.fill("input[name=login]", f"{login}@example.ge")
            page.fill("input[name=password]", PASSWORD)
            page.press("input[name=password]", "Enter")
            page.locator(".bar [data-signout]").first.wait_for(state="attached")
            known[login] = context.storage_state()
            context.close()
        return known[login]

    return sign_in


def _opener(browser, server: str, state_of, problems: list[str]) -> Iterator[Callable]:
    """Yields a function that opens pages whose complaints go to `problems`; closes them in the end."""
    contexts = []

    def opened(login: str = "administrator", lang: str = "ka", width: int = 1440, script: bool = True, scheme: str = "light"):
        context = browser.new_context(
            base_url=server, viewport={"width": width, "height": 900 if width > 600 else 740}, storage_state=state_of(login),
            java_script_enabled=script, color_scheme=scheme, locale="ka-GE", timezone_id="Asia/Tbilisi", accept_downloads=True,
        )  # fmt: skip
        context.add_cookies([{"name": "django_language", "value": lang, "url": server}])
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(WAIT)
        page.on("pageerror", lambda error: problems.append(f"{page.url}: script error: {error}"))
        page.on("console", lambda line: problems.append(f"{page.url}: {line.text}") if line.type == "error" else None)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def open_as(browser, server, state_of, problems: list[str]):
    """`open_as("viewer", "en", width=360)`: a page of that person's browser.

    At the end the test fails where any page complained: a script error, a missing file, a refusal by the content policy.
    """
    yield from _opener(browser, server, state_of, problems)
    assert problems == []


@pytest.fixture(scope="module")
def complaints() -> list[str]:
    """What pages complained of that stay open for a whole file of tests."""
    return []


@pytest.fixture(scope="module")
def keep_open_as(browser, server, state_of, complaints: list[str]):
    """As `open_as`, for pages that only read: they stay open for the whole file, and keep what they loaded."""
    yield from _opener(browser, server, state_of, complaints)


@pytest.fixture(scope="session", autouse=True)
def _needs_a_browser(browser) -> None:
    """Without a browser the whole folder is left out, and no world is made."""
    assert find_chromium()
