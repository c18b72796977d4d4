"""The life of a record: its states, and the named moves between them. A state changes by a move and in no other way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Move:
    """A named transition.

    name: permanent, part of its address. label: the words on its button, a verbal noun. start: the states it leads from. to: the state
    it leads to. day: the date field that says when it happened; its form begins with today. asks: further fields that its form offers;
    what the state reached needs and is not filled in yet is asked for in any case.
    clears: fields that it empties, such as the day of an end that is taken back.
    quiet: not spoken of while it cannot be made, since other work makes it.
    refuses(record): why it cannot be made now, or nothing. then(user, record): what follows from it, in the same transaction.
    may(user, record): who may make it and undo it, among those who may change the record. back: the move that alone takes it back, so
    that it is not undone without what that one asks.
    """

    name: str
    label: Any
    start: tuple[str, ...]
    to: str
    day: str = ""
    asks: tuple[str, ...] = ()
    refuses: Callable[[Any], str] | None = None
    then: Callable[[Any, Any], Any] | None = None
    clears: tuple[str, ...] = ()
    quiet: bool = False
    may: Callable[[Any, Any], bool] | None = None
    back: str = ""

    def open_to(self, user, record) -> bool:
        """Whether user is among those who may make it."""
        return self.may is None or self.may(user, record)

    @property
    def fields(self) -> tuple[str, ...]:
        """What its form shows."""
        return (self.day, *self.asks) if self.day else self.asks

    def clear(self, record) -> None:
        """Empty the fields that it clears."""
        for name in self.clears:
            setattr(record, name, None if record._meta.get_field(name).null else "")


@dataclass(frozen=True)
class Life:
    """The states of a record, the moves between them, what each state needs, and the tone of its badge.

    needs: {state: fields that must be filled in by then}; tones: {state: tone}.
    """

    field: str
    moves: tuple[Move, ...]
    needs: dict[str, tuple[str, ...]]
    tones: dict[str, str]

    def move(self, name: str) -> Move | None:
        """The move of this name."""
        return next((move for move in self.moves if move.name == name), None)

    def leaving(self, state: str) -> list[Move]:
        """The moves that lead from a state."""
        return [move for move in self.moves if state in move.start]

    def between(self, old: str, new: str) -> Move | None:
        """The move that leads from one state to another, where there is one."""
        return next((move for move in self.leaving(old) if move.to == new), None)

    def words(self, model) -> dict[str, str]:
        """State → word."""
        return {key: str(word) for key, word in model._meta.get_field(self.field).flatchoices}

    def wrong_order(self, model, old: str, to: str) -> str:
        """Why a record in one state does not go to another."""
        words = self.words(model)
        allowed = ", ".join(f"«{words[to]}»" for to in dict.fromkeys(move.to for move in self.leaving(old))) or "—"
        return _("From «%(old)s» a record cannot go to «%(new)s»; it can go to: %(allowed)s.") % {
            "old": words.get(old, old), "new": words.get(to, to), "allowed": allowed,
        }  # fmt: skip
