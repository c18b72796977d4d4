"""What stands beside a commitment, and over the list of commitments."""

from __future__ import annotations

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from gegma.engine import hooks, registry
from gegma.engine.policy import ADD, CHANGE

from . import domain
from .models import CommitmentState


def over_the_cycles(request, spec, record):
    """The chain that the commitment stands in, and the step that is near once something was done on it."""
    if spec.key != "commitments":
        return None
    links = [_link(spec, row) for row in domain.chain(record, request.user)]
    merged = [_link(spec, row) for row in spec.visible(request.user).filter(merged_into=record.pk, state=CommitmentState.MERGED).order_by("ended_on", "pk")]
    acted = registry.get("actions").rows(request.user, {"commitments": str(record.pk), "done_on__set": "1"})
    begin = record.state == CommitmentState.ACCEPTED and acted.exists() and spec.may(request.user, CHANGE, record)
    return ("commitments/beside.html", {"record": record, "links": links, "merged": merged, "begin": begin}) if links or merged or begin else None


def _link(spec, row) -> dict:
    return {"row": row, "number": spec.number(row), "title": spec.heading(row), "tone": spec.tone(row), "url": spec.record_url(row)}


def on_the_list(request, spec, params):
    """To reporting on a cycle."""
    if spec.key != "commitments":
        return None
    asked = QueryDict(mutable=True)
    if len(params.getlist("framework")) == 1 and "cycle__is" in params:
        asked.update({"framework": params["framework"], "cycle": params["cycle__is"]})
    query = f"?{asked.urlencode()}" if asked and asked["framework"].isdecimal() else ""
    return {"label": _("Report on a cycle"), "url": reverse("commitments_report") + query, "icon": "check"}


def import_a_list(request, spec, params):
    """To importing a cycle."""
    if spec.key != "commitments" or not spec.may(request.user, ADD):
        return None
    return {"label": _("Import a list"), "url": reverse("commitments_import"), "icon": "upload"}


def hang() -> None:
    """Called once, when the application starts."""
    hooks.RECORD_PANELS.append(over_the_cycles)
    hooks.LIST_ACTIONS.extend([on_the_list, import_a_list])
