"""The form of a new needs package; which needs go into it is ticked beside it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from gegma.engine import codes, registry
from gegma.engine.formfields import DayField
from gegma.kernel import dates
from gegma.kernel.text import language


class PackageForm(forms.Form):
    """Title, day, and to whom it goes."""

    title_ka = forms.CharField(label=_("title"), max_length=500, required=False)
    title_en = forms.CharField(label=_("title (English)"), max_length=500, required=False)
    ready_on = DayField(label=_("ready on"))
    donors = forms.ModelMultipleChoiceField(
        label=_("donors"), queryset=None, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("To whom the package is delivered; without a donor it is only made ready."),
    )  # fmt: skip
    delivered_on = DayField(label=_("delivered on"), required=False)
    method = forms.ChoiceField(label=_("how"), required=False)

    def __init__(self, user, data=None):
        today = dates.today()
        super().__init__(data, initial={"ready_on": today, "delivered_on": today, "method": "letter"})
        donors = registry.get("organisations").visible(user).filter(donor=True)
        self.fields["donors"].queryset = donors.order_by(f"title_{language()}", "pk")
        self.fields["method"].choices = codes.choices("delivery-method")

    def clean(self):
        """A title in one language at least; a day where it is delivered."""
        cleaned = super().clean()
        if not self.errors and not (cleaned.get("title_ka") or cleaned.get("title_en")):
            self.add_error("title_ka", _("Give it in Georgian or in English at least."))
        for name in ("ready_on", "delivered_on"):
            if cleaned.get(name) and cleaned[name] > dates.today():
                self.add_error(name, _("This day has not come yet: say when it happened."))
        if cleaned.get("donors") and not cleaned.get("delivered_on") and "delivered_on" not in self.errors:
            self.add_error("delivered_on", _("Say when it was delivered to the donors."))
        return cleaned

    def refuse(self, error) -> None:
        """Show what the rules refused, at its field where it has one."""
        for name, messages in error.message_dict.items() if hasattr(error, "error_dict") else [(None, error.messages)]:
            for message in messages:
                self.add_error(name if name in self.fields else None, message)
