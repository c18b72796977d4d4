"""What a plan leaves open, as far as the file alone can tell."""

from __future__ import annotations

import re
from typing import Any

from .model import PlanRead

_PERCENT = re.compile(r"%|პროცენტ|per ?cent|percentage|\bshare of\b|წილი\b", re.IGNORECASE)


def lint(plan: PlanRead) -> list[dict[str, Any]]:
    """Findings as {code, where, what, params}, in the plan's order."""
    findings: list[dict[str, Any]] = []

    def find(finding: str, where: str, what: str, **params: Any) -> None:
        findings.append({"code": finding, "where": where, "what": what, "params": params})

    has_owner_column = any(c["role"] == "responsible" for c in plan.columns)
    if plan.activities and not has_owner_column:
        find("no_owner_column", "the plan", "no column says who is responsible for an activity")
    seen: dict[str, str] = {}
    for activity in plan.activities:
        code, where = activity["code"], (activity["source"] or ["the plan"])[0]
        if not activity["deadline"] and not any(i["deadline"] for i in activity["indicators"]):
            find("no_deadline", where, f"activity {code} has no deadline", code=code)
        if has_owner_column and not activity["responsible"]:
            find("no_owner", where, f"activity {code} has no responsible body", code=code)
        if not activity["indicators"]:
            find("no_indicator", where, f"activity {code} has no indicator", code=code)
        if code in seen:
            find("code_twice", where, f"the number {code} is also used at {seen[code]}", code=code, other=seen[code])
        seen.setdefault(code, where)
        for indicator in activity["indicators"]:
            _percent(find, indicator, code)
    for section in plan.sections:
        for indicator in section["indicators"]:
            _percent(find, indicator, section["code"])
    return findings


def _percent(find: Any, indicator: dict[str, Any], code: str) -> None:
    text = indicator["text"]
    if _PERCENT.search(text) and not names_denominator(text):
        label = f"{code} {indicator['label']}".strip()
        find("no_denominator", indicator["source"][0], f"indicator {label} is a percentage, but does not say of what", code=code)


def names_denominator(text: str) -> bool:
    """Whether a percentage says of what: `% of X`, `X-ის პროცენტი`, against last year, from a baseline."""
    lowered = text.lower()
    if re.search(r"(?:%|per ?cent|percentage|share)\s*(?:\([^()]*\)\s*)?of\s+\w", lowered):
        return True
    if re.search(r"\d\s*%\s+(?!increase|growth|reduction|decrease|more|less|by\b|in\b)[a-z]{3,}", lowered):
        return True
    if re.search(r"baseline|compared (?:to|with)|from \d|საბაზის|შედარებით|წინა წელ", lowered):
        return True
    # The whole stands before the word in the genitive: თანამშრომელთა პროცენტული მაჩვენებელი, ქალების წილი.
    return bool(re.search(r"[ა-ჰ]{2,}(?:ის|თა|ების|ოს|უს)\s+(?:\S+\s+)?(?:\d+\s*%|პროცენტ|წილი)", lowered)) or bool(
        re.search(r"[ა-ჰ]{2,}(?:ის|თა|ების|ოს|უს)(?:ა)?\s+(?:სულ მცირე |არანაკლებ |მინიმუმ )?\d+\s*%", lowered)
    )
