"""The progress report as plain data, made from the plan's board: what docx.py, xlsx.py and pdf.py render."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from gegma.accounts.models import PLAIN
from gegma.engine.models import Attachment
from gegma.kernel import dates
from gegma.kernel.numbers import number
from gegma.kernel.periods import Period
from gegma.kernel.text import language, pick
from gegma.plan import board as boards
from gegma.plan import compute, cycle, definition, gathering
from gegma.plan.models import IndicatorKind, Plan, Update

# Records listed per measure in the annex; the rest is told by number, the list itself is one click away.
ANNEX_ROWS = 40
Note = Callable[[str, Iterable[int]], None]


def progress(
    plan: Plan, period: Period, lang: str, *, division: str = "", tick: Callable[[], None] | None = None, note: Note | None = None
) -> dict[str, Any]:
    """The context of the progress report; division: the code of one division, else the whole plan. tick: called after each activity.

    note(register, numbers): told which records the annex names.
    """
    with translation.override(lang):
        found = boards.build(plan, period, tick=tick)
        sections = [s for s in found.sections if not division or s.division.code == division]
        activities = [line for s in sections for line in s.activities]
        told, gathered = cycle.told(plan, period), gathering.by_activity(plan, period)
        return {
            "lang": lang,
            "title": _("%(plan)s: progress report") % {"plan": pick(plan, "title")},
            "subtitle": period.sentence(),
            "organisation": pick(plan, "organisation").splitlines(),
            "plan": {
                "key": plan.key,
                "title": pick(plan, "title"),
                "columns": _columns(plan),
                "extra_columns": _extra(activities),
            },
            "period": {"start": str(period.start), "end": str(period.end), "sentence": period.sentence()},
            "as_of": str(dates.today()),
            "made_on": str(dates.today()),
            "address": settings.ADDRESS + reverse("board", args=[plan.key]) + f"?period={period.key}",
            "summary": _summary(found, activities),
            "divisions": [_division(found, s, lines) for s, lines in found.divisions() if not division or s.code == division],
            "sections": [_section(s, told, gathered) for s in sections],
            "annex": _annex(activities, period, note),
        }


def _columns(plan: Plan) -> list[str]:
    """The plan's own five headers as published; our words where it has none."""
    ours = {
        "activity": _("Activity"), "indicator": _("Indicator"), "deadline": _("Deadline"),
        "partners": _("Other body / other unit of the Ministry"), "comments": _("Comments"),
    }  # fmt: skip
    printed = {c.get("role"): c.get("header") for c in plan.columns} if language() == "ka" else {}
    return [printed.get(role) or words for role, words in ours.items()]


def _extra(activities: list[boards.ActivityLine]) -> list[str]:
    return list(dict.fromkeys(header for line in activities for header in line.activity.extra))


def _status(status) -> dict[str, str]:
    return {"key": status.key, "label": status.label, "tone": status.tone}


def _counts(found: boards.Board, lines: list[boards.ActivityLine]) -> list[dict]:
    return [{**_status(s), "count": n} for s, n in found.by_status(lines)]


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _summary(found: boards.Board, lines: list[boards.ActivityLine]) -> dict[str, Any]:
    indicators = [i for line in lines for i in line.indicators]
    readings = [r for i in indicators for r in i.readings]
    unbound = sum(1 for r in readings if not r.bound)
    words = [f"{s.label}: {n}" for s, n in found.by_status(lines)]
    sentences = [
        _("The plan has %(a)s activities and %(i)s indicators.") % {"a": len(lines), "i": len(indicators)},
        _("Activities by status: %(words)s.") % {"words": "; ".join(words)} if words else "",
        _("%(n)s of %(all)s figures are counted from the registers; %(rest)s have no register yet.")
        % {"n": len(readings) - unbound, "all": len(readings), "rest": unbound} if readings else "",
    ]  # fmt: skip
    return {
        "activities": len(lines), "indicators": len(indicators), "measures": len(readings), "unbound": unbound,
        "by_status": _counts(found, lines), "sentences": [s for s in sentences if s],
    }  # fmt: skip


def _division(found: boards.Board, section, lines: list[boards.ActivityLine]) -> dict[str, Any]:
    known = [line.verdicts.result for line in lines if line.verdicts.result is not None]
    mean = sum(known) / len(known) if known else None
    late = sum(1 for line in lines if line.late)
    sentence = _("%(done)s of %(all)s activities are fully done; %(late)s are late.") % {
        "done": sum(1 for line in lines if line.status.key == found.plan.scale[0]["key"]), "all": len(lines), "late": late,
    }  # fmt: skip
    return {
        "code": section.code, "title": pick(section, "title"), "owner": str(section.owner_unit or ""),
        "activities": len(lines), "indicators": sum(len(line.indicators) for line in lines), "progress": _float(mean),
        "by_status": _counts(found, lines), "sentence": sentence,
    }  # fmt: skip


def _section(line: boards.SectionLine, told: dict[int, Update], gathered: dict[int, list[Update]]) -> dict[str, Any]:
    return {
        "code": line.section.code, "title": pick(line.section, "title"), "level": line.level,
        "activities": [_activity(a, told.get(a.activity.pk), gathered.get(a.activity.pk, ())) for a in line.activities],
    }  # fmt: skip


