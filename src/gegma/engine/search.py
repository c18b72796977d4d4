"""The search index: one table of folded text, with a trigram index over it on SQLite (FTS5) and PostgreSQL (pg_trgm)."""

from __future__ import annotations

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from gegma.kernel.text import fold

from .models import SearchEntry

# FTS5's trigram index finds nothing, silently, for words of fewer letters: those are looked up in the base table.
TRIGRAM = 3


def matching(words: str) -> Q:
    """SearchEntry rows that contain every one of the words."""
    whole = Q()
    for word in fold(words).split():
        if connection.vendor == "sqlite" and len(word) >= TRIGRAM:
            phrase = '"' + word.replace('"', '""') + '"'
            whole &= Q(pk__in=RawSQL("SELECT rowid FROM engine_search_fts WHERE engine_search_fts MATCH %s", [phrase]))
        else:
            whole &= Q(text__contains=word)
    return whole


def registers_with(words: str) -> set[str]:
    """The keys of the registers in which anything contains the words; what a person may see of it is asked apart."""
    return set(SearchEntry.objects.filter(matching(words)).values_list("register", flat=True).distinct())


def searched(spec, words: str, user) -> Q:
    """The rows of a register whose text contains all the words. user: who asks; words that stand only in what is not for focal points
    find nothing for them: the text is one for all, so what they see of each row is looked at again.
    """
    found = Q(pk__in=SearchEntry.objects.filter(register=spec.key).filter(matching(words)).values("record_id"))
    seen = spec.as_seen_by(user)
    if all(name in seen.all_fields for name, bound in spec.whole.all_fields.items() if bound.search and bound.inside):
        return found
    wanted = fold(words).split()
    return Q(pk__in=[row.pk for row in spec.visible(user).filter(found) if all(word in text_of(seen, row) for word in wanted)])


def text_of(spec, record) -> str:
    """What a record is found by: its number and the fields declared with search=True that all its readers read, both languages."""
    parts = [spec.number(record)]
    for bound in spec.all_fields.values():
        if not bound.search or bound.readers:
            continue
        if bound.bilingual:
            parts += [getattr(record, f"{bound.name}_ka"), getattr(record, f"{bound.name}_en")]
        elif bound.kind in {"relation", "relations"}:
            value = bound.value(record)
            for row in value if isinstance(value, list) else [value]:
                parts += [getattr(row, a, "") or "" for a in ("title_ka", "title_en", "code", "name")] if row else []
        else:
            parts.append(bound.text(record))
    return fold(*parts)


def index(spec, records: list) -> None:
    """Write the entries of these records."""
    entries = [SearchEntry(register=spec.key, record_id=r.pk, text=text_of(spec, r)) for r in records]
    SearchEntry.objects.bulk_create(
        entries, batch_size=500, update_conflicts=True, unique_fields=["register", "record_id"], update_fields=["text"]
    )


def forget(spec, record_id: int) -> None:
    """Remove the entry of a record."""
    SearchEntry.objects.filter(register=spec.key, record_id=record_id).delete()
