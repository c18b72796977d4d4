"""Own reports that come by themselves: what is due, to whom, and the e-mail with the link.

run() is safe to call as often as one likes: for each occasion each recipient gets one report, and after a pause of the server only the
last occasion is caught up. The reports are jobs of their recipients: each is made with the rights of the one who gets it.
"""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import IntegrityError, models, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from gegma.accounts.models import User
from gegma.engine import registry
from gegma.engine.policy import VIEW
from gegma.kernel import dates
from gegma.kernel.periods import Period
from gegma.plan.models import PeriodState, ReportingPeriod

from . import jobs
from .catalogue import FORMATS, own
from .jobs import making
from .models import Delivery, Ending, Every, Job, JobState, LeftOut, OwnReport, Schedule

log = logging.getLogger(__name__)

RECIPIENTS_MAX = 50
MAIL_TRIES = 3
# A report that nobody could be told of for so long is on its page all the same.
MAIL_DAYS = dt.timedelta(days=7)
DAY = dt.timedelta(days=1)


# -- when --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Occasion:
    """A time at which a scheduled report falls due: its day, the period that it is for, and by what it is known."""

    key: str
    day: dt.date
    period: Period


def last(every: str, today: dt.date, since: dt.date) -> Occasion | None:
    """The last occasion up to today and after since, or None."""
    if every == Every.CLOSE:
        closed = ReportingPeriod.objects.filter(state=PeriodState.CLOSED, closed_on__range=(since, today)).order_by("-closed_on", "-pk").first()
        return Occasion(f"close:{closed.pk}:{closed.closed_on}", closed.closed_on, closed.period) if closed else None
    day = _begin(every, today)
    return Occasion(str(day), day, Period(_begin(every, day - DAY), day - DAY)) if day > since else None


def next_day(schedule: Schedule, today: dt.date) -> dt.date | None:
    """The next day on which it falls due; None where that is not known, or it is over."""
    if schedule.every == Every.CLOSE or schedule.paused or schedule.ended_at:
        return None
    day = today + DAY
    while _begin(schedule.every, day) != day or day <= schedule.since:
        day += DAY
    return day if schedule.ends_on is None or day <= schedule.ends_on else None


