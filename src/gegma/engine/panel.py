"""The filters of a list as a form: which controls there are, in which groups, and what is chosen."""

from __future__ import annotations

from collections.abc import Iterable
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
    """One filter in the form. options, filled: (value, words, chosen). names: values of the address for which an option stands."""

    name: str
    label: str
    widget: str
    options: list[tuple[str, str, bool]] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    filled: list[tuple[str, str, bool]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    pick_url: str = ""

    @property
    def chosen(self) -> int:
        """How many options are chosen."""
        return sum(1 for *_words, chosen in self.options if chosen) + any(self.values.values())

    @property
    def boxes(self) -> bool:
        """Whether the options stand as boxes in a menu."""
        few = self.widget in {"choices", "relation"} and len(self.options) <= BOXES_MAX and not self.pick_url
        return few or self.widget == "flag"

    @property
    def stands_for(self) -> set[tuple[str, str]]:
        """What of the address the form sends by this control: (key, value). «Filled in» is drawn among boxes only."""
        found = {(self.name, value) for value, _words, chosen in self.options if chosen} | {(self.name, name) for name in self.names}
        if self.boxes:
            found |= {(f"{self.name}__set", value) for value, _words, chosen in self.filled if chosen}
        return found | set(self.values.items())


@dataclass(frozen=True)
class Shortcut:
    """A period as a link."""

    words: str
    url: str
    active: bool


class Panel:
    """The filter form of a listing: the main filters and those in use; the further ones are drawn only for who opens them."""

    def __init__(self, listing: Listing, whole: bool = False):
        self.listing, self.spec, self.whole = listing, listing.spec, whole
        self._offered: dict[type[models.Model], list] = {}

    @cached_property
    def _main_names(self) -> list[str]:
        shown = [n for n in self.spec.default_columns() if n in self.spec.filters][:MAIN_MAX]
        return [*shown, *(n for n in self.spec.filters if n not in shown and self._asked(n))]

    @cached_property
    def main(self) -> list[Control]:
        """The filters most used, those of the columns that the list shows at first, and whatever else is in use."""
        return [self._control(self.spec.filters[n]) for n in self._main_names]

    @property
    def further(self) -> bool:
        """Whether there are any others."""
        return len(self._main_names) < len(self.spec.filters)

    @cached_property
    def groups(self) -> list[tuple[str, list[Control]]]:
        """The others by part of the record: (title, controls)."""
        placed, found = set(self._main_names), []
        for title, bounds in self.spec.sections():
            names = [b.name for b in bounds if b.name in self.spec.filters and b.name not in placed]
            placed |= set(names)
            found.append((title, names))
        found.append((_("Further filters"), [n for n in self.spec.filters if n not in placed]))
        return [(title, [self._control(self.spec.filters[n]) for n in names]) for title, names in found if names]

    def only(self, names: Iterable[str]) -> list[Control]:
        """The filters of these names, for a page that offers no others."""
        return [self._control(self.spec.filters[n]) for n in names]

    def hidden(self, controls: list[Control] | None = None) -> list[tuple[str, str]]:
        """What the address asks beyond the controls (the main ones where none are given): it stays when the form is sent."""
        drawn = {pair for control in (self.main if controls is None else controls) for pair in control.stands_for}
        pairs = [(key, value) for key, values in self.listing.params.lists() for value in values]
        return [(key, value) for key, value in pairs if (key, value) not in drawn and key not in {"q", "page", "lang"}]

    def _asked(self, name: str) -> bool:
        known = self.spec.filters[name].keys()
        return any(self._given(key) for key in known)

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
        if len(rows) > OFFERED_MAX:
            rows = one.rows(list(chosen), self.listing.user) if chosen else []
            made.pick_url = reverse("record_pick", args=[spec.key]) if spec else ""
        for row in rows:
            names = {str(row.pk), getattr(row, spec.natural) if spec and spec.natural else str(row.pk)}
            made.names |= names & chosen
            made.options.append((str(row.pk), str(row), bool(names & chosen)))

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
        words = key if key.isdecimal() else periods.ROMAN[int(key[-1])] if "Q" in key else periods.month_name(period.start.month)
        return Shortcut(words, address(self.listing.params, without=("page",), **ends), period == self.period)

    def any_time(self) -> str:
        """The address without the period."""
        name = self.period_field.name
        return address(self.listing.params, without=(f"{name}__from", f"{name}__to", "page"))


__all__ = ["SHOWN", "Control", "Panel", "Shortcut"]
