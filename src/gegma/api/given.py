"""What a program sends, put through the same form as a person's page and written by engine.write."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from gegma.engine import forms, write
from gegma.engine.formfields import Options
from gegma.engine.life import Move
from gegma.engine.spec import Register

from .answers import Refused, errors_of, not_saved
from .columns import Column, writable

VERSION_MAX = 2**31 - 1


def create(spec: Register, user, body: dict[str, Any]):
    """A new record from what was sent. Raises Refused, PermissionDenied, ValidationError."""
    if not spec.policy.may(user, "add"):
        raise PermissionDenied
    columns = writable(spec, user)
    refuse_unknown(spec, body, columns)
    initial = forms.prefilled(spec, user, QueryDict(), True)
    form_class = forms.form_class(spec, list(columns))
    empty = form_class(None, instance=spec.model(), initial=initial, options=Options(user))
    form = form_class(_overlaid(_data_of(empty), body, columns), instance=spec.model(), initial=initial, options=Options(user))
    _check(form)
    with transaction.atomic():
        saved = write.save(spec.whole, user, form.instance, m2m=form.many())
        found = spec.visible(user).filter(pk=saved.pk).first()
        if found is None:
            raise PermissionDenied(_("After this change you could no longer see the record yourself."))
    return found


def change(spec: Register, user, record, body: dict[str, Any]):
    """Change what was sent, and nothing else. Raises Refused (428 without a version, 409 with both texts), PermissionDenied, ValidationError."""
    version = version_of(body.get("version"))
    if not spec.may(user, "change", record):
        raise PermissionDenied
    sent = {name: value for name, value in body.items() if name != "version"}
    columns = changeable(spec, user)
    refuse_unknown(spec, sent, columns)
    data = _overlaid(QueryDict(mutable=True), {**_other_titles(record, sent), **sent}, columns)
    _keep_hidden(spec, user, record, data, sent, columns)
    form = forms.form_class(spec, [name for name in columns if name in sent or name in _other_titles(record, sent)])(data, instance=record, options=Options(user))
    _check(form)
    try:
        return write.save(spec.whole, user, form.instance, m2m=form.many(), version=version)
    except write.Conflict:
        raise conflict(spec, user, record.pk, sent, columns)


def changeable(spec: Register, user) -> dict[str, Column]:
    """What may be changed in a record that is there: its state changes by moves only."""
    return {name: column for name, column in writable(spec, user).items() if not (spec.life and name == spec.life.field)}


def move_columns(spec: Register, user, move: Move) -> dict[str, Column]:
    """What may be sent with a move: what it asks for, and what the state that it leads to needs."""
    names = forms.names_of(spec, [*move.fields, *spec.life.needs.get(move.to, ())])
    return {name: column for name, column in writable(spec, user).items() if name in names}


def make_move(spec: Register, user, record, move: Move, body: dict[str, Any]):
    """Take the record through a move. Raises Refused, PermissionDenied, ValidationError."""
    version = version_of(body.get("version"))
    if not spec.may(user, "change", record) or not move.open_to(user, record):
        raise PermissionDenied
    state, sent = getattr(record, spec.life.field), {name: value for name, value in body.items() if name != "version"}
    columns = move_columns(spec, user, move)
    refuse_unknown(spec, sent, columns)
    why = spec.life.wrong_order(spec.model, state, move.to) if state not in move.start else str(move.refuses(record)) if move.refuses else ""
    if why:
        raise Refused(why, {spec.life.field: [why]})
    empty = forms.move_form(spec, user, record, move, None)
    if filled := set(sent) - set(empty.fields):
        raise Refused(not_saved(), {name: [_("The move does not ask for this, since it is filled in: change the record first.")] for name in sorted(filled)})
    data = _overlaid(_data_of(empty), sent, columns)
    data["version"] = str(version)
    setattr(record, spec.life.field, state)
    form = forms.move_form(spec, user, record, move, data)
    _check(form)
    setattr(form.instance, spec.life.field, state)
    try:
        return write.move(spec.whole, user, form.instance, move.name, version=version)
    except write.Conflict:
        raise conflict(spec, user, record.pk, sent, columns)


def version_of(given) -> int:
    """The version that the caller saw. Raises Refused: 428 where it is missing."""
    if given is None:
        raise Refused(_("Say which version of the record you saw: «version»."), {"version": [_("This is needed.")]}, 428)
    whole = isinstance(given, int) and not isinstance(given, bool)
    if not whole or not 0 < given <= VERSION_MAX:
        raise Refused(not_saved(), {"version": [_("A whole number is expected.")]})
    return given


def files_of(body, uploads) -> tuple[int, list]:
    """The version that the caller saw, and the files sent. Raises Refused."""
    body = body if isinstance(body, QueryDict) else QueryDict()
    errors = {name[:100]: [_("There is no such field to write here.")] for name in (*body, *uploads) if name not in {"version", "files"}}
    found = uploads.getlist("files")
    if len(body.getlist("version")) > 1 or "version" in uploads:
        errors["version"] = [_("A whole number is expected.")]
    if not found or len(found) != len(body.getlist("files")):
        errors["files"] = [_("Send at least one file, each as a part with its name.")]
    if errors:
        raise Refused(not_saved(), errors)
    word = body.get("version")
    whole = word is None or word.isascii() and word.isdecimal() and len(word) <= 10
    return version_of(int(word) if whole and word is not None else word), found


def conflict(spec: Register, user, pk: int, sent: dict[str, Any], columns: dict[str, Column]) -> Refused:
    """The answer to a write against an old version: for each field sent, both texts."""
    now = spec.visible(user).filter(pk=pk).first()
    if now is None:
        return Refused(_("There is no such thing, or it is not open to you."), code=404)
    both = [
        {"field": name, "yours": value, "theirs": columns[name].value(now, user)}
        for name, value in sent.items()
        if columns[name].value(now, user) != value
    ]
    return Refused(_("Somebody else saved this record while you were editing it."), code=409, version=now.version, conflicts=both)


def refuse_unknown(spec: Register, sent: dict[str, Any], columns: dict[str, Column]) -> None:
    """Raises Refused for a key that cannot be written here."""
    errors = {}
    for name in sent:
        if name in columns:
            continue
        if spec.life and name == spec.life.field:
            errors[name] = [_("The state changes by a move: …/move/…/.")]
        else:
            errors[name[:100]] = [_("There is no such field to write here.")]
    if errors:
        raise Refused(not_saved(), errors)


def _overlaid(data: QueryDict, sent: dict[str, Any], columns: dict[str, Column]) -> QueryDict:
    errors: dict[str, list[str]] = {}
    for name, value in sent.items():
        try:
            word = columns[name].to_form(value)
        except ValidationError as error:
            errors[name] = list(error.messages)
            continue
        if isinstance(word, list):
            data.setlist(name, word)
        elif word is None:
            data.pop(name, None)
        else:
            data[name] = word
    if errors:
        raise Refused(not_saved(), errors)
    return data


def _data_of(form) -> QueryDict:
    """What a browser would send for a form that nobody touched."""
    data = QueryDict(mutable=True)
    for bound in form:
        value = bound.value()
        if isinstance(value, bool):
            value = "on" if value else None
        if isinstance(value, (list, tuple)):
            data.setlist(bound.html_name, [str(getattr(v, "pk", v)) for v in value])
        elif value is not None:
            data[bound.html_name] = str(value)
    return data


def _other_titles(record, sent: dict[str, Any]) -> dict[str, Any]:
    """Where one title is sent, the other one as it is: a record has a title in one language at least."""
    pair = {"title_ka", "title_en"}
    return {name: getattr(record, name) for name in pair - set(sent)} if pair & set(sent) and hasattr(record, "title_en") else {}


def _keep_hidden(spec: Register, user, record, data: QueryDict, sent: dict[str, Any], columns: dict[str, Column]) -> None:
    """Relations to records that the caller does not see stay as they are: they could not be named, nor taken away."""
    for name in sent:
        if columns[name].bound.kind not in {"relation", "relations"}:
            continue
        kept, seen = set(forms.numbers_of(record, name)), columns[name].value(record, user)
        hidden = kept - set(seen if isinstance(seen, list) else [seen])
        if columns[name].bound.many:
            data.setlist(name, [*data.getlist(name), *(str(pk) for pk in sorted(hidden) if str(pk) not in data.getlist(name))])
        elif hidden and data.get(name) == "":
            data[name] = str(hidden.pop())


def _check(form) -> None:
    if not form.is_valid():
        raise Refused(not_saved(), errors_of(ValidationError({"record" if n == "__all__" else n: list(m) for n, m in form.errors.items()})))
