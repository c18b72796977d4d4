"""python -m tests.e2e.world makes the small world of the browser tests in the folder GEGMA_DATA: a tenth of a year, and the 2017 plan."""

import datetime as dt
import json

from gegma.config.cli import ready


def make() -> None:
    """Tables, accounts, records, the published plan with its measures in both languages."""
    from django.conf import settings

    from gegma.accounts.models import SYSTEM_WRITER
    from gegma.audit.context import origin
    from gegma.config.demo_year import remind_of
    from gegma.config.setup import compile_translations, setup
    from gegma.demo import generate
    from gegma.kernel import dates
    from gegma.plan import binding, importing, readers

    compile_translations()
    setup()
    generate(size=0.1, files=False)
    example = settings.BASE_DIR / "examples" / "mia-ird-2017"
    with origin("demo"):
        plan = importing.store(readers.read_plan(example / "plan.txt").as_json(), SYSTEM_WRITER, key="mia-ird-2017")
        importing.add_english(plan, json.loads((example / "english.json").read_text(encoding="utf-8")), SYSTEM_WRITER)
        binding.bind(plan, binding.load(example / "measures.yaml"), SYSTEM_WRITER)
    make_decisions(dates.today())
    make_people()
    remind_of(dates.today())


def make_people() -> None:
    """Accounts whose way of signing in the tests change, which ends all sessions of theirs; one that is away, and one that stands in."""
    from django.conf import settings

    from gegma.accounts.models import User

    for name in ("with.passkey", "with.app", "goes.away", "stands.in"):
        User.objects.create_user(f"{name}@example.ge", settings.DEMO_PASSWORD, name=name, role="viewer")


def make_decisions(today: dt.date) -> None:
    """A meeting of the officer «cooperation» with two decisions: one due in a week, whose day was moved, and one late by a day."""
    from gegma.accounts.models import SYSTEM_WRITER, User
    from gegma.engine import registry, write

    meetings, decisions = registry.get("meetings"), registry.get("decisions")
    officer = User.objects.get(email="cooperation@example.ge")
    meeting = meetings.model(
        title_ka="შემაჯამებელი თათბირი", title_en="Closing meeting", kind="seminar", officer=officer, owner_unit=officer.unit,
        state="held", starts_on=today - dt.timedelta(days=40),
    )  # fmt: skip
    write.save(meetings, SYSTEM_WRITER, meeting)
    week, day = dt.timedelta(days=7), dt.timedelta(days=1)
    soon = decisions.model(meeting=meeting, title_ka="მოხსენების პროექტის მომზადება", title_en="Draft the report", due_on=today)
    late = decisions.model(meeting=meeting, title_ka="წერილის გაგზავნა", title_en="Send the letter", due_on=today - day)
    for row in (soon, late):
        write.save(decisions, SYSTEM_WRITER, row)
    soon.due_on = today + week
    write.save(decisions, SYSTEM_WRITER, soon, version=soon.version)


if __name__ == "__main__":
    ready()
    make()
