"""What is kept on people in editions and their sendings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gegma.engine import personal
from gegma.engine.personal import Personal

from .models import Edition, OwnReport, Sending

TASK = _("Tasks laid on the Ministry by law")


def declare() -> None:
    """Add them to the declarations. What was sent stays as it was sent."""
    proof = Personal(
        purpose=_("To prove what was reported, by whom and to whom."), basis=TASK, subject=_("people with an account"),
        categories=(_("who did what and when"),), fields=("frozen_by", "frozen_by_name", "content"), recipients=_("those to whom the report was sent"),
        abroad=_("as the report was sent"),
    )  # fmt: skip
    sent = Personal(
        purpose=_("To prove what was reported, by whom and to whom."), basis=TASK, subject=_("people with an account, addressees of reports"),
        categories=(_("who did what and when"),), fields=("to", "by_name"),
    )  # fmt: skip
    own = Personal(
        purpose=_("To keep a person's own reports."), basis=TASK, subject=_("people with an account"), categories=(_("who did what and when"),),
        fields=("owner", "address"), abroad=_("never"),
    )  # fmt: skip
    for key, model, declared in (("editions", Edition, proof), ("sendings", Sending, sent), ("own-reports", OwnReport, own)):
        personal.add(key, model, model._meta.verbose_name_plural, declared)
