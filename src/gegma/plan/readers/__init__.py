"""Reading a plan out of the file in which its owner keeps it.

`read_plan` takes extracted text, Word, Excel, a web page or a PDF and gives the plan with every place it came from;
`lint` says what the plan itself leaves open; `tables.read_rows` gives the bare rows of a spreadsheet. All of them read
in a limited child process and raise `Refused` with a sentence for what cannot be read.
"""

from __future__ import annotations

from pathlib import Path

from gegma.kernel.sandbox import Refused, run_limited

from .columns import ROLES, Override
from .lint import lint
from .model import PlanRead, Warn

__all__ = ["ROLES", "PlanRead", "Refused", "Warn", "lint", "read_plan"]


def read_plan(path: str | Path, columns: dict | None = None, name: str | None = None) -> PlanRead:
    """Read a plan from a file.

    `columns`: what a person says about columns, {header text or index from 0: role}, roles as in `ROLES`. `name`: the
    name to show for the file. Raises `Refused` for a file that cannot be read, `ValueError` for an unknown role.
    """
    Override(columns)
    path = Path(path).absolute()
    payload = {"path": str(path), "columns": columns, "name": name or path.name}
    return PlanRead.from_dict(run_limited("gegma.plan.readers.child:read", payload))
