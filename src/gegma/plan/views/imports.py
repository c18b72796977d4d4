"""Importing a plan in the interface: upload, look at the tree beside the source rows, mend any cell, then write."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from gegma.audit.context import origin

from .. import importing, readers
from ..models import ImportDraft, Plan
from ..reader_texts import say_place
from ..reader_words import role_names, say
from .common import may_edit

MAX_BYTES = 20 * 1024 * 1024


def upload(request):
    """Choose a file; it is read in a limited process of its own, and nothing is written but the draft."""
    if not may_edit(request.user):
        raise PermissionDenied
    error = ""
    if request.method == "POST":
        given = request.FILES.get("file")
        if given is None:
            error = _("Choose a file first.")
        elif given.size > MAX_BYTES:
            error = _("The file is larger than %(size)s MB.") % {"size": MAX_BYTES // 1024 // 1024}
        else:
            draft = ImportDraft(owner=request.user, name=Path(given.name).name[:255], file=given.read())
            try:
                draft.read = read_bytes(draft)
                if draft.read["activities"] or any(r["kind"] != "paragraph" for r in draft.read.get("rows", [])):
                    draft.save()
                    return HttpResponseRedirect(reverse("plan_import_review", args=[draft.pk]))
                error = _("The file holds no table and no line that could be part of a plan.")
            except readers.Refused as refused:
                error = say(refused)
    drafts = ImportDraft.objects.filter(owner=request.user).only("id", "name", "created_at")[:5]
    return render(request, "plan/import_upload.html", {"error": error, "drafts": drafts})


def read_bytes(draft: ImportDraft) -> dict:
    """The plan in the draft's file, with its source rows. Raises Refused."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("plan" + Path(draft.name).suffix[:10])
        path.write_bytes(bytes(draft.file))
        found = readers.read_plan(path, columns=draft.columns or None, name=draft.name)
    return importing.with_framework_rows(found.as_dict())


def review(request, draft):
    """The tree as read beside the source; mend it, name columns, compare with a plan that is there, import."""
    if not may_edit(request.user):
        raise PermissionDenied
    kept = ImportDraft.objects.filter(pk=draft, owner=request.user).first()
    if kept is None:
        raise Http404
    errors: list[str] = []
    changes = None
    target = None
    if request.method == "POST":
        action = request.POST.get("action", "save")
        if action == "discard":
            kept.delete()
            return HttpResponseRedirect(reverse("plan_import"))
        if action == "columns":
            errors = _name_columns(kept, request.POST)
        else:
            kept.read = mended(kept.read, request.POST)
            kept.save()
            target = Plan.objects.filter(key=request.POST.get("target", "")).first()
            if action == "import":
                done, errors = _import(request, kept, target)
                if done:
                    return HttpResponseRedirect(reverse("board", args=[done.key]))
            if target is not None:
                changes = importing.differences(target, kept.read)
    return render(
        request,
        "plan/import_review.html",
        {
            "draft": kept,
            "read": kept.read,
            "activities": _beside_source(kept.read),
            "warnings": [{"where": say_place(w["where"]), "what": say(w)} for w in kept.read.get("warnings", [])],
            "roles": role_names(),
            "columns": _columns(kept.read),
            "plans": Plan.objects.all(),
            "target": target,
            "changes": changes,
            "errors": errors,
            "key": request.POST.get("key")
            or slugify(kept.read.get("title", ""))
            or (f"plan-{kept.read['year']}" if kept.read.get("year") else ""),
            "unplaced": [{**r, "place": say_place(r["place"])} for r in kept.read.get("rows", []) if r.get("kind") == "unplaced"],
            "count": {
                "sections": len(kept.read["sections"]),
                "activities": len(kept.read["activities"]),
                "indicators": sum(len(a["indicators"]) for a in kept.read["activities"]),
            },
        },
    )


