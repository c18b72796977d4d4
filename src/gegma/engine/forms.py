"""The form of a record, made from its register's declaration: fields, child rows, conflicts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.models import BaseInlineFormSet, inlineformset_factory, modelform_factory
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from gegma.kernel import dates
from gegma.kernel.text import mkhedruli

from . import history, registry, write
from .formfields import CodeChoice, Options, _Relation, of_column
from .policy import VIEW
from .spec import Inline, Move, Register

NAMED = {"model_name", "field_label", "field_labels"}
TAKE = "_take_"  # what a person chose on the page of a conflict: _take_<field> = mine | theirs


def names_of(spec: Register, stems: Iterable[str]) -> list[str]:
    """The model fields of these declared fields that can be edited."""
    found = []
    for stem in stems:
        bound = spec.all_fields[stem]
        if not bound.editable:
            continue
        found += [f"{stem}_ka", f"{stem}_en"] if bound.bilingual else [bound.path]
    return [n for n in dict.fromkeys(found) if spec.model._meta.get_field(n).editable]


def can_enter(spec: Register) -> bool:
    """Whether the form has all that a new record needs; what comes only by import (an activity of the plan) has no form for new ones."""
    offered = set(names_of(spec, spec.all_fields))
    needed = {f.name for f in spec.model._meta.concrete_fields if not (f.blank or f.has_default() or f.primary_key or getattr(f, "auto_now", False))}
    return {n for n in needed if spec.model._meta.get_field(n).editable} <= offered


class RecordForm(forms.ModelForm):
    """One record. Checks what the model and the register's declaration ask for; saving is for engine.write."""

    spec: Register

    def __init__(self, *args, options: Options, short: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = options.user
        self.state_before = getattr(self.instance, self.spec.life.field) if self.spec.life else ""
        for name, field in self.fields.items():
            self._label(name, field)
            if isinstance(field, CodeChoice) and self.instance.pk:
                field.keep(getattr(self.instance, name))
            if isinstance(field, _Relation):
                kept = _numbers(model_value(self.instance, name))
                field.offer(options, self.spec.key, set(kept), lambda n=name: (self._chosen(n), self.spec.offered(n, self._chosen)), short)
                field.queryset = field.allowed()

    def _label(self, name: str, field: forms.Field) -> None:
        stem = name[:-3] if name.endswith(("_ka", "_en")) else name
        bound = self.spec.all_fields.get(name) or self.spec.all_fields.get(stem)
        if bound:
            field.label, field.help_text = bound.label, bound.help or field.help_text

    def _chosen(self, name: str) -> list[int]:
        """The numbers chosen at present: as sent, as prefilled, or as kept."""
        if name not in self.fields:
            return _numbers(model_value(self.instance, name))
        if self.is_bound:
            given = self.data.getlist(self.add_prefix(name)) if hasattr(self.data, "getlist") else []
        else:
            value = self.get_initial_for_field(self.fields[name], name)
            given = value if isinstance(value, (list, tuple, models.QuerySet)) else [value]
        return _numbers(given)

    def clean(self):
        """A record has a title in one language at least."""
        cleaned = super().clean()
        titled = {"title_ka", "title_en"} <= set(self.fields) and not self.errors
        if titled and not (cleaned.get("title_ka") or cleaned.get("title_en")):
            self.add_error("title_ka", _("Give it in Georgian or in English at least."))
        return cleaned

    def _post_clean(self):
        super()._post_clean()
        if self.errors:
            return
        spec = self.spec.whole
        if self.instance._state.adding:
            spec.complete(self.instance, self.user)
        problems = {**spec.problems(self.instance), **spec.taken(self.instance, self.user)}
        life = self.spec.life
        if life and self.instance.pk and life.field in self.fields:
            _move, why = self.spec.move_between(self.state_before, getattr(self.instance, life.field), self.instance)
            if why:
                problems[life.field] = why
        self.add_errors(problems)

    def add_error(self, field, error):
        """Django's own messages begin with a Georgian capital: put it back."""
        error = error if isinstance(error, ValidationError) else ValidationError(error)
        for one in [e for part in getattr(error, "error_dict", {"": [error]}).values() for e in part]:
            for inner in one.error_list:
                inner.params = {k: mkhedruli(str(v)) if k in NAMED else v for k, v in inner.params.items()} if inner.params else inner.params
        super().add_error(field, error)

    def add_errors(self, problems: dict) -> None:
        """Put problems at their fields; a bilingual stem means its Georgian field; the rest stands on top."""
        for name, messages in problems.items():
            column = name if name in self.fields else f"{name}_ka" if f"{name}_ka" in self.fields else None
            if column is None and name != "__all__" and name in self.spec.all_fields:
                messages = [f"{self.spec.all_fields[name].label}: {m}" for m in ([messages] if isinstance(messages, str) else messages)]
            self.add_error(column, messages)

    def refuse(self, error: ValidationError) -> None:
        """Show what engine.write refused."""
        if hasattr(error, "error_dict"):
            self.add_errors({name: [str(m) for e in errors for m in e.messages] for name, errors in error.error_dict.items()})
        else:
            self.add_error(None, error.messages)

    def many(self) -> dict[str, list]:
        """The to-many relations as chosen."""
        links = {m.name for m in self.instance._meta.many_to_many}
        return {name: list(value) for name, value in self.cleaned_data.items() if name in links}


def model_value(instance, name: str) -> list:
    """The records that a saved record points to by a relation."""
    if instance.pk is None:
        return []
    column = instance._meta.get_field(name)
    return list(getattr(instance, name).all()) if column.many_to_many else [getattr(instance, column.attname)]


def numbers_of(instance, name: str) -> list[int]:
    """The numbers of the records that a saved record points to by a relation."""
    return _numbers(model_value(instance, name))


def _numbers(values: list) -> list[int]:
    """The numbers among values that may be records, numbers or words."""
    plain = [str(getattr(v, "pk", v)) for v in values]
    return [int(v) for v in plain if v.isascii() and v.isdecimal() and len(v) < 19]


def form_class(spec: Register, names: list[str]) -> type[RecordForm]:
    """The form class of a register with these model fields."""
    made = modelform_factory(spec.model, form=RecordForm, fields=names, formfield_callback=of_column)
    made.spec = spec
    return made


class _Version(forms.IntegerField):
    """The version that the person saw: never a change of the row by itself."""

    def has_changed(self, initial, data):
        return False


class ChildForms(BaseInlineFormSet):
    """The child rows of a record. Each row carries the version that the person saw."""

    def add_fields(self, form, index):
        """The version beside what Django adds."""
        super().add_fields(form, index)
        form.fields["version"] = _Version(required=False, widget=forms.HiddenInput, initial=form.instance.version)

    def get_form_kwargs(self, index):
        """Rows that exist already carry only their chosen options, or a page of thirty would weigh a megabyte."""
        kwargs = super().get_form_kwargs(index)
        return {**kwargs, "short": index is not None and index < self.initial_form_count()}

    def clean(self):
        """No two rows that the table allows only once."""
        super().clean()
        for constraint in self.model._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint) and self.fk.name in constraint.fields:
                self._refuse_twice([n for n in constraint.fields if n != self.fk.name])

    def _refuse_twice(self, names: list[str]) -> None:
        seen: set = set()
        for form in self.forms:
            if not hasattr(form, "cleaned_data") or form.cleaned_data.get("DELETE"):
                continue
            values = tuple(form.cleaned_data.get(n) for n in names)
            if None in values or not all(values):
                continue
            if values in seen:
                form.add_error(names[0], _("«%(value)s» stands here twice.") % {"value": values[0]})
            seen.add(values)


