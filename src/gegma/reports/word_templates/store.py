"""The versions of templates: uploaded by administrators, checked, kept for ever, one in use for each report and language."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from gegma.accounts.models import PLAIN
from gegma.audit.models import Action
from gegma.audit.record import Entry, lock, record
from gegma.engine import files
from gegma.kernel.periods import Period
from gegma.kernel.sandbox import Refused, run_limited
from gegma.plan.models import Plan
from gegma.plan.views.common import current_plan
from gegma.reports import catalogue
from gegma.reports.catalogue import asking, base
from gegma.reports.context import progress
from gegma.reports.docx_styles import LANGUAGE_TAGS
from gegma.reports.models import WordTemplate

from . import fields

REGISTER = "word-templates"  # its name in the history of changes
CHECK = {"cpu_seconds": 15, "wall_seconds": 25}
FILL = {"cpu_seconds": 60, "wall_seconds": 90}
_CHILD = "gegma.reports.word_templates.child"


class Broken(Exception):
    """A report cannot be made with its template; nothing else is made in its place. refused says why."""

    def __init__(self, template: WordTemplate, refused: Refused):
        super().__init__(str(refused))
        self.template, self.refused = template, refused


@dataclass
class Checked:
    """What was found in a template: refused says that it must not be there at all, faults what is wrong with its tags."""

    refused: Refused | None = None
    faults: list[dict] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    used: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether a report can be made with it."""
        return self.refused is None and not self.faults


@dataclass
class Sample:
    """A report made of what the registers hold now, for checks and previews: its shape, its context, its period, what stands in the file."""

    shape: fields.Group
    context: dict[str, Any]
    about: dict[str, str]


def may_change(user) -> bool:
    """Templates come from administrators alone."""
    return bool(user.is_authenticated and user.is_active and user.is_administrator)


def reports() -> list[tuple[str, str, str]]:
    """(key, title, sentence) of the reports that may have a template."""
    found = [(fields.PROGRESS, _("Progress report"), _("The plan's own columns with what was done, the figures, verdicts and statuses; a summary per division; the evidence as an annex."))]
    return [*found, *((one.key, str(one.title), str(one.sentence)) for one in catalogue.everything())]


def known(key: str) -> bool:
    """Whether a report with this key may have a template."""
    return key == fields.PROGRESS or catalogue.find(key) is not None


# -- contexts ----------------------------------------------------------------------------------------------------------


def of_paper(paper: dict, period: Period) -> Sample:
    """What a template is filled with for a report of the catalogue."""
    with translation.override(paper["lang"]):
        shape = fields.paper_shape(fields.names_of(paper))
        return Sample(shape, fields.filled_in(fields.of_paper(paper, period), shape), _about(paper))


def of_progress(context: dict, period: Period) -> Sample:
    """What a template is filled with for the progress report."""
    with translation.override(context["lang"]):
        return Sample(fields.PROGRESS_SHAPE, fields.filled_in(fields.of_progress(context, period), fields.PROGRESS_SHAPE), _about(context))


def _about(made: dict) -> dict[str, str]:
    author = ", ".join(made["organisation"])
    return {"title": made["title"], "subject": made.get("subtitle", ""), "author": author, "language": LANGUAGE_TAGS[made["lang"]], "made_on": made["made_on"]}


def sample(key: str, lang: str, user=PLAIN) -> Sample | None:
    """A report of the present year; None where there is nothing to make it of (no plan, no country to choose)."""
    if key == fields.PROGRESS:
        plan = current_plan()
        return of_progress(progress(plan, plan.period, lang), plan.period) if plan else None
    found = catalogue.find(key)
    given = {}
    for param in found.needs:
        choices = param.choices(user)
        if not choices:
            return None
        given[param.name] = [choices[0][0]]
    plan = Plan.objects.order_by("-starts_on").first()
    period = plan.period if plan else asking.period_of({})
    return of_paper(base.make(found, user, period, lang, asking.cleaned(found, user, given)), period)


# -- versions ----------------------------------------------------------------------------------------------------------


def in_use(key: str, lang: str) -> WordTemplate | None:
    """The template with which the report is made in this language; None for the built-in form."""
    return WordTemplate.objects.filter(report=key, language=lang, in_use=True).first()


def versions(key: str, lang: str):
    """All versions, the newest first, without their bytes."""
    return WordTemplate.objects.filter(report=key, language=lang).defer("data").order_by("-number")


def check(data: bytes, made: Sample) -> Checked:
    """Look a template over, in a process of its own."""
    try:
        with _on_disk(data) as path:
            found = run_limited(f"{_CHILD}:check", {"path": path, "schema": made.shape.plain(), "context": made.context}, **CHECK)
    except Refused as refused:
        return Checked(refused)
    return Checked(None, found["faults"], found["notes"], found["used"])


def upload(user, key: str, lang: str, name: str, data: bytes, made: Sample) -> tuple[Checked, WordTemplate | None]:
    """Check a template and keep it as the next version, not in use yet. None where something is wrong with it. Raises PermissionDenied."""
    if not may_change(user):
        raise PermissionDenied
    found = check(data, made)
    if not found.ok:
        return found, None
    with transaction.atomic():
        lock()
        last = WordTemplate.objects.filter(report=key, language=lang).order_by("-number").values_list("number", flat=True).first() or 0
        template = WordTemplate(
            report=key, language=lang, number=last + 1, name=files.safe_name(name)[:200], size=len(data), sha256=hashlib.sha256(data).hexdigest(), data=data,
            uploaded_by_id=user.pk, uploaded_by_name=str(user)[:200],
        )  # fmt: skip
        template.save(force_insert=True)
        after = {"report": key, "language": lang, "number": template.number, "name": template.name, "sha256": template.sha256}
        record(user, [Entry(REGISTER, template.pk, Action.CREATE, 1, {}, after)])
    return found, template


def use(user, key: str, lang: str, template: WordTemplate | None) -> None:
    """Take a version into use, an earlier one too; None: back to the built-in form. Raises PermissionDenied."""
    if not may_change(user):
        raise PermissionDenied
    with transaction.atomic():
        lock()
        entries = []
        for old in WordTemplate.objects.filter(report=key, language=lang, in_use=True).defer("data"):
            if template is None or old.pk != template.pk:
                WordTemplate.objects.filter(pk=old.pk).update(in_use=False)
                entries.append(Entry(REGISTER, old.pk, Action.UPDATE, 1, {"in_use": True}, {"in_use": False}))
        if template is not None and not template.in_use:
            WordTemplate.objects.filter(pk=template.pk).update(in_use=True)
            entries.append(Entry(REGISTER, template.pk, Action.UPDATE, 1, {"in_use": False}, {"in_use": True}))
        record(user, entries)


def fill(template: WordTemplate, made: Sample) -> bytes:
    """The report made with a template. Raises Broken: nothing is made in its place."""
    about = {**made.about, "comments": f"{template.name}, {template.number}, SHA-256 {template.sha256}"}
    try:
        return filled(bytes(template.data), Sample(made.shape, made.context, about))
    except Refused as refused:
        raise Broken(template, refused) from None


def filled(data: bytes, made: Sample) -> bytes:
    """A template's bytes with the words of a report, made in a process of its own. Raises Refused."""
    with _on_disk(data) as path:
        payload = {"path": path, "schema": made.shape.plain(), "context": made.context, "about": made.about}
        return base64.b64decode(run_limited(f"{_CHILD}:fill", payload, **FILL))


@contextlib.contextmanager
def _on_disk(data: bytes) -> Iterator[str]:
    """The file for the child, which may read and not write."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.docx"
        path.write_bytes(data)
        yield str(path)
