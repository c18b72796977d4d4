"""Reports of one's own: a register, the filters of a list, columns and words. Its owner's until shared; run with the rights of the reader."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from gegma.engine import registry
from gegma.engine.filters import DateFilter, FilterError, SpanFilter
from gegma.engine.policy import VIEW
from gegma.engine.spec import Register
from gegma.engine.tables import SHOWN, Listing
from gegma.kernel.text import pick

from ..models import OwnReport
from . import paper
from .base import Ask, Paper, Report
from .listing import listing

COLUMNS_MAX = 12
# So wide are upright pages, in columns.
UPRIGHT_COLUMNS = 5


def visible(user) -> QuerySet:
    """Those that user may run: their own, and those that are shared, of registers that they may read."""
    readable = [spec.key for spec in registry.everything() if spec.policy.may(user, VIEW)]
    return OwnReport.objects.filter(Q(owner_id=user.pk) | Q(shared=True), register__in=readable).select_related("owner")


def may_change(user, report: OwnReport) -> bool:
    """Its owner alone changes it."""
    return user.pk is not None and report.owner_id == user.pk


def save(user, report: OwnReport, given: dict[str, Any]) -> OwnReport:
    """Check and keep a report. given: title_ka, title_en, before, register, address, columns, day, shared. Raises ValidationError."""
    if report.pk and not may_change(user, report):
        raise ValidationError(_("Only its owner changes a report."))
    spec = registry.find(given["register"])
    if spec is None or not spec.policy.may(user, VIEW):
        raise ValidationError({"register": _("Choose a register.")})
    spec = spec.as_seen_by(user)
    report.owner_id = report.owner_id or user.pk
    report.register, report.shared = spec.key, bool(given["shared"])
    report.title_ka, report.title_en, report.before = (_plain(given[name]) for name in ("title_ka", "title_en", "before"))
    faults = {} if report.title_ka or report.title_en else {"title_ka": _("Give the report a title.")}
    report.columns = list(dict.fromkeys(given["columns"])) or spec.default_columns()
    report.address, report.day = "", given["day"]
    try:
        report.address = address_of(spec, given["address"])
        Listing(spec, user, asked(report))
    except FilterError as error:
        faults["columns" if error.key == "cols" else "address"] = error.message
    except ValueError as error:
        faults["address"] = str(error)
    if len(report.columns) > COLUMNS_MAX:
        faults["columns"] = _("At most %(n)s columns fit on a page.") % {"n": COLUMNS_MAX}
    if report.day and report.day not in dict(days(spec)):
        faults["day"] = _("This register has no such day.")
    if faults:
        raise ValidationError(faults)
    report.full_clean(exclude=["owner"])
    report.save()
    return report


def remove(user, report: OwnReport) -> None:
    """Take a report away."""
    if not may_change(user, report):
        raise ValidationError(_("Only its owner changes a report."))
    report.delete()


def _plain(words: str) -> str:
    return words.replace("\0", "").replace("\r\n", "\n").strip()


def address_of(spec: Register, typed: str) -> str:
    """The filters in the address of a list, as typed or copied: with or without what stands before the question mark."""
    parts = urlsplit(_plain(typed))
    if parts.path.strip("/") and not parts.query and "=" in typed:
        query = parts.path
    elif (parts.netloc or parts.path.strip("/")) and parts.path.rstrip("/") != spec.url.rstrip("/"):
        raise ValueError(_("This is not the address of the list «%(register)s».") % {"register": spec.title})
    else:
        query = parts.query
    try:
        params = QueryDict(query, mutable=True)
    except Exception as error:  # too many fields, or bytes that are no text
        raise ValueError(_("The address could not be read.")) from error
    for name in SHOWN:
        params.pop(name, None)
    for name, values in list(params.lists()):
        params.setlist(name, [value for value in values if value])
    return params.urlencode(safe=",")


def days(spec: Register) -> list[tuple[str, str]]:
    """The days of a register by which a period may choose its records."""
    return [(name, str(found.label)) for name, found in spec.filters.items() if isinstance(found, (DateFilter, SpanFilter)) and {"from", "to"} <= set(found.suffixes)]


def asked(report: OwnReport, period=None, columns=None) -> QueryDict:
    """What the list of the report asks. columns: those that its reader may read; others are left out."""
    params = QueryDict(report.address, mutable=True)
    params["cols"] = ",".join(name for name in report.columns if columns is None or name in columns)
    if report.day and period is not None:
        params[f"{report.day}__from"], params[f"{report.day}__to"] = f"{period.start:%d.%m.%Y}", f"{period.end:%d.%m.%Y}"
    return params


def as_report(kept: OwnReport) -> Report:
    """A kept report as one of the catalogue. Making it raises FilterError where the register no longer knows what it asks."""

    def build(ask: Ask) -> Paper:
        whole = registry.get(kept.register)
        spec = whole.as_seen_by(ask.user)
        columns = {name for name in kept.columns if name in spec.all_fields or name not in whole.all_fields}
        found = Listing(spec, ask.user, asked(kept, ask.period, columns))
        table = listing(ask, spec.title, spec.key, [column.name for column in found.columns], ask.saw(spec.key, found.rows))
        before = [paper.text(kept.before)] if kept.before else []
        facts = [(_("Register"), spec.title), (_("Shown"), found.sentence()), (_("Put together by"), str(kept.owner))]
        blocks = [paper.heading(spec.title), *before, paper.figures((_("records"), len(table["rows"]))), table]
        return Paper(blocks, title=pick(kept, "title"), facts=facts, subtitle="" if kept.day else _("as known today"))

    sentence = _("Records of the register «%(register)s».") % {"register": registry.get(kept.register).title}
    return Report(f"own-{kept.pk}", pick(kept, "title"), sentence, build, sideways=len(kept.columns) > UPRIGHT_COLUMNS)
