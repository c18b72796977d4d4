"""Puts a plan that was read from a file into the database, and later versions of it over the first.

A later version keeps everything that people added: an activity or indicator that stands in both versions keeps its number in the
database, and with it its measures, steps and texts. What the new version lacks is marked as withdrawn, never deleted.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from gegma.engine import registry, write
from gegma.kernel.text import fold

from .models import Activity, Indicator, IndicatorKind, Plan, PublishedTable, Section

# Below this likeness two texts under one code are taken for different activities, not for a new wording of one.
ALIKE = 0.5


@dataclass
class Change:
    """One difference between the plan as kept and as read: kind is added, changed, removed or back."""

    kind: str
    what: str
    code: str
    before: str = ""
    after: str = ""


@dataclass
class Matching:
    """Which row of the file is which row of the plan; None stands for a new one."""

    activities: list[tuple[dict, Activity | None]] = field(default_factory=list)
    indicators: list[tuple[dict, dict, Indicator | None]] = field(default_factory=list)
    gone: list[Activity | Indicator] = field(default_factory=list)


def match(plan: Plan | None, read: dict) -> Matching:
    """Pair what was read with what is kept: by the same text first, then by the code where the texts are alike."""
    found = Matching()
    kept = list(plan.activities.prefetch_related("indicators")) if plan else []
    pairs = _pairs(read["activities"], kept, lambda a: a["code"], lambda a: a.code)
    for row, activity in pairs:
        found.activities.append((row, activity))
        indicators = list(activity.indicators.all()) if activity else []
        for item, indicator in _pairs(row["indicators"], indicators, lambda i: i.get("label", ""), lambda i: i.label):
            found.indicators.append((row, item, indicator))
        taken = {i.pk for _row, _item, i in found.indicators if i}
        found.gone += [i for i in indicators if i.pk not in taken]
    here = {a.pk for _row, a in pairs if a}
    found.gone += [a for a in kept if a.pk not in here]
    return found


def _pairs(rows: list[dict], kept: list, code_of_row, code_of_kept) -> list[tuple[dict, object]]:
    left = list(kept)
    chosen: dict[int, object] = {}
    for index, row in enumerate(rows):
        text = fold(row["text"])
        same = [k for k in left if text and text in (fold(k.text_ka), fold(k.text_en))]
        if same:  # of several with one text, the one under the same code
            chosen[index] = next((k for k in same if code_of_kept(k) == code_of_row(row)), same[0])
            left.remove(chosen[index])
    for index, row in enumerate(rows):
        if index in chosen:
            continue
        for k in left:
            if code_of_kept(k) == code_of_row(row) and (_alike(k, row["text"]) or _same_indicators(k, row)):
                chosen[index] = k
                left.remove(k)
                break
    return [(row, chosen.get(index)) for index, row in enumerate(rows)]


def _same_indicators(kept, row: dict) -> bool:
    """Whether an activity that was worded anew has an indicator that stands in both versions as it was."""
    if not isinstance(kept, Activity):
        return False
    old = {fold(t) for i in kept.indicators.all() for t in (i.text_ka, i.text_en) if t}
    return any(fold(item["text"]) in old for item in row["indicators"] if item["text"])


def _alike(kept, text: str) -> bool:
    texts = [fold(t) for t in (kept.text_ka, kept.text_en) if t]
    if not texts or not text:
        return not texts and not text  # without words only the code is left to go by
    # autojunk leaves frequent letters out of long texts, and with them most of what they share
    return any(difflib.SequenceMatcher(None, t, fold(text), autojunk=False).ratio() >= ALIKE for t in texts)


def differences(plan: Plan, read: dict) -> list[Change]:
    """What a new version changes, in the order of the file, what it removes at the end."""
    read = with_framework_rows(read)
    found, pairs, sections = [], match(plan, read), {s.code: s for s in plan.sections.all()}
    stem = _stem(read)
    for row in read["sections"]:
        old = sections.get(row["code"])
        if old is None:
            found.append(Change("added", _("section"), row["code"], "", row["title"]))
        elif fold(getattr(old, f"title_{stem}")) != fold(row["title"]):
            found.append(Change("changed", _("section"), row["code"], getattr(old, f"title_{stem}"), row["title"]))
    for row, activity in pairs.activities:
        found += _compare(_("activity"), row["code"], activity, row["text"], f"text_{stem}", activity.code if activity else "")
        if activity:
            for name, label in (("deadline", _("deadline")), ("comments", _("comments"))):
                if fold(getattr(activity, name)) != fold(row.get(name) or ""):
                    found.append(Change("changed", label, row["code"], getattr(activity, name), row.get(name) or ""))
            if [fold(p) for p in activity.partners] != [fold(p) for p in row["partners"]]:
                found.append(
                    Change("changed", _("partner bodies"), row["code"], "; ".join(activity.partners), "; ".join(row["partners"]))
                )
        for owner, item, indicator in pairs.indicators:
            if owner is row:
                code = f"{row['code']} {item.get('label', '')}".strip()
                was = f"{activity.code} {indicator.label}".strip() if indicator else ""
                found += _compare(_("indicator"), code, indicator, item["text"], f"text_{stem}", was)
    for thing in pairs.gone:
        if not thing.withdrawn:
            what = _("activity") if isinstance(thing, Activity) else _("indicator")
            code = thing.code if isinstance(thing, Activity) else f"{thing.activity.code} {thing.label}".strip()
            found.append(Change("removed", what, code, thing.text_ka or thing.text_en, ""))
    return found


def _compare(what: str, code: str, old, text: str, attribute: str, old_code: str) -> list[Change]:
    if old is None:
        return [Change("added", what, code, "", text)]
    if old.withdrawn:
        return [Change("back", what, code, getattr(old, attribute), text)]
    before = getattr(old, attribute)
    if fold(before) != fold(text):
        return [Change("changed", what, code, before, text)]
    return [Change("changed", what, code, old_code, code)] if old_code != code else []


def _stem(read: dict) -> str:
    """The language of the plan's texts: Georgian where most letters of its activities are."""
    text = " ".join(a["text"] for a in read["activities"]) or read.get("title", "")
    georgian = sum("ა" <= c <= "ჰ" for c in text)
    return "ka" if georgian * 2 >= sum(c.isalpha() for c in text) else "en"


