"""Text made fit for a document: without control characters, in signs that can be drawn, with places to break."""

import re
import unicodedata

from gegma.kernel import fonts

TABLE_SIZE = 8.5  # pt
CELL_PADDING = 3.6  # mm, both sides of a cell together, with a hair to spare
MM_PER_PT = 0.352778
BREAK = "\u200b"  # zero-width space: a word may be broken here

# Control characters, broken halves of letters, non-characters, and direction marks that make text read as
# something else than what is stored.
_ODD = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    """Text that every format can hold: control characters become spaces, broken ones the replacement sign."""
    return _ODD.sub(_harmless, text.replace("\r\n", "\n").replace("\r", "\n"))


def _harmless(found: re.Match) -> str:
    letter = found.group()
    if "\u202a" <= letter <= "\u2069":
        return ""
    return "\ufffd" if letter >= "\ud800" else " "


def cleaned(value):
    """The same structure with every text in it cleaned."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {key: cleaned(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [cleaned(inner) for inner in value]
    return value


def drawable(value):
    """The same structure with signs that no font here has written out, for a glyph that is missing is missing
    for the reader too: Georgian capitals as the plain letters, a ligature as its parts, the rest as [U+4E2D]."""
    if isinstance(value, str):
        return value if _all_drawable(value) else "".join(map(_drawable_letter, value))
    if isinstance(value, dict):
        return {key: drawable(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [drawable(inner) for inner in value]
    return value


_known: set[str] = set()  # letters that can be drawn as they are: a report has a hundred of them, and a million times


def _all_drawable(text: str) -> bool:
    if text.isascii() or _known.issuperset(text):
        return True
    new = set(text) - _known
    _known.update(letter for letter in new if _drawable_letter(letter) == letter)
    return _known.issuperset(new)


def _drawable_letter(letter: str) -> str:
    if fonts.can_draw(letter) or letter == "\n":
        return letter
    if "\u1c90" <= letter <= "\u1cbf":  # Mtavruli: what .upper() makes of Georgian
        return letter.lower()
    if unicodedata.category(letter) in ("Cf", "Mn", "Me", "Cn"):
        # Joiners and variation selectors draw nothing by themselves.
        return ""
    plain = unicodedata.normalize("NFKC", letter)
    if plain != letter and all(map(fonts.can_draw, plain)):
        return plain
    return f"[U+{ord(letter):04X}]"


def breakable(text: str, width: float, heavy: bool = False) -> str:
    """`text` with a break allowed at every fifth letter of each word wider than `width` mm at table size.

    typst does not cut a word by itself: it would run over into the next column."""
    return _broken(text, width, heavy, lambda piece: BREAK.join(piece[i:i + 5] for i in range(0, len(piece), 5)))


def slashes_break(text: str, width: float, heavy: bool = False) -> str:
    """`text` with a break allowed after the slashes of each word wider than `width` mm at table size.

    Word cuts a wide word anywhere; after a slash is where a person would."""
    if "/" not in text:
        return text
    return _broken(text, width, heavy, lambda piece: re.sub(r"/(?=[^\W\d])", "/" + BREAK, piece), r"(\s)")


def _broken(text, width, heavy, mend, pieces=r"(\s|(?<=[/\-–])(?=\D))") -> str:
    room = (width - CELL_PADDING) / MM_PER_PT
    if fonts.text_width(text, TABLE_SIZE, heavy) <= room:
        return text
    return "".join(
        mend(piece) if fonts.text_width(piece, TABLE_SIZE, heavy) > room else piece
        for piece in re.split(pieces, text)
    )
