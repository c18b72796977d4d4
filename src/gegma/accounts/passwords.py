"""Passwords that are easily guessed although they are long: a common one with signs around it, one sign again and again, a row of keys."""

from __future__ import annotations

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "qwertyuiopasdfghjklzxcvbnm", "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ")
FEWEST_SIGNS = 5


class GuessablePasswordValidator(CommonPasswordValidator):
    """Refuses what the list of common passwords lacks only because of its length. Asks nobody: it works offline."""

    def validate(self, password: str, user=None) -> None:
        """Raises ValidationError for a password of this kind."""
        folded = password.casefold().strip()
        core = folded.strip("0123456789!@#$%^&*()-_=+.,;:?/\\|'\"<>[]{}~` ")
        half = folded[: len(folded) // 2]
        repeated = bool(half) and folded == half * 2
        if (
            len(set(folded)) < FEWEST_SIGNS
            or core in self.passwords
            or "gegma" in core and len(core) < 9
            or repeated and (half in self.passwords or len(set(half)) < FEWEST_SIGNS)
            or any(len(folded) <= len(row) and (folded in row or folded in row[::-1]) for row in ROWS)
        ):
            raise ValidationError(_("This password is easily guessed. Several words that have nothing to do with one another make a good one."), "guessable")

    def get_help_text(self) -> str:
        """Said under the field."""
        return _("Several words that have nothing to do with one another make a good password.")
