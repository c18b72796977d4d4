"""Where the present write comes from: set per request or command, read by record()."""

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Origin:
    """source is web, command, import or demo. acting: the account that acts in the place of the one with the number for_whom."""

    source: str = "command"
    request_id: str = ""
    address: str = ""
    acting: Any = None
    for_whom: int | None = None


_origin: ContextVar[Origin | None] = ContextVar("origin", default=None)


def current() -> Origin:
    """The origin of what is being done now."""
    return _origin.get() or Origin()


@contextmanager
def origin(source: str, request_id: str = "", address: str = "", acting=None, for_whom: int | None = None):
    """Everything written inside is recorded with this origin."""
    token = _origin.set(Origin(source, request_id, address, acting, for_whom))
    try:
        yield
    finally:
        _origin.reset(token)


_looking_back: ContextVar[bool] = ContextVar("looking_back", default=False)


def is_past() -> bool:
    """Whether what is read now are the registers of a past moment."""
    return _looking_back.get()


@contextmanager
def looking_back():
    """Inside, nothing can be recorded: what is read is the past, and nobody changes that."""
    token = _looking_back.set(True)
    try:
        yield
    finally:
        _looking_back.reset(token)
