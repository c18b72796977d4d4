"""What is past its term: by register, with what is on hold.

A register with columns of its own to take away falls due by the date that its declaration names. A person falls due when the longest of the
terms of all that names them is over: nobody's name goes while a record that needs it is still kept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Max, Q
from django.utils import timezone

from gegma.audit.models import Action, Change
from gegma.engine import personal, registry
from gegma.engine.personal import Source
from gegma.kernel import dates
from gegma.registers.directory.models import Person

from .models import Hold, RetentionTerm

CHUNK = 500
# Whatever the term: nothing ended before it.
FIRST_DAY = dt.date(1, 1, 2)


@dataclass
class Due:
    """What of one kind of data is past its term. records, held: numbers; gone: deleted records whose history still holds the data."""

    source: Source
    years: int
    records: list[int] = field(default_factory=list)
    held: dict[int, str] = field(default_factory=dict)
    gone: list[int] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many would be anonymised."""
        return len(self.records) + len(self.gone)


def terms_set() -> dict[str, RetentionTerm]:
    """The terms that administrators have set, by key: of several decisions the latest."""
    return {term.source: term for term in RetentionTerm.objects.order_by("decided_on", "pk")}


def years_of(source: Source, terms: dict[str, RetentionTerm]) -> int | None:
    """The term in force, in years."""
    found = terms.get(source.term_key)
    return found.years if found else source.personal.keep_years


class Holds:
    """The holds in force: of persons and of records, each with its reason."""

    def __init__(self):
        self.persons: dict[int, str] = {}
        self.records: dict[tuple[str, int], str] = {}
        for hold in Hold.objects.filter(lifted_on__isnull=True).order_by("pk"):
            if hold.person_id:
                self.persons[hold.person_id] = hold.reason
            else:
                self.records[hold.register, hold.number] = hold.reason
        self._persons_of_records()

    def _persons_of_records(self) -> None:
        """Whoever a held record names, or is, is held with it."""
        for (key, number), reason in self.records.items():
            for source, name in personal.pointers():
                if source.key == key:
                    rows = source.model._default_manager.filter(pk=number, **{f"{name}__isnull": False}).values_list(name, flat=True)
                    self.persons.update(dict.fromkeys(rows, reason))
            spec = registry.find(key)
            if spec is not None and spec.model is Person:
                self.persons[number] = reason

    def of(self, source: Source, numbers: list[int]) -> dict[int, str]:
        """Those of the numbers that are on hold, with the reason."""
        found = {n: self.records[source.key, n] for n in numbers if (source.key, n) in self.records}
        if source.model is Person:
            found |= {n: self.persons[n] for n in numbers if n in self.persons}
        elif self.persons:
            for name in source.personal.person:
                rows = source.model._default_manager.filter(**{f"{name}__in": list(self.persons)}).values_list("pk", name)
                found |= {pk: self.persons[who] for pk, who in rows if pk in set(numbers)}
        return found


def due(today: dt.date | None = None, only: str = "") -> list[Due]:
    """What is past its term on this day, by kind of data. only: the key of one."""
    today, terms, holds = today or dates.today(), terms_set(), Holds()
    found = []
    for source in personal.sources():
        years = years_of(source, terms)
        if not source.erases or years is None or (only and source.term_key != only):
            continue
        numbers = _persons_due(source, years, terms, today) if source.model is Person else _rows_due(source, years, today)
        held = holds.of(source, numbers)
        found.append(Due(source, years, [n for n in numbers if n not in held], held, _gone(source, years, today, holds)))
    return found


def _limit(today: dt.date, years: int) -> dt.date:
    """What ended on this day or before is past its term."""
    return dates.add_months(today, -12 * years) if years < today.year else FIRST_DAY


def _rows_due(source: Source, years: int, today: dt.date) -> list[int]:
    """The rows whose own date lies far enough back."""
    rows, limit = source.model._default_manager.filter(source.holding()), _limit(today, years)
    after = source.personal.after
    ended = Q(**_until(source.model, after, limit)) if after else Q(created_at__lte=dates.end_of(limit))
    if source.personal.running is not None and after:
        ended |= Q(**{f"{after}__isnull": True}, created_at__lte=dates.end_of(limit))
        ended &= ~source.personal.running()
    return list(rows.filter(ended).order_by("pk").values_list("pk", flat=True).distinct())


def _until(model, path: str, limit: dt.date) -> dict:
    """The lookup of a date, or of a moment, that lies on this day or before."""
    for part in path.split("__"):
        column = model._meta.get_field(part)
        model = column.related_model or model
    moment = column.get_internal_type() == "DateTimeField"
    return {f"{path}__lte": dates.end_of(limit) if moment else limit}


def _persons_due(source: Source, years: int, terms: dict[str, RetentionTerm], today: dt.date) -> list[int]:
    """The people of whom nothing is kept any more that needs their name, and whose own time is over too."""
    limit = _limit(today, years)
    busy: set[int] = set()
    named: set[int] = set()
    for other, name in personal.pointers():
        if other.model is Hold:
            continue  # whoever is on hold is due all the same, and shown as held
        last = other.personal.after
        kept = _limit(today, max(years_of(other, terms) or 0, 0))
        rows = other.model._default_manager.filter(**{f"{name}__isnull": False}).order_by().values(name)
        if not last:
            busy.update(row[name] for row in rows.distinct())
            continue
        told = rows.annotate(last=Max(last), open=Count("pk", filter=Q(**{f"{last}__isnull": True})))
        for row in told:
            named.add(row[name])
            if row["open"] or row["last"] > min(kept, limit):
                busy.add(row[name])
    rows = source.model._default_manager.filter(source.holding())
    if source.personal.running is not None:
        rows = rows.exclude(source.personal.running())
    found = []
    for pk, ended, entered in rows.order_by("pk").values_list("pk", source.personal.after, "created_at"):
        over = ended <= limit if ended else pk in named or timezone.localdate(entered) <= limit
        if over and pk not in busy:
            found.append(pk)
    return found


def _gone(source: Source, years: int, today: dt.date, holds: Holds) -> list[int]:
    """Records that were deleted so long ago that their history need not hold the data any more."""
    moment = dates.end_of(_limit(today, years))
    names = set(source.emptied)
    rows = Change.objects.filter(register=source.key, action=Action.DELETE, at__lte=moment).exclude(salt="").order_by("pk")
    wanted = {change.record_id for change in rows.iterator(chunk_size=CHUNK) if names & set(change.fields)}
    wanted -= {number for key, number in holds.records if key == source.key}
    there = existing(source, wanted)
    return sorted(wanted - there)


def existing(source: Source, numbers: Iterable[int]) -> set[int]:
    """Those of the numbers under which there is a record."""
    wanted, found = sorted(numbers), set()
    for start in range(0, len(wanted), CHUNK):
        found.update(source.model._default_manager.filter(pk__in=wanted[start : start + CHUNK]).values_list("pk", flat=True))
    return found
