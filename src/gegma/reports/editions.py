"""Freezing a report, and looking at it later: is it whole, is this file the one that was sent, what would be different today."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gegma.audit.models import Action, Change
from gegma.audit.record import Entry, lock, record
from gegma.engine import registry
from gegma.engine.models import Attachment
from gegma.kernel import dates
from gegma.kernel.periods import Period
from gegma.plan import cycle, snapshot
from gegma.plan.models import Plan

from .context import progress
from .models import Edition, EditionFile, EditionRecord, Sending, WordTemplate
from .render import FORMATS, render
from .word_templates import store as word_templates

LANGUAGES = ("ka", "en")
REGISTER = "editions"  # its name in the history of changes


def canonical(content: dict) -> str:
    """The one text of a content: keys in order, no spaces, so that the same content has the same hash."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), cls=DjangoJSONEncoder)


def digest(data: str | bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def may_freeze(user) -> bool:
    """Whether the person may freeze reports and enter that they were sent."""
    return bool(user.is_authenticated and user.is_active and user.is_officer)


def freeze(
    plan: Plan, period: Period, user, *, division: str = "", languages: Iterable[str] = LANGUAGES, forms: Iterable[str] = FORMATS,
    tick: Callable[[], None] | None = None, built_in: bool = False,
) -> Edition:  # fmt: skip
    """Freeze the progress report of a period: the figures of one moment, with everything behind them.

    Figures and texts are read while nobody can write; the files are made afterwards from these very texts. The Word files are made with the
    department's template, where one is in use and built_in does not say otherwise; then the edition keeps its version and hash.
    Raises PermissionDenied, word_templates.Broken.
    """
    if not may_freeze(user):
        raise PermissionDenied
    with transaction.atomic():
        lock()
        moment = timezone.now()
        found = snapshot.readings(plan, period, division=division, tick=tick)
        contexts = {lang: progress(plan, period, lang, division=division) for lang in languages}
        evidence = _evidence(found)
    contexts = json.loads(json.dumps(contexts, default=str))
    templates = {} if built_in else {lang: used for lang in contexts if (used := word_templates.in_use("progress", lang))}
    files = [_file(plan, period, contexts[lang], lang, form, templates.get(lang)) for lang in contexts for form in forms]
    content = json.loads(canonical({
        "format": 1, "report": "progress", "plan": plan.key, "period": [str(period.start), str(period.end)], "division": division,
        "moment": moment.isoformat(), "today": str(dates.today()), "readings": found, "contexts": contexts, "evidence": evidence,
        "files": [_promised(f, templates.get(f.lang)) for f in files],
    }))  # fmt: skip
    return _keep(plan, period, user, division, moment, content, files)


def _keep(plan: Plan, period: Period, user, division: str, moment, content: dict, files: list[EditionFile]) -> Edition:
    titles = {lang: f"{context['title']}, {context['subtitle']}" for lang, context in content["contexts"].items()}
    edition = Edition(
        plan=plan, starts_on=period.start, ends_on=period.end, division=division, moment=moment, today=dates.today(),
        title_ka=titles.get("ka") or titles.get("en", ""), title_en=titles.get("en", ""),
        frozen_by_id=user.pk, frozen_by_name=str(user)[:200], content=content, sha256=digest(canonical(content)),
    )  # fmt: skip
    with transaction.atomic():
        lock()
        edition.save(force_insert=True)
        for file in files:
            file.edition = edition
        EditionFile.objects.bulk_create(files)
        EditionRecord.objects.bulk_create(_records(edition), batch_size=500)
        # the hash stands in the chain of changes too: whoever rewrites an edition must rewrite the whole history
        record(user, [Entry(REGISTER, edition.pk, Action.CREATE, 1, {}, {"sha256": edition.sha256, "title": edition.title_ka})])
    return edition


def _promised(file: EditionFile, template: WordTemplate | None) -> dict:
    """What the content says of a file, with the template that it was made with."""
    told = {"form": file.form, "lang": file.lang, "name": file.name, "size": file.size, "sha256": file.sha256}
    if template and file.form == "docx":
        told["template"] = {"name": template.name, "version": template.number, "sha256": template.sha256}
    return told


def _file(plan: Plan, period: Period, context: dict, lang: str, form: str, template: WordTemplate | None) -> EditionFile:
    template = template if form == "docx" else None
    data = word_templates.fill(template, word_templates.of_progress(context, period)) if template else render(context, form)
    made_with = f"-template-v{template.number}" if template else ""
    name = f"{plan.key}-{period.key.replace('..', '_')}-{dates.today()}-{lang}{made_with}.{form}"
    return EditionFile(form=form, lang=lang, name=name, size=len(data), sha256=digest(data), data=data)


def _counted(readings: list[dict]) -> set[tuple[str, int]]:
    return {(part["register"], pk) for reading in readings for part in reading["parts"] for pk, _version in part["counted"]}


def _evidence(readings: list[dict]) -> list[list]:
    """[register, record, file name, SHA-256] of the files at the records that count."""
    by_register: dict[str, set[int]] = defaultdict(set)
    for register, pk in _counted(readings):
        by_register[register].add(pk)
    found = []
    for register, numbers in sorted(by_register.items()):
        rows = Attachment.objects.filter(register=register).order_by("record_id", "pk").values_list("record_id", "name", "sha256")
        found += [[register, pk, name, sha] for pk, name, sha in rows if pk in numbers]
    return found


def _records(edition: Edition) -> list[EditionRecord]:
    """Every record of the edition once; counted where it counts in any figure. Records of other periods are not named."""
    seen: dict[tuple[str, int], list] = {}
    for reading in edition.content["readings"]:
        for part in reading["parts"]:
            rows = [(pk, version, True) for pk, version in part["counted"]]
            rows += [(pk, version, False) for left in part["left"] if not left["outside"] for pk, version in left["records"]]
            for pk, version, counted in rows:
                kept = seen.setdefault((part["register"], pk), [version, counted])
                kept[1] = kept[1] or counted
    seen.update(_told(edition.content))
    return [
        EditionRecord(edition=edition, register=register, record_id=pk, version=version, counted=counted)
        for (register, pk), (version, counted) in sorted(seen.items())
    ]


def _told(content: dict) -> dict[tuple[str, int], list]:
    """The reports on activities whose words or statuses stand in the edition."""
    activities = [a for context in content["contexts"].values() for section in context["sections"] for a in section["activities"]]
    own = [a["update"] for a in activities if a.get("update")]
    return {(cycle.UPDATES, one["record"]): [one["version"], True] for one in [*own, *(g for a in activities for g in a.get("gathered", ()))]}


def send(edition: Edition, user, *, on, to: str, letter: str = "") -> Sending:
    """Enter that the edition was sent. Raises PermissionDenied, ValidationError."""
    if not may_freeze(user):
        raise PermissionDenied
    sending = Sending(edition=edition, on=on, to=to, letter=letter, by_name=str(user)[:200])
    if on and on > dates.today():
        raise ValidationError({"on": _("This day has not come yet: say when it happened.")})
    with transaction.atomic():
        lock()
        sending.full_clean()
        sending.save()
        after = {"sent_on": str(on), "sent_to": to, "letter": letter}
        record(user, [Entry(REGISTER, edition.pk, Action.UPDATE, 1, {}, after)])
    return sending


# -- is it the one? ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Checked:
    """Whether it is whole; edition is the one that it belongs to; why says what is wrong, or which file it is."""

    ok: bool
    edition: Edition | None
    why: str


def verify(edition: Edition) -> Checked:
    """Whether an edition is as it was frozen: its content, its files, and its hash in the history of changes."""
    if digest(canonical(edition.content)) != edition.sha256:
        return Checked(False, edition, _("The content is not the one that was frozen."))
    files = {f.sha256: f for f in edition.files.all()}
    for promised in edition.content["files"]:
        kept = files.get(promised["sha256"])
        if kept is None or digest(bytes(kept.data)) != promised["sha256"]:
            return Checked(False, edition, _("The file %(name)s is not the one that was frozen.") % {"name": promised["name"]})
    told = Change.objects.filter(register=REGISTER, record_id=edition.pk, action=Action.CREATE).values_list("after", flat=True).first()
    if told is None or told.get("sha256") != edition.sha256:
        return Checked(False, edition, _("The history of changes knows another hash for this edition."))
    return Checked(True, edition, _("The edition is as it was frozen."))


def verify_file(data: bytes) -> Checked:
    """Which edition a file belongs to, byte for byte."""
    found = EditionFile.objects.filter(sha256=digest(data)).select_related("edition").first()
    if found is None:
        return Checked(False, None, _("No edition has this file: it is not one that was frozen, or it was changed since."))
    whole = verify(found.edition)
    if not whole.ok:
        return whole
    return Checked(True, found.edition, _("This is %(file)s of the edition %(edition)s.") % {"file": found.name, "edition": found.edition.number})


# -- beside today ------------------------------------------------------------------------------------------------------


@dataclass
class Moved:
    """A record that made a figure another one. what: late (entered after), changed, gone, or same: it is as it was, and only the period or
    the definition makes it count in one and not in the other; counts: whether it counts now."""

    register: str
    pk: int
    what: str
    counts: bool


@dataclass
class Drift:
    """A figure then and now. definition: the measure itself is another one. missing: there is no such measure now (or was none then)."""

    then: dict[str, Any] | None
    now: dict[str, Any] | None
    moved: list[Moved] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, str, str]:
        """Activity, label, measure."""
        return key_of(self.then or self.now)

    @property
    def definition_changed(self) -> bool:
        """Whether what is counted was defined anew."""
        return bool(self.then and self.now) and self.then["definition"] != self.now["definition"]

    @property
    def value_changed(self) -> bool:
        """Whether the figure is another one."""
        return (self.then or {}).get("value") != (self.now or {}).get("value")

    @property
    def differs(self) -> bool:
        """Whether anything at all is different."""
        return self.then is None or self.now is None or self.value_changed or self.definition_changed or bool(self.moved)


