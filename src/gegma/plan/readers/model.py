"""What a reader returns: the plan, where each part stood, the columns found, and what was not sure."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Warn:
    """Something a person should look at. `what` is English; `code` and `params` let another language say it."""

    where: str
    what: str
    code: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass
class PlanRead:
    """A plan as read from a file.

    sections: {code, title, parent, kind, made, source, indicators}; activities: {code, section, text, deadline, due,
    partners, responsible, comments, indicators, extra, made, source}; an indicator: {label, text, deadline, due, lead,
    source}. `source` is a list of places in words. `columns`: {header, role, index, sample, table}. `rows`: every
    source row as {place, kind, activity, section, cells}, kind one of title, section, header, activity, indicator,
    continuation, note, total, empty, unplaced, paragraph. `published`: the plan as printed (see shape.py).
    """

    title: str = ""
    year: int | None = None
    organisation: list[str] = field(default_factory=list)
    format: str = ""
    name: str = ""
    sections: list[dict[str, Any]] = field(default_factory=list)
    activities: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[Warn] = field(default_factory=list)
    columns: list[dict[str, Any]] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    published: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The promised shape, with further keys beside the promised ones; ready for json.dumps."""
        return {
            "title": self.title,
            "year": self.year,
            "organisation": self.organisation,
            "sections": self.sections,
            "activities": self.activities,
            "warnings": [asdict(w) for w in self.warnings],
            "columns": self.columns,
            "published": self.published,
        }

    def as_dict(self) -> dict[str, Any]:
        """Everything, for the way from the child process."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> PlanRead:
        """The plan back from as_dict()."""
        warnings = [Warn(**w) for w in data.pop("warnings")]
        return cls(**data, warnings=warnings)

    def unrecognised(self) -> list[dict[str, Any]]:
        """Columns whose header said nothing the reader knows; a person may name them."""
        return [column for column in self.columns if not column["role"]]
