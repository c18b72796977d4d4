"""Where the browser for the tests is, and how it is started."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# The last line keeps the browser to this machine: a page that needs the internet fails its test.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]


def find_chromium() -> str | None:
    """The path of a Chromium or Chrome: CHROMIUM where it is set, else the first found on PATH, else None."""
    given = os.environ.get("CHROMIUM")
    if given:
        return given if os.access(given, os.X_OK) else None
    return next(filter(None, map(shutil.which, NAMES)), None)


def in_ci() -> bool:
    """Whether a missing program is a failure (GEGMA_CI=1, CI=true) and not just a test left out."""
    return os.environ.get("GEGMA_CI", os.environ.get("CI", "")).lower() not in {"", "0", "false"}
