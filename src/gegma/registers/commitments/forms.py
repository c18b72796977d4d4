"""The forms of the pages that commitments have beyond every register's."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from gegma.engine import codes, registry
from gegma.engine.formfields import DayField
from gegma.kernel import dates


class CycleForm(forms.Form):
    """What is said of a whole list before it is read."""

    framework = forms.ModelChoiceField(queryset=None, label=_("framework"), empty_label="—")
    cycle = forms.CharField(label=_("cycle"), max_length=100, help_text=_("As the framework counts them: a year, or «2nd cycle»."))
    kind = forms.ChoiceField(label=_("kind"))
    received_on = DayField(label=_("received on"), required=False)
    source = forms.CharField(label=_("source document"), max_length=300, required=False)
    source_on = DayField(label=_("date of the source document"), required=False)

    def __init__(self, user, data=None, initial=None):
        super().__init__(data, initial={"kind": "recommendation", "received_on": dates.today(), **(initial or {})})
        self.fields["framework"].queryset = registry.get("frameworks").visible(user).order_by("title_ka")
        self.fields["framework"].widget.attrs["data-pick"] = True
        self.fields["kind"].choices = codes.choices("commitment-kind")
