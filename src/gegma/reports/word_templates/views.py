"""The pages of templates, for administrators: what a template may use, one to begin with, the upload and what is wrong with it, its versions."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gegma.engine import files
from gegma.engine.views.common import say
from gegma.kernel import office
from gegma.kernel.sandbox import Refused
from gegma.kernel.text import LANGUAGES, language
from gegma.reports.models import WordTemplate

from . import fields, starter, store, texts
from .package import TEMPLATE_BYTES_MAX


def administrators(view):
    """Only administrators come here: a template is a small program."""

    @functools.wraps(view)
    def guarded(request, *args, **kwargs):
        if not store.may_change(request.user):
            raise PermissionDenied
        if kwargs and (not store.known(kwargs["key"]) or kwargs["lang"] not in LANGUAGES):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@administrators
def template_list(request):
    """Every report with the templates that are in use."""
    used = {(one.report, one.language): one for one in WordTemplate.objects.filter(in_use=True).defer("data")}
    rows = [(key, title, sentence, [(lang, name, used.get((key, lang))) for lang, name in _languages()]) for key, title, sentence in store.reports()]
    return render(request, "reports/templates.html", {"rows": rows})


def _languages() -> list[tuple[str, str]]:
    return [("ka", _("Georgian")), ("en", _("English"))]


@require_http_methods(["GET", "HEAD", "POST"])
@administrators
def template(request, key: str, lang: str):
    """One report in one language: its fields, the upload, the versions."""
    made = store.sample(key, lang, request.user)
    checked, refused = None, ""
    if request.method == "POST" and made is not None:
        checked, kept, refused = _upload(request, key, lang, made)
        if kept is not None:
            say(request, _("%(name)s is kept as version %(n)s. Look at it, then take it into use.") % {"name": kept.name, "n": kept.number})
            return redirect("template", key=key, lang=lang)
    with translation.override(language()):
        lines = fields.lines(made.shape, made.context) if made else []
    context = {
        "key": key, "lang": lang, "title": next(title for found, title, _sentence in store.reports() if found == key), "made": made, "lines": lines,
        "language": dict(_languages())[lang], "others": [(other, name) for other, name in _languages() if other != lang], "limit": TEMPLATE_BYTES_MAX // 1024 // 1024,
        "versions": store.versions(key, lang), "in_use": store.in_use(key, lang), "refused": refused, "office": office.find_office() is not None,
        "faults": [(texts.where(f["place"]), texts.told(f["code"], f["params"]) or f["code"], f["place"].get("words", "")) for f in checked.faults] if checked else [],
    }  # fmt: skip
    return render(request, "reports/template.html", context, status=400 if checked or refused else 200)


def _upload(request, key: str, lang: str, made: store.Sample):
    given = request.FILES.get("file")
    if given is None:
        return None, None, _("Choose a file first.")
    if given.size > TEMPLATE_BYTES_MAX:
        return None, None, texts.told("template_size", {"limit": TEMPLATE_BYTES_MAX // 1024 // 1024})
    if given.name.lower().endswith((".docm", ".dotm", ".dotx", ".doc", ".dot", ".rtf", ".odt")):
        return None, None, texts.told("template_kind", {})
    checked, kept = store.upload(request.user, key, lang, given.name, given.read(), made)
    return checked, kept, texts.say(checked.refused) if checked.refused else ""


@require_safe
@administrators
def template_start(request, key: str, lang: str):
    """A template to begin with."""
    made = store.sample(key, lang, request.user) if key == fields.PROGRESS else None
    columns = made.context["plan"]["columns"] if made else [_("Activity"), _("Indicator"), _("Deadline"), _("Partners"), _("Comments")]
    with translation.override(lang):
        return _sent(starter.make(key, lang, columns), f"{key}-{lang}-template.docx")


def _version(key: str, lang: str, number: int) -> WordTemplate:
    found = WordTemplate.objects.filter(report=key, language=lang, number=number).first() if number < 2**31 else None
    if found is None:
        raise Http404
    return found


@require_safe
@administrators
def template_file(request, key: str, lang: str, number: int):
    """A version, byte for byte as it was uploaded."""
    found = _version(key, lang, number)
    return _sent(bytes(found.data), f"{key}-{lang}-template-v{found.number}.docx")


@require_safe
@administrators
def template_preview(request, key: str, lang: str, number: int):
    """What a version makes of what the registers hold now: Word, or PDF by LibreOffice."""
    found, made = _version(key, lang, number), store.sample(key, lang, request.user)
    if made is None:
        raise Http404
    name = f"{key}-{lang}-template-v{found.number}-preview"
    try:
        data = store.fill(found, made)
        if request.GET.get("as") != "pdf":
            return _sent(data, f"{name}.docx")
        return _sent(_pdf(data), f"{name}.pdf")
    except store.Broken as broken:
        return _broken(request, key, lang, texts.say(broken.refused))
    except office.OfficeError:
        return _broken(request, key, lang, _("The preview could not be made as PDF. Open the Word file instead."))


def _broken(request, key: str, lang: str, why: str):
    return render(request, "reports/template_broken.html", {"key": key, "lang": lang, "why": why}, status=422)


def _pdf(data: bytes) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "preview.docx"
        path.write_bytes(data)
        return office.to_pdf([path], Path(folder))[0].read_bytes()


@require_POST
@administrators
def template_use(request, key: str, lang: str):
    """Take a version into use, or go back to the built-in form. What no longer fits the report is not taken into use."""
    if request.POST.get("number", "") == "":
        store.use(request.user, key, lang, None)
        say(request, _("The report is made in its built-in form."))
        return redirect("template", key=key, lang=lang)
    number = request.POST["number"]
    found = _version(key, lang, int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else 0)
    made = store.sample(key, lang, request.user)
    if made is not None:
        checked = store.check(bytes(found.data), made)
        if not checked.ok:
            why = texts.say(checked.refused) if isinstance(checked.refused, Refused) else " ".join(texts.told(f["code"], f["params"]) for f in checked.faults[:5])
            return _broken(request, key, lang, why)
    store.use(request.user, key, lang, found)
    say(request, _("Version %(n)s is in use.") % {"n": found.number})
    return redirect("template", key=key, lang=lang)


def _sent(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=files.TYPES[name.rpartition(".")[2]])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
