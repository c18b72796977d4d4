"""Letter → answered: today in one click, or on another day, or with the letter that answers it."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from gegma.engine import registry, write
from gegma.engine.formfields import DayField
from gegma.engine.policy import ADD, CHANGE
from gegma.engine.views.common import made_now, record_or_404, require, say
from gegma.kernel import dates

from . import domain


class AnswerForm(forms.Form):
    """The day of the answer, and the number of the letter that answers."""

    answered_on = DayField(label=gettext_lazy("answered on"))
    number = forms.CharField(
        label=gettext_lazy("official number of the answer"), required=False, max_length=60,
        help_text=gettext_lazy("The answer is looked up by its number, or registered with the same subject and the same other side."),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput)


@require_http_methods(["GET", "POST"])
def letter_answered(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a letter as answered."""
    spec = registry.get("letters")
    letter = record_or_404(request, spec, pk)
    require(request, spec, CHANGE, letter)
    first = {"answered_on": dates.today(), "version": letter.version}
    form = AnswerForm(request.POST if request.method == "POST" else None, initial=first)
    if letter.answered_on:
        form = None
    elif request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if given["number"]:
            require(request, spec, ADD)
        try:
            saved = domain.answer(request.user, letter, given["answered_on"], given["version"], given["number"].strip())
        except write.Conflict as error:
            form.add_error(None, _("%(why)s Look at it again, then go on.") % {"why": error})
        except ValidationError as error:
            _refuse(form, error)
        else:
            say(request, _("%(record)s is marked as answered.") % {"record": f"{spec.number(saved)} «{saved}»"}, undo=made_now(request, spec))
            return redirect(spec.record_url(saved))
        letter = record_or_404(request, spec, pk)
        form.data = {**form.data.dict(), "version": letter.version}
    context = {"spec": spec, "letter": letter, "number": spec.number(letter), "form": form, "back": spec.record_url(letter)}
    return render(request, "office/letter_answered.html", context, status=409 if form is None and request.method == "POST" else 200)


def _refuse(form: AnswerForm, error: ValidationError) -> None:
    for name, messages in error.message_dict.items() if hasattr(error, "error_dict") else [("", error.messages)]:
        form.add_error(name if name in form.fields else None, messages)
