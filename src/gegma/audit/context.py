"""Where the present write comes from: set per request or command, read by record()."""

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """source is web, command, import or demo."""

    source: str = "command"
    request_id: str = ""
    address: str = ""


_origin: ContextVar[Origin | None] = ContextVar("origin", default=None)


def current() -> Origin:
    """The origin of what is being done now."""
    return _origin.get() or Origin()


@contextmanager
def origin(source: str, request_id: str = "", address: str = ""):
    """Everything written inside is recorded with this origin."""
    token = _origin.set(Origin(source, request_id, address))
    try:
        yield
    finally:
        _origin.reset(token)
