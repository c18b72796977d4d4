"""Who may do what, written down a second time: what the tests expect, apart from the policy that they test.

A line of READERS says which roles read a record of a confidentiality, given how the person stands to it. Whoever reads it and is among
the writers may also change it. Nothing here asks the engine's policy.
"""

from __future__ import annotations

from gegma.accounts.models import Role
from gegma.engine.policy import AdministratorPolicy, OpenPolicy
from gegma.engine.spec import Register

EVERYBODY = frozenset(Role.values)
WRITERS = frozenset({Role.OFFICER, Role.DIVISION_HEAD, Role.HEAD, Role.ADMINISTRATOR})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
HEADS = frozenset({Role.DIVISION_HEAD, Role.HEAD})
AUDITORS = frozenset({Role.AUDITOR})
FOCAL = frozenset({Role.FOCAL_POINT})
NOBODY: frozenset[str] = frozenset()

# How a person stands to a record: of the unit that owns it, of another one, of none, of a unit above it; in charge of it, named as a reader.
OWN, OTHER, NONE, ABOVE, CHARGE, NAMED = "own", "other", "none", "above", "charge", "named"

# A focal point reads so only what is addressed to their unit or owned by it: see reads().
READERS = {
    ("internal", OWN): EVERYBODY,
    ("internal", OTHER): EVERYBODY,
    ("internal", NONE): EVERYBODY,
    ("internal", ABOVE): EVERYBODY,
    ("internal", CHARGE): EVERYBODY,
    ("internal", NAMED): EVERYBODY,
    ("restricted", OWN): EVERYBODY,
    ("restricted", OTHER): AUDITORS,
    ("restricted", NONE): AUDITORS,
    ("restricted", ABOVE): HEADS | AUDITORS,
    ("restricted", CHARGE): AUDITORS,
    ("restricted", NAMED): AUDITORS,
    ("named", OWN): AUDITORS,
    ("named", OTHER): AUDITORS,
    ("named", NONE): AUDITORS,
    ("named", ABOVE): AUDITORS,
    ("named", CHARGE): EVERYBODY,
    ("named", NAMED): EVERYBODY,
}
RELATIONS = [OWN, OTHER, NONE, ABOVE, NAMED]

VIEW, HISTORY, FILE = "view", "history", "file"
READING = (VIEW, HISTORY, FILE)

# What carries no confidentiality of its own is read by everybody with an account; by whom it is written follows from its kind.
OPEN_READERS = EVERYBODY
# Registers whose writers depend on the row: there only reading is asked here, their own tests ask the rest.
WRITTEN_BY_ROW = ("PeriodPolicy", "UpdatePolicy")


def column_of(spec: Register) -> Register | None:
    """The register whose record carries the confidentiality of spec's: itself, its parent, or nothing."""
    from gegma.engine import registry

    for one in (spec, registry.find(spec.parent) if spec.parent else None):
        if one is not None and "confidentiality" in {f.name for f in one.model._meta.fields}:
            return one
    return None


def access_of(spec: Register) -> str:
    """guarded, open, administrators or by-row. Raises AssertionError for a register whose access nobody has declared here."""
    if column_of(spec) is not None:
        return "guarded"
    if type(spec.policy).__name__ in WRITTEN_BY_ROW:
        return "by-row"
    if isinstance(spec.policy, AdministratorPolicy):
        return "administrators"
    if isinstance(spec.policy, OpenPolicy):
        return "open"
    raise AssertionError(f"the register {spec.key}: no confidentiality, and a policy {type(spec.policy).__name__} that these rules do not know")


def exists_for(spec: Register, role: str) -> bool:
    """Whether the register exists for the role at all: a focal point knows those that are published or address units."""
    return role not in FOCAL or spec.published or bool(spec.addressed)


def reads(spec: Register, confidentiality: str, role: str, relation: str) -> bool:
    """Whether somebody of this role and relation reads the record. Nothing of the world is addressed to a focal point; one unit owns it all."""
    if not exists_for(spec, role):
        return False
    access = access_of(spec)
    if role in FOCAL and not spec.published and (access != "guarded" or relation != OWN):
        return False
    if access == "guarded" and confidentiality == "named" and relation == CHARGE and "officer" not in {f.name for f in column_of(spec).model._meta.fields}:
        return False
    return role in (READERS[confidentiality, relation] if access == "guarded" else OPEN_READERS)


def writes(access: str, role: str) -> bool:
    """Whether this role writes to the register at all."""
    return role in (ADMINISTRATORS if access == "administrators" else WRITERS)


def allowed(spec: Register, confidentiality: str, role: str, relation: str, action: str) -> bool:
    """Whether the action is allowed: the whole of what the matrix expects."""
    if not reads(spec, confidentiality, role, relation):
        return False
    return action in READING or writes(access_of(spec), role)