@dataclass
class Children:
    """The child rows of one kind in a form."""

    inline: Inline
    spec: Register
    forms: ChildForms

    @property
    def label(self) -> str:
        """What the rows are called."""
        return str(self.inline.label or self.spec.title)

    def columns(self) -> list[tuple[str, list[str]]]:
        """(label, form fields) of each column."""
        return [(str(self.spec.all_fields[stem].label), names_of(self.spec, [stem])) for stem in self.inline.fields]

    def rows(self) -> list[tuple[RecordForm, list[list]]]:
        """(form, its bound fields by column)."""
        return [self._row(form) for form in self.forms.forms]

    def empty_row(self) -> list[tuple[RecordForm, list[list]]]:
        """The row that the script copies when one is added."""
        return [self._row(self.forms.empty_form)]

    def _row(self, form: RecordForm) -> tuple[RecordForm, list[list]]:
        return form, [[form[n] for n in names] for _label, names in self.columns()]


class Bundle:
    """A record's form with its child rows."""

    def __init__(self, spec: Register, user, instance, data: QueryDict | None = None, initial: dict | None = None, quick: bool = False):
        self.spec = spec = spec.as_seen_by(user)
        self.user, self.instance, self.quick = user, instance, quick
        self.creating = instance.pk is None
        self.version = _number(data.get("version")) if data is not None else instance.version
        stems = spec.quick if quick else [b.name for _title, bounds in spec.sections() for b in bounds]
        if spec.life and not self.creating:  # from now on the state changes by the moves of its life
            stems = [name for name in stems if name != spec.life.field]
        options, names = Options(user), names_of(spec, stems)
        if not self.creating:  # asked for once, not by each who looks at them
            models.prefetch_related_objects([instance], *(n for n in names if spec.model._meta.get_field(n).many_to_many))
        self.form = form_class(spec, names)(data, instance=instance, initial=initial or {}, options=options)
        self._ask_anew()
        inlines = [] if quick else [inline for inline in spec.inlines if registry.get(inline.register).policy.may(user, VIEW)]
        self.children = [self._children(inline, data, options) for inline in inlines]

    def _ask_anew(self) -> None:
        """A field that others depend on asks for this form anew when it changes; the script redraws these, as they are proposed then."""
        fields, redraws = self.form.fields, self.spec.redraws
        if not redraws:
            return
        part = "record_quick" if self.quick else "record_new" if self.creating else "record_edit"
        url = reverse(part, args=[self.spec.key] if self.creating else [self.spec.key, self.instance.pk])
        known = [n for n in dict.fromkeys([*redraws, *(n for names in redraws.values() for n in names)]) if n in fields]
        for name in set(redraws) & set(fields):
            redrawn = [n for n in redraws[name] if n in fields]
            asked = [f"#id_{n}" for n in known if n != name and n not in redrawn]
            fields[name].widget.attrs |= {
                "hx-get": url, "hx-trigger": "change", "hx-swap": "none ignoreTitle:true", "hx-include": ", ".join(asked),
                "hx-select-oob": ",".join(f"#field-id_{n}" for n in redrawn),
            }  # fmt: skip

    def _children(self, inline: Inline, data, options: Options) -> Children:
        spec = registry.get(inline.register).as_seen_by(self.user)
        inline = replace(inline, fields=tuple(name for name in inline.fields if name in spec.all_fields))
        names = names_of(spec, inline.fields)
        factory = inlineformset_factory(
            self.spec.model, spec.model, form=form_class(spec, names), formset=ChildForms, fk_name=spec.parent_field, fields=names,
            extra=inline.extra, can_delete=True, max_num=2000, absolute_max=2500, formfield_callback=of_column,
        )  # fmt: skip
        rows = spec.visible(self.user).filter(**{spec.parent_field: self.instance.pk}) if self.instance.pk else None
        made = factory(
            data, instance=self.instance, prefix=spec.key, form_kwargs={"options": options},
            queryset=rows.order_by("pk") if rows is not None else None,
        )  # fmt: skip
        return Children(inline, spec, made)

    # -- showing ---------------------------------------------------------------------------------------------------

    def sections(self) -> list[tuple[str, list]]:
        """(title, parts) where a part is (field,) or the (Georgian, English) pair."""
        if self.quick:
            return [("", self._parts(self.spec.all_fields[n] for n in self.spec.quick))]
        found = [(title, self._parts(bounds)) for title, bounds in self.spec.sections()]
        return [(title, parts) for title, parts in found if parts]

    def _parts(self, bounds) -> list[tuple]:
        parts = []
        for bound in bounds:
            names = [n for n in names_of(self.spec, [bound.name]) if n in self.form.fields]
            if names:
                parts.append((str(bound.label), [self.form[n] for n in names]))
        return parts

    def errors(self) -> list[dict]:
        """The errors of the child rows, for the summary."""
        found = []
        for group in self.children:
            for number, form in enumerate(group.forms.forms, 1):
                for name, messages in form.errors.items():
                    if name == "id":
                        messages = [_("somebody deleted this row meanwhile: tick «delete» here, or enter it as a new row")]
                    anchor = form[name].id_for_label if name in form.fields else f"{group.spec.key}-rows"
                    label = form.fields[name].label if name in form.fields else ""
                    where = _("%(rows)s, row %(row)s") % {"rows": group.label, "row": number}
                    found += [{"anchor": anchor, "text": ": ".join(filter(None, [where, str(label), m]))} for m in messages]
            found += [{"anchor": f"{group.spec.key}-rows", "text": f"{group.label}: {m}"} for m in group.forms.non_form_errors()]
        return found

    # -- checking and saving ---------------------------------------------------------------------------------------

    def is_valid(self) -> bool:
        """Whether all of it may be saved."""
        parts = [self.form.is_valid(), *(group.forms.is_valid() for group in self.children)]
        if not self.creating and self.version is None:
            self.form.add_error(None, _("The page did not say which version of the record it showed: open it anew."))
            return False
        return all(parts)

    def write(self):
        """Write it by engine.write. Raises PermissionDenied, ValidationError, Conflict."""
        return write.save(
            self.spec, self.user, self.form.instance, m2m=self.form.many(),
            version=None if self.creating else self.version, children=self._to_write(),
        )  # fmt: skip

    def _to_write(self) -> list[write.Child]:
        found = []
        for group in self.children:
            for form in group.forms.forms:
                gone = form.cleaned_data.get("DELETE") if hasattr(form, "cleaned_data") else False
                if gone and form.instance.pk:
                    found.append(write.Child(group.spec, form.instance, delete=True))
                elif not gone and form.has_changed():
                    if form.instance.pk:
                        form.instance.version = form.cleaned_data.get("version") or 0
                    found.append(write.Child(group.spec, form.instance, form.many()))
        return found

    def refuse(self, error: ValidationError) -> None:
        """Show what engine.write refused."""
        self.form.refuse(error)