def with_framework_rows(read: dict) -> dict:
    """The plan with an activity for each section that bears indicators of its own, as results frameworks without activities do."""
    added = [
        {
            "code": f"{s['code']}.0", "section": s["code"], "text": s["title"], "deadline": "", "due": [], "partners": [], "responsible": [],
            "comments": "", "indicators": s["indicators"], "extra": {}, "made": True, "source": s.get("source") or [],
        }
        for s in read["sections"]
        if s.get("indicators")
    ]  # fmt: skip
    if not added:
        return read
    order = {s["code"]: n for n, s in enumerate(read["sections"])}
    rows = sorted([*read["activities"], *added], key=lambda a: order.get(a["section"], -1))
    sections = [{**s, "indicators": []} for s in read["sections"]]
    return {**read, "sections": sections, "activities": rows}


@transaction.atomic
def store(read: dict, user, key: str = "", plan: Plan | None = None) -> Plan:
    """Write a plan as read: a new one under key, or a new version over plan. All or nothing.

    Raises ValidationError where it has no year or no activities, PermissionDenied for who may not edit the plan.
    """
    read = with_framework_rows(read)
    if not read["activities"]:
        raise ValidationError(_("The file holds no activities, so there is nothing to import."))
    stem, pairs = _stem(read), match(plan, read)
    plan = _store_plan(read, user, key, plan, stem)
    sections = _store_sections(plan, read, user, stem)
    numbers = _store_activities(plan, pairs, sections, user, stem)
    _store_indicators(pairs, numbers, user, stem)
    gone = [thing for thing in pairs.gone if not thing.withdrawn]
    for thing in gone:
        thing.withdrawn = True
        spec = registry.of(thing)
        write.save(spec, user, thing, version=thing.version)
    if read.get("published"):
        PublishedTable.objects.update_or_create(plan=plan, defaults={"language": stem, "content": read["published"]})
    return plan


def _store_plan(read: dict, user, key: str, plan: Plan | None, stem: str) -> Plan:
    spec = registry.get("plans")
    if plan is None:
        year = read.get("year")
        if not year:
            raise ValidationError(_("The plan names no year; say for which period it is."))
        plan = Plan(
            key=key or slugify(read["title"]) or f"plan-{year}", starts_on=dt.date(year, 1, 1), ends_on=dt.date(year, 12, 31)
        )
        if Plan.objects.filter(key=plan.key).exists():
            raise ValidationError(
                _("There is a plan with the key «%(key)s» already: import this file as its next version.") % {"key": plan.key}
            )
    version = plan.version if plan.pk else None
    setattr(plan, f"title_{stem}", read["title"] or getattr(plan, f"title_{stem}"))
    if read.get("organisation"):
        setattr(plan, f"organisation_{stem}", "\n".join(read["organisation"]))
    plan.columns = _columns(read) or plan.columns
    return write.save(spec, user, plan, version=version)


def _columns(read: dict) -> list[dict]:
    seen: dict[str, dict] = {}
    for column in read.get("columns") or []:
        header, role = column.get("header") or "", column.get("role") or ""
        if header and fold(header) not in seen:
            seen[fold(header)] = {"role": role, "header": header}
    roles, kept = set(), []
    for column in seen.values():
        if column["role"] and column["role"] != "extra" and column["role"] in roles:
            continue  # the same column under a header printed a little differently further down
        roles.add(column["role"])
        kept.append(column)
    return kept


