"""The forms of the pages beside the register's own: a reminder, and what a balance is asked for."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from gegma.engine.formfields import DayField
from gegma.kernel import dates, periods

from . import letters
from .models import Direction, Reminder


class ReminderForm(forms.Form):
    """A reminder as drafted, to be edited and saved."""

    addressee = forms.CharField(label=_("addressee"), max_length=300)
    subject = forms.CharField(label=_("subject of the letter"), max_length=300)
    text = forms.CharField(label=_("text"), max_length=10_000, widget=forms.Textarea({"rows": 14}))
    next_check_on = DayField(label=_("next check on"), help_text=_("On this day somebody looks whether the answer has come."))
    language = forms.ChoiceField(choices=[(code, code) for code in letters.LANGUAGES], widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def of(cls, draft: letters.Draft, version: int) -> ReminderForm:
        """The form with the letter drafted, and the next check some days on."""
        again = dates.today() + dt.timedelta(days=settings.REQUEST_DAYS["reminder"])
        return cls(
            initial={
                "addressee": draft.addressee[:300], "subject": draft.subject[:300], "text": draft.text, "next_check_on": again,
                "language": draft.language, "version": version,
            }
        )  # fmt: skip

    def clean_next_check_on(self) -> dt.date:
        """The check lies ahead, or nobody would be told of it."""
        day = self.cleaned_data["next_check_on"]
        if day <= dates.today():
            raise forms.ValidationError(_("The next check lies ahead: choose a later day."))
        return day

    def clean(self) -> dict:
        """Without signs that no letter can hold."""
        found = super().clean()
        for name in {"addressee", "subject", "text"} & set(found):
            found[name] = letters.clean(found[name]).strip()
        return found

    def reminder(self) -> Reminder:
        """The reminder to be saved."""
        said = {name: self.cleaned_data[name] for name in ("addressee", "subject", "text", "language")}
        return Reminder(sent_on=dates.today(), **said)


class BalanceForm(forms.Form):
    """A period, as one of those offered or from day to day, and one direction or both."""

    period = forms.ChoiceField(label=_("period"), required=False)
    start = DayField(label=_("from"), required=False)
    end = DayField(label=_("to"), required=False)
    direction = forms.ChoiceField(label=_("direction"), required=False)

    def __init__(self, data, years: list[int]):
        if not any(data.get(name) for name in ("period", "start", "end")):
            data = data.copy()
            data["period"] = str(dates.today().year)
        super().__init__(data)
        years = sorted({*years, dates.today().year}, reverse=True)
        offered = [period for year in years for period in _of_year(year)]
        self.fields["period"].choices = [("", "—"), *((period.key, period.sentence()) for period in offered)]
        self.fields["direction"].choices = [("", _("both")), *Direction.choices]

    def clean(self) -> dict:
        """Days win over the period chosen."""
        found = super().clean()
        start, end = found.get("start"), found.get("end")
        if bool(start) != bool(end) and not self.errors:
            self.add_error("end" if start else "start", _("Give both days, or neither."))
        elif start and end:
            try:
                found["chosen"] = periods.Period(start, end)
            except ValueError:
                self.add_error("end", _("The period ends before it starts, or lies in no likely year."))
        else:
            found["chosen"] = periods.parse(found["period"]) if found.get("period") else None
        return found


def _of_year(year: int) -> list[periods.Period]:
    return [periods.parse(key) for key in (f"{year}", f"{year}-H1", f"{year}-H2", *(f"{year}-Q{n}" for n in range(1, 5)))]
