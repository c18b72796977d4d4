"""Who may do what to which rows. A policy answers with a Q, so that lists, counts, measures and checks share one rule."""

from __future__ import annotations

from django.db.models import Q

VIEW, ADD, CHANGE, DELETE = "view", "add", "change", "delete"
EVERYTHING = Q()
NOTHING = Q(pk__in=[])


class UnitPolicy:
    """All people with an account read; officers write; restricted records are for the unit that owns them."""

    def __init__(self, prefix: str = ""):
        """prefix leads from the row to the record that carries owner unit and confidentiality ("document__" for a delivery)."""
        self.prefix = prefix

    def q(self, user, action: str = VIEW) -> Q:
        """The rows on which user may do action."""
        if user.role in {"system", "system-writer"}:
            return EVERYTHING if action == VIEW or user.is_officer else NOTHING
        if not (user.is_authenticated and user.is_active):
            return NOTHING
        if action != VIEW and not user.is_officer:
            return NOTHING
        open_rows = ~Q(**{f"{self.prefix}confidentiality": "restricted"})
        if user.unit_id is None:
            return open_rows
        return open_rows | Q(**{f"{self.prefix}owner_unit_id": user.unit_id})

    def key(self, user) -> tuple:
        """All that q() looks at: whoever has the same key is given the same rows."""
        return user.role, user.unit_id, user.is_active

    def sees(self, user, record) -> bool:
        """What q() says about viewing, for a row that is at hand: related records are shown or kept back by this."""
        if not (user.is_authenticated and user.is_active):
            return False
        for part in self.prefix.split("__")[:-1]:
            record = getattr(record, part)
        if user.role in {"system", "system-writer"} or record.confidentiality != "restricted":
            return True
        return user.unit_id is not None and record.owner_unit_id == user.unit_id

    def may(self, user, action: str) -> bool:
        """Whether user may do action at all, to some row."""
        if not (user.is_authenticated and user.is_active):
            return False
        return action == VIEW or user.is_officer


class OpenPolicy(UnitPolicy):
    """Rows without confidentiality of their own, such as countries: all read, officers write."""

    def q(self, user, action: str = VIEW) -> Q:
        """All rows, or none."""
        return EVERYTHING if self.may(user, action) else NOTHING

    def sees(self, user, record) -> bool:
        """All rows, or none."""
        return self.may(user, VIEW)


class AdministratorPolicy(OpenPolicy):
    """All people with an account read; administrators write: the plan, its measures, codelists."""

    def may(self, user, action: str) -> bool:
        """Reading needs an account, writing the role."""
        if not (user.is_authenticated and user.is_active):
            return False
        return action == VIEW or user.is_administrator
