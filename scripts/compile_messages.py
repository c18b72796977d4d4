"""Compiles the translations (.po to .mo) that are newer than their compiled form.

Uses polib, which the product needs anyway, so that nobody has to install gettext to see Georgian.
"""

import os
import sys
from pathlib import Path

import polib

SOURCE = Path(__file__).resolve().parent.parent / "src" / "gegma"


def compile_all(source: Path = SOURCE) -> list[Path]:
    """Compile every out-of-date catalogue under `source`; return the .mo files written.

    Fuzzy and empty entries are left out by polib, so such a string shows in English.
    """
    written = []
    for po in sorted(source.glob("**/locale/*/LC_MESSAGES/*.po")):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
            continue
        # Written aside and moved into place: a server that starts meanwhile never reads half a file.
        aside = mo.with_suffix(f".{os.getpid()}.tmp")
        polib.pofile(str(po), encoding="utf-8").save_as_mofile(str(aside))
        aside.replace(mo)
        written.append(mo)
    return written


if __name__ == "__main__":
    for path in compile_all():
        print(f"Compiled {path.relative_to(SOURCE.parent.parent)}", file=sys.stderr)
