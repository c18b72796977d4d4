"""Form fields for what people type: days, numbers, and records of other registers that they may see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from gegma.kernel import dates
from gegma.kernel.text import language

from . import codes, registry
from .models import CodeField

# So many records stand in the page as options; more are looked up while typing.
OPTIONS_MAX = 260
# From so many on a select becomes searchable.
PICK_FROM = 10


class DayField(forms.DateField):
    """A day as people write it; what could be read in two ways is asked about."""

    def __init__(self, **kwargs):
        kwargs["widget"] = forms.TextInput({"data-date": True, "inputmode": "numeric", "autocomplete": "off", "maxlength": 20})
        kwargs.pop("input_formats", None)
        super().__init__(**kwargs)

    def to_python(self, value):
        """A date, or None. Raises ValidationError that says how to write it."""
        if value in self.empty_values:
            return None
        if not isinstance(value, str):
            return super().to_python(value)
        try:
            return dates.parse_day(value)
        except dates.AmbiguousDate:
            raise ValidationError(_("«%(value)s» can be read in two ways: write day.month.year, such as 03.09.2026.") % {"value": value})
        except ValueError:
            raise ValidationError(_("«%(value)s» is not a date: write day.month.year, such as 03.09.2026.") % {"value": value})

    def prepare_value(self, value):
        """03.09.2026."""
        return f"{value:%d.%m.%Y}" if hasattr(value, "year") else value


class MomentField(forms.DateTimeField):
    """A day with the hour as people write it."""

    def __init__(self, **kwargs):
        kwargs["widget"] = forms.TextInput({"autocomplete": "off", "maxlength": 40, "placeholder": "03.09.2026 14:30"})
        kwargs.pop("input_formats", None)
        super().__init__(**kwargs)

    def to_python(self, value):
        """A moment, or None. Raises ValidationError that says how to write it."""
        if value in self.empty_values:
            return None
        if not isinstance(value, str):
            return super().to_python(value)
        if (known := parse_datetime(value)) is not None and timezone.is_aware(known):
            return known
        try:
            return dates.parse_moment(value)
        except dates.AmbiguousDate:
            raise ValidationError(_("«%(value)s» can be read in two ways: write day.month.year, such as 03.09.2026.") % {"value": value})
        except (ValueError, OverflowError):
            raise ValidationError(_("«%(value)s» is not a day with its hour: write it such as 03.09.2026 14:30.") % {"value": value})

    def prepare_value(self, value):
        """03.09.2026 14:30."""
        return f"{timezone.localtime(value):%d.%m.%Y %H:%M}" if isinstance(value, dt.datetime) else value


class AmountField(forms.DecimalField):
    """A number with decimals: 1234,5 or 1234.5, spaces between thousands allowed."""

    def __init__(self, **kwargs):
        kwargs["widget"] = forms.TextInput({"inputmode": "decimal", "autocomplete": "off"})
        kwargs.pop("localize", None)
        super().__init__(**kwargs)

    def to_python(self, value):
        """A Decimal, or None. Raises ValidationError."""
        if isinstance(value, str):
            value = value.replace("\u00a0", "").replace(" ", "")
            if "," in value and "." in value:
                raise ValidationError(_("«%(value)s»: write the number with one mark only, such as 1234,50.") % {"value": value})
            value = value.replace(",", ".")
        return super().to_python(value)

    def prepare_value(self, value):
        """With a comma on a Georgian page."""
        if isinstance(value, Decimal):
            text = format(value.normalize() if value == value.to_integral() else value, "f")
            return text.replace(".", ",") if language() == "ka" else text
        return value


class Options:
    """The records that may be chosen on one page, fetched once per register and condition and shared by all rows of a form."""

    def __init__(self, user):
        self.user = user
        self._known: dict = {}

    def rows(self, column: models.Field) -> models.QuerySet:
        """What may be chosen for a relation: what user may see, within the column's own condition."""
        target = column.related_model
        spec = registry.of(target)
        rows = spec.visible(self.user).order_by(*spec.order) if spec else column.formfield().queryset
        limit = column.get_limit_choices_to()
        return rows.complex_filter(limit) if limit else rows

    def choices(self, column: models.Field, within: models.Q | None = None) -> list[tuple[int, str]] | None:
        """(number, title) of all of them (within a condition), or None where they are too many."""
        if within is not None:
            return self._listed(self.rows(column).filter(within))
        key = (column.related_model, str(column.get_limit_choices_to()))
        if key not in self._known:
            self._known[key] = self._listed(self.rows(column))
        return self._known[key]

    @staticmethod
    def _listed(rows: models.QuerySet) -> list[tuple[int, str]] | None:
        if rows.order_by()[OPTIONS_MAX:].exists():  # asked first, so that no rows are sorted and read that are then not listed
            return None
        spec = registry.of(rows.model)
        return [(row.pk, str(row)) for row in (spec.annotated(rows, []) if spec else rows)]


