"""One record: its page, its history, undoing a change, deleting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gegma.audit.models import Action
from gegma.kernel.text import language

from .. import files, history, hooks, registry, write
from ..forms import names_of
from ..policy import ADD, CHANGE, DELETE, INTERNAL, NAMED, VIEW
from ..spec import Derived, Register
from ..tables import Cell, cell_of
from .accesses import may_see_readers, readers
from .common import made_now, may_enter, record_or_404, require, say, spec_or_404

READERS = "readers"
RELATED_ROWS = 10
STEPS = 3


@dataclass(frozen=True)
class Fact:
    """A field on the record page; kind as in tables.Cell, or url."""

    label: str
    cell: Cell


@require_GET
def record(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """The page of a record; a child is shown on its parent's page."""
    spec = spec_or_404(request, key)
    found = record_or_404(request, spec, pk)
    if spec.parent:
        return redirect(spec.record_url(found))
    found = spec.annotated(spec.visible(request.user).filter(pk=pk), _shown(spec, found)).get()
    changes = list(history.of_record(spec, pk, request.user)[:STEPS])
    may_change = spec.may(request.user, CHANGE, found)
    context = {
        "spec": spec,
        "record": found,
        "number": spec.number(found),
        "heading": spec.heading(found),
        "other_title": _other_title(found, spec.heading(found)),
        "sections": _sections(spec, found, request.user),
        "missing": _missing(spec, found),
        "moves": _moves(spec, found, request.user) if may_change else [],
        "state": _state(spec, found, request.user),
        "who_reads": _who_reads(found),
        "children": [_children(spec, inline, found, request.user, may_change) for inline in _inlines(spec, request.user)],
        "related": [part for r in spec.related if (part := _related(spec, r, found, request.user))],
        "files": files.of_record(spec, found),
        "panels": [render_to_string(template, part, request) for template, part in hooks.record_panels(request, spec, found)],
        "buttons": hooks.record_actions(request, spec, found),
        "steps": history.in_words(changes, request.user),
        "may_change": may_change,
        "may_delete": spec.may(request.user, DELETE, found),
    }
    template, more = hooks.record_page(request, spec, found)
    return render(request, template, {**context, **more})


def _shown(spec: Register, found) -> list[str]:
    """The fields that its page may show; the named readers only where they alone read it."""
    return [name for name in spec.all_fields if name != READERS or found.confidentiality == NAMED]


def _inlines(spec: Register, user) -> list:
    """The kinds of child rows that user may read at all."""
    return [inline for inline in spec.inlines if registry.get(inline.register).policy.may(user, VIEW)]


def _state(spec: Register, found, user) -> Cell | None:
    """The badge beside the title: the state of the record's life, or the derived word that leads."""
    name = spec.life.field if spec.life else next((c.name for c in spec.computed if isinstance(c, Derived) and c.leads), "")
    return cell_of(spec, spec.all_fields[name], found, user) if name else None


def _who_reads(found) -> str:
    """Who reads it, where not everybody with an account does."""
    kind = getattr(found, "confidentiality", INTERNAL)
    if kind == INTERNAL:
        return ""
    if kind == NAMED:
        names = dict.fromkeys(str(person) for person in [getattr(found, "officer", None), *found.readers.all()] if person)
        return _("open to: %(names)s") % {"names": ", ".join(names)}
    return _("open to %(unit)s and the heads above") % {"unit": found.owner_unit} if found.owner_unit_id else found.get_confidentiality_display()


def _other_title(found, heading: str) -> str:
    """The title in the language that the page is not in, where it differs from the heading."""
    other = getattr(found, "title_ka" if language() == "en" else "title_en", "")
    return other if other and other != heading else ""


def _sections(spec: Register, found, user) -> list[tuple[str, list[Fact]]]:
    groups, shown = [], set(_shown(spec, found))
    for title, bounds in spec.sections():
        facts = []
        for bound in bounds:
            if bound.name not in shown or bound.name == "title" or (bound.path != bound.name and "__" in bound.path) or not bound.filled(found):
                continue
            cell = cell_of(spec, bound, found, user)
            if bound.kind == "url":
                cell = Cell("url", cell.text, cell.label, url=bound.value(found))
            if cell.text or cell.links:
                facts.append(Fact(str(bound.label), cell))
        if facts:
            groups.append((title, facts))
    return groups


