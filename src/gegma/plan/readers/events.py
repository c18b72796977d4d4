"""What the walk over the rows yields: activities and results with their cells still as printed."""

from __future__ import annotations

from dataclasses import dataclass, field

from .blocks import Block, Cell, Place
from .columns import Layout
from .sections import Heading


@dataclass
class IndicatorCell:
    """The indicator cell of one source row, later joined with what a page break cut off."""

    text: str
    place: Place
    deadline: str = ""
    places: list[Place] = field(default_factory=list)


@dataclass
class Activity:
    """An activity while its rows are gathered; texts are still cells with line feeds."""

    place: Place
    text: str
    code: str = ""
    section: object = None
    indicators: list[IndicatorCell] = field(default_factory=list)
    values: dict[int, str] = field(default_factory=dict)  # grid column -> text
    layout: Layout | None = None
    places: list[Place] = field(default_factory=list)
    deadlines: list[str] = field(default_factory=list)
    added: set[int] = field(default_factory=set)  # columns to which a further row added a line
    made: bool = False  # the number is not the plan's own
    printed: str = ""  # the number as the plan has it
    automatic: bool = False  # the number was drawn by the word processor


@dataclass
class Result:
    """A result of a framework table that has no activities: its indicators stand with the result itself."""

    heading: Heading
    indicators: list[IndicatorCell] = field(default_factory=list)
    extra: dict[str, str] = field(default_factory=dict)  # the other columns' texts, by header


@dataclass
class Row:
    """A table row, cleaned, with the layout that holds for it."""

    block: Block
    cells: list[Cell]
    layout: Layout | None = None
    is_header: bool = False
    after_break: bool = False
    kind: str = ""
    activity: Activity | None = None

    @property
    def place(self) -> Place:
        """Where the row stands in the file."""
        return self.block.place

    def filled(self) -> list[int]:
        """The cells, by index, that hold text of their own."""
        return [i for i, c in enumerate(self.cells) if c.text and not c.covered]

    def text(self, index: int | None) -> str:
        """The text of a cell; nothing where the cell is missing or covered by a merged one."""
        if index is None or index >= len(self.cells) or self.cells[index].covered:
            return ""
        return self.cells[index].text

    def covered(self, index: int | None) -> str:
        """How a merged cell covers this one, or nothing."""
        return self.cells[index].covered if index is not None and index < len(self.cells) else ""

    def is_full_width(self) -> bool:
        """One cell merged over (nearly) the whole row."""
        filled = self.filled()
        if len(filled) != 1 or len(self.cells) < 2:
            return False
        return self.cells[filled[0]].colspan >= max(2, len(self.cells) - 1)