class _Shown(forms.BoundField):
    """A choice of records on a page: its options are read when it is drawn, not when what was sent is taken without being shown again."""

    def as_widget(self, *given, **named):
        """As Django draws it."""
        self.field.fill()
        return super().as_widget(*given, **named)


class _Relation:
    """What a single and a multiple choice of records share. Hidden records that are chosen already may stay, unnamed."""

    options: Options
    column: models.Field
    kept: set
    fill_in: Callable[[], tuple[list[int], models.Q | None]] | None = None

    def offer(self, options: Options, register: str, kept: set[int], asked: Callable[[], tuple[list[int], models.Q | None]], short: bool = False) -> None:
        """Say where the options come from. asked: what is chosen, and a condition on the others. kept: what the record points to already,
        which may stay even where user may not see it.

        short: only the chosen ones, the rest is looked up (for long tables of rows).
        """
        self.options, self.register, self.kept, self.short, self.fill_in = options, register, kept, short, asked

    def get_bound_field(self, form, name: str) -> forms.BoundField:
        """The field on its form."""
        return _Shown(form, self, name)

    def fill(self) -> None:
        """Read the options, once."""
        if self.fill_in is not None:
            chosen, within = self.fill_in()
            self.fill_in = None
            self._fill(chosen, within)

    def _fill(self, chosen: list[int], within: models.Q | None) -> None:
        options, register, short = self.options, self.register, self.short
        known = options.choices(self.column, within)
        spec = registry.of(self.column.related_model)
        found = list(known) if known is not None and not (short and len(known) > PICK_FROM) else []
        missing = [pk for pk in chosen if pk not in {k for k, _t in found}]
        if missing:
            found = [*self._named(missing), *found]
        if spec and (known is None or short):
            self.widget.attrs["data-pick-url"] = reverse("record_pick", args=[spec.key]) + f"?for={register}.{self.column.name}"
        if known is None or len(known) >= PICK_FROM:
            self.widget.attrs["data-pick"] = True
        self.choices = found if isinstance(self, forms.ModelMultipleChoiceField) else [("", "—"), *found]

    def _named(self, numbers: list[int]) -> list[tuple[int, str]]:
        rows = {row.pk: str(row) for row in self.options.rows(self.column).filter(pk__in=numbers)}
        if registry.of(self.column.related_model):
            unconditional = registry.of(self.column.related_model).visible(self.options.user).filter(pk__in=set(numbers) - set(rows))
            rows |= {row.pk: str(row) for row in unconditional}
        shown = [pk for pk in numbers if pk in rows or pk in self.kept]
        return [(pk, rows.get(pk) or _("№ %(number)s (not open to you)") % {"number": pk}) for pk in shown]

    def allowed(self) -> models.QuerySet:
        """What may be sent: what may be chosen, and what the record points to already."""
        rows = self.options.rows(self.column)
        if not self.kept:
            return rows
        return self.column.formfield().queryset.filter(models.Q(pk__in=rows.values("pk")) | models.Q(pk__in=self.kept))


class RecordField(_Relation, forms.ModelChoiceField):
    """One record of another register."""


class RecordsField(_Relation, forms.ModelMultipleChoiceField):
    """Several records of another register."""


class CodeChoice(forms.ChoiceField):
    """A code of a codelist. A retired code stays choosable where the record has it."""

    codelist = ""

    def keep(self, value: str) -> None:
        """Offer the record's own code too."""
        if value and value not in {key for key, _word in self.choices}:
            self.choices = [*self.choices, (value, _("%(word)s (no longer in use)") % {"word": codes.label(self.codelist, value)})]


def of_column(column: models.Field, **kwargs):
    """The form field for a model field (a formfield_callback)."""
    label = kwargs.get("label") or column.verbose_name
    common = {"label": label, "required": not column.blank, "help_text": column.help_text}
    if isinstance(column, CodeField):
        options = codes.choices(column.codelist)
        made = CodeChoice(choices=[("", "—"), *options], initial=column.default if column.has_default() else "", **common)
        made.codelist = column.codelist
        if len(options) >= PICK_FROM:
            made.widget.attrs["data-pick"] = True
        return made
    if isinstance(column, models.DateTimeField):
        return MomentField(**common)
    if isinstance(column, models.DateField):
        return DayField(**common)
    if isinstance(column, models.DecimalField):
        return AmountField(max_digits=column.max_digits, decimal_places=column.decimal_places, **common)
    if column.is_relation:
        base = column.formfield()
        made = (RecordsField if column.many_to_many else RecordField)(queryset=base.queryset, **common)
        made.column = column
        return made
    extra = {"assume_scheme": "https"} if isinstance(column, models.URLField) else {}
    made = column.formfield(**kwargs, **extra)
    if column.choices:
        made.choices = [("", "—") if key == "" else (key, words) for key, words in made.choices]
    if isinstance(made, forms.CharField) and made.strip and isinstance(column, models.TextField):
        made.widget = forms.Textarea({"rows": 4})
    return made
