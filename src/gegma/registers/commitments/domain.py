"""What commitments do beyond their declaration: how they end, go on in the next cycle, and hang together."""

from __future__ import annotations

from django.utils.translation import gettext as _

from gegma.engine import registry, write

from .models import ENDED, Commitment, CommitmentState

# Cycles last years: a chain longer than this was made by mistake.
CHAIN_MAX = 60
ORDER_OF_DAYS = (
    ("proposed_on", "included_on"), ("received_on", "accepted_on"), ("received_on", "ended_on"), ("accepted_on", "started_on"),
)  # fmt: skip
COPIED = (
    "kind", "framework", "paragraph", "title_ka", "title_en", "text_ka", "text_en", "theme", "lead_unit", "owner_unit", "officer", "confidentiality",
)  # fmt: skip


# -- what may not be saved -------------------------------------------------------------------------------------------


def problems(record: Commitment) -> dict[str, str]:
    """What keeps a commitment from being saved, by field, beyond what its state needs."""
    return _days(record) | _statuses(record) | _ends(record) | _pointers(record)


def _days(record: Commitment) -> dict[str, str]:
    found = {}
    for first, later in ORDER_OF_DAYS:
        one, other = getattr(record, first), getattr(record, later)
        if one and other and other < one:
            label = record._meta.get_field(first).verbose_name
            found[later] = _("This day lies before «%(field)s» (%(day)s).") % {"field": label, "day": f"{one:%d.%m.%Y}"}
    return found


def _statuses(record: Commitment) -> dict[str, str]:
    found = {}
    for status in ("declared", "assessed"):
        if bool(getattr(record, status)) != bool(getattr(record, f"{status}_on")):
            missing = status if not getattr(record, status) else f"{status}_on"
            found[missing] = _("A status and its day stand together: give both or neither.")
    if record.declared and record.assessed and record.declared != record.assessed and not record.difference.strip():
        found["difference"] = _("The declared status is not the assessed one: say why.")
    return found


def _ends(record: Commitment) -> dict[str, str]:
    found = {}
    if record.ended_on and record.state not in ENDED:
        found["ended_on"] = _("The commitment is open. It is ended by one of its steps (closing, carrying over and so on), which asks for this day.")
    cycle = record.next_cycle.strip()
    if record.state == CommitmentState.CARRIED_OVER and cycle and cycle == record.cycle.strip():
        found["next_cycle"] = _("This is the cycle in which the commitment stands now: name the next one.")
    return found


def _pointers(record: Commitment) -> dict[str, str]:
    words = {
        "previous": (_("A commitment does not go on from itself."), _("That commitment goes on from this one: the chain would be a circle.")),
        "merged_into": (_("A commitment is not merged into itself."), _("That commitment is merged into this one: they would be merged in a circle.")),
    }  # fmt: skip
    found = {}
    for name, (itself, circle) in words.items():
        other = getattr(record, f"{name}_id")
        if record.pk is not None and other == record.pk:
            found[name] = itself
        elif record.pk is not None and other and _leads_to(name, other, record.pk):
            found[name] = circle
    return found


def _leads_to(name: str, start: int, goal: int) -> bool:
    """Whether the pointers of this name lead from start to goal."""
    seen: set[int] = set()
    at: int | None = start
    while at is not None and at not in seen:
        if at == goal:
            return True
        seen.add(at)
        at = Commitment.objects.filter(pk=at).values_list(f"{name}_id", flat=True).first()
    return False


# -- how it goes on --------------------------------------------------------------------------------------------------


def goes_on(record: Commitment) -> str:
    """Why a commitment that goes on in another one is neither carried over again nor opened again; or nothing."""
    return _("It goes on in another commitment already.") if record.pk and record.successors.exists() else ""


def carry_over(user, record: Commitment) -> Commitment:
    """The commitment of the next cycle, which goes on from this one. The caller's transaction holds both."""
    return _follow(user, record, cycle=record.next_cycle.strip())


def revise(user, record: Commitment) -> Commitment:
    """The same commitment in its new wording, which goes on from this one in the same cycle."""
    georgian = any("\u10d0" <= letter <= "\u10ff" for letter in record.revised_to)
    texts = {"text_ka": record.revised_to, "text_en": ""} if georgian else {"text_ka": "", "text_en": record.revised_to}
    return _follow(user, record, cycle=record.cycle, due_on=record.due_on, **texts)


def _follow(user, record: Commitment, **changes) -> Commitment:
    following = Commitment(**{name: getattr(record, name) for name in COPIED}, previous=record, received_on=record.ended_on)
    for name, value in changes.items():
        setattr(following, name, value)
    return write.save(registry.get("commitments"), user, following, m2m={"partners": list(record.partners.all())})


def chain(record: Commitment, user) -> list[Commitment]:
    """The commitments that this one goes on from and those that go on from it, oldest first, as far as user may see them; none where it stands alone."""
    first, seen = record.pk, {record.pk}
    while (before := Commitment.objects.filter(pk=first).values_list("previous_id", flat=True).first()) and before not in seen and len(seen) < CHAIN_MAX:
        first = before
        seen.add(first)
    order, level = [first], [first]
    while level and len(order) < CHAIN_MAX:
        level = [pk for pk in Commitment.objects.filter(previous_id__in=level).order_by("pk").values_list("pk", flat=True) if pk not in order]
        order += level
    rows = registry.get("commitments").visible(user).select_related("framework").in_bulk(order)
    found = [rows[pk] for pk in order if pk in rows]
    return found if len(found) > 1 else []
