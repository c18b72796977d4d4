"""The annual report in each format, of the plan of 2017 and of one with a thousand activities, against the libraries by hand.

Reading the values and setting them are told apart: setting is compared with report_by_hand, which gets the same values ready. Each
setting runs in a process of its own, so that its peak of memory is its own; both ways in turns, the least of the turns counts.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from . import clock

FORMS = ("docx", "pdf", "xlsx")
GOAL = 2.0
ACTIVITIES = 1000
TURNS = 3
ROOT = Path(__file__).resolve().parent.parent


def reports() -> list[dict[str, Any]]:
    """Rows of {plan, activities, form, read, ours, by_hand, ours_mib, by_hand_mib, kib}."""
    from gegma.plan.models import Plan

    source = Plan.objects.get(key="mia-ird-2017")
    found = []
    for plan in (source, grown(source, ACTIVITIES)):
        with tempfile.TemporaryDirectory() as folder:
            n, read = make_ready(plan, Path(folder))
            found += [{"plan": plan.key, "activities": n, "form": form, "read": read, **_in_turns(form, Path(folder))} for form in FORMS]
    return found


def grown(source, activities: int):
    """A plan of at least so many activities: copies of the given one, each with its own numbers. Kept for the next run."""
    from django.db import transaction

    from gegma.plan.models import Plan

    key = f"bench-{activities}"
    if kept := Plan.objects.filter(key=key).first():
        return kept
    with transaction.atomic():
        plan = Plan.objects.get(pk=source.pk)
        _copy(plan, key=key)
        times = -(-activities // source.activities.filter(withdrawn=False).count())
        for number in range(1, times + 1):
            _copy_once(source, plan, number)
    return plan


def _copy(row, **changes) -> None:
    row.pk = None
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(force_insert=True)


def _copy_once(source, plan, number: int) -> None:
    sections: dict[int, int] = {}
    for section in source.sections.order_by("order", "pk"):
        old = section.pk
        _copy(section, plan=plan, code=f"{number}-{section.code}", parent_id=sections.get(section.parent_id), order=section.order + number * 1000)
        sections[old] = section.pk
    rows = source.activities.filter(withdrawn=False).order_by("order").prefetch_related("indicators__measures", "steps")
    for activity in rows:
        indicators, steps = list(activity.indicators.all()), list(activity.steps.all())
        _copy(activity, plan=plan, section_id=sections[activity.section_id], code=f"{number}-{activity.code}", order=activity.order + number * 1000)
        for step in steps:
            _copy(step, activity=activity)
        for indicator in indicators:
            measures = list(indicator.measures.all())
            _copy(indicator, activity=activity)
            for measure in measures:
                _copy(measure, indicator=indicator)


def make_ready(plan, folder: Path) -> tuple[int, float]:
    """Write what both ways start from into the folder. Returns how many activities, and the seconds that reading them took."""
    from gegma.kernel import fonts
    from gegma.reports import content, xlsx
    from gegma.reports.context import progress
    from gegma.reports.docx_paper import Paper
    from gegma.reports.text import cleaned, drawable
    from gegma.reports.xlsx_book import Percent

    progress(plan, plan.period, "ka")  # statements are built once in a process
    context, read = clock.once(lambda: progress(plan, plan.period, "ka"))
    (folder / "context.json").write_text(json.dumps(context, ensure_ascii=False, default=str), encoding="utf-8")
    context = json.loads((folder / "context.json").read_text(encoding="utf-8"))
    report = drawable(content.build(context))
    report["fonts"] = [fonts.FAMILY, *fonts.HELPERS]
    charts = [item["chart"]["svg"] for item in (report["summary"], report["divisions"], *report["divisions"]["items"]) if item["chart"]]
    made = Paper(report, charts).pictures
    book = xlsx._Workbook(cleaned(context))

    def plain(value):
        if isinstance(value, Percent):
            return [float(value)]
        return value if value is None or isinstance(value, int | float) else f"{value.moment:%d.%m.%Y}" if hasattr(value, "moment") else str(value)

    sheets = [
        (name, columns, [[plain(value) for value in row] for row in rows])
        for name, columns, rows in (("1", book._plan_columns(), book._plan_rows()), ("2", book._evidence_columns(), book._evidence_rows()))
    ]
    ready = {
        "report": report, "pictures": [made[svg].hex() for svg in charts], "sheets": sheets, "folder": str(folder), "fonts": str(fonts.folder()),
    }  # fmt: skip
    (folder / "ready.json").write_text(json.dumps(ready, ensure_ascii=False), encoding="utf-8")
    return sum(len(section["activities"]) for section in report["sections"]), read


def _in_turns(form: str, folder: Path) -> dict[str, Any]:
    runs: dict[str, list[dict]] = {"hand": [], "ours": []}
    for _turn in range(TURNS):
        for way, module, source in (("hand", "bench.report_by_hand", "ready.json"), ("ours", "bench.reports", "context.json")):
            done = subprocess.run(
                [sys.executable, "-m", module, form, str(folder / source), str(folder / f"{way}.{form}")], cwd=ROOT, capture_output=True, text=True
            )
            if done.returncode:
                raise SystemExit(f"{module} {form}: {done.stderr.strip().splitlines()[-1]}")
            runs[way].append(json.loads(done.stdout.splitlines()[-1]))
    least = {way: min(rows, key=lambda row: row["seconds"]) for way, rows in runs.items()}
    return {
        "ours": least["ours"]["seconds"], "by_hand": least["hand"]["seconds"], "ours_mib": least["ours"]["peak_mib"],
        "by_hand_mib": least["hand"]["peak_mib"], "kib": least["ours"]["kib"], "by_hand_kib": least["hand"]["kib"],
    }  # fmt: skip


def lines(rows: list[dict[str, Any]]) -> list[str]:
    """The table of the bench."""
    found = [f"reports: reading; setting, the library by hand with ready values, how many times (goal {GOAL:g}); peak memory of both"]
    for row in rows:
        times = row["ours"] / row["by_hand"]
        found.append(
            f"   {row['activities']:5} activities, {row['form']:4}  read {row['read']:6.2f} s  set {row['ours']:6.2f} : {row['by_hand']:6.2f} s = {times:5.2f}"
            f"  {'pass' if times <= GOAL else 'MISS'}   {row['ours_mib']} : {row['by_hand_mib']} MiB   {row['kib']} : {row['by_hand_kib']} KiB"
        )
    return found


if __name__ == "__main__":
    # ours, in a process of its own: from the context to the file
    wanted, given, target = sys.argv[1:4]
    from gegma.reports.render import render

    made_of = json.loads(Path(given).read_text(encoding="utf-8"))
    start = time.perf_counter()
    made_file = render(made_of, wanted)
    took = time.perf_counter() - start
    Path(target).write_bytes(made_file)
    print(json.dumps({"seconds": took, "peak_mib": clock.peak_mib(), "kib": len(made_file) // 1024}))