def _told(plan: Plan, update: Update | None) -> dict[str, Any] | None:
    """What was reported on the activity for just this period: the declared and the assessed status, and why they differ."""
    if update is None:
        return None
    declared, assessed = cycle.status_of(plan, update.declared), cycle.status_of(plan, update.assessed)
    return {
        "record": update.pk, "version": update.version, "state": update.state, "state_label": update.get_state_display(),
        "declared": _status(declared) if declared else None, "assessed": _status(assessed) if assessed else None,
        "difference": update.difference if assessed and declared and assessed.key != declared.key else "",
    }  # fmt: skip


def _activity(line: boards.ActivityLine, update: Update | None = None, gathered: Iterable[Update] = ()) -> dict[str, Any]:
    """gathered: what was accepted for parts of the period, which is told where the whole has no words of its own."""
    activity, verdict = line.activity, line.verdicts
    own = (pick(update, "text") if update else "") or pick(activity, "done")
    parts = [] if own else [u for u in gathered if pick(u, "text")]
    return {
        "code": activity.code,
        "text": pick(activity, "text"),
        "deadline": activity.deadline,
        "partners": list(activity.partners),
        "comments": activity.comments,
        "owner": str(activity.owner_unit or activity.section.owner_unit or ""),
        "responsible": [str(person) for person in activity.responsible.all()],
        "extra": dict(activity.extra),
        "status": _status(line.status),
        "verdicts": {
            "steps": {"done": verdict.steps_done, "total": verdict.steps_total, "percent": _float(verdict.steps)} if verdict.steps_total else None,
            "result": {"percent": _float(verdict.result), "counted": line.counted, "of": len(line.indicators)}
            if verdict.result is not None else None,
            "evidence": {"with": verdict.evidence_with, "of": verdict.evidence_of, "percent": _float(verdict.evidence)}
            if verdict.evidence_of else None,
        },
        "steps": [
            {"text": str(s), "due": str(s.due_on or ""), "done_on": str(s.done_on or "")} for s in activity.steps.all()
        ],
        "narrative": own or gathering.text(parts),
        "update": _told(activity.plan, update),
        "gathered": [{"record": u.pk, "version": u.version} for u in parts],
        "indicators": [_indicator(i) for i in line.indicators],
    }  # fmt: skip


def _indicator(line: boards.IndicatorLine) -> dict[str, Any]:
    indicator = line.indicator
    percent = indicator.kind in {IndicatorKind.PERCENTAGE, IndicatorKind.COMPLETENESS}
    goal = "" if line.target is None else number(line.target, language(), 0) + ("\u00a0%" if percent else "")
    return {
        "label": indicator.label,
        "text": pick(indicator, "text"),
        "kind": str(indicator.kind),
        "target": _float(line.target),
        "target_text": goal,
        "value_text": "; ".join(m.text for m in line.measures),
        "progress": _float(line.progress),
        "status": _status(line.status) if line.progress is not None else None,
        "readings": [_reading(m) for m in line.measures],
    }


def _reading(line: boards.MeasureLine) -> dict[str, Any]:
    reading = line.reading
    return {
        "name": str(line.measure), "value": None if reading.value is None else float(reading.value), "value_text": line.text,
        "unit": "percent" if reading.percent else "count", "numerator": _plain(reading.numerator),
        "denominator": _plain(reading.denominator),
        "note": reading.note, "typed": reading.typed, "breakdowns": [], "left_out": [],
    }  # fmt: skip


def _plain(figure):
    """A number that a file format has: sums of decimals come as decimals."""
    return float(figure) if isinstance(figure, Decimal) else figure


def _annex(activities: list[boards.ActivityLine], period: Period, note: Note | None = None) -> list[dict[str, Any]]:
    """The records behind each figure, with their files."""
    return [
        entry
        for line in activities
        for item in line.indicators
        for measured in item.measures
        if measured.reading.bound and measured.measure.pk
        for entry in _evidence(line.activity.code, item.indicator.label, measured, period, note)
    ]


def _evidence(code: str, label: str, measured: boards.MeasureLine, period: Period, note: Note | None) -> list[dict[str, Any]]:
    made = []
    for part in definition.parts(measured.measure.definition):
        entry = compute.compiled(part, period)
        spec, rows = entry.spec, entry.counted.filter(entry.spec.policy.q(PLAIN))
        if not compute.chosen_openly(part, PLAIN):  # who is on the list would tell what the field says
            rows = rows.none()
        total = entry.counted.count()
        shown = list(rows.order_by(*spec.order)[:ANNEX_ROWS])
        if note:
            note(spec.key, [row.pk for row in shown])
        files: dict[int, list[str]] = {}
        names = Attachment.objects.filter(register=spec.key, record_id__in=[r.pk for r in shown]).values_list("record_id", "name")
        for record_id, name in names:
            files.setdefault(record_id, []).append(name)
        made.append(
            {
                "activity": code, "indicator": label, "measure": str(measured.measure), "register": spec.title,
                "definition": "; ".join(entry.words(PLAIN)),
                "rows": [_row(spec, part, row, files.get(row.pk, [])) for row in shown],
                "more": total - len(shown),
            }
        )  # fmt: skip
    return made


def _row(spec, part: dict, row, files: list[str]) -> dict[str, Any]:
    by = (part.get("date") or {}).get("by", "")
    bound = spec.all_fields.get(by)
    state = spec.all_fields[spec.life.field].text(row) if spec.life else ""
    day = bound.value(row) if bound is not None and bound.kind == "date" and not bound.many else getattr(row, "starts_on", None)
    return {"number": spec.number(row), "title": spec.heading(row), "date": str(day or ""), "state": state, "evidence": files}
