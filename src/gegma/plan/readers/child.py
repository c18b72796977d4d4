"""What runs in the limited child: file in, plain data out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .formats import read_blocks
from .interpret import interpret


def read(payload: dict[str, Any]) -> dict[str, Any]:
    """{"path", "columns", "name"} → PlanRead.as_dict()."""
    name, blocks = read_blocks(Path(payload["path"]))
    return interpret(blocks, payload.get("columns"), payload.get("name") or "", name).as_dict()
