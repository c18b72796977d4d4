"""The life of an agreement: its stage follows from its dated steps, and the steps must stand in an order that law knows.

What may follow what is data (AFTER, FOR_BINDING, CONDITIONS); the functions walk the steps by it. The same stage is worked out by the
database in queries.py; a test holds the two together.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from gegma.kernel import dates

from .models import Agreement, AgreementStep
from .models import StepKind as K


class Stage(models.TextChoices):
    """How far an agreement has come. Never typed: it follows from the steps, the rounds of negotiation, the expiry and the day."""

    NONE = "none", pgettext_lazy("stage", "no step entered")
    CONSIDERED = "considered", pgettext_lazy("stage", "considered")
    INITIATED = "initiated", pgettext_lazy("stage", "initiated")
    DRAFT = "draft", pgettext_lazy("stage", "draft")
    OPINIONS = "opinions", pgettext_lazy("stage", "opinions")
    NEGOTIATION = "negotiation", pgettext_lazy("stage", "negotiation")
    INITIALLED = "initialled", pgettext_lazy("stage", "initialled")
    SIGNED = "signed", pgettext_lazy("stage", "signed")
    PROCEDURES = "procedures", pgettext_lazy("stage", "internal procedures")
    PROVISIONAL = "provisional", pgettext_lazy("stage", "provisionally applied")
    IN_FORCE = "in-force", pgettext_lazy("stage", "in force")
    SUSPENDED = "suspended", pgettext_lazy("stage", "suspended")
    EXPIRED = "expired", pgettext_lazy("stage", "expired")
    TERMINATED = "terminated", pgettext_lazy("stage", "terminated")
    SUPERSEDED = "superseded", pgettext_lazy("stage", "superseded")


S = Stage
TONES = {
    **dict.fromkeys(("considered", "initiated", "draft", "opinions", "negotiation", "initialled", "signed", "procedures"), "going"),
    "provisional": "mostly", "in-force": "done", "suspended": "soon", "none": "none",
    **dict.fromkeys(("expired", "terminated", "superseded"), "late"),
}  # fmt: skip

# Step → (phase, stage). A later phase is never left for an earlier one; within a phase the last step by its day decides.
# Steps that are not here (notified, amended, extended) leave the stage as it is.
TURNS: dict[str, tuple[int, Stage]] = {
    K.CONSIDERED: (0, S.CONSIDERED),
    K.INITIATED: (0, S.INITIATED),
    K.DRAFTED: (0, S.DRAFT),
    K.OPINIONS: (0, S.OPINIONS),
    K.INITIALLED: (1, S.INITIALLED),
    K.SIGNED: (2, S.SIGNED),
    K.PROCEDURES: (3, S.PROCEDURES),
    K.CONSENTED: (3, S.PROCEDURES),
    K.PROVISIONAL: (4, S.PROVISIONAL),
    K.IN_FORCE: (5, S.IN_FORCE),
    K.SUSPENDED: (5, S.SUSPENDED),
    K.RESUMED: (5, S.IN_FORCE),
    K.TERMINATED: (6, S.TERMINATED),
    K.SUPERSEDED: (6, S.SUPERSEDED),
}
PREPARING = tuple(kind for kind, (phase, _stage) in TURNS.items() if phase == 0)
APPLIED = tuple(kind for kind, (phase, _stage) in TURNS.items() if phase in {4, 5})
IN_EFFECT = (S.PROVISIONAL, S.IN_FORCE)
ENDED = (S.TERMINATED, S.SUPERSEDED)
RANK = {kind: place for place, kind in enumerate(K.values)}

# Step → the stages in which it may be taken. The register begins where the archive does, so the first step may be any of those that may
# stand after «no step entered».
UNSIGNED = (S.NONE, S.CONSIDERED, S.INITIATED, S.DRAFT, S.OPINIONS, S.INITIALLED)
APPLYING = (S.PROVISIONAL, S.IN_FORCE, S.SUSPENDED)
AFTER: dict[str, tuple[Stage, ...]] = {
    K.CONSIDERED: (S.NONE,),
    K.INITIATED: (S.NONE, S.CONSIDERED),
    K.DRAFTED: (S.NONE, S.CONSIDERED, S.INITIATED, S.DRAFT, S.OPINIONS),
    K.OPINIONS: (S.DRAFT, S.OPINIONS),
    K.INITIALLED: (S.NONE, S.INITIATED, S.DRAFT, S.OPINIONS),
    K.SIGNED: UNSIGNED,
    K.PROCEDURES: (S.SIGNED,),
    K.CONSENTED: (S.SIGNED, S.PROCEDURES, S.PROVISIONAL),
    K.NOTIFIED: (S.PROCEDURES, S.PROVISIONAL),
    K.PROVISIONAL: (S.SIGNED, S.PROCEDURES),
    K.IN_FORCE: (S.SIGNED, S.PROCEDURES, S.PROVISIONAL),
    K.AMENDED: APPLYING,
    K.EXTENDED: APPLYING,
    K.SUSPENDED: (S.IN_FORCE,),
    K.RESUMED: (S.SUSPENDED,),
    K.TERMINATED: (S.SIGNED, S.PROCEDURES, *APPLYING),
    K.SUPERSEDED: (*UNSIGNED, S.SIGNED, S.PROCEDURES, *APPLYING),
}
# Where we accede to a treaty that others made, these need no signature of ours.
ACCEDING = (K.PROCEDURES, K.CONSENTED)
FOR_BINDING = (K.PROCEDURES, K.CONSENTED, K.NOTIFIED, K.PROVISIONAL)
ONCE = (K.CONSENTED, K.NOTIFIED)
# What one party does by itself. The stage is ours and does not follow from it.
OF_A_PARTY = (K.SIGNED, K.CONSENTED, K.NOTIFIED, K.PROVISIONAL, K.IN_FORCE, K.SUSPENDED, K.RESUMED, K.TERMINATED)
PARTY_NEEDS = {K.NOTIFIED: K.CONSENTED, K.IN_FORCE: K.CONSENTED, K.RESUMED: K.SUSPENDED}

Condition = Callable[[Agreement, set[str]], bool]
CONDITIONS: dict[str, tuple[tuple[Condition, str], ...]] = {
    K.CONSENTED: (
        (lambda a, seen: K.SIGNED in seen or a.multilateral, gettext_lazy("It has not been signed yet.")),
    ),
    K.NOTIFIED: (
        (lambda a, seen: K.CONSENTED in seen, gettext_lazy("Consent to be bound has not been expressed yet.")),
    ),
    K.IN_FORCE: (
        (
            lambda a, seen: K.SIGNED in seen or (a.multilateral and K.CONSENTED in seen),
            gettext_lazy("It has not been signed yet."),
        ),
        (
            lambda a, seen: not a.binds or K.CONSENTED in seen,
            gettext_lazy("It is binding, and consent to be bound has not been expressed yet."),
        ),
    ),
}  # fmt: skip


def in_order(steps: Iterable[AgreementStep]) -> list[AgreementStep]:
    """Steps by the day from which they count; on one day in the order in which such steps follow each other."""
    return sorted(steps, key=lambda step: (step.day, RANK[step.kind], step.pk or 0))


def own(steps: Iterable[AgreementStep]) -> list[AgreementStep]:
    """The steps that are ours or the agreement's as a whole."""
    return [step for step in steps if step.country_id is None and step.organisation_id is None]


