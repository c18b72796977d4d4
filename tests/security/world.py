"""One world for the matrix: a person of every role and relation, and of every register a record of every confidentiality with a canary in it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models, transaction
from django.test import Client

from gegma.accounts.models import SYSTEM, SYSTEM_WRITER, ReaderGroup, Role, User
from gegma.agenda import feed
from gegma.agenda.models import Notice
from gegma.audit.models import Change
from gegma.engine import deadlines, files, registry, write
from gegma.engine.models import Attachment, CodeField, Confidentiality
from gegma.engine.spec import Register
from gegma.reports.models import OwnReport
from tests.factories import make, minimal

from . import rules

TODAY = dt.date(2017, 12, 11)
CANARY = re.compile(r"kanari(\d{3})q", re.I)
WORD = "kanari"


@dataclass
class Somebody:
    """A person of a role, standing in a relation to the records."""

    role: str
    relation: str
    user: User
    client: Client
    feed: str = ""

    def __str__(self) -> str:
        return f"{self.role}/{self.relation}"


@dataclass
class Kept:
    """A record of the world. canary: the number in its texts, which must not reach who may not read it."""

    spec: Register
    confidentiality: str
    record: models.Model
    canary: int
    file: int = 0
    change: int = 0

    @property
    def access(self) -> str:
        """By which rule it is read and written."""
        return rules.access_of(self.spec)

    def read_by(self, one: Somebody) -> bool:
        """Whether the rules let somebody read it."""
        return rules.reads(self.spec, self.confidentiality, one.role, one.relation)


@dataclass
class World:
    """people: by role and relation; kept: the records; own: {register: number of a shared report over it}; due: canaries in deadlines."""

    people: list[Somebody] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    own: dict[str, int] = field(default_factory=dict)
    due: set[int] = field(default_factory=set)
    country: str = ""

    def hidden_in(self, text: str, one: Somebody) -> list[str]:
        """The registers and confidentialities of canaries in text that somebody may not read."""
        found = {int(number) for number in CANARY.findall(text)}
        return sorted(f"{k.spec.key}/{k.confidentiality}" for k in self.kept if k.canary in found and not k.read_by(one))

    def of(self, spec: Register) -> list[Kept]:
        """The records of one register."""
        return [k for k in self.kept if k.spec.key == spec.key]


def build() -> World:
    """Write the world. The caller takes it back."""
    world = World()
    units = _units()
    world.people = list(_people(units))
    readers = [one.user for one in world.people if one.relation == rules.NAMED]
    officer = next(one.user for one in world.people if one.relation == rules.OWN and one.role == Role.OFFICER)
    country = registry.get("countries").model.objects.first() or make("countries")
    world.country = str(getattr(country.code, "code", country.code))
    roots: dict[tuple[str, str], models.Model] = {}
    for spec in sorted(registry.everything(), key=lambda one: bool(one.parent)):
        guarded = rules.column_of(spec)
        for confidentiality in Confidentiality.values if guarded else [""]:
            number = len(world.kept)
            given = {"confidentiality": confidentiality, "owner_unit": units[rules.OWN]} if guarded is spec else {}
            if confidentiality == "named" and guarded is spec and "officer" in {f.name for f in spec.model._meta.fields}:
                given["officer"] = next(p.user for p in world.people if p.relation == rules.CHARGE)
            if guarded is not None and guarded is not spec:
                given[spec.parent_field] = roots[guarded.key, confidentiality]
            record = _made(spec, f"{WORD}{number:03d}q", given, country, readers if confidentiality == "named" else [])
            roots[spec.key, confidentiality] = record
            world.kept.append(Kept(spec, confidentiality, record, number))
    for kept in world.kept:
        _attach(kept)
    _point_at(world)
    for spec in registry.everything():
        report = OwnReport.objects.create(owner=officer, title_ka=f"ანგარიში {spec.key}", register=spec.key, columns=list(spec.all_fields)[:12], shared=True)
        world.own[spec.key] = report.pk
    _fall_due(world)
    return world


def _units() -> dict[str, models.Model]:
    above = make("units", title_ka="ზემდგომი")
    return {
        rules.ABOVE: above, rules.OWN: make("units", title_ka="ჩვენი", parent=above), rules.OTHER: make("units", title_ka="სხვა"),
        rules.NONE: None,
    }  # fmt: skip


def _people(units: dict) -> Iterator[Somebody]:
    for role in Role.values:
        for relation in rules.RELATIONS:
            yield _somebody(role, relation, units.get(relation, units[rules.OTHER]))
    yield _somebody(Role.OFFICER, rules.CHARGE, units[rules.OTHER])


def _somebody(role: str, relation: str, unit) -> Somebody:
    user = User.objects.create_user(f"{role}.{relation}@example.ge", name=f"{role} {relation}", role=role, unit=unit, language="ka", reads=list(ReaderGroup.values))
    client = Client(raise_request_exception=True)
    client.force_login(user)
    return Somebody(role, relation, user, client, feed.make(user, "unit" if unit else "mine"))


def _made(spec: Register, word: str, given: dict, country, readers: list) -> models.Model:
    """A record with the canary in every text that takes it, days that fall due, and the one country."""
    texts = {c.name: word for c in spec.model._meta.concrete_fields if _takes_words(c)} if rules.column_of(spec) else {}
    days = {due.date: TODAY + dt.timedelta(days=3) for due in spec.dues if "__" not in due.date}
    places = {c.name: country for c in spec.model._meta.concrete_fields if c.many_to_one and c.related_model is type(country) and c.editable}
    m2m = {}
    if readers:
        m2m = {"readers": readers} if "readers" in {m.name for m in spec.model._meta.many_to_many} else {}
    for more in (texts | days | places, texts | places, texts):
        more = dict(more)
        for _try in range(12):
            try:
                with transaction.atomic():
                    return make(spec, m2m=m2m, **{**more, **given})
            except ValidationError as error:
                wrong = set(getattr(error, "error_dict", {})) & set(more)
                if not wrong:
                    break
                more = {name: value for name, value in more.items() if name not in wrong}
    return make(spec, m2m=m2m, **given)


def _takes_words(column: models.Field) -> bool:
    if not column.editable or column.choices or isinstance(column, (CodeField, models.URLField, models.EmailField, models.SlugField)):
        return False
    return isinstance(column, models.TextField) or (isinstance(column, models.CharField) and (column.max_length or 0) >= 20)


def _attach(kept: Kept) -> None:
    upload = SimpleUploadedFile(f"{WORD}{kept.canary:03d}q.txt" if kept.confidentiality else "open.txt", b"text")
    kept.file = files.attach(kept.spec, SYSTEM_WRITER, kept.record, [upload])[0].pk
    kept.change = Change.objects.filter(register=kept.spec.key, record_id=kept.record.pk, action="create").latest("pk").pk
    assert Attachment.objects.filter(pk=kept.file).exists()


def _point_at(world: World) -> None:
    """Open records that point to each of the guarded ones, so that its name could leak from them."""
    for kept in [k for k in world.kept if k.confidentiality]:
        for other in registry.everything():
            columns = [*other.model._meta.fields, *other.model._meta.many_to_many]
            found = [c for c in columns if c.related_model is kept.spec.model and c.name in other.all_fields and other.parent != kept.spec.key]
            if found:
                one = {c.name: kept.record for c in found if not c.many_to_many}
                try:
                    with transaction.atomic():
                        write.save(other, SYSTEM_WRITER, minimal(other, **one), m2m={c.name: [kept.record] for c in found if c.many_to_many})
                except ValidationError:
                    continue


def _fall_due(world: World) -> None:
    """Reminders of every deadline to everybody, as if all had once been allowed to see it."""
    found = deadlines.between(SYSTEM, TODAY - dt.timedelta(days=30), TODAY + dt.timedelta(days=30), today=TODAY)
    world.due = {int(n) for one in found for n in CANARY.findall(one.title)}
    Notice.objects.bulk_create(
        Notice(person=one.user, register=d.register, record_id=d.record_id, what=d.what, due_on=d.day, stage=0, made_on=TODAY)
        for one in world.people for d in found
    )  # fmt: skip
