"""What closes when a person's access ends: higher layers put here what they have given out on the person's behalf.

    from gegma.accounts import leaving
    leaving.HOOKS.append(close_tokens_of)

Each is called with the account and with whoever ends its access, inside the transaction that ends it, and closes what it gave out (tokens, calendar addresses): they
must not answer from the next request on. It returns how many it closed.
"""

from __future__ import annotations

from collections.abc import Callable

from . import sessions

HOOKS: list[Callable[..., int]] = []


def close(user, by) -> int:
    """End, in the name of by, the sessions of the person and all that the layers above have given out. Returns how many things were closed."""
    return sessions.end(user) + sum(hook(user, by) or 0 for hook in HOOKS)
