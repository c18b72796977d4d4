"""The filters of a list as a form: which controls there are, in which groups, and what is chosen."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _

from gegma.kernel import dates, periods

from . import filters as fl
from . import registry
from .models import Titled
from .tables import SHOWN, Listing, address

MAIN_MAX = 6
# So many records stand in the page as options of one filter; more are looked up while typing.
OFFERED_MAX = 60
# Up to so many options stand as boxes in a menu; more become a searchable select.
BOXES_MAX = 12


@dataclass
class Control:
    """One filter in the form. options: (value, words, chosen)."""

    name: str
    label: str
    widget: str
    options: list[tuple[str, str, bool]] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    filled: list[tuple[str, str, bool]] = field(default_factory=list)
    pick_url: str = ""

    @property
    def chosen(self) -> int:
        """How many options are chosen."""
        return sum(1 for *_words, chosen in self.options if chosen) + any(self.values.values())

    @property
    def boxes(self) -> bool:
        """Whether the options stand as boxes in a menu."""
        return self.widget in {"choices", "relation"} and len(self.options) <= BOXES_MAX and not self.pick_url


@dataclass(frozen=True)
class Shortcut:
    """A period as a link."""

    words: str
    url: str
    active: bool


class Panel:
    """The filter form of a listing."""

    def __init__(self, listing: Listing):
        self.listing, self.spec = listing, listing.spec
        self._offered: dict[type[models.Model], list] = {}

    @cached_property
    def main(self) -> list[Control]:
        """The filters most used: those of the columns that the list shows at first."""
        shown = [n for n in self.spec.default_columns() if n in self.spec.filters]
        return [self._control(self.spec.filters[n]) for n in shown[:MAIN_MAX]]

    @cached_property
    def groups(self) -> list[tuple[str, list[Control], bool]]:
        """The other filters by part of the record: (title, controls, whether any is in use)."""
        placed = {c.name for c in self.main}
        found = []
        for title, bounds in [*self.spec.sections(), (_("Further filters"), [])]:
            names = [b.name for b in bounds if b.name in self.spec.filters and b.name not in placed]
            if not bounds:
                names = [n for n in self.spec.filters if n not in placed]
            placed |= set(names)
            controls = [self._control(self.spec.filters[n]) for n in names]
            if controls:
                found.append((title, controls, any(c.chosen for c in controls)))
        return found

    @property
    def more_in_use(self) -> int:
        """How many of the further filters are in use."""
        return sum(bool(c.chosen) for _title, controls, _used in self.groups for c in controls)

    def hidden(self) -> list[tuple[str, str]]:
        """What the address asks beyond the controls: it stays when the form is sent."""
        drawn = {key for c in [*self.main, *(c for _t, cs, _u in self.groups for c in cs)] for key in self._keys(c)}
        return [(k, v) for k, vs in self.listing.params.lists() if k not in drawn and k not in {"q", "page", "lang"} for v in vs]

    @staticmethod
    def _keys(control: Control) -> list[str]:
        found = list(control.values)
        if control.options or control.pick_url or control.widget in {"choices", "relation", "flag"}:
            found.append(control.name)
        if control.filled:
            found.append(f"{control.name}__set")
        return found

    def _given(self, key: str) -> list[str]:
        return self.listing.params.getlist(key)

    def _control(self, one: fl.Filter) -> Control:
        made = Control(one.name, str(one.label), one.widget)
        chosen = set(self._given(one.name))
        if one.widget == "choices":
            known = dict(one.choices())
            known |= {key: one.word(key) for key in chosen if key not in known}
            made.options = [(key, str(words), key in chosen) for key, words in known.items()]
        elif one.widget == "relation":
            self._relation(made, one, chosen)
        elif one.widget == "flag":
            yes, no = one.yes_words or _("yes"), one.no_words or _("no")
            made.options = [("1", str(yes), "1" in chosen), ("0", str(no), "0" in chosen)]
        else:
            keys = [f"{one.name}__{s}" for s in one.suffixes if s != "set" and (s != "on" or self._given(f"{one.name}__on"))]
            made.values = {key: (self._given(key) or [""])[-1] for key in keys}
        if "set" in one.suffixes:
            now = (self._given(f"{one.name}__set") or [""])[-1]
            made.filled = [("1", _("filled in"), now == "1"), ("0", _("not filled in"), now == "0")]
        return made

    def _relation(self, made: Control, one: fl.RelationFilter, chosen: set[str]) -> None:
        """The records that the person may choose; many are looked up while typing."""
        spec = registry.of(one.target)
        rows = self._rows(one, spec)
        natural = spec.natural if spec else ""
        made.options = [(str(r.pk), str(r), str(r.pk) in chosen or bool(natural and getattr(r, natural) in chosen)) for r in rows[:OFFERED_MAX]]
        if len(rows) > OFFERED_MAX:
            kept = one.rows(list(chosen), self.listing.user) if chosen else []
            made.options = [(str(r.pk), str(r), True) for r in kept]
            made.pick_url = reverse("record_pick", args=[spec.key]) if spec else ""

    def _rows(self, one: fl.RelationFilter, spec) -> list:
        target = one.target
        if target not in self._offered:
            if spec:
                rows = spec.visible(self.listing.user).order_by(*spec.order)
            else:
                rows = fl.resolve(one.model, one.path).formfield().queryset
            if issubclass(target, Titled):  # nothing but their titles is shown, and their texts may be long
                rows = rows.only("title_ka", "title_en", *([spec.natural] if spec and spec.natural else []))
            self._offered[target] = list(rows[: OFFERED_MAX + 1])
        return self._offered[target]

    # -- periods ---------------------------------------------------------------------------------------------------

    @cached_property
    def period_field(self):
        """The date by which the list is cut into periods: the first one declared so that the list can filter."""
        return next((b for b in self.spec.all_fields.values() if b.period and b.name in self.spec.filters and not b.many), None)

    @cached_property
    def period(self) -> periods.Period | None:
        """The period asked for, if it is one."""
        name = self.period_field.name
        try:
            first, last = (dates.parse_day((self._given(f"{name}__{side}") or [""])[-1]) for side in ("from", "to"))
            return periods.Period(first, last)
        except ValueError:
            return None

    def shortcuts(self) -> list[list[Shortcut]]:
        """Links to periods: years, then quarters and months of the year asked for."""
        if self.period_field is None:
            return []
        year = self.period.start.year if self.period else dates.today().year
        years = [str(y) for y in range(year - 1, year + 2) if 0 < y < 9999]
        quarters = [f"{year}-Q{q}" for q in range(1, 5)]
        months = [f"{year}-{m:02d}" for m in range(1, 13)]
        return [[self._shortcut(key) for key in keys] for keys in (years, quarters, months)]

    def _shortcut(self, key: str) -> Shortcut:
        period, name = periods.parse(key), self.period_field.name
        ends = {f"{name}__from": f"{period.start:%d.%m.%Y}", f"{name}__to": f"{period.end:%d.%m.%Y}"}
        words = key if key.isdigit() else periods.ROMAN[int(key[-1])] if "Q" in key else periods.month_name(period.start.month)
        return Shortcut(words, address(self.listing.params, without=("page",), **ends), period == self.period)

    def any_time(self) -> str:
        """The address without the period."""
        name = self.period_field.name
        return address(self.listing.params, without=(f"{name}__from", f"{name}__to", "page"))


__all__ = ["SHOWN", "Control", "Panel", "Shortcut"]