def turning(steps: Iterable[AgreementStep]) -> AgreementStep | None:
    """The step that decides on the stage."""
    return max((s for s in own(steps) if s.kind in TURNS), key=lambda s: (TURNS[s.kind][0], s.day, RANK[s.kind], s.pk or 0), default=None)


def stage(agreement: Agreement, steps: Iterable[AgreementStep], rounds: Sequence[dt.date] = (), day: dt.date | None = None) -> Stage:
    """The stage on a day (nothing: today). rounds: the days of the negotiations that were held on it."""
    day = day or dates.today()
    last = turning(step for step in steps if step.day <= day)
    begun = [one for one in rounds if one <= day and (last is None or one >= last.day)]
    if begun and (last is None or last.kind in PREPARING):
        return S.NEGOTIATION
    if last is None:
        return S.NONE
    if last.kind in APPLIED and agreement.expires_on and agreement.expires_on < day and not agreement.renews_years:
        return S.EXPIRED
    return TURNS[last.kind][1]


def following(agreement: Agreement, steps: Iterable[AgreementStep]) -> dict[str, object]:
    """What is kept in the row of the agreement: the stage that its steps have come to by today, since when, and when a later one takes effect."""
    today, steps = dates.today(), own(steps)
    last = turning(step for step in steps if step.day <= today)
    ahead = [step.day for step in steps if step.day > today and step.kind in TURNS]
    return {
        "reached": TURNS[last.kind][1].value if last else S.NONE.value,
        "reached_on": last.day if last else None,
        "changes_on": min(ahead, default=None),
    }