def move_form(spec: Register, user, record, move: Move, data: QueryDict | None) -> RecordForm:
    """The form of a move: its day, today at first, what else it asks or the state needs, and the version seen. The record stands in the state it leads to."""
    needed = [n for n in spec.life.needs.get(move.to, ()) if n in spec.all_fields and (n in move.fields or not spec.all_fields[n].filled(record))]
    setattr(record, spec.life.field, move.to)
    move.clear(record)
    kept = getattr(record, move.day) if move.day else None
    today = {move.day: dates.today()} if move.day and (kept is None or kept > dates.today()) else {}
    made = form_class(spec, names_of(spec, dict.fromkeys([*(n for n in move.fields if n in spec.all_fields), *needed])))(data, instance=record, initial=today, options=Options(user))
    made.fields["version"] = _Version(widget=forms.HiddenInput, initial=record.version)
    for name in {move.day, *needed} & set(made.fields):
        made.fields[name].required = True
    return made


def _number(text) -> int | None:
    return int(text) if text and str(text).isascii() and str(text).isdecimal() and len(str(text)) < 10 else None


def prefilled(spec: Register, user, params: QueryDict, creating: bool, quick: bool = False) -> dict:
    """What a new form holds at first: the owner, today where the entry is quick, and what the address names."""
    spec, initial = spec.as_seen_by(user), {}
    known = {f.name for f in spec.model._meta.get_fields()}
    if creating:
        initial.update(spec.starts_with)
        if "owner_unit" in known and getattr(user, "unit_id", None):
            initial["owner_unit"] = user.unit_id
        if "officer" in known:
            initial["officer"] = user.pk
        if quick:
            dated = [n for n in spec.quick if spec.all_fields[n].kind == "date"]
            if dated:
                initial[dated[0]] = dates.today()
    for name in names_of(spec, spec.all_fields):
        words = params.getlist(name) or (params.getlist(name[:-3]) if name.endswith("_ka") else [])
        words = [w[:500] for w in words if w and "\0" not in w]
        if words:
            many = spec.model._meta.get_field(name).many_to_many
            initial[name] = [w for w in words if w.isascii() and w.isdecimal() and len(w) < 19] if many else words[-1]
    return {**_proposed(spec, user, initial), **initial} if creating else initial


