"""What the parts of the demo year share: chance, days, the named world, and the one way to write."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db.models import Model

from gegma.accounts.models import SYSTEM_WRITER, User
from gegma.engine import registry, write

from .words import Phrase, Words

# The day on which somebody opens the demo. What lies after it is planned, not held.
TODAY = dt.date(2017, 12, 11)
BEFORE = (dt.date(2016, 7, 4), dt.date(2016, 12, 23))
DURING = (dt.date(2017, 1, 9), dt.date(2017, 12, 29))
AFTER = (dt.date(2018, 1, 15), dt.date(2018, 3, 30))
# Public holidays on which no ministry meets (month, day).
HOLIDAYS = {(1, 19), (3, 3), (3, 8), (4, 9), (5, 9), (5, 12), (5, 26), (8, 28), (10, 14), (11, 23)}


class Year:
    """One run of the generator. scale is the part of a whole year's records that this round makes, at most 1."""

    def __init__(self, folder: Path, seed: int):
        self.rng = random.Random(seed)
        self.folder = folder
        self.words = Words(folder, self.rng)
        self.scale = 1.0
        self.round = 0
        self.counts: Counter[str] = Counter()
        self.units: dict[str, Any] = {}
        self.organisations: dict[str, Any] = {}
        self.frameworks: dict[str, Any] = {}
        self.bodies: dict[str, Any] = {}
        self.about: dict[str, tuple[str, ...]] = {}
        self.countries: dict[str, Any] = {}
        self.partners: dict[str, Phrase] = {}
        self.agreements: list[Any] = []
        self.drafts: list[Any] = []
        self.users: dict[str, list[User]] = {}
        self.staff: list[Any] = []
        self.attaches: list[Any] = []
        self.people: list[Any] = []
        self.projects: list[Any] = []
        self.donors: dict[int, list[Any]] = {}
        self.packaged: dict[int, list[Any]] = {}
        self.served: dict[int, list[Any]] = {}
        self.trainings: list[Any] = []
        self.meetings: list[Any] = []
        self.commitments: list[tuple[Any, Any]] = []

    # -- writing ---------------------------------------------------------------------------------------------------

    def put(self, key: str, rows: Sequence[tuple[Model, dict] | Model]) -> list[Any]:
        """Write records of one register: instances, or (instance, its to-many relations)."""
        pairs = [row if isinstance(row, tuple) else (row, {}) for row in rows]
        made = write.create_many(registry.get(key), SYSTEM_WRITER, [i for i, _m in pairs], [m for _i, m in pairs])
        self.counts[key] += len(made)
        return made

    def number(self, whole: int) -> int:
        """How many of whole records this round makes."""
        return max(1, round(whole * self.scale))

    # -- chance ----------------------------------------------------------------------------------------------------

    def chance(self, share: float) -> bool:
        """Whether something that happens this often happens now."""
        return self.rng.random() < share

    def some(self, things: Sequence[Any], least: int, most: int) -> list[Any]:
        """A few different ones, in the order they have."""
        wanted = min(self.rng.randint(least, most), len(things))
        return [things[i] for i in sorted(self.rng.sample(range(len(things)), wanted))]

    def day(self, first: dt.date, last: dt.date) -> dt.date:
        """A working day between two days."""
        while True:
            day = first + dt.timedelta(days=self.rng.randint(0, max(0, (last - first).days)))
            if (day.weekday() < 5 and (day.month, day.day) not in HOLIDAYS) or (last - first).days < 7:
                return day

    def working(self, day: dt.date) -> dt.date:
        """The day itself, or the next one on which people work."""
        while day.weekday() > 4 or (day.month, day.day) in HOLIDAYS:
            day += dt.timedelta(days=1)
        return day

    def some_day(self) -> dt.date:
        """A day of the year, or now and then of the months around it."""
        draw = self.rng.random()
        return self.day(*(BEFORE if draw < 0.13 else DURING if draw < 0.91 else AFTER))

    def past_day(self) -> dt.date:
        """A day of the year that is over on the day of the demo."""
        return self.day(DURING[0], TODAY - dt.timedelta(days=14))

    # -- who -------------------------------------------------------------------------------------------------------

    def keeping(self, unit: str) -> dict[str, Any]:
        """Owner unit, officer in charge and confidentiality of a record of this unit of the Department."""
        return {
            "owner_unit": self.units[unit],
            "officer": self.rng.choice(self.users[unit]),
            "confidentiality": "restricted" if self.chance(0.03) else "internal",
        }

    def orgs(self, codes: Sequence[str]) -> list[Any]:
        """Organisations by code."""
        return [self.organisations[code] for code in codes]
