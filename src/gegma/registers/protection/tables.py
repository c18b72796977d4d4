"""What is kept on people in tables that are no registers of ours: accounts, the history, files."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db.models import Q
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from gegma.accounts.models import Session, SignIn, User
from gegma.audit.models import Access, Change
from gegma.engine import personal
from gegma.engine.models import Attachment
from gegma.engine.personal import Personal

from .models import Erasure

TASK = _("Tasks laid on the Ministry by law")
PROOF = _("To prove who did what and when.")


def active() -> Q:
    """The accounts with which one may sign in."""
    return Q(is_active=True)


def left_of_account(account) -> dict:
    """What an account holds when its term is over: its number, unit and role, so that the history still knows that it was one person."""
    return {"email": f"account-{account.pk}@anonymised.invalid", "password": make_password(None), "language": "", "person": None}


def days_of_sign_ins() -> str:
    """How long attempts to sign in are kept, in words."""
    return ngettext("%(n)s day", "%(n)s days", settings.SIGN_IN_DAYS) % {"n": settings.SIGN_IN_DAYS}


def declare() -> None:
    """Add them to the declarations."""
    personal.add(
        "accounts", User, _("accounts"),
        Personal(
            purpose=_("To let people in, and to know who is in charge of what."), basis=TASK, subject=_("people with an account"),
            categories=(_("name and position"), _("contact details"), _("visits")), keep_years=3, after="last_visit_at", running=active,
            fields=("email", "name", "person", "password", "role", "unit", "reads", "language", "last_visit_at"), neutral=("name",), blank=left_of_account,
            abroad=_("never"),
        ),
    )  # fmt: skip
    personal.add(
        "history", Change, _("history of changes"),
        Personal(
            purpose=PROOF, basis=TASK, subject=_("people with an account"), categories=(_("who did what and when"),),
            fields=("actor", "actor_name", "on_behalf_of", "on_behalf_name", "address", "before", "after"), recipients=_("those who may read the record"), abroad=_("never"),
        ),
    )  # fmt: skip
    personal.add(
        "accesses", Access, _("log of reading and taking out"),
        Personal(
            purpose=PROOF, basis=TASK, subject=_("people with an account"), categories=(_("who read what and when"),),
            fields=("actor", "actor_name", "address", "words"), recipients=_("auditors"), abroad=_("never"),
        ),
    )  # fmt: skip
    personal.add(
        "sign-ins", SignIn, _("sign-ins"),
        Personal(
            purpose=_("To see who got in, and who tried to."), basis=TASK, subject=_("people with an account"), categories=(_("when, from which address and device"),),
            fields=("person", "address", "device"), kept=lazy(days_of_sign_ins, str)(), recipients=_("administrators and auditors"), abroad=_("never"),
        ),
    )  # fmt: skip
    personal.add(
        "sessions", Session, _("sessions"),
        Personal(
            purpose=_("To let people in, and to know who is in charge of what."), basis=TASK, subject=_("people with an account"),
            categories=(_("when, from which address and device"),), fields=("user", "address", "device"), kept=_("until the session ends"),
            recipients=_("the person"), abroad=_("never"),
        ),
    )  # fmt: skip
    personal.add(
        "files", Attachment, _("files at records"),
        Personal(
            purpose=_("To keep the documents behind a record."), basis=TASK, subject=_("staff of the Ministry and people of partner bodies"),
            categories=(_("what a file holds"),), fields=("name", "uploaded_by"), recipients=_("those who may read the record"),
        ),
    )  # fmt: skip
    personal.add(
        "erasures", Erasure, _("ledger of erasures"),
        Personal(
            purpose=PROOF, basis=_("The law on personal data protection"), subject=_("people with an account"),
            categories=(_("who did what and when"),), fields=("by_name",), recipients=_("administrators"), abroad=_("never"),
        ),
    )  # fmt: skip
