"""Secrets that must be read again (codes of an authenticator app) are kept encrypted, with a key derived from the secret key.

After a change of GEGMA_SECRET_KEY the former key is given in GEGMA_SECRET_KEY_BEFORE for as long as such secrets are kept.
"""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

PREFIX = "f1:"


def _key(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"gegma second factor\0" + secret.encode()).digest()))


def _keys() -> MultiFernet:
    return MultiFernet([_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def seal(text: str) -> str:
    """The text encrypted."""
    return PREFIX + _keys().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text again. Raises ValueError for what was not sealed with our key: nothing kept in plain text is taken."""
    if not sealed.startswith(PREFIX):
        raise ValueError("this secret was not sealed")
    try:
        return _keys().decrypt(sealed.removeprefix(PREFIX).encode()).decode()
    except InvalidToken:
        raise ValueError("this secret was sealed with another key")
