"""python -m gegma.config.demo_year EXAMPLE_FOLDER makes the demo year; python -m gegma.config.demo_year --who prints who can sign in."""

import datetime as dt
import json
import sys
import time
from pathlib import Path


def make(example: Path) -> None:
    """Tables, the invented year, the published plan with its measures."""
    from gegma.accounts.models import SYSTEM_WRITER
    from gegma.audit.context import origin
    from gegma.config.setup import compile_translations, setup
    from gegma.demo import decorate, generate
    from gegma.demo.year import TODAY
    from gegma.plan import binding, importing, readers

    began = time.monotonic()
    say = lambda text: print(f"  {time.monotonic() - began:5.1f} s  {text}", flush=True)  # noqa: E731
    compile_translations()
    setup()
    say("tables and codelists")
    counts = generate()
    say(", ".join(f"{n} {what}" for what, n in counts.items()))
    with origin("demo"):
        read = readers.read_plan(example / "plan.txt").as_json()
        plan = importing.store(read, SYSTEM_WRITER, key="mia-ird-2017")
        say(f"the published plan: {len(read['activities'])} activities")
        importing.add_english(plan, json.loads((example / "english.json").read_text(encoding="utf-8")), SYSTEM_WRITER)
        bound = binding.bind(plan, binding.load(example / "measures.yaml"), SYSTEM_WRITER)
        say(f"{bound['measures']} measures, {bound['unbound']} of them without a register yet")
        decorate(plan)
    told = remind_of(TODAY)
    say(f"{told.notices} reminders of deadlines")


def remind_of(today: dt.date):
    """The reminders that the demo's people find: a run on the Friday before, and today's, which catches up the weekend."""
    from gegma.agenda import remind

    remind.run(today - dt.timedelta(days=3), mail=False)
    return remind.run(today, mail=False)


def who() -> None:
    """The people of the demo, and their common password."""
    from django.conf import settings

    from gegma.accounts.models import User

    print("\nWho can sign in (password for all: " + settings.DEMO_PASSWORD + "):")
    for user in User.objects.filter(is_active=True).select_related("unit").order_by("pk"):
        print(f"  {user.email:32} {user.role:14} {user.name}" + (f", {user.unit.title_en or user.unit}" if user.unit else ""))


if __name__ == "__main__":
    from gegma.config.cli import ready

    ready()
    who() if sys.argv[1:] == ["--who"] else make(Path(sys.argv[1]))
