"""Tables drawn without lines: columns from where the header's words begin, rows from the gaps between lines.

Tried only where a PDF has no ruled table at all; what comes of it is told as less sure.
"""

from __future__ import annotations

from .blocks import Block, Cell, Place, paragraph, row
from .columns import Override, header_layout
from .pdfpage import Line, Page, Word, lines_of

# A wider gap than this many letter heights parts two cells of a header.
CELL_GAP = 0.9
ROW_GAP = 1.3


def read(pages: list[Page]) -> list[Block]:
    """Blocks of pages whose header row is found; [] where none is."""
    starts: list[float] = []
    out: list[Block] = []
    for page in pages:
        rows = _printed_rows(page.words)
        usual = _usual_step(rows)
        bottom = 0.0
        for place, words in enumerate(rows, 1):
            where = Place(page=page.number, row=place)
            top = min(w.top for w in words)
            segments = _segments(words)
            found = header_layout([Cell(_text(s)) for s in segments], Override(None), first_in_table=True, all_bold=False)
            if len(segments) >= 3 and found:
                starts = [s[0].x0 for s in segments]
                out.append(row([Cell(_text(s)) for s in segments], where, page.number))
            elif not starts:
                line: Line = lines_of(words, page.number)[0]
                out.append(paragraph(line.text, where, bold=line.bold, size=line.size))
            else:
                cells = _cells(words, starts)
                goes_on = out and out[-1].kind == "row" and out[-1].table == page.number and top - bottom < ROW_GAP * usual
                if goes_on and not _is_header(out[-1]):
                    for cell, more in zip(out[-1].cells, cells, strict=True):
                        cell.text = f"{cell.text} {more.text}".strip()
                else:
                    out.append(row(cells, where, page.number))
            bottom = top
    return out if starts else []


def _is_header(block: Block) -> bool:
    return header_layout(block.cells, Override(None), first_in_table=True, all_bold=False) is not None


def _printed_rows(words: list[Word]) -> list[list[Word]]:
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda w: (w.top + w.bottom) / 2):
        middle = (word.top + word.bottom) / 2
        if rows and abs((rows[-1][-1].top + rows[-1][-1].bottom) / 2 - middle) <= 0.35 * max(word.size, 1):
            rows[-1].append(word)
        else:
            rows.append([word])
    return [sorted(found, key=lambda w: w.x0) for found in rows]


def _usual_step(rows: list[list[Word]]) -> float:
    tops = [min(w.top for w in found) for found in rows]
    steps = sorted(b - a for a, b in zip(tops, tops[1:], strict=False) if b - a > 2)
    return steps[len(steps) // 10] if steps else 0.0


def _segments(words: list[Word]) -> list[list[Word]]:
    out = [[words[0]]]
    for before, word in zip(words, words[1:], strict=False):
        if word.x0 - before.x1 > CELL_GAP * word.size:
            out.append([word])
        else:
            out[-1].append(word)
    return out


def _cells(words: list[Word], starts: list[float]) -> list[Cell]:
    columns: list[list[Word]] = [[] for _ in starts]
    for word in words:
        index = max((i for i, start in enumerate(starts) if word.x0 >= start - 3), default=0)
        columns[index].append(word)
    return [Cell(_text(found), bool(found) and all(w.bold for w in found)) for found in columns]


def _text(words: list[Word]) -> str:
    return " ".join(w.text for w in words)
