"""A calendar file (RFC 5545) of deadlines: whole days, one event each, whatever their titles hold."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from gegma.engine import registry
from gegma.engine.deadlines import Deadline
from gegma.kernel.text import first_large, language

# Octets of a line, its break not counted.
LINE = 75
# What no text may hold: control characters, among them the breaks of lines; U+2028 and U+2029 break lines elsewhere.
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]+")


def calendar_of(deadlines: Iterable[Deadline], now: dt.datetime, today: dt.date) -> bytes:
    """The file, as bytes. now: the moment at which it is made, in UTC."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//Gegma//Deadlines//{'EN' if language() == 'en' else 'KA'}", "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH", f"X-WR-CALNAME:{escaped(_('Deadlines'))}", "REFRESH-INTERVAL;VALUE=DURATION:PT6H", "X-PUBLISHED-TTL:PT6H",
    ]  # fmt: skip
    for one in deadlines:
        lines += _event(one, now, today)
    lines.append("END:VCALENDAR")
    return b"".join(folded(line) for line in lines)


def _event(one: Deadline, now: dt.datetime, today: dt.date) -> list[str]:
    spec = registry.get(one.register)
    words = [f"{first_large(spec.singular)} {one.number}", first_large(one.asked(today))]
    if one.moved and one.first:
        words.append(_("first due %(day)s") % {"day": f"{one.first:%d.%m.%Y}"})
    return [
        "BEGIN:VEVENT",
        f"UID:{uid(one)}",
        f"DTSTAMP:{now:%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{one.day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{one.day + dt.timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{escaped(f'{one.number} {one.title}')}",
        "DESCRIPTION:" + escaped("\n".join(words)),
        f"CATEGORIES:{escaped(spec.title)}",
        f"URL:{settings.ADDRESS}{one.url}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def uid(one: Deadline) -> str:
    """The name by which a calendar program knows the deadline again, also after its day was moved."""
    host = urlsplit(settings.ADDRESS).hostname or "gegma"
    return "-".join(filter(None, [one.register, str(one.record_id), one.what])) + f"@{host}"


def escaped(text: str) -> str:
    """Text as a value: a line break is written out, and nothing in it can end the line or the value."""
    text = re.sub(r"\r\n|\r|\u2028|\u2029", "\n", str(text))
    text = CONTROL.sub(" ", text)
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def folded(line: str) -> bytes:
    """A line cut into pieces of at most 75 octets, never inside of a letter; every piece but the first begins with a space."""
    pieces, piece, room = [], b"", LINE
    for letter in line:
        octets = letter.encode("utf-8", "replace")
        if len(piece) + len(octets) > room:
            pieces.append(piece)
            piece, room = b"", LINE - 1
        piece += octets
    return b"\r\n ".join([*pieces, piece]) + b"\r\n"
