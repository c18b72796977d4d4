"""Runs every check that is not a test of behaviour, and says which failed. `make check` calls this."""

import os
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
BIN = Path(PYTHON).parent


def checks() -> dict[str, list[str]]:
    """Name → command of every check, in the order in which they run."""
    configured = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8")).get("tool", {})
    commands = {
        "ruff": [str(BIN / "ruff"), "check", "."],
        "layers": [str(BIN / "lint-imports"), "--no-logo"],
        "djlint": [str(BIN / "djlint"), "src", "--lint", "--quiet"],
        "migrations": [PYTHON, "-m", "django", "makemigrations", "--check", "--dry-run"],
        "house rules, translations, registry addresses": [PYTHON, "-m", "pytest", "tests/house", "-q"],
    }
    if "mypy" in configured:
        commands["mypy"] = [str(BIN / "mypy")]
    return commands


def main() -> int:
    """Run all checks; return 1 where any failed."""
    failed = []
    with tempfile.TemporaryDirectory(prefix="gegma-check-") as data:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "gegma.config.settings",
            "GEGMA_DATA": data,
            "DATABASE_URL": "",
        }
        for name, command in checks().items():
            print(f"\n== {name} ==", flush=True)
            started = time.monotonic()
            status = subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL).returncode
            print(f"{'ok' if status == 0 else 'FAILED'} ({time.monotonic() - started:.1f} s)", flush=True)
            if status:
                failed.append(name)
    print(f"\nChecks: {'FAILED: ' + '; '.join(failed) if failed else 'all ok'}")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
