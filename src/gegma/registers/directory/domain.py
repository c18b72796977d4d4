"""What the directory does beyond its declaration: the countries of ISO 3166."""

from django.utils import translation
from django_countries import countries

from gegma.accounts.models import SYSTEM_WRITER
from gegma.engine import registry, write

from .models import Country


def seed_countries() -> int:
    """Add the countries that are missing, named in Georgian and English. Returns how many were added."""
    names = {}
    for language in ("ka", "en"):
        with translation.override(language):
            names[language] = {code: str(name) for code, name in countries}
    present = set(Country.objects.values_list("code", flat=True))
    missing = [
        Country(code=code, title_ka=names["ka"][code], title_en=english)
        for code, english in names["en"].items()
        if code not in present
    ]
    if missing:
        write.create_many(registry.get("countries"), SYSTEM_WRITER, missing)
    return len(missing)