def _begin(every: str, day: dt.date) -> dt.date:
    """The first day of the week, month or quarter in which a day lies."""
    if every == Every.WEEK:
        return day - day.weekday() * DAY
    month = day.month if every == Every.MONTH else 3 * ((day.month - 1) // 3) + 1
    return dt.date(day.year, month, 1)


# -- making what is due ------------------------------------------------------------------------------------------------


def run(day: dt.date | None = None) -> int:
    """Have the reports made that are due on a day (today). Returns how many were asked for."""
    today, n = day or dates.today(), 0
    for schedule in Schedule.objects.filter(ended_at=None).select_related("report__owner"):
        occasion = last(schedule.every, min(today, schedule.ends_on or today), schedule.since)
        if why := _over(schedule):
            end(schedule, why)
        elif occasion and not schedule.paused and not schedule.deliveries.filter(occasion=occasion.key).exists():
            n += _deliver(schedule, occasion)
        elif schedule.ends_on and today > schedule.ends_on:
            end(schedule, Ending.LAST_DAY)
    return n


def _over(schedule: Schedule) -> str:
    """Why nothing may come of it any more, or nothing."""
    owner, spec = schedule.report.owner, registry.find(schedule.report.register)
    if not owner.is_active:
        return Ending.ACCESS
    if spec is None or not spec.policy.may(owner, VIEW):
        return Ending.REGISTER
    return ""


def _deliver(schedule: Schedule, occasion: Occasion) -> int:
    """One job for each recipient, all of them or none; nothing where another worker serves the occasion at the same time."""
    try:
        with transaction.atomic():
            return sum(_to(schedule, occasion, person) for person in schedule.recipients.order_by("pk"))
    except IntegrityError:
        return 0


def _to(schedule: Schedule, occasion: Occasion, person: User) -> bool:
    """Have it made for one recipient; who may not have it is left out with a word."""
    job, why = None, ""
    language = language_of(person)
    order = jobs.Order(f"own-{schedule.report_id}", occasion.period.key, language, schedule.form, {}, schedule.pk)
    if not person.is_active:
        why = LeftOut.CLOSED
    else:
        try:
            job = jobs.start(person, order)
        except making.Refused:
            why = LeftOut.NOT_OPEN
    Delivery.objects.create(schedule=schedule, person=person, occasion=occasion.key, on=occasion.day, job=job, why=why)
    return job is not None


def language_of(person: User) -> str:
    """The language in which a person is written to."""
    return person.language if person.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


# -- changing ----------------------------------------------------------------------------------------------------------


def save(user, report: OwnReport, schedule: Schedule, given: dict[str, Any]) -> Schedule:
    """Check and keep a schedule. given: every, form, recipients (numbers of accounts), ends_on (as typed). Raises ValidationError."""
    if not own.may_change(user, report):
        raise ValidationError(_("Only its owner changes a report."))
    faults: dict[str, str] = {}
    schedule.report, schedule.every, schedule.form, schedule.since = report, given["every"], given["form"], schedule.since or dates.today()
    if schedule.every not in Every.values:
        faults["every"] = _("Choose how often.")
    if schedule.form not in FORMATS:
        faults["form"] = _("Choose Word, Excel or PDF.")
    people = list(User.objects.filter(pk__in=given["recipients"], is_active=True))
    if not people:
        faults["recipients"] = _("Name one recipient at least.")
    elif len(people) > RECIPIENTS_MAX:
        faults["recipients"] = _("At most %(n)s people get a report.") % {"n": RECIPIENTS_MAX}
    try:
        schedule.ends_on = dates.parse_day(given["ends_on"]) if given["ends_on"].strip() else None
        if schedule.ends_on and schedule.ends_on < dates.today():
            faults["ends_on"] = _("This day is past.")
    except ValueError:
        faults["ends_on"] = _("Write the day as day.month.year, such as 03.09.2026.")
    if faults:
        raise ValidationError(faults)
    with transaction.atomic():
        schedule.save()
        schedule.recipients.set(people)
    return schedule


def pause(schedule: Schedule) -> None:
    """Nothing is made until it goes on."""
    Schedule.objects.filter(pk=schedule.pk, ended_at=None).update(paused=True)


def go_on(schedule: Schedule) -> None:
    """What falls due from tomorrow on is made again; what was missed meanwhile is not."""
    Schedule.objects.filter(pk=schedule.pk, ended_at=None).update(paused=False, since=dates.today())


def end(schedule: Schedule, why: str) -> None:
    """Nothing is made any more; what was made stays until it is swept."""
    Schedule.objects.filter(pk=schedule.pk, ended_at=None).update(ended_at=timezone.now(), ended_why=why)


def access_ended(user, by) -> int:
    """The access of a person ended: their schedules stop, and nothing more is made for them. Returns how many things stopped."""
    mine = list(Schedule.objects.filter(report__owner_id=user.pk, ended_at=None))
    for schedule in mine:
        end(schedule, Ending.ACCESS)
    making = list(Job.objects.filter(owner_id=user.pk, state__in=(JobState.WAITING, JobState.RUNNING)))
    for job in making:
        jobs.cancel(job)
    return len(mine) + len(making)


# -- the e-mail --------------------------------------------------------------------------------------------------------


def mail(job: Job) -> bool:
    """Tell the recipient of a scheduled report that it is there, or that it could not be made: a link, never the file. Returns whether it went.

    The e-mail is claimed before it goes, so that two workers do not send it twice; where it cannot be sent, it is tried again.
    """
    if job.state not in (JobState.DONE, JobState.FAILED):
        return False
    found = Delivery.objects.filter(job=job, mailed_at=None).select_related("person", "schedule__report__owner").first()
    if found is None or not found.person.is_active:
        return False
    if not Delivery.objects.filter(pk=found.pk, mailed_at=None).update(mailed_at=timezone.now(), mail_tries=models.F("mail_tries") + 1):
        return False
    try:
        with translation.override(language_of(found.person)):
            subject, text = words(found, job)
        EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, [found.person.email]).send()
    except Exception:  # the mail server's; the report is on its page all the same
        log.exception("The e-mail about job %s was not sent.", job.pk)
        Delivery.objects.filter(pk=found.pk).update(mailed_at=None)
        return False
    return True


def words(delivery: Delivery, job: Job) -> tuple[str, str]:
    """Subject and text of the e-mail, in the language that is active."""
    one_line = " ".join(job.title.split())
    facts = {"title": one_line, "owner": " ".join(str(delivery.schedule.report.owner).split())}
    link = settings.ADDRESS + reverse("report_job", args=[job.pk])
    if job.state == JobState.DONE:
        subject, lead = _("Gegma: report «%(title)s»"), _("The report «%(title)s» is made. It holds what you may see.")
    else:
        subject, lead = _("Gegma: the report «%(title)s» was not made"), _("The report «%(title)s» could not be made; its page says why.")
    lines = [lead % facts, link, "", _("It comes by a schedule of %(owner)s. The file is kept for %(days)s days.") % {**facts, "days": settings.REPORT_DAYS}]
    return subject % facts, "\n".join(lines) + "\n"


def mail_again() -> int:
    """Send the e-mails that could not be sent, a few times. Returns how many went."""
    rows = Delivery.objects.filter(mailed_at=None, mail_tries__lt=MAIL_TRIES, on__gte=dates.today() - MAIL_DAYS, job__state__in=(JobState.DONE, JobState.FAILED))
    return sum(mail(row.job) for row in rows.select_related("job"))
