"""Filters over the directory that several registers have."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from gegma.engine.filters import RelationFilter, through

from .models import Country

# Bodies that stand for the country they sit in. The seat of an international organisation says nothing of the country.
NATIONAL = ("ministry", "donor", "ngo", "mission", "foreign-authority", "academy")


@dataclass
class CountryFilter(RelationFilter):
    """The country that a record is about: named itself (paths), or by an organisation of that country (organisations)."""

    target: type = Country
    organisations: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ("", "not")

    def __post_init__(self) -> None:
        self.paths = (*self.paths, *self.organisations)

    def _named(self, model, path, numbers, names, each) -> Q:
        if path not in self.organisations:
            return super()._named(model, path, numbers, names, each)

        def build(end: str) -> Q:
            return Q(**{f"{end}__kind__in": NATIONAL}) & (
                Q(**{f"{end}__country__in": numbers}) | Q(**{f"{end}__country__code__in": names})
            )

        return through(model, path, build, each)

    def _pairs(self, rows, path):
        if path not in self.organisations:
            return super()._pairs(rows, path)
        return rows.filter(**{f"{path}__kind__in": NATIONAL}).values_list(f"{path}__country", "pk")
