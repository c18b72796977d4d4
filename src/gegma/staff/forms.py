"""The forms of accounts and absences."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gegma.accounts.models import Absence, ReaderGroup, User
from gegma.engine.formfields import DayField
from gegma.kernel import dates

from . import people

# What stands where nothing is chosen yet.
NOBODY = "—"


class AccountForm(forms.ModelForm):
    """What an administrator writes of an account. The password is its person's own affair."""

    identity = forms.CharField(
        label=gettext_lazy("identity at the ministry's provider"), max_length=190, required=False,
        help_text=gettext_lazy("Only where the provider does not confirm the e-mail: the subject («sub») by which it names the person."),
    )  # fmt: skip

    reads = forms.MultipleChoiceField(
        required=False, choices=ReaderGroup.choices, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Beyond the role. Heads of department and auditors read all of them."),
    )  # fmt: skip

    class Meta:
        model = User
        fields = ("name", "email", "role", "unit", "reads", "person", "language")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["language"] = forms.ChoiceField(
            label=gettext_lazy("language of e-mails"), required=False, choices=[("", "—"), *settings.LANGUAGES],
        )  # fmt: skip
        for name in self.Meta.fields:  # Django would make the first letter large, which Georgian has not
            self.fields[name].label = User._meta.get_field(name).verbose_name
        for name in ("unit", "person"):
            self.fields[name].widget.attrs["data-pick"] = ""
            self.fields[name].empty_label = NOBODY
        self.fields["unit"].queryset = self.fields["unit"].queryset.order_by("title_ka")
        self.fields["person"].queryset = self._people()
        if settings.OIDC_PROVIDER:
            self.fields["identity"].initial = people.identity_of(self.instance)
        else:
            del self.fields["identity"]

    def _people(self):
        """The people of the Ministry who have no account yet, and the one who is chosen."""
        rows = self.fields["person"].queryset.filter(organisation=None, unit__isnull=False, account=None)
        if self.instance.person_id:
            rows = rows | self.fields["person"].queryset.filter(pk=self.instance.person_id)
        return rows.distinct().order_by("title_ka")

    def clean_email(self) -> str:
        """One account for an address, whatever its capitals."""
        email = self.cleaned_data["email"].lower()
        if User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("There is an account with this e-mail already."))
        return email


class AbsenceForm(forms.Form):
    """From when to when, and who stands in."""

    starts_on = DayField(label=gettext_lazy("from"))
    ends_on = DayField(label=gettext_lazy("to"))
    substitute = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("who stands in"), empty_label=NOBODY)

    def __init__(self, by: User, person: User, data=None):
        super().__init__(data, initial={"starts_on": dates.today()})
        self.by, self.person = by, person
        self.fields["substitute"].queryset = User.objects.filter(is_active=True).exclude(pk=person.pk).order_by("name")
        self.fields["substitute"].widget.attrs["data-pick"] = ""

    def clean(self) -> dict:
        """The days are in order, and somebody else stands in."""
        data = super().clean() or {}
        if not self.errors:
            self.absence = Absence(person=self.person, **data)
            for name, why in people.absence_problems(self.by, self.absence).items():
                self.add_error(name, why)
        return data


class HandOverForm(forms.Form):
    """To whom, and what is left out."""

    colleague = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("to whom"), required=False, empty_label=NOBODY)

    def __init__(self, person: User, data=None, required: bool = True):
        super().__init__(data)
        field = self.fields["colleague"]
        field.queryset = User.objects.filter(is_active=True).exclude(pk=person.pk).order_by("name")
        field.required = required
        field.widget.attrs["data-pick"] = ""
        if not required:
            field.empty_label = _("nobody: it stays in this name")
