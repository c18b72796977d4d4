"""What is asked of agreements in the database: the stage on a day, who is in force on it, the day of a step of some kind."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from django.apps import apps
from django.db.models import (
    Case,
    CharField,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from gegma.engine.filters import Clause, DateFilter, SpanFilter, Values, follows
from gegma.kernel import dates
from gegma.kernel.periods import Period

from .domain import APPLIED, IN_EFFECT, PREPARING, RANK, TURNS, Stage
from .models import AgreementStep, StepKind

OURS = Q(country=None, organisation=None)
COUNTS_ON = Coalesce("effective_on", "action_on")
EXPIRES = Q(renews_years=None) | Q(renews_years=0)
APPLIED_STAGES = sorted({TURNS[kind][1].value for kind in APPLIED})
PREPARING_STAGES = [Stage.NONE.value, *(TURNS[kind][1].value for kind in PREPARING)]


def rounds(agreement: str, day: dt.date) -> QuerySet:
    """The negotiations held until a day about the agreement of the outer row."""
    meetings = apps.get_model("meetings", "Meeting").objects
    return meetings.filter(agreement=OuterRef(agreement), kind="negotiation", state="held", starts_on__lte=day)


class ByKind(Func):
    """A value for each kind of step: one expression, where a Case of twenty conditions would take longer to write than to answer."""

    def __init__(self, values: dict, output_field):
        super().__init__(F("kind"), output_field=output_field)
        self.values = [(str(kind), value) for kind, value in values.items()]

    def as_sql(self, compiler, connection, **_options) -> tuple[str, list]:
        """CASE kind WHEN … THEN … END."""
        kind, params = compiler.compile(self.get_source_expressions()[0])
        whens = " WHEN %s THEN %s" * len(self.values)
        return f"CASE {kind}{whens} END", [*params, *(word for pair in self.values for word in pair)]


def stage_on(day: dt.date):
    """The stage on a day, as domain.stage() has it: from what is kept in the row, unless another step decided on that day."""
    talked = Exists(rounds("pk", day).filter(starts_on__gte=Coalesce(OuterRef("reached_on"), Value(dt.date.min, DateField()))))
    return Case(
        When(Q(changes_on__lte=day) | Q(reached_on__gt=day), then=_walked(day)),
        When(Q(reached__in=APPLIED_STAGES) & EXPIRES & Q(expires_on__lt=day), then=Value(Stage.EXPIRED.value)),
        When(Q(reached__in=PREPARING_STAGES) & Q(talked), then=Value(Stage.NEGOTIATION.value)),
        default=F("reached"), output_field=CharField(),
    )  # fmt: skip


def _walked(day: dt.date):
    """The stage on a day from the steps themselves: exact for every day, and ten times as slow as what is kept."""
    talked = Exists(rounds("agreement_id", day).filter(starts_on__gte=OuterRef("_day")))
    deciding = (
        AgreementStep.objects.filter(OURS, agreement=OuterRef("pk"), kind__in=list(TURNS))
        .annotate(
            _day=COUNTS_ON,
            expires_on=ExpressionWrapper(OuterRef("expires_on"), DateField()),
            renews_years=ExpressionWrapper(OuterRef("renews_years"), IntegerField()),
        )
        .filter(_day__lte=day)
        .order_by(
            ByKind({kind: phase for kind, (phase, _stage) in TURNS.items()}, IntegerField()).desc(),
            F("_day").desc(), ByKind({kind: RANK[kind] for kind in TURNS}, IntegerField()).desc(), "-pk",
        )
        .values(
            _stage=Case(
                When(Q(kind__in=PREPARING) & Q(talked), then=Value(Stage.NEGOTIATION.value)),
                When(Q(kind__in=APPLIED) & EXPIRES & Q(expires_on__lt=day), then=Value(Stage.EXPIRED.value)),
                default=ByKind({kind: stage.value for kind, (_phase, stage) in TURNS.items()}, CharField()), output_field=CharField(),
            )
        )
    )  # fmt: skip
    begun = Case(When(Exists(rounds("pk", day)), then=Value(Stage.NEGOTIATION.value)), default=Value(Stage.NONE.value), output_field=CharField())
    return Coalesce(Subquery(deciding[:1]), begun)


def stage_today():
    """The stage today."""
    return stage_on(dates.today())


def binding() -> Case:
    """Whether it binds in law, as Agreement.binds has it."""
    return Case(When(Q(kind="memorandum") | Q(legal_force="not-binding"), then=Value("no")), default=Value("yes"), output_field=CharField())


EXPIRY = (("30", 30), ("90", 90), ("365", 365))


def expiry_today():
    """How near the day is until which the agreement is in force: the narrowest bound that holds, nothing where it has no term."""
    today = dates.today()
    return Case(
        When(expires_on=None, then=Value(None)),
        When(expires_on__lt=today, then=Value("past")),
        *(When(expires_on__lte=today + dt.timedelta(days=days), then=Value(key)) for key, days in EXPIRY),
        default=Value("later"), output_field=CharField(),
    )  # fmt: skip


def not_ended() -> Q:
    """The agreements that were neither terminated nor superseded, whenever that takes effect."""
    ends = AgreementStep.objects.filter(OURS, agreement=OuterRef("pk"), kind__in=(StepKind.TERMINATED, StepKind.SUPERSEDED))
    return ~Q(Exists(ends))


@dataclass
class StepFilter(DateFilter):
    """The day on which a step of one of some kinds was taken by us or by all: both bounds hold for one and the same step.

    of_amendments: kinds of step that count here too when an amendment of the agreement took them.
    """

    kinds: tuple[str, ...] = ()
    of_amendments: tuple[str, ...] = ()

    def _taken(self, **bounds) -> Q:
        steps = AgreementStep.objects.filter(OURS, **bounds)
        whole = Q(pk__in=steps.filter(kind__in=self.kinds).values("agreement"))
        if self.of_amendments:
            amending = steps.filter(kind__in=self.of_amendments, agreement__parent__isnull=False)
            whole |= Q(pk__in=amending.values("agreement__parent"))
        return whole

    def _between(self, first: dt.date | None, last: dt.date | None) -> Q:
        bounds = {"action_on__gte": first, "action_on__lte": last}
        return self._taken(**{key: day for key, day in bounds.items() if day})

    def _filled(self) -> Q:
        return self._taken()


@dataclass
class PreparingFilter(DateFilter):
    """Not concluded before a day: what was in preparation on it, or is begun later."""

    suffixes: tuple[str, ...] = ("from",)
    rules = ()

    def clauses(self, values: Values, user=None) -> list[Clause]:
        """Neither signed, acceded to nor in force before the day."""
        day = f"{dates.parse_day(values['from'][-1]):%d.%m.%Y}" if (found := super().clauses(values, user)) else ""
        words, missed = _("not concluded before %(day)s") % {"day": day}, _("concluded before %(day)s") % {"day": day}
        return [replace(clause, words=words, missed=missed) for clause in found]

    def _between(self, first: dt.date | None, last: dt.date | None) -> Q:
        concluded = (StepKind.SIGNED, StepKind.CONSENTED, StepKind.IN_FORCE)
        return ~Q(Exists(AgreementStep.objects.filter(OURS, agreement=OuterRef("pk"), kind__in=concluded, action_on__lt=first)))


@dataclass
class InForceFilter(SpanFilter):
    """In force, or provisionally applied, on a day or at some time between two."""

    def _on(self, day: dt.date) -> Q:
        return follows(stage_on(day), IN_EFFECT)

    def _overlaps(self, first: dt.date | None, last: dt.date | None) -> Q:
        begins = AgreementStep.objects.filter(OURS, kind__in=(StepKind.IN_FORCE, StepKind.RESUMED, StepKind.PROVISIONAL)).annotate(_day=COUNTS_ON)
        if last:
            begins = begins.filter(_day__lte=last)
        if first is None:
            return Q(pk__in=begins.values("agreement"))
        return self._on(first) | Q(pk__in=begins.filter(_day__gt=first).values("agreement"))

    def period_clauses(self, rule: str, period: Period) -> list[Clause]:
        """For a measure: in force at some time in the period, or on its last day."""
        inside = self._on(period.end) if rule == "at_end" else self._overlaps(period.start, period.end)
        words = _("in force on the last day of the period") if rule == "at_end" else _("in force in the period")
        return [Clause(inside, words, _("not: %(condition)s") % {"condition": words})]