def key_of(reading: dict[str, Any]) -> tuple[str, str, str]:
    """What a reading is known by."""
    return reading["activity"], reading["label"], reading["measure"]


def compare(then: list[dict], now: list[dict]) -> list[Drift]:
    """Two sets of readings side by side, in the order of the later one; what went is at the end."""
    before, after = {key_of(r): r for r in then}, {key_of(r): r for r in now}
    keys = [*after, *(key for key in before if key not in after)]
    return [Drift(before.get(key), after.get(key), _moved(before.get(key), after.get(key))) for key in keys]


def _moved(then: dict | None, now: dict | None) -> list[Moved]:
    if then is None or now is None:
        return []
    before, after = _versions(then), _versions(now)
    whole_before, whole_after = _all(then), _all(now)
    found = []
    for register, pk in sorted(before.keys() ^ after.keys() | {key for key in before.keys() & after.keys() if before[key] != after[key]}):
        was, now_is = whole_before.get((register, pk)), whole_after.get((register, pk))
        what = "gone" if now_is is None else "late" if was is None else "same" if was == now_is else "changed"
        found.append(Moved(register, pk, what, (register, pk) in after))
    return found


def _versions(reading: dict) -> dict[tuple[str, int], int]:
    return {(part["register"], pk): version for part in reading["parts"] for pk, version in part["counted"]}


def _all(reading: dict) -> dict[tuple[str, int], int]:
    """Every record in scope."""
    rows = [(part["register"], pk, version) for part in reading["parts"] for left in part["left"] for pk, version in left["records"]]
    return {**{(register, pk): version for register, pk, version in rows}, **_versions(reading)}


def today(edition: Edition) -> list[Drift]:
    """The edition beside the figures of now, for the same period."""
    now = snapshot.readings(edition.plan, edition.period, division=edition.division)
    return compare(edition.content["readings"], json.loads(canonical({"r": now}))["r"])


def standing_in(spec_key: str, pk: int) -> list[Edition]:
    """The editions that were sent and in which a record counts."""
    rows = EditionRecord.objects.filter(register=spec_key, record_id=pk, counted=True).values("edition_id")
    return list(Edition.objects.filter(pk__in=rows, sendings__isnull=False).distinct().defer("content"))


def titles(user, moved: Iterable[Moved]) -> dict[tuple[str, int], Any]:
    """The records that user may see, by register and number."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for one in moved:
        wanted[one.register].add(one.pk)
    found = {}
    for key, numbers in wanted.items():
        if spec := registry.find(key):
            found.update({(key, row.pk): row for row in spec.visible(user).filter(pk__in=numbers)})
    return found