def _store_sections(plan: Plan, read: dict, user, stem: str) -> dict[str, Section]:
    spec, kept = registry.get("plan-sections"), {s.code: s for s in plan.sections.all()}
    for order, row in enumerate(read["sections"], 1):
        section = kept.get(row["code"]) or Section(plan=plan, code=row["code"])
        section.order = order
        section.parent = kept.get(row.get("parent") or "")
        setattr(section, f"title_{stem}", row["title"][:500])
        kept[row["code"]] = write.save(spec, user, section, version=section.version if section.pk else None)
    return kept


def _store_activities(plan: Plan, pairs: Matching, sections: dict, user, stem: str) -> dict[int, Activity]:
    spec, made = registry.get("activities"), {}
    _free_codes(spec, pairs, user)
    for order, (row, activity) in enumerate(pairs.activities, 1):
        activity = activity or Activity(plan=plan)
        section = sections.get(row["section"] or "")
        if section is None:
            section = sections[""] = sections.get("") or _nameless_section(plan, user)
        activity.section, activity.code, activity.order, activity.withdrawn = section, row["code"], order, False
        setattr(activity, f"text_{stem}", row["text"])
        activity.deadline = row.get("deadline") or ""
        activity.due_on = max((dt.date.fromisoformat(d) for d in row.get("due") or []), default=None)
        activity.partners, activity.comments = row["partners"], row.get("comments") or ""
        activity.extra = dict(row.get("extra") or {})
        if row.get("responsible"):
            activity.extra[_("responsible")] = "; ".join(row["responsible"])
        made[id(row)] = write.save(spec, user, activity, version=activity.version if activity.pk else None)
    return made


def _free_codes(spec, pairs: Matching, user) -> None:
    """Where activities swap codes, give the old ones a code of their own first: a code stands once in a plan."""
    wanted = {row["code"] for row, _a in pairs.activities}
    movers = [a for row, a in pairs.activities if a and a.code != row["code"] and a.code in wanted]
    movers += [g for g in pairs.gone if isinstance(g, Activity) and g.code in wanted]
    for activity in movers:
        activity.code = f"~{activity.pk}"
        write.save(spec, user, activity, version=activity.version)


def _nameless_section(plan: Plan, user) -> Section:
    found = plan.sections.filter(code="0").first()
    section = found or Section(plan=plan, code="0", order=0, title_ka="სხვა საქმიანობები", title_en="Other activities")
    return write.save(registry.get("plan-sections"), user, section, version=section.version if section.pk else None)


def _store_indicators(pairs: Matching, made: dict[int, Activity], user, stem: str) -> None:
    spec = registry.get("indicators")
    for order, (row, item, indicator) in enumerate(pairs.indicators, 1):
        indicator = indicator or Indicator(kind=guess_kind(item["text"]))
        indicator.activity, indicator.label, indicator.order = made[id(row)], item.get("label") or "", order
        indicator.withdrawn = False
        setattr(indicator, f"text_{stem}", item["text"])
        write.save(spec, user, indicator, version=indicator.version if indicator.pk else None)


def guess_kind(text: str) -> str:
    """How an indicator is judged, from its wording; a person may change it."""
    words = fold(text)
    if any(w in words for w in ("%", "პროცენტ", "percent", "share of", "წილი")):
        return IndicatorKind.PERCENTAGE
    if any(w in words for w in ("მონაცემთა ბაზა", "database")):
        return IndicatorKind.COMPLETENESS
    if any(w in words for w in ("რაოდენობა", "number", "amount", "რამდენ")):
        return IndicatorKind.NUMERIC
    return IndicatorKind.DELIVERABLE


def add_english(plan: Plan, words: dict, user) -> int:
    """Add the English texts by code: {title, sections: {code: text}, activities: {code: {text, indicators: {label: text}}}}.

    Returns how many texts were set. Codes that the plan lacks raise ValidationError.
    """
    done = 0
    rows: Iterable = plan.sections.all()
    sections = {s.code: s for s in rows}
    activities = {a.code: a for a in plan.activities.prefetch_related("indicators")}
    unknown = sorted((set(words.get("sections", {})) - set(sections)) | (set(words.get("activities", {})) - set(activities)))
    if unknown:
        raise ValidationError(_("The plan has nothing with the code «%(code)s».") % {"code": unknown[0]})
    with transaction.atomic():
        for name in ("title", "organisation"):
            if words.get(name):
                setattr(plan, f"{name}_en", words[name] if isinstance(words[name], str) else "\n".join(words[name]))
        write.save(registry.get("plans"), user, plan, version=plan.version)
        for code, text in words.get("sections", {}).items():
            sections[code].title_en = text
            write.save(registry.get("plan-sections"), user, sections[code], version=sections[code].version)
            done += 1
        for code, row in words.get("activities", {}).items():
            activity = activities[code]
            activity.text_en = row["text"]
            write.save(registry.get("activities"), user, activity, version=activity.version)
            for indicator in activity.indicators.all():
                if text := row.get("indicators", {}).get(indicator.label):
                    indicator.text_en = text
                    write.save(registry.get("indicators"), user, indicator, version=indicator.version)
                    done += 1
            done += 1
    return done
