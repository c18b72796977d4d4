"""A list as asked for by an address: its rows, columns, chips and links. The list page and the export are both this."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from . import filters as fl
from .fields import Field
from .spec import Register

PAGE_ROWS = 50
PAGE_MAX = 100_000
# Keys that say how the list is shown, not what is in it.
SHOWN = {"page", "cols", "lang"}


@dataclass(frozen=True)
class Cell:
    """One value in a table. kind: title, state, number, date, long, links or text."""

    kind: str
    text: str
    label: str = ""
    url: str = ""
    tone: str = ""
    number: str = ""
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Head:
    """A column's head; sort is the value for aria-sort, nothing where the column cannot be sorted."""

    name: str
    label: str
    number: bool
    url: str = ""
    sort: str = ""


@dataclass(frozen=True)
class Chip:
    """A condition in words, with the address of the list without it."""

    words: str
    url: str


def address(params: QueryDict, *, without: tuple[str, ...] = (), **changes: Any) -> str:
    """The query part of an address: params without some keys and with others set (None removes)."""
    copy = params.copy()
    for key in without:
        copy.pop(key, None)
    for key, value in changes.items():
        copy.pop(key, None)
        if value is not None:
            copy[key] = value
    text = copy.urlencode(safe=",")
    return f"?{text}" if text else "?"


class Listing:
    """The list of one register that user asks for with params. Raises FilterError for what cannot be understood."""

    def __init__(self, spec: Register, user, params: QueryDict):
        self.spec, self.user, self.params = spec.as_seen_by(user), user, params
        self.asked = QueryDict(mutable=True)
        for key, values in params.lists():
            if key not in SHOWN:
                self.asked.setlist(key, values)
        self.query = spec.query(self.asked, user)
        self.columns = self._columns()
        self.page_number = self._page_number()

    def _columns(self) -> list[Field]:
        names = [name for given in self.params.getlist("cols") for name in given.split(",") if name]
        names = list(dict.fromkeys(names)) or self.spec.default_columns()
        unknown = [name for name in names if name not in self.spec.all_fields]
        if unknown:
            raise fl.FilterError("cols", _("There is no column «%(name)s» in this register.") % {"name": unknown[0][:100]})
        return [self.spec.all_fields[name] for name in names]

    def _page_number(self) -> int:
        given = self.params.get("page") or "1"
        if not (given.isascii() and given.isdecimal() and len(given) < 7 and 0 < int(given) <= PAGE_MAX):
            raise fl.FilterError("page", _("«%(value)s» is not a page of the list.") % {"value": given[:100]})
        return int(given)

    # -- rows ------------------------------------------------------------------------------------------------------

    @cached_property
    def rows(self) -> QuerySet:
        """All rows, with what the columns need."""
        return self.spec.annotated(self.spec.rows(self.user, self.asked), [c.name for c in self.columns])

    @cached_property
    def count(self) -> int:
        """How many rows there are."""
        return self.spec.rows(self.user, self.asked).order_by().count()

    @cached_property
    def page(self):
        """The page asked for; the last one where there are fewer.

        First the numbers of its rows, in their order, then these rows with all that the columns need: so nothing is read for, nor
        carried through the sorting of, the rows before the page.
        """
        pages = Paginator(self.spec.rows(self.user, self.asked).values_list("pk", flat=True), PAGE_ROWS)
        pages.count = self.count
        page = pages.get_page(self.page_number)
        numbers = list(page.object_list)
        rows = self.spec.annotated(self.spec.visible(self.user).filter(pk__in=numbers), [c.name for c in self.columns])
        place = {number: index for index, number in enumerate(numbers)}
        page.object_list = sorted(rows, key=lambda row: place[row.pk])
        return page

    @property
    def narrowed(self) -> bool:
        """Whether anything is asked beyond «all»."""
        return bool(self.query.clauses or self.query.search)

    @cached_property
    def head_index(self) -> int:
        """The column that leads to the record: the title, or the first one."""
        return next((i for i, c in enumerate(self.columns) if c.name == "title"), 0)

    def cells(self) -> list[tuple[Any, list[Cell]]]:
        """The page's rows: (record, cells)."""
        return [(row, [self.cell(i, row) for i in range(len(self.columns))]) for row in self.page.object_list]

    def cell(self, index: int, row) -> Cell:
        """One cell."""
        bound = self.columns[index]
        if index == self.head_index:
            text = bound.text(row, self.user) or self.spec.number(row)
            return Cell("title", text, str(bound.label), self.spec.record_url(row), number=self.spec.number(row))
        return cell_of(self.spec, bound, row, self.user)

    # -- words and links -------------------------------------------------------------------------------------------

    def sentence(self) -> str:
        """What the list is narrowed to, in words."""
        parts = [c.words for c in self.query.clauses if c.words]
        if self.query.search:
            parts.insert(0, _("search: «%(words)s»") % {"words": self.query.search})
        return "; ".join(parts) or _("all records")

    def chips(self) -> list[Chip]:
        """Each condition with the link that removes it."""
        found = [Chip(c.words, address(self.params, without=(*c.keys, "page"))) for c in self.query.clauses if c.words]
        if self.query.search:
            words = _("search: «%(words)s»") % {"words": self.query.search}
            found.insert(0, Chip(words, address(self.params, without=("q", "page"))))
        return found

    def heads(self) -> list[Head]:
        """The heads of the columns, with links that sort."""
        return [self._head(c) for c in self.columns]

    def _head(self, bound: Field) -> Head:
        number = bound.kind in {"integer", "decimal"}
        if not bound.sort_path:
            return Head(bound.name, str(bound.label), number)
        state = {bound.name: "ascending", f"-{bound.name}": "descending"}.get(self.query.sort, "none")
        turned = f"-{bound.name}" if state == "ascending" else bound.name
        return Head(bound.name, str(bound.label), number, address(self.params, without=("page",), sort=turned), state)

    def column_choices(self) -> list[tuple[str, str, bool]]:
        """(name, label, chosen) of all columns, the chosen ones first and in their order."""
        chosen = [c.name for c in self.columns]
        rest = [name for name in self.spec.all_fields if name not in chosen]
        return [(name, str(self.spec.all_fields[name].label), name in chosen) for name in [*chosen, *rest]]


def cell_of(spec: Register, bound: Field, row, user) -> Cell:
    """A value of row as it stands in a table."""
    label = str(bound.label)
    if spec.life and bound.name == spec.life.field:
        return Cell("state", bound.text(row, user), label, tone=spec.tone(row))
    if bound.tones is not None:
        return Cell("state", bound.text(row, user), label, tone=bound.tones.get(bound.value(row, user), "none"))
    if bound.kind in {"relation", "relations"} and not (bound.many and "__" in bound.path):
        return Cell("links", "", label, links=tuple(bound.link(row, user)))
    kinds = {"integer": "number", "decimal": "number", "date": "date", "datetime": "date", "long": "long"}
    return Cell(kinds.get(bound.kind, "text"), bound.text(row, user), label)
