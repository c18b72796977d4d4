"""Every register × action × role × relation × confidentiality × surface: who may, may; who may not, meets nothing that tells.

The cells are made from the registers' declarations and the surfaces; what is expected stands in rules.py. A run asks so many of them that
reading and writing meet every role, relation and confidentiality, and every register and every surface readers and non-readers of each
confidentiality; with GEGMA_MATRIX=full it asks all.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict

import pytest

from gegma.engine import registry
from gegma.engine.models import Confidentiality

from . import rules, surfaces
from .world import Somebody, World

FULL = os.environ.get("GEGMA_MATRIX") == "full"
# All of it takes half an hour.
pytestmark = [pytest.mark.usefixtures("inside"), *([pytest.mark.timeout(3600)] if FULL else [])]
ABSENT = 987_654_321
CELLS_AT_LEAST = 1500
# So that a run stays a minute, somebody is shown every second list, every third record, and every third page over all registers.
LISTS, RECORDS, WHOLE = (1, 1, 1) if FULL else (2, 3, 3)
# More records than a page of a list has: what is there may stand on the next one.
PAGE = 50
# (register, action, surface, role, relation, confidentiality) of what was asked in this run
asked: set[tuple[str, ...]] = set()


def chosen(number: int, place: int, of: int) -> list[int]:
    """Which of so many surfaces somebody is shown: all in a full run, else the next in turn."""
    return list(range(of)) if FULL else [(number + number // len(rules.RELATIONS) + place) % of]


def note(one: Somebody, register: str, action: str, surface: str, confidentiality: str) -> None:
    """Remember that a cell was asked."""
    asked.add((register, action, surface, one.role, one.relation, confidentiality))


def told(one: Somebody, *where) -> str:
    """Where and for whom something is wrong."""
    return f"{one}: {' '.join(str(w) for w in where)}"


def said(wrong: list[str]) -> str:
    """The first of what is wrong, a line each."""
    return "\n".join([f"{len(wrong)} cells:", *wrong[:60]])


def test_every_register_has_a_declared_access():
    kinds = {spec.key: rules.access_of(spec) for spec in registry.everything()}
    assert set(kinds.values()) <= {"guarded", "open", "administrators", "by-row"}
    missing = {(c, r) for c in Confidentiality.values for r in [*rules.RELATIONS, rules.CHARGE]} - rules.READERS.keys()
    assert not missing, f"rules.py says nothing of {missing}"


def test_records_in_lists_exports_suggestions_and_reports(world: World):
    wrong = []
    for place, spec in enumerate(registry.everything()):
        for number, one in enumerate(world.people):
            if (number + place) % LISTS:
                continue
            for index in chosen(number, place // LISTS, len(surfaces.MANY)):
                wrong += _many(world, spec, one, surfaces.MANY[index])
    assert wrong == [], said(wrong)


def _many(world: World, spec, one: Somebody, surface: surfaces.Many) -> list[str]:
    response = surface.ask(one, spec, world)
    text = surfaces.body_of(response)
    wrong = [told(one, surface.name, spec.key, "tells of", hidden) for hidden in world.hidden_in(text, one)]
    expected = 200 if rules.exists_for(spec, one.role) else 404
    if response.status_code != expected:
        return [told(one, surface.name, spec.key, "answers", response.status_code)]
    crowded = spec.model._default_manager.count() > PAGE
    for kept in world.of(spec):
        note(one, spec.key, "view", surface.name, kept.confidentiality)
        there, may = surface.shows(text, kept), kept.read_by(one)
        if there and not may:
            wrong.append(told(one, surface.name, spec.key, kept.confidentiality, "stands there"))
        if may and not there and not crowded and surface.name not in surfaces.MAY_LACK:
            wrong.append(told(one, surface.name, spec.key, kept.confidentiality, "is missing"))
    return wrong


def test_one_record_action_by_action(world: World):
    wrong = []
    for place, kept in enumerate(world.kept):
        found = surfaces.singles(kept)
        for number, one in enumerate(world.people):
            if (number + place + place // len(Confidentiality)) % RECORDS:
                continue
            for index in chosen(number, place, len(found)):
                wrong += _single(world, kept, one, found[index])
    assert wrong == [], said(wrong)


def _single(world: World, kept, one: Somebody, surface: surfaces.Single) -> list[str]:
    where = (surface.name, surface.action, kept.spec.key, kept.confidentiality)
    response = surface.ask(one, kept, kept.record.pk)
    text = surfaces.body_of(response)
    note(one, kept.spec.key, surface.action, surface.name, kept.confidentiality)
    wrong = [told(one, *where, "tells of", hidden) for hidden in world.hidden_in(text, one)]
    if not kept.read_by(one):
        absent = surface.ask(one, kept, ABSENT)
        if response.status_code != 404 or plain(text, kept) != plain(surfaces.body_of(absent), kept):
            wrong.append(told(one, *where, "is not like an absent one:", response.status_code, absent.status_code))
    elif rules.allowed(kept.spec, kept.confidentiality, one.role, one.relation, surface.action):
        if response.status_code not in surface.good:
            wrong.append(told(one, *where, "is allowed, and answers", response.status_code))
    elif response.status_code != 403:
        wrong.append(told(one, *where, "is not allowed, and answers", response.status_code))
    return wrong


def plain(text: str, kept) -> str:
    """A page without the number in its own address and without the tokens, which differ at each request."""
    for number in (kept.record.pk, kept.change, kept.file, ABSENT):
        text = text.replace(f"/{number}/", "/N/")
    return re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")\w+', "", text)


def test_new_records(world: World):
    wrong = []
    for spec in registry.everything():
        access = rules.access_of(spec)
        for one in world.people if access != "by-row" else ():
            if one.relation != rules.OWN and not FULL:
                continue
            for surface, response, good in surfaces.adding(one, spec):
                note(one, spec.key, "add", surface, "")
                expected = {good} if rules.writes(access, one.role) else {404} if not rules.exists_for(spec, one.role) else {403, 404 if surface == "page" else 405} if good in {404, 405} else {403}
                wrong += [told(one, surface, "add", spec.key, "tells of", hidden) for hidden in world.hidden_in(surfaces.body_of(response), one)]
                if response.status_code not in expected:
                    wrong.append(told(one, surface, "add", spec.key, "answers", response.status_code, "not", expected))
    assert wrong == [], said(wrong)


def test_pages_over_all_registers(world: World):
    assert len(world.due) >= 8, "too few records fall due for the calendar to be tried"
    wrong, seen = [], defaultdict(set)
    for number, one in enumerate(world.people):
        for surface in surfaces.WHOLE:
            if not kept_here(surface) and number % WHOLE:
                continue
            response = surface.ask(one, world)
            text = surfaces.body_of(response).replace("\r\n ", "")
            wrong += [told(one, surface.name, "tells of", hidden) for hidden in world.hidden_in(text, one)]
            if response.status_code != 200:
                wrong.append(told(one, surface.name, "answers", response.status_code))
            for kept in world.kept if kept_here(surface) else ():
                if kept.confidentiality and (kept.canary in world.due or not surface.due):
                    note(one, kept.spec.key, "view", surface.name, kept.confidentiality)
                    there = surfaces._canary(text, kept)
                    seen[surface.name].add((kept.confidentiality, kept.read_by(one), there))
                    if surface.due and not surface.own_only and kept.read_by(one) and not there:
                        wrong.append(told(one, surface.name, kept.spec.key, kept.confidentiality, "is missing"))
    assert wrong == [], said(wrong)
    for name in ("search", "calendar", "feed", "notifications"):
        for confidentiality in Confidentiality.values:
            assert (confidentiality, True, True) in seen[name], f"nobody meets a record that is {confidentiality} on the surface {name}"


def kept_here(surface: surfaces.Whole) -> bool:
    """Whether each record is a cell of its own on the surface: where only some stand, the canaries alone are looked for."""
    return surface.name not in {"home", "country", "calendar of the month"}


def test_what_was_asked_is_enough():
    """Runs last: what the head of this file says of a run."""
    assert len(asked) >= CELLS_AT_LEAST
    print(f"\nmatrix: {len(asked)} cells")
    combinations = {(role, relation) for _r, _a, _s, role, relation, _c in asked}
    met: dict[str, set] = defaultdict(set)
    both: dict[str, set] = defaultdict(set)
    for register, action, surface, role, relation, confidentiality in asked:
        if confidentiality:
            kind = "reading" if action in rules.READING else "writing"
            met[f"{kind} {confidentiality}"].add((role, relation))
            for name in (f"the register {register}", f"{kind} on {surface}"):
                both[name].add((confidentiality, rules.reads(registry.get(register), confidentiality, role, relation)))
    for kind, found in met.items():
        assert found == combinations, f"{kind}: not for {combinations - found}"
    # what is internal is kept from focal points alone: they meet every surface in a full run
    wanted = {(c, may) for c in Confidentiality.values for may in (True, False)} - (set() if FULL else {("internal", False)})
    for name, found in both.items():
        assert found >= wanted, f"{name}: not met by {wanted - found}"


def test_the_matrix_can_fail(world: World):
    """A rule turned round is noticed: on what is hidden, and on what is shown."""
    stranger = next(one for one in world.people if one.relation == rules.OTHER and one.role == "officer")
    ours = next(one for one in world.people if one.relation == rules.OWN and one.role == "officer")
    secret = next(k for k in world.kept if k.confidentiality == "restricted" and k.spec.key == "meetings")
    listed = next(s for s in surfaces.MANY if s.name == "csv")
    page = next(s for s in surfaces.SINGLE if (s.name, s.action) == ("API", "view"))
    assert not _many(world, secret.spec, ours, listed) and not _single(world, secret, ours, page)
    as_if = Somebody(stranger.role, stranger.relation, ours.user, ours.client)
    assert any("tells of meetings/restricted" in w for w in _many(world, secret.spec, as_if, listed))
    assert any("not like an absent one" in w for w in _single(world, secret, as_if, page))
    as_if = Somebody(ours.role, ours.relation, stranger.user, stranger.client)
    assert any("is missing" in w for w in _many(world, secret.spec, as_if, listed))
    assert any("is allowed, and answers 404" in w for w in _single(world, secret, as_if, page))
