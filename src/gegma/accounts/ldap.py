"""Signing in with the password of the ministry's directory (LDAP), where the settings name one. It makes no accounts."""

from __future__ import annotations

import logging
import ssl

import ldap3
from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from ldap3.core.exceptions import LDAPException
from ldap3.utils.conv import escape_filter_chars

from .models import User

log = logging.getLogger(__name__)


class LdapBackend(BaseBackend):
    """Asks the directory whether e-mail and password go together.

    It is asked the same, whether we have the account or not: how long an answer takes tells nothing about our accounts.
    """

    def authenticate(self, request, email: str | None = None, password: str | None = None, **_others) -> User | None:
        """The account, where the directory knows the pair and an administrator has made the account."""
        if not (settings.LDAP_URL and email and password) or "\0" in email + password:
            return None
        known = User.objects.filter(email__iexact=email).first()
        try:
            right = knows(email, password)
        except LDAPException as error:
            log.error("The directory could not be asked: %s", type(error).__name__)
            return None
        return known if right and known is not None and known.is_active else None

    def get_user(self, user_id) -> User | None:
        """The account behind a session, while it may sign in."""
        return User.objects.filter(pk=user_id, is_active=True).first()


def connect(user: str | None, password: str | None) -> ldap3.Connection:
    """A connection to the directory; not bound yet."""
    encrypted = settings.LDAP_URL.startswith("ldaps:")
    tls = ldap3.Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=settings.LDAP_CA_FILE or None)
    server = ldap3.Server(settings.LDAP_URL, use_ssl=encrypted, tls=tls, get_info=ldap3.NONE, connect_timeout=5)
    made = ldap3.Connection(server, user=user, password=password, receive_timeout=5, auto_referrals=False, read_only=True)
    if settings.LDAP_START_TLS and not encrypted:
        made.start_tls()
    return made


def knows(email: str, password: str) -> bool:
    """Whether the one entry with this e-mail opens with this password. Raises LDAPException where the directory does not answer."""
    asking = connect(settings.LDAP_USER or None, settings.LDAP_PASSWORD or None)
    try:
        if not asking.bind():
            log.error("The directory refuses the account that GEGMA_LDAP_USER names.")
            return False
        wanted = settings.LDAP_FILTER.replace("{email}", escape_filter_chars(email))
        asking.search(settings.LDAP_BASE, wanted, attributes=[], size_limit=2)
        found = [entry["dn"] for entry in asking.response or [] if entry.get("type") == "searchResEntry"]
    finally:
        asking.unbind()
    # nobody or more than one: something is still asked, so that the answer takes as long
    trying = connect(found[0] if len(found) == 1 else f"cn=nobody,{settings.LDAP_BASE}", password)
    try:
        return trying.bind() and len(found) == 1
    finally:
        trying.unbind()
