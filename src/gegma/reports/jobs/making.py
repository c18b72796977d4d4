"""From an order to a file, with the rights of one person; and whether that person may still have the file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import override

from gegma.accounts.models import SYSTEM
from gegma.engine import registry
from gegma.engine.filters import FilterError
from gegma.engine.policy import VIEW
from gegma.kernel import dates, periods
from gegma.kernel.text import pick
from gegma.plan.models import Plan

from .. import catalogue, context, render
from ..catalogue import asking, base, own
from ..models import OwnReport, Schedule, Stage
from ..typesetter import TypesettingError
from ..word_templates import store as word_templates
from ..word_templates import texts as template_texts
from . import Order

PROGRESS = "progress"
# So many numbers one query may name.
AT_ONCE = 5000
Tell = Callable[[str, int, int], None]


class Refused(Exception):
    """Why the report is not made, in words for the person. faults: by parameter, where the form can show them."""

    def __init__(self, words: str, faults: dict[str, str] | None = None):
        super().__init__(words)
        self.faults = faults or {"": words}


@dataclass
class Made:
    """A file, and the numbers of the records in it by register."""

    name: str
    data: bytes
    read: dict[str, list[int]] = field(default_factory=dict)


def title(order: Order, user) -> str:
    """What the report is called, with its period, in its own language. Raises Refused."""
    with override(order.lang):
        if order.what == PROGRESS:
            return f"{pick(plan_of(order), 'title')}: {_('Progress report')}, {periods.parse(order.period).sentence()}"
        report, _values = checked(order, user)
        return f"{report.title}, {periods.parse(order.period).sentence()}"


def plan_of(order: Order) -> Plan:
    """The plan of a progress report. Raises Refused."""
    found = Plan.objects.filter(key=(list(order.given.get("plan", ())) or [""])[-1]).first()
    if found is None:
        raise Refused(_("This plan is no longer there."))
    return found


def checked(order: Order, user) -> tuple[base.Report, dict]:
    """The report of the catalogue or one's own, and its parameters, as this person may ask for them. Raises Refused."""
    report = own.as_report(kept) if (kept := _own(order, user)) else None if order.what.startswith("own-") else catalogue.find(order.what)
    if report is None:
        raise Refused(_("This report is no longer there, or not open to you."))
    try:
        return report, asking.cleaned(report, user, order.given)
    except asking.Wrong as wrong:
        raise Refused(str(wrong), wrong.faults) from wrong


def _own(order: Order, user) -> OwnReport | None:
    """An own report that the person may run: theirs, shared, or one that a schedule sends them."""
    number = order.what.removeprefix("own-")
    if number == order.what or not number.isdecimal():
        return None
    found = own.visible(user).filter(pk=int(number)).first()
    if found is None and order.schedule:
        sent = Schedule.objects.filter(pk=order.schedule, report_id=int(number), recipients=user.pk).select_related("report__owner").first()
        spec = registry.find(sent.report.register) if sent else None
        found = sent.report if spec is not None and spec.policy.may(user, VIEW) else None
    return found


def make(order: Order, user, tell: Tell | None = None) -> Made:
    """Make the file. tell(stage, done, of): how far it is; of is 0 where the end is not known. Raises Refused."""
    tell = tell or (lambda stage, done, of: None)
    period, read = periods.parse(order.period), _Read(tell)
    template = None if order.built_in or order.form != "docx" else word_templates.in_use(order.what, order.lang)
    try:
        if order.what == PROGRESS:
            plan = plan_of(order)
            all_of_it, key = plan.activities.filter(withdrawn=False).count(), plan.key
            ticks = iter(range(1, all_of_it + 2))
            division = (list(order.given.get("division", ())) or [""])[-1]
            made = context.progress(plan, period, order.lang, division=division, tick=lambda: tell(Stage.READING, next(ticks), all_of_it), note=read.note)
            tell(Stage.SETTING, 0, 0)
            data = word_templates.fill(template, word_templates.of_progress(made, period)) if template else render.render(made, order.form)
        else:
            report, values = checked(order, user)
            key, made = report.key, base.make(report, user, period, order.lang, values, note=read.note)
            tell(Stage.SETTING, 0, 0)
            data = word_templates.fill(template, word_templates.of_paper(made, period)) if template else catalogue.render(made, order.form)
    except FilterError as error:
        raise Refused(_("The register no longer knows what this report asks: %(why)s") % {"why": error.message}) from error
    except word_templates.Broken as broken:
        raise Refused(words := template_texts.say(broken.refused), {"template": words}) from broken
    except TypesettingError as error:
        raise Refused(_("The file could not be made. Ask for a shorter period, or for the Excel file.")) from error
    form = f"-template-v{template.number}" if template else ""
    return Made(f"{key}-{period.key.replace('..', '_')}-{dates.today()}-{order.lang}{form}.{order.form}", data, read.kept())


class _Read:
    """Keeps which records were read."""

    def __init__(self, tell: Tell):
        self.tell, self.found = tell, {}

    def note(self, key: str, numbers: Iterable[int]) -> None:
        """These records of a register stand in the report, or count in it."""
        self.found.setdefault(key, set()).update(numbers)
        self.tell(Stage.READING, sum(map(len, self.found.values())), 0)

    def kept(self) -> dict[str, list[int]]:
        return {key: sorted(numbers) for key, numbers in self.found.items()}


def still_open(order: Order, user, read: dict[str, list[int]]) -> bool:
    """Whether the person may still have a file that was made of these records: the report is open to them, and no record was hidden since.

    What was deleted since is not hidden: the person has seen it.
    """
    try:
        plan_of(order) if order.what == PROGRESS else checked(order, user)
    except Refused:
        return False
    return not any(_hidden(user, key, numbers[at : at + AT_ONCE]) for key, numbers in read.items() for at in range(0, len(numbers), AT_ONCE))


def _hidden(user, key: str, numbers: list[int]) -> bool:
    spec = registry.find(key)
    if spec is None:
        return True
    there = set(spec.visible(SYSTEM).filter(pk__in=numbers).values_list("pk", flat=True))
    return bool(there - set(spec.visible(user).filter(pk__in=there).values_list("pk", flat=True)))
