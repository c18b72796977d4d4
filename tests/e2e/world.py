"""python -m tests.e2e.world makes the small world of the browser tests in the folder GEGMA_DATA: a tenth of a year, and the 2017 plan."""

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
    remind_of(dates.today())


if __name__ == "__main__":
    ready()
    make()
