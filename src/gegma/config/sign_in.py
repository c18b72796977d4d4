"""Settings of sign-in, read from the environment. docs/sign-in.md explains them to whoever runs the system.

| variable                 | meaning                                                              | default                         |
|--------------------------|----------------------------------------------------------------------|---------------------------------|
| GEGMA_MFA_ROLES          | roles that need a second factor, separated by commas; «none»         | administrator,head,auditor; none in the demo |
| GEGMA_SESSION_HOURS      | hours a session lasts: in all, idle                                  | 12,3                            |
| GEGMA_PROXIES            | how many web servers of ours stand before this one                   | 1 where GEGMA_ADDRESS is https, else 0 |
| GEGMA_SECRET_KEY_BEFORE  | the former secret key, for as long as what it sealed is kept         | none                            |
| GEGMA_OIDC_ISSUER        | address of the ministry's identity provider (OpenID Connect)         | none: no such sign-in           |
| GEGMA_OIDC_CLIENT_ID     | what the provider calls this system                                  |                                 |
| GEGMA_OIDC_CLIENT_SECRET | its secret                                                           |                                 |
| GEGMA_OIDC_NAME          | what the button says after «Sign in with»                            | the host of the issuer          |
| GEGMA_OIDC_PAGES         | further origins on which the provider shows its pages                | none                            |
| GEGMA_LDAP_URL           | ldaps://host or ldap://host: the ministry's directory                | none: no such sign-in           |
| GEGMA_LDAP_BASE          | where people are looked for, such as ou=people,dc=example,dc=ge      |                                 |
| GEGMA_LDAP_FILTER        | how one is found; {email} stands for the address typed               | (mail={email})                  |
| GEGMA_LDAP_USER          | the entry that may look people up, and GEGMA_LDAP_PASSWORD           | asked without a name            |
| GEGMA_LDAP_START_TLS     | 0: an ldap:// address is used unencrypted (only on one machine)      | 1                               |
| GEGMA_LDAP_CA_FILE       | certificates to trust, where the system's are not enough             | the system's                    |
"""

import hashlib
import os
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from gegma.accounts.keys import ROLES

LOOPBACK = {"localhost", "127.0.0.1", "::1", "[::1]"}


def _given(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def _on(name: str, default: str = "") -> bool:
    return _given(name, default).lower() in {"1", "true", "yes", "on"}


def weak_key(key: str) -> str:
    """Why a secret key is not good enough, or nothing."""
    if len(key) < 50:
        return "it is too short: give at least 50 random characters"
    if len(set(key)) < 16:
        return "it repeats itself: give at least 50 random characters"
    if any(word in key.lower() for word in ("insecure", "changeme", "change-me", "secret-key", "gegma")):
        return "it is one of those that stand in examples: give at least 50 random characters"
    return ""


HTTPS = urlsplit(_given("GEGMA_ADDRESS")).scheme == "https"
_demo = _on("GEGMA_DEMO")

# -- what the sign-in library does ---------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = ["gegma.accounts.backends.PasswordBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "gegma.accounts.passwords.GuessablePasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "gegma.staff.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "gegma.staff.entrance.SignInForm", "reset_password": "gegma.staff.entrance.ForgottenForm",
    "change_password": "gegma.staff.entrance.ChangePasswordForm", "set_password": "gegma.staff.entrance.SetPasswordForm",
    "reset_password_from_key": "gegma.staff.entrance.NewPasswordForm", "reauthenticate": "gegma.staff.entrance.ReauthenticateForm",
}  # fmt: skip
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = "gegma.accounts.models.display_name"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
# Django's own: the library's would write a row for each address that it makes a token for, and take longer where there is an account.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"
PASSWORD_RESET_TIMEOUT = 4 * 60 * 60
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "20/5m/ip,5/5m/key",
    "reset_password": "20/5m/ip,3/5m/key",
    "reset_password_from_key": "20/5m/ip",
    "change_password": "5/5m/user",
    "reauthenticate": "10/5m/user",
}

MFA_ADAPTER = "gegma.staff.adapters.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "gegma.staff.entrance.CodeForm", "reauthenticate": "gegma.staff.entrance.CodeAgainForm",
    "activate_totp": "gegma.staff.entrance.ActivateAppForm", "add_webauthn": "gegma.staff.entrance.AddKeyForm",
    "edit_webauthn": "gegma.staff.entrance.NameKeyForm",
}  # fmt: skip
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_REAUTHENTICATION_REQUIRED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # the administrator who makes the account answers for its address
MFA_TOTP_ISSUER = "Gegma"
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS  # browsers themselves allow it on localhost alone
MFA_RATE_LIMITS = {"webauthn_login": "30/5m/ip"}

_roles = _given("GEGMA_MFA_ROLES", "none" if _demo else "administrator,head,auditor")
MFA_ROLES = frozenset() if _roles == "none" else frozenset(role.strip() for role in _roles.split(",") if role.strip())

if not set(MFA_ROLES) <= set(ROLES):
    raise ImproperlyConfigured(f"GEGMA_MFA_ROLES names roles, separated by commas, or none: {', '.join(sorted(ROLES))}.")

# -- sessions, addresses, cookies ----------------------------------------------------------------------------------------

SESSION_ENGINE = "gegma.accounts.sessions"
try:
    _lasts, _idle = (float(part) * 3600 for part in _given("GEGMA_SESSION_HOURS", "12,3").split(","))