def _missing(spec: Register, found) -> list[str]:
    """The labels of fields without a value."""
    asked = [spec.all_fields[name] for name in _shown(spec, found) if name != "title"]
    return [str(b.label) for b in asked if b.editable and not b.filled(found)]


def _moves(spec: Register, found, user) -> list[tuple[str, str, str]]:
    """(address, words, why it cannot be made now) of the moves that lead on from the record's state."""
    if not spec.life:
        return []
    told = [(move, str(move.refuses(found)) if move.refuses else "") for move in spec.life.leaving(getattr(found, spec.life.field)) if move.open_to(user, found)]
    return [
        (reverse("record_move", args=[spec.key, found.pk, move.name]), str(move.label), why)
        for move, why in told
        if not (why and move.quiet)
    ]


def _children(spec: Register, inline, found, user, may_change: bool = False) -> dict[str, Any]:
    child = registry.get(inline.register).as_seen_by(user)
    names = [*(n for n in inline.fields if n in child.all_fields), *(c.name for c in child.computed)]
    rows = child.annotated(child.visible(user).filter(**{child.parent_field: found.pk}), names).order_by(*child.order, "pk")
    bounds = [child.all_fields[n] for n in names]
    lines = [(row, [cell_of(child, b, row, user) for b in bounds]) for row in rows]
    used = [i for i in range(len(bounds)) if any(cells[i].text or cells[i].links for _row, cells in lines)]
    return {
        "spec": child,
        "label": str(inline.label or child.title),
        "heads": [(str(bounds[i].label), bounds[i].kind in {"integer", "decimal"}) for i in used],
        "lines": [(row, [cells[i] for i in used], _next(child, row, user, may_change)) for row, cells in lines],
        "moves": may_change and child.life is not None or bool(child.answers and child.policy.columns(user)),
    }


def _next(child: Register, row, user, may_change: bool) -> list[tuple[str, str, str]]:
    """What may be done with a child row on the page of its parent: its moves or, for an addressee, the answer."""
    if child.answers and child.policy.columns(user) and child.may(user, CHANGE, row):
        return [(reverse("record_edit", args=[child.key, row.pk]), _("Fill in the answer"), "")]
    return _moves(child, row, user) if may_change else []


def _related(spec: Register, related, found, user) -> dict[str, Any] | None:
    other = registry.find(related.register)
    if other is None or not other.policy.may(user, VIEW):
        return None
    other = other.as_seen_by(user)
    if related.filter not in other.filters:
        return None
    rows = other.rows(user, {related.filter: str(found.pk)})
    count = rows.count()
    names = [n for n in other.default_columns() if other.all_fields[n].kind in {"date", "choice", "code"}][:2]
    lines = []
    for row in other.annotated(rows, [n for n in [*names, "title", other.parent_field] if n in other.all_fields])[:RELATED_ROWS]:
        shown = f"{getattr(row, other.parent_field)}: {row}" if other.parent and spec.key != other.parent else str(row)
        lines.append((other.record_url(row), shown, [cell_of(other, other.all_fields[n], row, user) for n in names]))
    query = f"?{related.filter}={found.pk}"
    may_add = may_enter(user, other) and related.filter in names_of(other, other.all_fields)
    return {
        "spec": other,
        "label": str(related.label or other.title),
        "count": count,
        "lines": lines,
        "url": other.url + query,
        "add_url": reverse("record_new", args=[other.key]) + query if may_add else "",
    }


