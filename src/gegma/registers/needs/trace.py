"""The way of a need both ways: commitment ↔ need ↔ package and its deliveries ↔ project ↔ training, on the pages of each of them."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from gegma.engine import hooks, registry

from .queries import Part, part, visible


def panel(request, spec, record) -> tuple[str, dict] | None:
    """The part of a record page that tells the way; only what the person may see is on it."""
    parts_of = WAYS.get(spec.key)
    parts = [found for found in parts_of(request.user, record) if found] if parts_of else []
    return ("needs/panel_trace.html", {"parts": parts}) if parts else None


def _of_need(user, need) -> list[Part | None]:
    projects = visible(user, "projects").filter(needs=need.pk)
    return [
        _commitments(user, needs=[need.pk]),
        _packages(user, visible(user, "documents").filter(needs=need.pk), f"?needs={need.pk}"),
        _projects(projects, f"?needs={need.pk}"),
        _trainings(user, projects),
    ]


def _of_project(user, project) -> list[Part | None]:
    needs = visible(user, "needs").filter(projects=project.pk)
    return [
        _needs(needs, f"?projects={project.pk}"), _commitments(user, needs=needs.values("pk")),
        _packages(user, visible(user, "documents").filter(needs__in=needs).distinct()),
    ]  # fmt: skip


def _of_package(user, document) -> list[Part | None]:
    needs = visible(user, "needs").filter(packages=document.pk)
    return [_needs(needs, f"?packages={document.pk}"), _projects(visible(user, "projects").filter(needs__in=needs).distinct())]


def _of_training(user, training) -> list[Part | None]:
    projects = visible(user, "projects").filter(pk=training.project_id)
    needs = visible(user, "needs").filter(projects__in=projects)
    return [_needs(needs, f"?projects={training.project_id}"), _commitments(user, needs=needs.values("pk"))]


def _of_commitment(user, commitment) -> list[Part | None]:
    needs = visible(user, "needs").filter(commitments=commitment.pk)
    projects = visible(user, "projects").filter(needs__in=needs).distinct()
    return [_needs(needs, f"?commitments={commitment.pk}"), _projects(projects), _trainings(user, projects)]


def _needs(rows, url: str) -> Part | None:
    return part("needs", _("Needs served"), rows, url, lambda need: need.get_state_display())


def _commitments(user, needs) -> Part | None:
    return part("commitments", _("It follows from"), visible(user, "commitments").filter(needs__in=needs).distinct())


def _packages(user, rows, url: str = "") -> Part | None:
    found = part("documents", _("Offered in"), rows, url)
    if found:
        given = registry.get("deliveries").visible(user).filter(document__in=[row.pk for row, _url, _w in found.lines])
        told: dict[int, list[str]] = {}
        for delivery in given.select_related("recipient", "recipient_unit").order_by("delivered_on", "pk"):
            to = delivery.recipient if delivery.recipient_id else delivery.recipient_unit
            short = getattr(to, "short", "") or str(to)
            told.setdefault(delivery.document_id, []).append(short)
        found.lines = [(row, url, _given(told.get(row.pk, []))) for row, url, _w in found.lines]
    return found


def _given(names: list[str]) -> str:
    if not names:
        return _("not delivered yet")
    names = list(dict.fromkeys(names))
    return _("delivered to: %(names)s") % {"names": ", ".join(names[:6]) + (" …" if len(names) > 6 else "")}


def _projects(rows, url: str = "") -> Part | None:
    return part("projects", _("Met by the projects"), rows, url, lambda project: project.get_state_display())


def _trainings(user, projects) -> Part | None:
    rows = visible(user, "trainings").filter(project__in=projects.values("pk"))
    return part("trainings", _("Trainings of these projects"), rows, "", lambda t: f"{t.starts_on:%d.%m.%Y}" if t.starts_on else "")


WAYS = {"needs": _of_need, "projects": _of_project, "documents": _of_package, "trainings": _of_training, "commitments": _of_commitment}


def list_action(request, spec, params) -> dict | None:
    """Over the list of needs: the same needs as a matrix."""
    if spec.key != "needs":
        return None
    kept = [(k, v) for k, values in params.lists() for v in values if k not in {"page", "cols", "sort", "lang", "q"}]
    return {"label": _("Matrix"), "url": reverse("needs_matrix") + ("?" + urlencode(kept) if kept else ""), "icon": "table"}


def install() -> None:
    """Hand both to the engine."""
    hooks.RECORD_PANELS.append(panel)
    hooks.LIST_ACTIONS.append(list_action)
