"""Rule 2. Rows of a register are written by engine.write alone: it checks, locks, saves and records."""

import ast

from django.apps import apps

from gegma.engine import registry

from .python_rules import row_writes
from .tree import PACKAGE, Offence, parsed, python_sources, relative, tell

# accounts and audit keep their own rows; everything above them works on registers.
KEEP_THEIR_OWN = {"accounts", "audit", "kernel"}

# File → why it writes rows itself. Short, and each line a reason: a new one is a decision to defend.
ALLOWED = {
    "src/gegma/engine/write.py": "the one place",
    "src/gegma/engine/files.py": "rows of files, each with its change in the history, after asking the policy about the record",
    "src/gegma/reports/editions.py": "editions, written once and never again, each with its hash in the history of changes",
    "src/gegma/registers/protection/erasing.py": "anonymising: what goes may stand in no history, and the ledger of it is no record",
    "src/gegma/reports/catalogue/own.py": "reports that a person has put together, which are no records",
    "src/gegma/reports/word_templates/store.py": "versions of templates, which are no records, each with its hash in the history of changes",
    "src/gegma/engine/search.py": "the search index, kept by engine.write in the transaction of the record",
    "src/gegma/api/tokens.py": "personal tokens, which are no records",
    "src/gegma/agenda/feed.py": "secret addresses of calendars, which are no records",
    "src/gegma/agenda/notices.py": "reminders that a person has read, which are no records",
    "src/gegma/agenda/remind.py": "reminders and the days on which they were sent, which are no records",
    "src/gegma/staff/adapters.py": "a new password, which is no record; its change stands in the history of the account",
    "src/gegma/staff/people.py": "accounts, absences and ways of signing in, which are no records; each step has its change in the history",
    "src/gegma/staff/handover.py": "the owner of drafts and of reports of one's own, which are no records; records go through engine.write",
    "src/gegma/plan/importing.py": "the printed table beside a plan, which is no record: the records go through the engine",
    "src/gegma/plan/drafts.py": "what a person types, which is no record yet",
    "src/gegma/reports/jobs/__init__.py": "reports being made, which are no records",
    "src/gegma/reports/jobs/worker.py": "reports being made, and the queue they stand in",
    "src/gegma/reports/job_child.py": "how far a report is, and its file",
    "src/gegma/reports/schedules.py": "schedules of reports and what came of them, which are no records",
    "src/gegma/reports/migrations/0004_updates_of_editions.py": "names at editions what stands in them",
    "src/gegma/plan/views/imports.py": "drafts of imports, which are no records yet",
}


def _link_fields() -> set[str]:
    """Names of the many-to-many fields of registers' models, from both sides."""
    names = set()
    for spec in registry.everything():
        for field in spec.model._meta.get_fields(include_hidden=False):
            if field.many_to_many:
                names.add(field.get_accessor_name() if field.auto_created else field.name)
    return names - {None}


def test_rows_are_written_by_the_engine_alone():
    names = _link_fields()
    offences = [
        Offence(relative(path), line, what)
        for path in python_sources()
        if path.relative_to(PACKAGE).parts[0] not in KEEP_THEIR_OWN and relative(path) not in ALLOWED
        for line, what in row_writes(parsed(path), names)
    ]
    assert offences == [], tell(offences)


def test_every_exception_is_still_needed():
    idle = [
        name
        for name in ALLOWED
        if not (PACKAGE.parents[1] / name).exists()
        or not row_writes(parsed(PACKAGE.parents[1] / name), _link_fields())
    ]
    assert idle == [], f"these files write no rows any more: take them off the list: {idle}"


def test_no_model_carries_a_write_of_its_own():
    """A `save` or `delete` in a model would run unseen behind engine.write."""
    offences = [
        f"{model.__module__}.{model.__name__}.{name}"
        for model in apps.get_models()
        if model.__module__.startswith("gegma.") and model.__module__.split(".")[1] not in KEEP_THEIR_OWN
        for name in ("save", "delete")
        for owner in model.__mro__
        if owner.__module__.startswith("gegma.") and name in vars(owner)
    ]
    assert offences == [], offences


def test_the_check_can_fail():
    bad = ast.parse(
        "training.save()\n"
        "Training.objects.filter(pk=1).update(title_en='x')\n"
        "Training.objects.filter(pk=1).delete()\n"
        "Training.objects.create(title_en='x')\n"
        "Training.objects.bulk_create(rows)\n"
        "Training.objects.bulk_update(rows, ['title_en'])\n"
        "Training.objects.get_or_create(pk=1)\n"
        "Training.objects.update_or_create(pk=1)\n"
        "training.organisers.set([1])\n"
        "form.save_m2m()\n"
        "training.save(update_fields=['title_en'])\n"
        "for row in rows: row.delete()\n"
        "Training.objects.filter(pk=1).update(**values)\n"
    )
    assert [line for line, _ in row_writes(bad, {"organisers"})] == list(range(1, 14))
    good = ast.parse(
        "values.update(other)\n"
        "digest.update(b'x')\n"
        "document.save(buffer)\n"
        "storage.delete(name)\n"
        "seen.add(1)\n"
        "write.create(spec, user, values)\n"
        "super().save(*args)\n"
    )
    assert row_writes(good, {"organisers"}) == []
