"""Everything that is kept on one person: found by any spelling of the name, gathered over all registers by their declarations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db.models import Q

from gegma.accounts.models import User
from gegma.engine import history, personal, registry
from gegma.engine.personal import Source
from gegma.engine.policy import VIEW
from gegma.kernel import names
from gegma.registers.directory.models import Person

FOUND_MAX = 50
CHANGES_MAX = 500
LETTERS_MIN = 2


@dataclass
class Kept:
    """One record about a person. facts: (label, words)."""

    number: str
    title: str
    url: str
    facts: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Part:
    """What one register keeps on a person, and how the records are found to be about them."""

    key: str
    title: str
    how: str
    records: list[Kept]


@dataclass
class Everything:
    """All that is kept on a person and open to whoever asks."""

    person: Person
    parts: list[Part]
    accounts: list[User]
    steps: list[history.Step]
    accesses: list[Any]
    mentions: list[Part]

    @property
    def count(self) -> int:
        """How many records there are."""
        return sum(len(part.records) for part in [*self.parts, *self.mentions])


# -- finding -----------------------------------------------------------------------------------------------------------


def find(user, words: str) -> list[Person]:
    """The people open to user whose name is this one, in whatever letters and order, or whose number it is."""
    people = registry.get("people")
    rows = people.visible(user)
    prefix, _sep, number = words.strip().casefold().partition("-")
    if prefix == people.prefix.casefold() and number.isascii() and number.isdecimal() and len(number) < 19:
        return list(rows.filter(pk=int(number)))
    asked = names.keys(words)
    if sum(map(len, asked)) < LETTERS_MIN:
        return []
    named = rows.order_by("title_ka", "pk").values_list("pk", "title_ka", "title_en")
    numbers = [pk for pk, ka, en in named if names.matches(asked, ka) or names.matches(asked, en)][:FOUND_MAX]
    found = people.annotated(rows.filter(pk__in=numbers), ["organisation", "unit"])
    return sorted(found, key=lambda row: numbers.index(row.pk))


def find_accounts(user, words: str) -> list[User]:
    """The accounts with such a name or e-mail; for those who read data on people."""
    asked = names.keys(words)
    if not personal.reads(user) or sum(map(len, asked)) < LETTERS_MIN:
        return []
    return [one for one in User.objects.order_by("name", "pk") if names.matches(asked, one.name) or names.matches(asked, one.email)][:FOUND_MAX]


def mentions(user, *spellings: str) -> list[Part]:
    """Records that name a person in words only, such as the other side of a letter."""
    asked = [keys for one in spellings if (keys := names.keys(one)) and sum(map(len, keys)) >= LETTERS_MIN]
    found = []
    for source in personal.sources() if asked else ():
        if source.spec is None or source.model is Person or not source.texts or not source.spec.policy.may(user, VIEW):
            continue
        numbers = [pk for pk, text in _texts(user, source) if any(names.matches(keys, text) for keys in asked)][:FOUND_MAX]
        rows = source.spec.visible(user).filter(pk__in=numbers).order_by("pk")
        if numbers:
            found.append(_part(user, source, source.texts, rows))
    return found


def _texts(user, source: Source) -> Iterator[tuple[int, str]]:
    filled = Q(pk__in=[])
    for name in source.texts:
        filled |= Q(**{f"{name}__gt": ""})
    for row in source.spec.visible(user).filter(filled).order_by("pk").values_list("pk", *source.texts).iterator(chunk_size=2000):
        yield row[0], " ".join(row[1:])


# -- gathering ---------------------------------------------------------------------------------------------------------


def everything(user, person: Person) -> Everything:
    """What is kept on a person and open to user."""
    parts = [*_own(user, person), *_pointing(user, person)]
    told = {(part.key, kept.number) for part in parts for kept in part.records}
    named = mentions(user, person.title_ka, person.title_en)
    for part in named:
        part.records = [kept for kept in part.records if (part.key, kept.number) not in told]
    people = registry.get("people")
    changes = list(history.of_record(people, person.pk)[:CHANGES_MAX])
    return Everything(
        person, parts, accounts_of(user, person), history.in_words(changes, user), accesses(person), [part for part in named if part.records]
    )


def _own(user, person: Person) -> list[Part]:
    sources = [one for one in personal.sources() if one.model is Person]
    rows = registry.get("people").visible(user).filter(pk=person.pk)
    return [part for source in sources if (part := _part(user, source, [c.name for c in source.columns], rows)).records]


def _pointing(user, person: Person) -> list[Part]:
    found = []
    for source, name in personal.pointers():
        rows = source.spec.visible(user).filter(**{name: person}).distinct().order_by("pk")
        shown = [c.name for c in source.columns if c.name not in source.personal.person]
        part = _part(user, source, shown, rows, source.label(source.model._meta.get_field(name)))
        if part.records:
            found.append(part)
    return found


def _part(user, source: Source, columns: list[str], rows, how: str = "") -> Part:
    spec = source.spec
    stems = list(dict.fromkeys(n[:-3] if n.endswith(("_ka", "_en")) and n[:-3] in spec.all_fields else n for n in columns))
    bounds = [spec.all_fields[stem] for stem in stems if stem in spec.all_fields]
    kept = []
    for row in spec.annotated(rows, [b.name for b in bounds]):
        facts = [(str(b.label), "; ".join(_words(user, b, row))) for b in bounds]
        kept.append(Kept(spec.number(row), _title(spec, row), spec.record_url(row), [(label, words) for label, words in facts if words]))
    return Part(source.key, source.title, how, kept)


def _words(user, bound, row) -> list[str]:
    """The value in words; both languages where there are two."""
    if bound.bilingual:
        both = [getattr(row, f"{bound.name}_ka"), getattr(row, f"{bound.name}_en")]
        return list(dict.fromkeys(word for word in both if word))
    return [text] if (text := bound.text(row, user)) else []


def _title(spec, row) -> str:
    """What a record is called; a child together with its parent."""
    owner = getattr(row, spec.parent_field, None) if spec.parent else None
    return str(owner if owner is not None else row)


def accounts_of(user, person: Person) -> list[User]:
    """The accounts that are the person's: with the same e-mail, or the same name."""
    if not personal.reads(user):
        return []
    wanted = [keys for one in (person.title_ka, person.title_en) if (keys := names.keys(one))]
    same = [u for u in User.objects.order_by("pk") if (person.email and u.email == person.email.lower()) or names.keys(u.name) in wanted]
    return same


