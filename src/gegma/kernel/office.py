"""LibreOffice, where it is installed: Word documents as PDF, to be looked at. Nothing in the product depends on it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

SECONDS = 60


class OfficeError(RuntimeError):
    """LibreOffice made no file, or not in time."""


def find_office() -> str | None:
    """The program, or None. SOFFICE names one that is not on the path."""
    named = os.environ.get("SOFFICE", "")
    return named if named and os.access(named, os.X_OK) else shutil.which("soffice") or shutil.which("libreoffice")


def to_pdf(documents: Sequence[Path], folder: Path, seconds: float = SECONDS) -> list[Path]:
    """The documents as PDF files in folder, made by one start of the program in a profile of its own. Raises OfficeError."""
    program = find_office()
    if program is None:
        raise OfficeError("LibreOffice is not installed.")
    with tempfile.TemporaryDirectory() as home:
        command = [
            program, f"-env:UserInstallation={Path(home, 'profile').as_uri()}", "--headless", "--norestore", "--nolockcheck", "--nodefault",
            "--convert-to", "pdf", "--outdir", str(folder), *map(str, documents),
        ]  # fmt: skip
        environment = {"HOME": home, "PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LANG": "C.UTF-8", "TMPDIR": home}
        child = subprocess.Popen(
            command, env=environment, cwd=home, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            told, _none = child.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            raise OfficeError(f"LibreOffice did not end within {seconds:.0f} seconds.") from None
        finally:
            # The program starts others: all of them end with it.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
    made = [folder / (document.stem + ".pdf") for document in documents]
    missing = [path.name for path in made if not path.exists()]
    if missing:
        raise OfficeError(f"LibreOffice did not make {', '.join(missing)}: {told.decode('utf-8', 'replace')[-500:]}")
    return made