@require_GET
def record_history(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """All changes of a record and of its children."""
    spec = spec_or_404(request, key)
    found = record_or_404(request, spec, pk)
    changes = list(history.of_record(spec, pk, request.user)[:500])
    context = {
        "spec": spec,
        "record": found,
        "number": spec.number(found),
        "steps": history.in_words(changes, request.user),
        "may_change": spec.may(request.user, CHANGE, found),
        "back": spec.record_url(found),
        "accesses": readers(spec, pk) if may_see_readers(request.user) else None,
    }
    return render(request, "engine/history.html", context)


@require_http_methods(["GET", "POST"])
def record_delete(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Ask, then delete."""
    spec = spec_or_404(request, key)
    found = record_or_404(request, spec, pk)
    require(request, spec, DELETE, found)
    problem = ""
    if request.method == "POST":
        version = request.POST.get("version", "")
        try:
            write.delete(spec, request.user, found, version=int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else 0)
        except write.Conflict:
            problem = _("Somebody else saved this record while you were reading it. Look at it again before you delete it.")
            found = record_or_404(request, spec, pk)
        except write.InUse as error:
            problem = _("It cannot be deleted while other records point to it: %(records)s.") % {"records": _seen(error.holders, request.user)}
        except ValidationError as error:
            problem = _("It cannot be deleted: %(why)s") % {"why": " ".join(error.messages)}
            found = record_or_404(request, spec, pk)
        else:
            say(request, _("%(record)s is deleted.") % {"record": f"{spec.number(found)} «{found}»"}, undo=made_now(request, spec))
            owner = getattr(found, f"{spec.parent_field}_id", None) if spec.parent else None
            return redirect(reverse("record", args=[spec.parent, owner]) if owner else spec.url)
    children = [_children(spec, inline, found, request.user) for inline in _inlines(spec, request.user)]
    context = {
        "spec": spec, "record": found, "number": spec.number(found), "problem": problem,
        "children": [c for c in children if c["lines"]], "files": files.of_record(spec, found), "back": spec.record_url(found),
    }  # fmt: skip
    return render(request, "engine/delete.html", context, status=409 if problem else 200)


def _seen(holders: list, user) -> str:
    """The records that stand in the way, those that the person may not see without their titles."""
    words = []
    for holder in holders:
        spec = registry.of(holder)
        if spec is None or not spec.policy.sees(user, holder):
            words.append(str(_("a record that is not open to you")))
        else:
            words.append(f"{spec.number(holder)} «{holder}»")
    return "; ".join(dict.fromkeys(words))


@require_POST
def change_revert(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo one change, one field of it (field), or all that was done in its step (step)."""
    change = history.find(pk)
    spec = registry.find(change.register) if change else None
    if spec is None or not _may_see(spec, change, request.user):
        raise Http404
    back = _back(request, spec, change)
    try:
        if request.POST.get("step"):
            write.revert_all(request.user, _own(history.of_step(change), request.user))
        else:
            write.revert(request.user, change, only=request.POST.get("field", ""), version=_seen_version(request))
    except ValidationError as error:
        messages.error(request, _("It cannot be undone: %(why)s") % {"why": " ".join(error.messages)})
    except write.Conflict:
        messages.error(request, _("Nothing was put back: somebody else saved this record meanwhile. Its history below is the newest; choose again."))
    except write.InUse as error:
        why = _seen(error.holders, request.user)
        messages.error(request, _("It cannot be undone: %(why)s") % {"why": why})
    else:
        say(request, _("Undone."), undo=made_now(request, spec))
        if not spec.visible(request.user).filter(pk=change.record_id).exists():
            return redirect(_gone(spec, change))
    return redirect(back)


def _seen_version(request: HttpRequest) -> int | None:
    """The version of the record on the page that the button stood on."""
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else None


def _own(changes: list, user) -> list:
    """The changes of one step; each must be about what the person may see."""
    for change in changes:
        spec = registry.find(change.register)
        if spec is None or not _may_see(spec, change, user):
            raise PermissionDenied
    return changes


def _may_see(spec: Register, change, user) -> bool:
    """Whether the record that a change is about is, or was when deleted, open to user."""
    if not spec.policy.may(user, VIEW):
        return False
    if spec.visible(user).filter(pk=change.record_id).exists():
        return True
    if spec.model._meta.pk and change.action == Action.DELETE and spec.policy.may(user, ADD):
        return _was_open(spec, change, user)
    return False


def _was_open(spec: Register, change, user) -> bool:
    """Whether user could see the record before it was deleted."""
    columns = {f.attname for f in spec.model._meta.concrete_fields}
    was = spec.model(**{name: value for name, value in change.before.items() if name in columns})
    if not spec.parent:
        return spec.policy.sees(user, was, readers=change.before.get(READERS, []))
    parent = registry.get(spec.parent)
    owner = getattr(was, f"{spec.parent_field}_id")
    if parent.visible(user).filter(pk=owner).exists():
        return True
    gone = history.deletion(parent, owner)
    return gone is not None and _was_open(parent, gone, user)


def _gone(spec: Register, change) -> str:
    """Where to go after a creation is undone: its parent, or the list."""
    return reverse("record", args=[change.parent_register, change.parent_id]) if change.parent_id else spec.url


def _back(request: HttpRequest, spec: Register, change) -> str:
    given = request.POST.get("next", "")
    if given and url_has_allowed_host_and_scheme(given, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return given
    if change.parent_id:
        return reverse("record", args=[change.parent_register, change.parent_id])
    return reverse("record", args=[spec.key, change.record_id])
