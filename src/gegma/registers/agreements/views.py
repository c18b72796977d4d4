"""Agreement → next step: one small form for the step that may follow, the reason where it may not."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
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
from .models import Agreement, AgreementStep, StepKind

NOTES_MAX = 2000


class StepForm(forms.Form):
    """The day of a step, when it takes effect, whose it is, a note; for an extension the new term."""

    action_on = DayField(label=gettext_lazy("done on"))
    effective_on = DayField(
        label=gettext_lazy("effective on"), required=False, help_text=gettext_lazy("Where it takes effect on another day than that on which it is done.")
    )
    party = forms.ChoiceField(label=gettext_lazy("party"), required=False)
    expires_on = DayField(label=gettext_lazy("in force until"), required=False)
    notice_by = DayField(label=gettext_lazy("notice by"), required=False)
    notes = forms.CharField(label=gettext_lazy("notes"), required=False, max_length=NOTES_MAX, widget=forms.Textarea({"rows": 3}))

    def __init__(self, agreement: Agreement, kind: str, data=None):
        super().__init__(data, initial={"action_on": dates.today(), "expires_on": agreement.expires_on, "notice_by": agreement.notice_by})
        self.agreement, self.kind = agreement, kind
        if kind in domain.OF_A_PARTY:
            self.fields["party"].choices = [("", _("our side, or the agreement as a whole")), *parties(agreement)]
        else:
            del self.fields["party"]
        if kind != StepKind.EXTENDED:
            del self.fields["expires_on"], self.fields["notice_by"]

    def step(self) -> AgreementStep:
        """The step as filled in."""
        given = self.cleaned_data
        made = AgreementStep(agreement=self.agreement, kind=self.kind, action_on=given["action_on"], effective_on=given["effective_on"], notes=given["notes"])
        relation, _sep, number = (given.get("party") or "").partition("-")
        if number:
            setattr(made, f"{relation}_id", int(number))
        return made

    def refuse(self, error: ValidationError) -> None:
        """Show what engine.write refused, at its field where there is one."""
        for name, messages in (error.message_dict if hasattr(error, "error_dict") else {"": error.messages}).items():
            self.add_error(name if name in self.fields else None, messages)


def parties(agreement: Agreement) -> list[tuple[str, str]]:
    """(value, name) of the parties, countries first."""
    return [
        *((f"country-{row.pk}", str(row)) for row in agreement.countries.all()),
        *((f"organisation-{row.pk}", str(row)) for row in agreement.organisations.all()),
    ]


@require_http_methods(["GET", "POST"])
def add_step(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The form of one step. A party's own step may be entered where one of ours may not follow."""
    spec = registry.get("agreements")
    agreement = record_or_404(request, spec, pk)
    require(request, spec, CHANGE, agreement)
    require(request, registry.get("agreement-steps"), ADD)
    if kind not in StepKind.values:
        raise Http404
    why = domain.refusal(agreement, domain.in_order(domain.own(agreement.steps.all())), kind)
    closed = bool(why) and (kind not in domain.OF_A_PARTY or not parties(agreement))
    form = StepForm(agreement, kind, _sent(request) if request.method == "POST" else None)
    if request.method == "POST" and not closed and form.is_valid():
        try:
            step = _write(request, form)
        except ValidationError as error:
            form.refuse(error)
        except write.Conflict as error:
            form.add_error(None, _("%(why)s Look at it again, then go on.") % {"why": error})
        else:
            words = _("%(record)s: the step «%(step)s» is entered.") % {"record": spec.number(agreement), "step": step.get_kind_display()}
            say(request, words, undo=made_now(request, registry.get("agreement-steps")))
            return redirect(spec.record_url(agreement) + "#course")
    context = {
        "spec": spec, "record": agreement, "number": spec.number(agreement), "label": StepKind(kind).label, "form": form, "why": why, "closed": closed,
        "back": spec.record_url(agreement),
    }  # fmt: skip
    return render(request, "agreements/step.html", context, status=409 if closed and request.method == "POST" else 200)


def _sent(request: HttpRequest):
    data = request.POST.copy()
    for key, values in request.POST.lists():
        data.setlist(key, [value.replace("\0", "") for value in values])
    return data


def _write(request: HttpRequest, form: StepForm) -> AgreementStep:
    """Write the step, and with an extension the new term: together, so that one undo takes both back."""
    with transaction.atomic():
        agreement = form.agreement
        if form.kind == StepKind.EXTENDED:
            agreement.expires_on, agreement.notice_by = form.cleaned_data["expires_on"], form.cleaned_data["notice_by"]
            write.save(registry.get("agreements"), request.user, agreement, version=agreement.version)
        return write.save(registry.get("agreement-steps"), request.user, form.step())
