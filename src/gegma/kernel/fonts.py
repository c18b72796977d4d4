"""FiraGO, the product's face: its files, and how wide a text stands in it.

The bytes come from the pymupdf-fonts package, so nothing is fetched and no system font is needed.
Widths are read from the font's own tables: charts and documents are laid out by them, not by guesses.
"""

import atexit
import os
import shutil
import stat
import struct
import tempfile
from functools import cache, lru_cache
from pathlib import Path

FAMILY = "FiraGO"
# What to name where a reader's machine lacks FiraGO: Sylfaen has come with Windows and Office since 2000.
FALLBACKS = ("Sylfaen", "Noto Sans Georgian")

# Name in pymupdf-fonts → file name in the folder. FiraGO first; the others only help out with signs
# (ticks, arrows, Greek, mathematics) that FiraGO lacks, so that a PDF shows them and not an empty box.
_FILES = {
    "figo": "FiraGO-Regular.ttf",
    "figbo": "FiraGO-Bold.ttf",
    "notos": "NotoSans-Regular.ttf",
    "cascadia": "CascadiaMono-Regular.ttf",
    "math": "NotoSansMath-Regular.ttf",
    "symbol1": "NotoSansSymbols-Regular.ttf",
}
HELPERS = ("Noto Sans", "Cascadia Mono", "Noto Sans Math", "Noto Sans Symbols")


@cache
def _bytes(name: str) -> bytes:
    import pymupdf_fonts

    return bytes(pymupdf_fonts.myfont(name))


def regular() -> bytes:
    """FiraGO Regular as a TrueType file."""
    return _bytes("figo")


def bold() -> bytes:
    """FiraGO Bold as a TrueType file."""
    return _bytes("figbo")


@cache
def folder() -> Path:
    """A folder with the fonts as files, for programs that read fonts only from a folder.

    Written once into the user's cache ($XDG_CACHE_HOME/gegma/fonts) and found again by size; where no such
    place can be written, a private temporary folder that goes away with the process.
    """
    for home in (os.environ.get("XDG_CACHE_HOME"), os.path.expanduser("~/.cache")):
        if not home or not os.path.isabs(home):
            continue
        place = Path(home) / "gegma" / "fonts"
        try:
            place.mkdir(parents=True, exist_ok=True, mode=0o700)
            info = place.stat()
            # Somebody else's folder could be filled with somebody else's fonts.
            if info.st_uid != os.getuid() or info.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
                continue
            _fill(place)
            return place
        except OSError:
            continue
    place = Path(tempfile.mkdtemp(prefix="gegma-fonts-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    _fill(place)
    return place


def _fill(place: Path) -> None:
    """Write each missing font; by renaming, so that another process never reads half a file."""
    for name, file_name in _FILES.items():
        target, data = place / file_name, _bytes(name)
        if target.is_file() and target.stat().st_size == len(data):
            continue
        handle, temporary = tempfile.mkstemp(dir=place, suffix=".part")
        with os.fdopen(handle, "wb") as out:
            out.write(data)
        os.replace(temporary, target)


# ------------------------------------------------------------------ what the font's own tables say


def _tables(data: bytes) -> dict[str, int]:
    """Offsets of a TrueType file's tables by their four-letter names."""
    count = struct.unpack_from(">H", data, 4)[0]
    rows = (struct.unpack_from(">4sIII", data, 12 + 16 * i) for i in range(count))
    return {tag.decode("latin-1"): offset for tag, _sum, offset, _length in rows}


@cache
def _glyphs(name: str) -> dict[int, int]:
    """Code point → glyph number, from the font's cmap (formats 4 and 12, the two in use)."""
    data = _bytes(name)
    start = _tables(data)["cmap"]
    found: dict[int, int] = {}
    for i in range(struct.unpack_from(">H", data, start + 2)[0]):
        platform, _encoding, offset = struct.unpack_from(">HHI", data, start + 4 + 8 * i)
        if platform not in (0, 3):
            continue
        at = start + offset
        kind = struct.unpack_from(">H", data, at)[0]
        if kind == 12:
            for g in range(struct.unpack_from(">I", data, at + 12)[0]):
                first, last, glyph = struct.unpack_from(">III", data, at + 16 + 12 * g)
                found.update(zip(range(first, last + 1), range(glyph, glyph + last - first + 1), strict=True))
        elif kind == 4:
            found.update(_format_4(data, at))
    return found


def _format_4(data: bytes, at: int) -> dict[int, int]:
    n = struct.unpack_from(">H", data, at + 6)[0] // 2
    ends = struct.unpack_from(f">{n}H", data, at + 14)
    starts = struct.unpack_from(f">{n}H", data, at + 16 + 2 * n)
    deltas = struct.unpack_from(f">{n}H", data, at + 16 + 4 * n)
    ranges_at = at + 16 + 6 * n
    ranges = struct.unpack_from(f">{n}H", data, ranges_at)
    found = {}
    for i, (first, last, delta, offset) in enumerate(zip(starts, ends, deltas, ranges, strict=True)):
        for code in range(first, min(last, 0xFFFE) + 1):
            if offset:
                glyph = struct.unpack_from(">H", data, ranges_at + 2 * i + offset + 2 * (code - first))[0]
                glyph = (glyph + delta) & 0xFFFF if glyph else 0
            else:
                glyph = (code + delta) & 0xFFFF
            if glyph:
                found[code] = glyph
    return found


@cache
def _advances(name: str) -> tuple[dict[int, float], float]:
    """Code point → advance width in em, and the width to take for a sign that the font lacks."""
    data = _bytes(name)
    tables = _tables(data)
    units = struct.unpack_from(">H", data, tables["head"] + 18)[0]
    count = struct.unpack_from(">H", data, tables["hhea"] + 34)[0]
    widths = struct.unpack_from(f">{2 * count}H", data, tables["hmtx"])[::2]
    advances = {code: widths[min(glyph, count - 1)] / units for code, glyph in _glyphs(name).items()}
    return advances, 1.0


@lru_cache(maxsize=8192)
def text_width(text: str, size: float, heavy: bool = False) -> float:
    """Width of one line of text in FiraGO, in the unit of `size` (kerning left out: under one per cent)."""
    advances, missing = _advances("figbo" if heavy else "figo")
    return size * sum(advances.get(ord(letter), missing) for letter in text)


@cache
def _drawable() -> frozenset[int]:
    return frozenset().union(*(_glyphs(name) for name in _FILES))


def can_draw(letter: str) -> bool:
    """Whether FiraGO or one of the helping fonts in `folder()` has this sign."""
    return ord(letter) in _drawable()
