"""The keys of roles and groups of readers, for what must know them before Django is started; a test holds them against accounts.models."""

ROLES = ("viewer", "officer", "division-head", "head", "reviewer", "focal-point", "auditor", "administrator")
GROUPS = ("personal", "clearances")
