"""Tables of a PDF page from the lines drawn on it.

Borders come as lines, or as thin filled rectangles; a shaded cell is a thick rectangle without a stroke and draws no
border. Cells that no line parts are one merged cell.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

THIN = 3.0
SNAP = 2.5
GRID_MAX = 400


@dataclass
class Shape:
    """A drawn path: its corners in page coordinates, and whether its outline is drawn."""

    points: list[tuple[float, float]]
    stroked: bool


@dataclass
class Segment:
    """A drawn line: at `at`, from `start` to `end` (points; y grows downwards)."""

    at: float
    start: float
    end: float


@dataclass
class Region:
    """One (merged) cell: its grid position, spans and box."""

    row: int
    column: int
    rowspan: int
    colspan: int
    box: tuple[float, float, float, float]  # x0, top, x1, bottom


@dataclass
class Ruled:
    """One ruled table: box, number of rows and columns, its cells."""

    box: tuple[float, float, float, float]
    rows: int
    columns: int
    regions: list[Region] = field(default_factory=list)


def find_tables(shapes: list[Shape]) -> list[Ruled]:
    """The ruled tables among the shapes drawn on a page, from top to bottom."""
    across: list[Segment] = []
    down: list[Segment] = []
    for shape in shapes:
        _take(shape, across, down)
    across, down = _joined(across), _joined(down)
    tables = []
    for lines_across, lines_down in _components(across, down):
        table = _grid(lines_across, lines_down)
        if table is not None:
            tables.append(table)
    outer = [t for t in tables if not any(o is not t and _inside(t.box, o.box) for o in tables)]
    return sorted(outer, key=lambda t: (t.box[1], t.box[0]))


def _take(shape: Shape, across: list[Segment], down: list[Segment]) -> None:
    xs, ys = [x for x, _ in shape.points], [y for _, y in shape.points]
    x0, x1, top, bottom = min(xs), max(xs), min(ys), max(ys)
    wide, high = x1 - x0, bottom - top
    if high <= THIN < wide:
        across.append(Segment((top + bottom) / 2, x0, x1))
    elif wide <= THIN < high:
        down.append(Segment((x0 + x1) / 2, top, bottom))
    elif shape.stroked and wide > THIN and high > THIN:
        for (ax, ay), (bx, by) in zip(shape.points, shape.points[1:], strict=False):
            if abs(ay - by) <= 1 and abs(ax - bx) > THIN:
                across.append(Segment((ay + by) / 2, min(ax, bx), max(ax, bx)))
            elif abs(ax - bx) <= 1 and abs(ay - by) > THIN:
                down.append(Segment((ax + bx) / 2, min(ay, by), max(ay, by)))


def _joined(segments: list[Segment]) -> list[Segment]:
    """Segments on one line that touch, as one."""
    out: list[Segment] = []
    levels: list[list[Segment]] = []
    for segment in sorted(segments, key=lambda s: s.at):
        if levels and segment.at - levels[-1][0].at <= SNAP:
            levels[-1].append(segment)
        else:
            levels.append([segment])
    for level in levels:
        at = sum(s.at for s in level) / len(level)
        current = None
        for segment in sorted(level, key=lambda s: s.start):
            if current and segment.start <= current.end + SNAP * 1.5:
                current.end = max(current.end, segment.end)
            else:
                current = Segment(at, segment.start, segment.end)
                out.append(current)
    return out


def _components(across: list[Segment], down: list[Segment]) -> list[tuple[list[Segment], list[Segment]]]:
    """Groups of lines that cross or touch."""
    parent = list(range(len(across) + len(down)))

    def find(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for j, vertical in enumerate(down):
        for i, horizontal in enumerate(across):
            if (
                horizontal.start - THIN <= vertical.at <= horizontal.end + THIN
                and vertical.start - THIN <= horizontal.at <= vertical.end + THIN
            ):
                parent[find(i)] = find(len(across) + j)
    groups: dict[int, tuple[list[Segment], list[Segment]]] = defaultdict(lambda: ([], []))
    for i, horizontal in enumerate(across):
        groups[find(i)][0].append(horizontal)
    for j, vertical in enumerate(down):
        groups[find(len(across) + j)][1].append(vertical)
    return [g for g in groups.values() if len(g[0]) >= 2 and len(g[1]) >= 2]


def _levels(values: list[float]) -> list[float]:
    out: list[float] = []
    for value in sorted(values):
        if not out or value - out[-1] > SNAP * 1.6:
            out.append(value)
    return out


def _grid(across: list[Segment], down: list[Segment]) -> Ruled | None:
    ys, xs = _levels([s.at for s in across]), _levels([s.at for s in down])
    rows, columns = len(ys) - 1, len(xs) - 1
    if rows < 1 or columns < 1 or rows > GRID_MAX or columns > GRID_MAX or rows * columns < 2:
        return None
    has_right = [[_has(down, xs[c + 1], (ys[r] + ys[r + 1]) / 2) for c in range(columns)] for r in range(rows)]
    has_bottom = [[_has(across, ys[r + 1], (xs[c] + xs[c + 1]) / 2) for c in range(columns)] for r in range(rows)]
    table = Ruled((xs[0], ys[0], xs[-1], ys[-1]), rows, columns)
    taken: set[tuple[int, int]] = set()
    for r in range(rows):
        for c in range(columns):
            if (r, c) in taken:
                continue
            colspan = 1
            while c + colspan < columns and not has_right[r][c + colspan - 1] and (r, c + colspan) not in taken:
                colspan += 1
            rowspan = 1
            while r + rowspan < rows and not any(has_bottom[r + rowspan - 1][c : c + colspan]):
                rowspan += 1
            taken |= {(i, j) for i in range(r, r + rowspan) for j in range(c, c + colspan)}
            table.regions.append(Region(r, c, rowspan, colspan, (xs[c], ys[r], xs[c + colspan], ys[r + rowspan])))
    return table


def _has(segments: list[Segment], at: float, middle: float) -> bool:
    return any(abs(s.at - at) <= SNAP * 1.6 and s.start <= middle <= s.end for s in segments)


def _inside(inner: tuple[float, ...], outer: tuple[float, ...]) -> bool:
    return (
        inner[0] >= outer[0] - THIN and inner[1] >= outer[1] - THIN and inner[2] <= outer[2] + THIN and inner[3] <= outer[3] + THIN
    )
