"""Reminders: 30, 7 and 1 days before a deadline, 1, 7 and 30 days after; one digest for each person and day, never two.

A run for a day makes what has become due for reminding since the last day that was run, so that a missed day is caught up; whatever was
missed, a record stands in the digest once, as it is now. Running again adds nothing.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.utils import translation

from gegma.accounts.models import SYSTEM, Absence, User
from gegma.engine import deadlines, registry
from gegma.engine.deadlines import Deadline
from gegma.kernel import dates

from . import digest
from .feed import language_of
from .models import Digest, Notice, Run

# Days after the due day.
STAGES = (-30, -7, -1, 1, 7, 30)
# After a longer pause nothing older than this is caught up: every reminder would be long past.
LONGEST_PAUSE = dt.timedelta(days=31)
# What was made longer ago is forgotten: the records and their history tell the rest.
KEPT = dt.timedelta(days=400)


@dataclass
class Told:
    """What a run did. digests: e-mail address → how many records its e-mail holds; failed: address → why it was not sent."""

    day: dt.date
    since: dt.date
    notices: int = 0
    digests: dict[str, int] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


def run(day: dt.date | None = None, mail: bool = True) -> Told:
    """Make the reminders of a day (today) and send each person their digest. mail: False only makes them, for the pages."""
    day = day or dates.today()
    with dates.taken_as_today(day):
        return _run(day, mail)


def _run(day: dt.date, mail: bool) -> Told:
    before = Run.objects.filter(day__lt=day).order_by("-day").values_list("day", flat=True).first() or day - dt.timedelta(days=1)
    told = Told(day, max(before, day - LONGEST_PAUSE))
    due = stages_reached(told.since, day)
    for person, mine in _by_person(due).items():
        told.notices += _note(person, _open_to(person, mine), day)
    Run.objects.get_or_create(day=day)
    Notice.objects.filter(made_on__lt=day - KEPT).delete()
    if mail:
        _send_all(told)
    return told


def stages_reached(since: dt.date, day: dt.date) -> list[tuple[Deadline, int]]:
    """The open deadlines whose reminder fell after since and up to day, each with the last such stage."""
    first, last = since + dt.timedelta(days=1 - max(STAGES)), day - dt.timedelta(days=min(STAGES))
    found = []
    for one in deadlines.between(SYSTEM, first, last, today=day):
        reached = [stage for stage in STAGES if since < one.day + dt.timedelta(days=stage) <= day]
        if reached:
            found.append((one, max(reached)))
    return found


def _by_person(due: list[tuple[Deadline, int]]) -> dict[User, list[tuple[Deadline, int]]]:
    """Who is to be reminded of what.

    The officer in charge and whoever is responsible; where there is nobody, the officers of the owner unit. Besides, the officers of the
    unit that the row itself names as the one to act, and its focal points. Whoever stands in for one of them on the day is reminded too.
    Only people who may sign in.
    """
    people = {user.pk: user for user in User.objects.filter(is_active=True)}
    stand_ins = dict(Absence.on(dates.today()).values_list("person_id", "substitute_id"))
    of_unit = defaultdict(set)
    for user in people.values():
        if user.unit_id and (user.is_officer or user.is_focal_point):
            of_unit[user.unit_id].add(user.pk)
    found: dict[User, list] = defaultdict(list)
    for one, stage in due:
        named = {pk for pk in (one.officer, *one.people) if pk in people}
        told = (named or of_unit[one.unit]) | of_unit[one.actor]
        for pk in sorted(told | {stand_ins[pk] for pk in told if pk in stand_ins}):
            found[people[pk]].append((one, stage))
    return found


def _open_to(person: User, mine: list[tuple[Deadline, int]]) -> list[tuple[Deadline, int]]:
    """Those of them that the person may see."""
    numbers = defaultdict(set)
    for one, _stage in mine:
        numbers[one.register].add(one.record_id)
    seen = {key: set(registry.get(key).visible(person).filter(pk__in=wanted).values_list("pk", flat=True)) for key, wanted in numbers.items()}
    return [(one, stage) for one, stage in mine if one.record_id in seen[one.register]]


def _note(person: User, mine: list[tuple[Deadline, int]], day: dt.date) -> int:
    """Write the notices that are not there yet. Returns how many."""
    rows = [
        Notice(person=person, register=one.register, record_id=one.record_id, what=one.what, due_on=one.day, stage=stage, made_on=day)
        for one, stage in mine
    ]
    before = Notice.objects.filter(person=person).count()
    Notice.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    return Notice.objects.filter(person=person).count() - before


# -- the e-mails -------------------------------------------------------------------------------------------------------


def _send_all(told: Told) -> None:
    """One digest to each person who has notices that no digest told of, unless there was one today already."""
    waiting = Notice.objects.filter(digest_on=None, seen_at=None, made_on__lte=told.day, person__is_active=True)
    waiting = waiting.exclude(person__in=Digest.objects.filter(day=told.day).values("person"))
    people = list(User.objects.filter(pk__in=waiting.values("person")).order_by("pk"))
    connection = get_connection() if people else None
    for person in people:
        try:
            if lines := _send(person, told.day, connection):
                told.digests[person.email] = lines
        except Exception as error:  # one address that fails must not keep the others waiting
            told.failed[person.email] = str(error) or type(error).__name__


def _send(person: User, day: dt.date, connection) -> int:
    """The person's digest of a day. Returns how many records it holds; nothing is sent where none of them is open any more.

    The day is claimed before the e-mail goes, so that two runs at one time do not send it twice; where it cannot be sent, the claim is
    given back, and the next run tries again.
    """
    with transaction.atomic():
        _claimed, new = Digest.objects.get_or_create(person=person, day=day)
        if not new:
            return 0
        notices = list(Notice.objects.filter(person=person, digest_on=None, seen_at=None, made_on__lte=day))
        Notice.objects.filter(pk__in=[n.pk for n in notices]).update(digest_on=day)
    try:
        with translation.override(language_of(person)):
            found = digest.open_deadlines(person, notices, day)
            subject, text = digest.words(found, day) if found else ("", "")
        if not found:
            Digest.objects.filter(person=person, day=day).delete()
            return 0
        EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, [person.email], connection=connection).send()
    except Exception:
        with transaction.atomic():
            Notice.objects.filter(pk__in=[n.pk for n in notices]).update(digest_on=None)
            Digest.objects.filter(person=person, day=day).delete()
        raise
    return len({one.key[:2] for one in found})
