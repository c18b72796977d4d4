"""Rule 3. What a person reads of a register starts at `spec.rows`, or `spec.visible` that it stands on."""

import ast

from .tree import Offence, parsed, python_sources, relative, tell

MANAGERS = {"objects", "_default_manager", "_base_manager"}

# The packages that read registers on behalf of a person; registers keep their own queries in one place each.
READERS = ("engine", "plan", "reports", "partners", "agenda", "api", "portal", "collect", "web", "config")

# (file, what stands before the manager) → why it may go past the policy.
ALLOWED = {
    ("src/gegma/engine/spec.py", "*"): "where the policy is applied",
    ("src/gegma/engine/policy.py", "*"): "the policy itself: who is a named reader, what is addressed to a unit",
    ("src/gegma/engine/asknown.py", "*"): "puts the tables of then together; what is read of them is asked through the policy",
    ("src/gegma/engine/filters.py", "*"): "subqueries inside the rows of the register that asks",
    ("src/gegma/engine/search.py", "*"): "the index, joined to the rows that the policy lets through",
    ("src/gegma/engine/files.py", "Attachment"): "files of a record that the caller has found through the policy",
    ("src/gegma/engine/store.py", "default_storage.bucket"): "the names under which bytes lie; whose they are is asked at the records",
    ("src/gegma/engine/history.py", "*"): "changes of a record that the caller has found through the policy; accounts for their names",
    ("src/gegma/engine/personal.py", "Attachment"): "whether a record has files, to know what is left to be taken away",
    ("src/gegma/engine/register.py", "Code"): "compares a code with its stored row before it is written",
    ("src/gegma/plan/compute.py", "made.spec.model"): "aggregates over pk__in of rows already read, or joins inflate",
    ("src/gegma/plan/compute.py", "bound.column.related_model"): "the names of the groups of rows already read",
    ("src/gegma/plan/binding.py", "units"): "the units of the Ministry, read by every account, named by code in the file",
    ("src/gegma/config/cli.py", "registry.get('units').model"): "the units of the Ministry, named by code on the command line",
    ("src/gegma/config/cli_keep.py", "Change"): "the row of the history that a command names",
    ("src/gegma/engine/views/accesses.py", "Access"): "the auditor's page; records in it are links only where they pass the policy",
    ("src/gegma/plan/cycle.py", "Unit"): "the units of the Ministry, read by every account, to know the Department among them",
    ("src/gegma/plan/cycle.py", "Change"): "the changes of a report that the caller has found through the policy",
    ("src/gegma/plan/views/activity.py", "Change"): "the history of a part of the plan",
    ("src/gegma/plan/views/indicator.py", "Change"): "the history of a part of the plan",
    ("src/gegma/plan/views/measure.py", "Change"): "the history of a part of the plan",
    ("src/gegma/plan/views/home.py", "Change"): "each change is shown only where its record passes the policy",
    ("src/gegma/plan/compute.py", "type(record)"): "the one record that the caller has read already",
    ("src/gegma/engine/moved.py", "Change"): "changes of records that the caller has found through the policy",
    ("src/gegma/agenda/notices.py", "Head"): "the end of the history, which tells that something was written",
    ("src/gegma/agenda/views.py", "User._meta.get_field('unit').related_model"): "the names of units, read by every account",
    ("src/gegma/plan/deadlines.py", "Head"): "the end of the history, which tells that something was written",
    ("src/gegma/plan/views/common.py", "Head"): "the end of the history, which tells that something was written",
    ("src/gegma/reports/editions.py", "Attachment"): "hashes of the files of counted records, read by the system reader",
    ("src/gegma/reports/editions.py", "Change"): "the change that holds the hash of an edition",
    ("src/gegma/reports/context.py", "Attachment"): "names of the files of rows read as the plain reader",
    ("src/gegma/engine/codes.py", "*"): "codelists are the same for everybody and hold words, not records",
    ("src/gegma/engine/write.py", "*"): "locks the row it writes, after asking the policy",
}

# Tables that hold no register records: every account reads the whole plan, its own import drafts and the names of colleagues.
NO_RECORDS = {
    **dict.fromkeys(("Plan", "PublishedTable", "Activity", "Activity.responsible.through", "Indicator", "Measure", "Step", "Update"), "the plan is read whole by every account"),
    **dict.fromkeys(("Edition", "EditionFile", "EditionRecord"), "reports that leave the house, made of what everybody may read"),
    "ImportDraft": "filtered by its owner",
    "WordTemplate": "forms of reports, changed by administrators and used by everybody; they hold no records",
    "OwnReport": "its owner's and those that are shared; its records are read with the rights of whoever runs it",
    **dict.fromkeys(("Feed", "Notice", "Digest", "Run", "Token"), "each person's own, shown only after their records passed the policy"),
    **dict.fromkeys(("Job", "JobFile", "Schedule", "Delivery"), "each person's own; a file is given out only where all in it is open to that person"),
    "DBTaskResult": "the queue: numbers of jobs",
    "UpdateDraft": "filtered by its person, after the policy was asked about the report",
    "ReportingPeriod": "the plan is read whole by every account",
    "User": "accounts are no records; the command line and the sign-in page name them",
}


def _managers(tree: ast.AST) -> list[tuple[int, str]]:
    """(line, owner) of every use of a model's manager: `Training.objects`, `spec.model._default_manager`."""
    return [
        (node.lineno, ast.unparse(node.value))
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS
    ]


def test_reading_starts_at_the_register():
    offences = [
        Offence(relative(path), line, f"reads {owner} past the policy: start at spec.rows(user, params)")
        for path in python_sources(*READERS)
        for line, owner in _managers(parsed(path))
        if owner not in NO_RECORDS and not {(relative(path), owner), (relative(path), "*")} & ALLOWED.keys()
    ]
    assert offences == [], tell(offences)


def test_every_exception_is_still_needed():
    used = {
        (relative(path), owner)
        for path in python_sources(*READERS)
        for _line, owner in _managers(parsed(path))
    }
    files = {path for path, _owner in used}
    idle = [key for key in ALLOWED if key not in used and not (key[1] == "*" and key[0] in files)]
    assert idle == [], f"take these off the list: {idle}"


def test_the_check_can_fail():
    bad = ast.parse("rows = Training.objects.filter(pk=1)\nrows = spec.model._default_manager.all()\n")
    assert _managers(bad) == [(1, "Training"), (2, "spec.model")]
    assert _managers(ast.parse("rows = spec.rows(user, params)\n")) == []