except ValueError:
    raise ImproperlyConfigured("GEGMA_SESSION_HOURS is two numbers of hours, such as 12,3.")
if not 0 < _idle <= _lasts:
    raise ImproperlyConfigured("GEGMA_SESSION_HOURS: the idle hours are more than none, and no more than all hours.")
SESSION_COOKIE_AGE, SESSION_IDLE = int(_lasts), int(_idle)
_prefix = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{_prefix}sessionid"
CSRF_COOKIE_NAME = f"{_prefix}csrftoken"
LANGUAGE_COOKIE_NAME = f"{_prefix}django_language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"

_proxies = _given("GEGMA_PROXIES", "1" if HTTPS else "0")
if not (_proxies.isascii() and _proxies.isdecimal() and int(_proxies) < 10):
    raise ImproperlyConfigured("GEGMA_PROXIES is a small number: how many web servers of ours stand before this one.")
PROXIES = int(_proxies)
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES
USE_X_FORWARDED_HOST = False
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics/"]
if HTTPS and PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# The list of HSTS preloading is public and for whole domains: that is the ministry's decision and no setting of ours.
SILENCED_SYSTEM_CHECKS = ["security.W021"]

_before = _given("GEGMA_SECRET_KEY_BEFORE")
SECRET_KEY_FALLBACKS = [_before] if _before else []

# The pages of one's own account and those that keep accounts: one is there as oneself, whoever one acts for.
OWN_PAGES = ("/accounts/", "/my-account/", "/people-with-access/", "/language/", "/agenda/feed/", "/api/tokens/")

# -- how often -----------------------------------------------------------------------------------------------------------

# bucket → (so many, in so many seconds), for each person
LIMITS = {"search": (60, 60), "suggestions": (600, 60), "export": (60, 600)}
# name of the address → (bucket, the parameter without which it is no more than a page)
LIMITED = {
    "search": ("search", ""), "record_pick": ("suggestions", ""), "record_export": ("export", ""),
    "report": ("export", "format"), "progress_report": ("export", "format"), "own_report": ("export", "format"), "edition_file": ("export", ""),
}  # fmt: skip

# -- the ministry's identity provider ------------------------------------------------------------------------------------

OIDC_ISSUER = _given("GEGMA_OIDC_ISSUER").rstrip("/")
OIDC_NAME = _given("GEGMA_OIDC_NAME", urlsplit(OIDC_ISSUER).hostname or "")
# An identity is the issuer and the subject together: with another issuer nobody is who they were.
OIDC_PROVIDER = "oidc-" + hashlib.sha256(OIDC_ISSUER.encode()).hexdigest()[:16] if OIDC_ISSUER else ""
OIDC_PAGES: list[str] = []
SOCIALACCOUNT_PROVIDERS: dict = {}
if OIDC_ISSUER:
    _parts = urlsplit(OIDC_ISSUER)
    if _parts.scheme != "https" and _parts.hostname not in LOOPBACK:
        raise ImproperlyConfigured("GEGMA_OIDC_ISSUER must be an https address.")
    if not _given("GEGMA_OIDC_CLIENT_ID"):
        raise ImproperlyConfigured("GEGMA_OIDC_ISSUER needs GEGMA_OIDC_CLIENT_ID beside it.")
    OIDC_PAGES = [f"{_parts.scheme}://{_parts.netloc}", *_given("GEGMA_OIDC_PAGES").replace(",", " ").split()]
    SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": OIDC_PROVIDER, "name": OIDC_NAME[:40], "client_id": _given("GEGMA_OIDC_CLIENT_ID"),
                    "secret": _given("GEGMA_OIDC_CLIENT_SECRET"),
                    "settings": {"server_url": OIDC_ISSUER, "oauth_pkce_enabled": True, "uid_field": "sub"},
                }
            ],
        }
    }  # fmt: skip
SOCIALACCOUNT_ADAPTER = "gegma.staff.adapters.IdentityAdapter"
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = False
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"

# -- the ministry's directory --------------------------------------------------------------------------------------------

LDAP_URL = _given("GEGMA_LDAP_URL")
LDAP_BASE, LDAP_FILTER = _given("GEGMA_LDAP_BASE"), _given("GEGMA_LDAP_FILTER", "(mail={email})")
LDAP_USER, LDAP_PASSWORD = _given("GEGMA_LDAP_USER"), os.environ.get("GEGMA_LDAP_PASSWORD", "")
LDAP_START_TLS, LDAP_CA_FILE = _on("GEGMA_LDAP_START_TLS", "1"), _given("GEGMA_LDAP_CA_FILE")
if LDAP_URL:
    if urlsplit(LDAP_URL).scheme not in {"ldap", "ldaps"} or not LDAP_BASE or "{email}" not in LDAP_FILTER:
        raise ImproperlyConfigured("GEGMA_LDAP_URL is ldap(s)://host, with GEGMA_LDAP_BASE, and {email} in GEGMA_LDAP_FILTER.")
    if not LDAP_START_TLS and LDAP_URL.startswith("ldap:") and urlsplit(LDAP_URL).hostname not in LOOPBACK:
        raise ImproperlyConfigured("GEGMA_LDAP_START_TLS=0 would send passwords unencrypted: only on the machine itself.")
    AUTHENTICATION_BACKENDS += ["gegma.accounts.ldap.LdapBackend"]
