"""Makes a system ready: tables, the shared cache, codelists, countries, translations. Safe to run again."""

from pathlib import Path

import polib
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from gegma.audit import protect
from gegma.audit.context import origin
from gegma.engine import codes, files
from gegma.keep import restore
from gegma.registers.directory.domain import seed_countries


def compile_translations() -> int:
    """Write the .mo beside each .po that is newer. Returns how many were written."""
    written = 0
    for folder in settings.LOCALE_PATHS:
        for po in Path(folder).glob("*/LC_MESSAGES/*.po"):
            mo = po.with_suffix(".mo")
            if not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime:
                polib.pofile(str(po)).save_as_mofile(str(mo))
                written += 1
    return written


def setup() -> dict[str, int]:
    """Bring the database up to date and add what every system starts with. Returns what was added."""
    if restore.note_file().exists():
        raise ImproperlyConfigured(f"A restore into this place was broken off: run «gegma restore» again. (If it was not, remove {restore.note_file()}.)")
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    protect.protect(settings.DATABASE_ROLE if protect.owns() else "")
    files.sweep()
    with origin("command"):
        return {"codes": codes.seed(), "countries": seed_countries()}
