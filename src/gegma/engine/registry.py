"""The registers that exist, by key."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from .spec import Register

_registers: dict[str, Register] = {}


def register(declaration: type[Register]) -> type[Register]:
    """Class decorator: make the register known under its key. Raises ValueError for a key used twice."""
    spec = declaration()
    if spec.key in _registers:
        raise ValueError(f"two registers have the key {spec.key!r}")
    _registers[spec.key] = spec
    return declaration


def unregister(key: str) -> None:
    """Forget a register (for tests that declare one)."""
    _registers.pop(key, None)


def get(key: str) -> Register:
    """The register with this key. Raises KeyError."""
    return _registers[key]


def find(key: str) -> Register | None:
    """The register with this key, or None."""
    return _registers.get(key)


def everything() -> list[Register]:
    """All registers, in the order of their declaration; those of settings last."""
    return sorted(_registers.values(), key=lambda spec: spec.last)


def groups(specs: Iterable[Register]) -> list[tuple[str, list[Register]]]:
    """Registers by their group, (title, registers), in the order of the menu; those that it does not name come last, as declared."""
    places = {key: place for place, key in enumerate(settings.REGISTERS_ORDER)}
    found: dict[str, list[Register]] = {}
    for spec in sorted(specs, key=lambda spec: (spec.last, places.get(spec.key, len(places)))):
        found.setdefault(str(spec.group), []).append(spec)
    return list(found.items())


def of(model) -> Register | None:
    """The register that keeps a model's rows, or None."""
    return next((spec for spec in _registers.values() if spec.model is model or spec.model is type(model)), None)