def _proposed(spec: Register, user, initial: dict) -> dict:
    """What the register would fill in by itself into a record that holds so much."""
    if type(spec).complete is Register.complete:
        return {}
    spec = spec.as_seen_by(user)
    draft, empty = spec.model(), spec.model()
    for name, value in initial.items():
        column = spec.model._meta.get_field(name)
        if not column.many_to_many and (known := _read(column, value, user)) is not None:
            setattr(draft, name, known)
    spec.complete(draft, user)
    columns = [spec.model._meta.get_field(n) for n in names_of(spec, spec.all_fields)]
    plain = [c for c in columns if not c.many_to_many and c.name not in initial]
    return {c.name: v for c in plain if (v := getattr(draft, c.attname)) not in (None, "") and v != getattr(empty, c.attname)}


def _read(column, value, user):
    """A value of an address as the column has it; nothing for what cannot be read, or for a record that user may not see."""
    if column.is_relation:
        return Options(user).rows(column).filter(pk__in=_numbers([value])).first()
    try:
        return dates.parse_day(value) if isinstance(value, str) and isinstance(column, models.DateField) else column.to_python(value)
    except (ValueError, ValidationError):
        return None


def take_over(spec: Register, instance, initial: dict) -> None:
    """Give a new record its owner, and what its register says that it starts with."""
    for name, value in spec.starts_with.items():
        setattr(instance, name, value)
    for name in ("owner_unit", "officer"):
        if name in initial:
            setattr(instance, f"{name}_id", initial[name])


