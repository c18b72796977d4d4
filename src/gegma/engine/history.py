"""The history of a record read back: its changes and those of its children, in words that the reader may see."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gegma.audit.models import Action, Change
from gegma.kernel import dates

from . import registry
from .fields import Field, open_to
from .policy import VIEW
from .spec import Register


@dataclass
class Line:
    """One field of a change, before and after, in words. name is the one to restore it by; nothing where that cannot be."""

    label: str
    before: str
    after: str
    name: str = ""


@dataclass
class Step:
    """One change in words."""

    change: Change
    about: str
    what: str
    lines: list[Line] = field(default_factory=list)
    can_undo: bool = False


def of_record(spec: Register, record_id: int, user=None) -> QuerySet:
    """The changes of a record and of its children, newest first. user: a focal point, who sees few of the children, finds theirs at the child."""
    own = Q(register=spec.key, record_id=record_id)
    whole = own if user is not None and user.is_focal_point else own | Q(parent_register=spec.key, parent_id=record_id)
    return Change.objects.filter(whole).select_related("actor").order_by("-pk")


def find(pk: int) -> Change | None:
    """One change by its number."""
    return Change.objects.filter(pk=pk).first()


def of_step(change: Change) -> list[Change]:
    """All changes made in the same request by the same person."""
    if not change.request_id:
        return [change]
    return list(Change.objects.filter(request_id=change.request_id, actor=change.actor_id).order_by("pk"))


def made_by(request_id: str, spec: Register) -> Change | None:
    """The last change that a request made in a register."""
    return Change.objects.filter(request_id=request_id, register=spec.key).order_by("-pk").first()


def deletion(spec: Register, record_id: int) -> Change | None:
    """The change that deleted a record last."""
    return Change.objects.filter(register=spec.key, record_id=record_id, action=Action.DELETE).order_by("-pk").first()


def since(spec: Register, record_id: int, version: int) -> list[Change]:
    """The changes of a record that came after a version of it, oldest first."""
    return list(Change.objects.filter(register=spec.key, record_id=record_id, version__gt=version).order_by("pk"))


def in_words(changes: list[Change], user) -> list[Step]:
    """The changes as a person reads them. Titles of records that user may not see are left out."""
    changes = _open(changes, user)
    titles = _Titles(changes, user)
    return [step for change in changes if (step := _step(change, user, titles))]


def _open(changes: list[Change], user) -> list[Change]:
    """Without the children that user may not see: their registers may have readers of their own, and a focal point sees those of their unit."""
    kept = [c for c in changes if not c.parent_register or (spec := registry.find(c.register)) is None or spec.policy.may(user, VIEW)]
    if not user.is_focal_point:
        return kept
    children: dict[str, set[int]] = defaultdict(set)
    for change in kept:
        if change.parent_register:
            children[change.register].add(change.record_id)
    seen = {
        (key, pk)
        for key, numbers in children.items()
        if (spec := registry.find(key))
        for pk in spec.visible(user).filter(pk__in=numbers).values_list("pk", flat=True)
    }
    return [c for c in kept if not c.parent_register or (c.register, c.record_id) in seen]


def _step(change: Change, user, titles: _Titles) -> Step | None:
    spec = registry.find(change.register)
    if spec is None:
        return Step(change, change.register, str(Action(change.action).label))
    spec = spec.as_seen_by(user)
    if change.fields and set(change.fields) <= spec.withheld:
        return None
    number = f"{spec.prefix}-{change.record_id}"
    step = Step(change, f"{spec.singular} {number}" if change.parent_register else "", str(Action(change.action).label))
    if change.is_erased:
        step.what = _("%(done)s; what was written is lawfully erased") % {"done": step.what}
        return step
    for name in [*change.before, *(n for n in change.after if n not in change.before)]:
        before, after = change.before.get(name), change.after.get(name)
        if name in spec.withheld or name == "sha256" or (before in (None, "", []) and after in (None, "", [])):
            continue  # the hash of a file is for whoever checks the chain, not for the reader
        line = Line(_label(spec, name), titles.word(spec, name, before), titles.word(spec, name, after))
        if change.action == Action.UPDATE and column_of(spec, name) is not None:
            line.name = name
        step.lines.append(line)
    known = change.action != Action.CREATE  # that would be a deletion, which has a page of its own
    only = spec.policy.columns(user)
    whole = all(column_of(spec, n) is not None and n not in spec.withheld and (only is None or n in only) for n in change.fields)
    step.can_undo = known and spec.policy.may(user, "change") and whole
    return step


def column_of(spec: Register, name: str) -> models.Field | None:
    """The model field that a name in the history stands for, or None."""
    known = {f.attname: f for f in spec.model._meta.concrete_fields} | {m.name: m for m in spec.model._meta.many_to_many}
    return known.get(name)


def _bound(spec: Register, name: str) -> Field | None:
    stem = name.removesuffix("_id")
    return spec.all_fields.get(name) or spec.all_fields.get(stem)


def _label(spec: Register, name: str) -> str:
    if name in OTHER_NAMES:
        return str(OTHER_NAMES[name])
    for language, words in (("_ka", _("Georgian")), ("_en", _("English"))):
        stem = name.removesuffix(language)
        if stem != name and stem in spec.all_fields:
            return f"{spec.all_fields[stem].label} ({words})"
    bound, column = _bound(spec, name), column_of(spec, name)
    return str(bound.label if bound else column.verbose_name if column is not None else name)


FILES = "files"
ANONYMISED = "anonymised"
# What stands in the history and is no column.
OTHER_NAMES = {FILES: gettext_lazy("files"), ANONYMISED: gettext_lazy("data on people")}


class _Titles:
    """The words for values; titles of related records are fetched once per register."""

    def __init__(self, changes: list[Change], user):
        wanted: dict[type[models.Model], set] = defaultdict(set)
        for change in changes:
            spec = registry.find(change.register)
            for side in (change.before, change.after) if spec else ():
                for name, value in side.items():
                    column = column_of(spec, name)
                    if column is not None and column.is_relation and value not in (None, "", []):
                        wanted[column.related_model] |= set(value if isinstance(value, list) else [value])
        self.titles = {model: self._fetch(model, numbers, user) for model, numbers in wanted.items()}

    def _fetch(self, model, numbers: set, user) -> dict:
        spec = registry.of(model)
        rows = spec.visible(user).filter(pk__in=numbers) if spec else _plain(model, numbers)
        return {row.pk: str(row) for row in rows if open_to(user, row)}

    def word(self, spec: Register, name: str, value) -> str:
        """One value in words."""
        if value in (None, "", []):
            return ""
        column, bound = column_of(spec, name), _bound(spec, name)
        if name == ANONYMISED:
            return _("anonymised")
        if column is not None and column.is_relation:
            known = self.titles.get(column.related_model, {})
            return "; ".join(known.get(pk, f"№ {pk}") for pk in (value if isinstance(value, list) else [value]))
        if isinstance(value, list):
            return "; ".join(str(v) for v in value)
        if bound is None:
            return (_("yes") if value else _("no")) if isinstance(value, bool) else str(value)
        if bound.kind == "date":
            return f"{dates.parse_day(str(value)):%d.%m.%Y}"
        if bound.kind == "datetime":
            return bound.word(bound.column.to_python(value))
        if bound.kind in {"code", "choice", "bool", "integer", "decimal"}:
            return bound.word(value)
        return str(value)


def _plain(model, numbers: set) -> list[models.Model]:
    """Rows of a table that no register keeps (accounts)."""
    return list(model._default_manager.filter(pk__in=numbers))
