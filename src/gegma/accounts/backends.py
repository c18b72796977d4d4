"""How a password of ours is checked: an ended account is answered like a wrong password."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend


class PasswordBackend(AuthenticationBackend):
    """The sign-in library's own, which would tell whoever knows the password of an ended account that it is ended."""

    @classmethod
    def _stash_user(cls, user):
        return None
