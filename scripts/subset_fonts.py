"""Cut FiraGO to the letters that the pages use and write it as woff2.

    python scripts/subset_fonts.py

The whole family weighs 800 KB a weight; a page has 110 KB in all. The source is FiraGO as packed in
`pymupdf-fonts` (SIL Open Font License 1.1, text beside the files). The licence reserves the name of the original
for the original, so the cut fonts are called "Gegma Text". Run again only when a letter is missing.
"""

from io import BytesIO
from pathlib import Path

import pymupdf_fonts
from fontTools import subset
from fontTools.ttLib import TTFont

TARGET = Path(__file__).parent.parent / "src/gegma/web/static/web/fonts"
MAX_BYTES = 50_000

# Basic Latin and Latin-1 without control codes, Mkhedruli, then the signs that plans and letters use.
LETTERS = [*range(0x20, 0x7F), *range(0xA0, 0x100), *range(0x10D0, 0x1100)]
SIGNS = "№₾€–—‘’“”„…•‹›→←↑↓✓×−≤≥ŒœŠšŽž"
RENAMED = (1, 3, 4, 6)  # family, unique, full and PostScript name
FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "tnum", "lnum"]


def cut(source: bytes) -> bytes:
    """The font `source` (OpenType) as woff2 with only the letters above."""
    options = subset.Options(flavor="woff2", layout_features=FEATURES, hinting=False, desubroutinize=True)
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]  # copyright and licence stay in the file
    font = TTFont(BytesIO(source))
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[*LETTERS, *(ord(sign) for sign in SIGNS)])
    cutter.subset(font)
    for entry in font["name"].names:
        if entry.nameID in RENAMED:
            entry.string = "GegmaText" if entry.nameID == 6 else "Gegma Text"
    font.flavor = "woff2"
    out = BytesIO()
    font.save(out)
    return out.getvalue()


def missing(source: bytes) -> str:
    """Signs asked for that the font does not have; the browser takes them from the next family."""
    has = TTFont(BytesIO(source)).getBestCmap()
    return "".join(sign for sign in SIGNS if ord(sign) not in has)


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    for code, name in (("figo", "gegma-regular.woff2"), ("figbo", "gegma-bold.woff2")):
        source = pymupdf_fonts.myfont(code)
        data = cut(source)
        if len(data) > MAX_BYTES:
            raise SystemExit(f"{name} is {len(data)} bytes, more than {MAX_BYTES}: ask for fewer letters")
        (TARGET / name).write_bytes(data)
        print(f"{name}: {len(data)} bytes; not in the font: {missing(source) or 'nothing'}")


if __name__ == "__main__":
    main()