def refusal(agreement: Agreement, before: Sequence[AgreementStep], kind: str) -> str:
    """Why a step of this kind may not follow after those steps of ours; nothing where it may."""
    seen = {step.kind for step in before}
    last = turning(before)
    reached = TURNS[last.kind][1] if last else S.NONE
    if reached in ENDED:
        return _("The agreement is «%(stage)s» from %(day)s: nothing follows.") % {"stage": reached.label, "day": f"{last.day:%d.%m.%Y}"}
    if kind in FOR_BINDING and not agreement.binds:
        return _("It is not legally binding: after the signature it enters into force without this.")
    if kind in ONCE and kind in seen:
        return _("This step is entered already.")
    for holds, why in CONDITIONS.get(kind, ()):
        if not holds(agreement, seen):
            return str(why)
    allowed = AFTER[kind] + (UNSIGNED if kind in ACCEDING and agreement.multilateral else ())
    if reached not in allowed:
        words = ", ".join(f"«{one.label}»" for one in dict.fromkeys(allowed))
        return _("It may follow in the stage %(allowed)s, and by then the stage is «%(stage)s».") % {"allowed": words, "stage": reached.label}
    return ""


def party_refusal(agreement: Agreement, before: Sequence[AgreementStep], kind: str) -> str:
    """Why one party's step of this kind may not follow after its other steps."""
    seen = {step.kind for step in before}
    if kind not in OF_A_PARTY:
        return _("This step is one of the agreement as a whole, not of a single party.")
    if K.TERMINATED in seen:
        return _("The party has left the agreement: nothing follows.")
    need = PARTY_NEEDS.get(kind)
    if need and need not in seen and (need != K.CONSENTED or agreement.binds):
        return _("The party's step «%(step)s» must come first.") % {"step": K(need).label}
    return ""


def faults(agreement: Agreement, steps: Iterable[AgreementStep]) -> list[str]:
    """What is wrong with an agreement's steps as a whole: each step out of order with the reason, each of somebody who is no party."""
    found, ordered = [], in_order(steps)
    sequences: dict[tuple, list[AgreementStep]] = {}
    for step in ordered:
        sequences.setdefault((step.country_id, step.organisation_id), []).append(step)
    for whose, sequence in sequences.items():
        for place, step in enumerate(sequence):
            check = refusal if whose == (None, None) else party_refusal
            if why := check(agreement, sequence[:place], step.kind):
                found.append(_("«%(step)s», %(day)s: %(why)s") % {"step": step.get_kind_display(), "day": f"{step.day:%d.%m.%Y}", "why": why})
    return found + _strangers(agreement, ordered)


def _strangers(agreement: Agreement, steps: list[AgreementStep]) -> list[str]:
    """The steps of somebody who is not a party."""
    parties = {
        ("country_id", pk) for pk in agreement.countries.values_list("pk", flat=True)
    } | {("organisation_id", pk) for pk in agreement.organisations.values_list("pk", flat=True)} if any(s.party for s in steps) else set()  # fmt: skip
    return [
        _("«%(step)s», %(day)s: %(party)s is not a party to the agreement.")
        % {"step": step.get_kind_display(), "day": f"{step.day:%d.%m.%Y}", "party": step.party}
        for step in steps
        if step.party and not {("country_id", step.country_id), ("organisation_id", step.organisation_id)} & parties
    ]


def step_problems(step: AgreementStep) -> dict[str, str]:
    """What is wrong with one step by itself."""
    found = {}
    if step.action_on and step.action_on > dates.today():
        found["action_on"] = _("A step is entered once it is taken: this day has not come yet.")
    if step.action_on and step.effective_on and step.effective_on < step.action_on:
        found["effective_on"] = _("It cannot take effect before it is done.")
    if step.country_id and step.organisation_id:
        found["organisation"] = _("A step has one party: a country or an organisation.")
    return found


def agreement_problems(agreement: Agreement) -> dict[str, str]:
    """What is wrong with an agreement by itself, its steps aside."""
    found = {}
    if agreement.notice_by and agreement.expires_on and agreement.notice_by > agreement.expires_on:
        found["notice_by"] = _("The notice must come before the day until which the agreement is in force.")
    if agreement.renews_years == 0:
        found["renews_years"] = _("Leave it empty where the agreement does not renew itself.")
    above, seen = agreement.parent, {agreement.pk} - {None}
    while above is not None:
        if above.pk in seen:
            found["parent"] = _("An agreement cannot stand under itself.")
            break
        seen.add(above.pk)
        above = above.parent
    return found