def accesses(person: Person) -> list[Any]:
    """Who read the person's record or took it out, where such a log is kept."""
    try:
        log = apps.get_model("audit", "Access")
    except LookupError:
        return []
    return list(log.objects.filter(register=registry.get("people").key, record_id=person.pk).order_by("-pk")[:CHANGES_MAX])


# -- as a file ---------------------------------------------------------------------------------------------------------


def as_data(found: Everything, moment: dt.datetime) -> dict[str, Any]:
    """All of it as plain data."""
    return {
        "person": registry.get("people").number(found.person),
        "name": [found.person.title_ka, found.person.title_en],
        "made_at": moment.isoformat(),
        "registers": [_plain(part) for part in found.parts],
        "mentions": [_plain(part) for part in found.mentions],
        "accounts": [
            {"email": u.email, "name": u.name, "role": u.role, "unit": str(u.unit or ""), "active": u.is_active, "last_visit": u.last_visit_at and u.last_visit_at.isoformat()}
            for u in found.accounts
        ],
        "history": [
            {"at": s.change.at.isoformat(), "who": s.change.who, "what": s.what, "fields": [[line.label, line.before, line.after] for line in s.lines]}
            for s in found.steps
        ],
        "accesses": [{"at": a.at.isoformat(), "who": a.actor_name, "what": a.kind} for a in found.accesses],
    }  # fmt: skip


def _plain(part: Part) -> dict[str, Any]:
    records = [{"number": kept.number, "title": kept.title, "fields": [list(fact) for fact in kept.facts]} for kept in part.records]
    return {"register": part.key, "title": part.title, "as": part.how, "records": records}