# -- conflicts -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Clash:
    """A field that two people changed: its name in the form, both texts, and whose is offered (mine or theirs)."""

    name: str
    label: str
    mine: str
    theirs: str
    take: str


def clashes(bundle: Bundle, data: QueryDict) -> list[Clash]:
    """The fields that others changed since the person opened the form, where what was sent differs from what they saved."""
    found = []
    for prefix, form in _kept_forms(bundle):
        now = _now(form)
        seen = _number(data.get(f"{prefix}-version" if prefix else "version")) or 0
        before = _before(form.spec, form.instance.pk, seen) if now else {}
        values = forms.model_to_dict(now) if now else {}
        for name in before:
            field = form.fields.get(name)
            key = form.add_prefix(name)
            if field is None or not field.has_changed(values.get(name), mine := field.widget.value_from_datadict(data, {}, key)):
                continue
            label = f"{form.spec.singular} {form.spec.number(now)}: {field.label}" if prefix else str(field.label)
            untouched = not field.has_changed(before[name], mine)
            theirs = _said(form, name, values.get(name))
            found.append(Clash(key, label, _said(form, name, mine), theirs, "theirs" if untouched else "mine"))
    return found


def with_choices(bundle: Bundle, data: QueryDict) -> QueryDict:
    """The data sent, with what was chosen on the page of a conflict put in: a field taken from the others is theirs again."""
    data = data.copy()
    for _prefix, form in _kept_forms(bundle):
        taken = [n for n in form.fields if data.get(TAKE + form.add_prefix(n)) == "theirs"]
        now = _now(form) if taken else None
        values = forms.model_to_dict(now, fields=taken) if now else {}
        for name, value in values.items():
            key = form.add_prefix(name)
            if isinstance(form.fields[name], forms.BooleanField):
                data.pop(key, None)
                if value:
                    data[key] = "on"
                continue
            several = value if isinstance(value, (list, tuple)) else [value]
            words = [form.fields[name].prepare_value(getattr(v, "pk", v)) for v in several]
            data.setlist(key, ["" if w is None else str(w) for w in words])
    return data


def resend(bundle: Bundle, data: QueryDict) -> list[tuple[str, str]]:
    """What the page of a conflict sends once more, unseen: all that was typed, against the versions of now."""
    fresh = {}
    for prefix, form in _kept_forms(bundle):
        if now := _now(form):
            fresh[f"{prefix}-version" if prefix else "version"] = str(now.version)
    skip = {"csrfmiddlewaretoken"} | {key for key in data if key.startswith(TAKE)}
    return [(key, fresh.get(key, word)) for key, words in data.lists() if key not in skip for word in words]


def last_change(spec: Register, record):
    """The last change of the record, for the name of the person who made it and the time."""
    return history.of_record(spec, record.pk).first()


def _kept_forms(bundle: Bundle):
    """(prefix, form) of the record and of its child rows that are in the database."""
    yield "", bundle.form
    for group in bundle.children:
        for form in group.forms.initial_forms:
            if form.instance.pk:
                yield form.prefix, form


def _now(form: RecordForm):
    return form.spec.visible(form.user).filter(pk=form.instance.pk).first()


def _before(spec: Register, pk: int, version: int) -> dict:
    """Form field → its value before the others changed it."""
    found: dict = {}
    links = {m.name for m in spec.model._meta.many_to_many}
    for change in history.since(spec, pk, version):
        for name in change.fields:
            if name in links:
                found.setdefault(name, change.before.get(name) or [])
            elif history.column_of(spec, name) is not None:
                column = spec.model._meta.get_field(name)
                value = change.before.get(name)
                found.setdefault(column.name, value if column.is_relation else column.to_python(value))
    return found


def _said(form: RecordForm, name: str, value) -> str:
    """A value of a form field in words."""
    field = form.fields[name]
    if isinstance(field, (forms.ChoiceField, forms.ModelChoiceField)):
        given = value if isinstance(value, (list, tuple, models.QuerySet)) else [value]
        keys = {str(getattr(v, "pk", v)) for v in given if v not in (None, "")}
        if isinstance(field, _Relation):
            field.fill()
        known = {str(key): str(title) for key, title in field.choices}
        if isinstance(field, _Relation) and keys - set(known):
            known |= {str(k): t for k, t in field._named([int(k) for k in keys - set(known) if k.isascii() and k.isdecimal()])}
        return "; ".join(known.get(k, k) for k in keys)
    if isinstance(field, forms.BooleanField):
        return _("yes") if value else _("no")
    return str(field.prepare_value(value) if value is not None else "")
