"""python -m bench.load_people FILE N THINK: makes N accounts in the database of the settings, and writes what the people of bench.load open."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

from .load import DAY, LISTS, OF_YEAR, QUARTER, WORDS

PASSWORD = "load-of-two-hundred-people-17"
KEYS = ["requests", "meetings", "documents", "trainings", "agreements", "projects", "letters", "commitments", "people"]
RECORDS, COUNTRIES = 300, 40
ADDRESS = "load.{number}@example.ge"


def main(file: Path, people: int, think: list[float]) -> None:
    """Make the accounts, choose the records."""
    from django.contrib.auth.hashers import make_password
    from django.db.models import Count

    from gegma.accounts.models import PLAIN, User
    from gegma.engine import registry
    from gegma.engine.models import Code

    units = list(User.objects.filter(unit__isnull=False).values_list("unit_id", flat=True).distinct())
    secret = make_password(PASSWORD)
    User.objects.filter(email__startswith="load.").delete()
    User.objects.bulk_create(
        User(email=ADDRESS.format(number=n), name=f"Load {n}", role="officer", unit_id=units[n % len(units)], password=secret) for n in range(people)
    )
    chance, records = random.Random(17), {}
    for key in KEYS:
        seen = list(registry.get(key).visible(PLAIN).values_list("pk", flat=True))
        records[key] = chance.sample(seen, min(RECORDS, len(seen)))
    requests = registry.get("requests").model.objects.filter(country__isnull=False).order_by().values_list("country_id")
    countries = [pk for pk, _n in requests.annotate(n=Count("pk")).order_by("-n")[:COUNTRIES]]
    given = {
        "accounts": [ADDRESS.format(number=n) for n in range(people)], "password": PASSWORD, "think": think, "lists": list(LISTS.items()),
        "words": WORDS, "records": records, "countries": countries, "plan": "mia-ird-2017", "kind": Code.objects.filter(list="meeting-kind", active=True).values_list("key", flat=True)[0],
        "export": f"/r/trainings/export.xlsx?{OF_YEAR}", "report": f"/reports/trainings/?{DAY}&format=docx", "long_report": ["/reports/trainings/", QUARTER],
    }  # fmt: skip
    file.write_text(json.dumps(given), encoding="utf-8")


if __name__ == "__main__":
    from gegma.config.cli import ready

    ready()
    main(Path(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3]))