def _columns(read: dict) -> list[dict]:
    found: dict[str, dict] = {}
    for column in read.get("columns") or []:
        found.setdefault(column["header"] or str(column["index"]), column)
    return list(found.values())


def _name_columns(draft: ImportDraft, post) -> list[str]:
    named = {}
    for name, role in post.items():
        if name.startswith("column:") and role:
            header = name.removeprefix("column:")
            named[int(header) if header.isdecimal() else header] = role
    draft.columns = {str(k): v for k, v in named.items()}
    try:
        draft.read = read_bytes(draft)
    except (readers.Refused, ValueError) as error:
        return [say(error)]
    draft.save()
    return []


def _beside_source(read: dict) -> list[dict]:
    """The activities with the source rows that each was read from."""
    rows: dict[str, list[dict]] = {}
    for row in read.get("rows", []):
        if row.get("activity"):
            rows.setdefault(row["activity"], []).append({**row, "place": say_place(row["place"])})
    return [{"row": a, "index": n, "source": rows.get(a["code"], [])} for n, a in enumerate(read["activities"])]


def mended(read: dict, post) -> dict:
    """What was read, with the cells that the person changed. Cells that the form did not send stay as they are."""

    def text(name: str, old: str) -> str:
        return " ".join(post[name].split()) if name in post else old

    def lines(name: str, old: list[str]) -> list[str]:
        return [" ".join(line.split()) for line in post[name].splitlines() if line.strip()] if name in post else old

    new = {**read, "title": text("title", read.get("title", ""))}
    if post.get("year", "").strip().isdecimal():
        new["year"] = int(post["year"])
    new["sections"] = [{**s, "title": text(f"s{n}-title", s["title"])} for n, s in enumerate(read["sections"])]
    new["activities"] = []
    codes: dict[str, str] = {}
    for n, row in enumerate(read["activities"]):
        if post.get(f"a{n}-out"):
            continue
        indicators = []
        for m, item in enumerate([*row["indicators"], {"label": "", "text": ""}]):
            made = {
                **item,
                "label": text(f"a{n}-i{m}-label", item.get("label", "")),
                "text": text(f"a{n}-i{m}-text", item["text"]),
            }
            if made["text"]:
                indicators.append(made)
        codes[row["code"]] = text(f"a{n}-code", row["code"])
        new["activities"].append(
            {
                **row,
                "code": codes[row["code"]],
                "section": text(f"a{n}-section", row["section"] or "") or None,
                "text": text(f"a{n}-text", row["text"]),
                "deadline": text(f"a{n}-deadline", row.get("deadline") or ""),
                "partners": lines(f"a{n}-partners", row["partners"]),
                "comments": text(f"a{n}-comments", row.get("comments") or ""),
                "indicators": indicators,
            }
        )
    # What is left out here is left out of the printed table too; a number that was mended is mended there.
    new["published"] = [
        {**item, "code": codes[item["code"]]} if item["kind"] == "activity" else item
        for item in read.get("published", [])
        if item["kind"] != "activity" or item["code"] in codes
    ]
    return new


def _import(request, draft: ImportDraft, target: Plan | None) -> tuple[Plan | None, list[str]]:
    codes = [a["code"] for a in draft.read["activities"]]
    double = sorted({c for c in codes if codes.count(c) > 1})
    if double:
        return None, [_("Two activities have the code %(code)s: give one of them another.") % {"code": ", ".join(double)}]
    if "" in codes:
        return None, [_("An activity has no code.")]
    key = slugify(request.POST.get("key", ""))
    if target is None and not key:
        return None, [_("Give the plan a short key of Latin letters, such as ministry-2018.")]
    try:
        with origin("import"):
            stored = importing.store(draft.read, request.user, key=key, plan=target)
    except ValidationError as error:
        return None, list(error.messages)
    draft.delete()
    messages.success(request, _("The plan was imported: %(n)s activities.") % {"n": len(codes)})
    return stored, []
