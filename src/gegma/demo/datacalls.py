"""The demo's data calls, whom they went to, and the replies."""

from __future__ import annotations

import datetime as dt
from typing import Any

from gegma.registers.datacalls.models import CallReply, DataCall

from .words import read
from .year import TODAY, Year


def make_datacalls(year: Year) -> None:
    """Data calls and their replies."""
    told = read(year.folder / "office.yaml")
    facts = told["calls"] if year.scale > 0.6 else told["calls"][7::-3]
    calls = year.put("data-calls", [_call(year, row, told) for row in facts])
    replies = [reply for call, row in zip(calls, facts, strict=True) for reply in _replies(year, call, row, told)]
    year.put("call-replies", replies)


def _call(year: Year, facts: list, told: dict[str, Any]) -> DataCall:
    kind, framework, unit, sent_on, days, state, _units, _agencies, ka, en = facts
    call = DataCall(
        kind=kind, framework=year.frameworks.get(framework), state=state, title_ka=ka, title_en=en, sent_on=sent_on,
        questions=told["questions"][kind == "report"], **year.keeping(unit) | {"confidentiality": "internal"},
    )  # fmt: skip
    if sent_on:
        call.due_on = year.working(sent_on + dt.timedelta(days=days))
    if state == "closed":
        call.closed_on = year.working(call.due_on + dt.timedelta(days=12))
    return call


def _replies(year: Year, call: DataCall, facts: list, told: dict[str, Any]) -> list[CallReply]:
    units = [unit for code, unit in year.units.items() if not code.startswith("ird") and code != "leadership"]
    rows = [CallReply(call=call, unit=unit, due_on=call.due_on) for unit in year.some(units, facts[6], facts[6])]
    rows += [CallReply(call=call, organisation=year.organisations[code], due_on=call.due_on) for code in facts[7]]
    for row in rows:
        if call.sent_on:
            _reply(year, row, told)
    return rows


def _reply(year: Year, row: CallReply, told: dict[str, Any]) -> None:
    draw = year.rng.random()
    sent, due = row.call.sent_on, row.call.due_on
    if draw < 0.72:
        day = year.day(sent + dt.timedelta(days=2), due)
    elif draw < 0.88:
        day = year.working(due + dt.timedelta(days=year.rng.randint(1, 9)))
    else:
        day = None
    if day and day <= TODAY:
        row.replied_on, row.number = day, f"MIA {day.month % 10} {day:%y} 5{year.rng.randint(0, 999999):06d}"
        row.reply = year.rng.choice(told["replies"])
    if due < TODAY and (row.replied_on is None or row.replied_on > due):
        row.reminded_on, row.reminders = year.working(due + dt.timedelta(days=1)), 1
