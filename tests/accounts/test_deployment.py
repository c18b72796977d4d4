"""The settings as they stand on a server: nothing weak is taken, Django's own check of a deployment finds nothing."""

import json
import os
import subprocess
import sys

import pytest

from gegma.config import serving

KEY = "k3J9-vQ2x_Lw8Zt5RbN1yHs7PfXc4UdM6aEgTjVoWiYq0BrCzKlS"
PRODUCTION = {"GEGMA_ADDRESS": "https://gegma.mia.example.ge", "GEGMA_HOSTS": "gegma.mia.example.ge", "GEGMA_SECRET_KEY": KEY}


def run(tmp_path, *command: str, **settings: str) -> subprocess.CompletedProcess:
    """A command in a process of its own, with these settings alone."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GEGMA_") and k not in {"DATABASE_URL", "DJANGO_ALLOW_ASYNC_UNSAFE"}}
    env = {**kept, "GEGMA_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "gegma.config.settings", "PYTHONPATH": "src", **settings}
    return subprocess.run([sys.executable, *command], env=env, capture_output=True, text=True, timeout=120)


def test_the_check_of_a_deployment_finds_nothing(tmp_path):
    done = run(tmp_path, "-m", "django", "check", "--deploy", "--fail-level", "INFO", **PRODUCTION)
    assert done.returncode == 0 and "no issues" in done.stdout + done.stderr, done.stdout + done.stderr


def test_what_a_browser_and_a_proxy_see_under_https(tmp_path):
    asked = (
        "import json; from django.conf import settings as s; "
        "print(json.dumps({n: getattr(s, n) for n in ('SESSION_COOKIE_NAME','CSRF_COOKIE_NAME','LANGUAGE_COOKIE_NAME','SESSION_COOKIE_SECURE',"
        "'SESSION_COOKIE_HTTPONLY','CSRF_COOKIE_SECURE','SESSION_COOKIE_PATH','SESSION_COOKIE_DOMAIN','PROXIES','USE_X_FORWARDED_HOST',"
        "'SECURE_HSTS_SECONDS')} | {'roles': sorted(s.MFA_ROLES)}))"
    )
    found = json.loads(run(tmp_path, "-c", asked, **PRODUCTION).stdout)
    assert all(found[f"{name}_COOKIE_NAME"].startswith("__Host-") for name in ("SESSION", "CSRF", "LANGUAGE"))
    assert found["SESSION_COOKIE_SECURE"] and found["SESSION_COOKIE_HTTPONLY"] and found["CSRF_COOKIE_SECURE"]
    assert (found["SESSION_COOKIE_PATH"], found["SESSION_COOKIE_DOMAIN"]) == ("/", None)  # what the prefix asks for
    assert found["PROXIES"] == 1 and not found["USE_X_FORWARDED_HOST"] and found["SECURE_HSTS_SECONDS"] >= 31536000
    assert found["roles"] == ["administrator", "auditor", "head"]


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"GEGMA_SECRET_KEY": "short"}, "too short"), ({"GEGMA_SECRET_KEY": "ab" * 40}, "repeats itself"),
        ({"GEGMA_SECRET_KEY": "django-insecure-" + KEY}, "stand in examples"), ({"GEGMA_HOSTS": "*"}, "name the hosts"),
        ({"GEGMA_DEMO": "1"}, "one's own machine"), ({"GEGMA_OIDC_ISSUER": "http://id.mia.example.ge"}, "https"),
        ({"GEGMA_OIDC_ISSUER": "https://id.mia.example.ge"}, "CLIENT_ID"), ({"GEGMA_SESSION_HOURS": "3,12"}, "SESSION_HOURS"),
        ({"GEGMA_SESSION_HOURS": "soon"}, "SESSION_HOURS"), ({"GEGMA_PROXIES": "many"}, "PROXIES"), ({"GEGMA_LDAP_URL": "ldaps://x"}, "LDAP"),
        ({"GEGMA_LDAP_URL": "ldap://ldap.mia.example.ge", "GEGMA_LDAP_BASE": "dc=x", "GEGMA_LDAP_START_TLS": "0"}, "unencrypted"),
        ({"GEGMA_MFA_ROLES": "king"}, "MFA_ROLES"),
    ],
)  # fmt: skip
def test_what_is_weak_or_wrong_is_refused_at_the_start(tmp_path, settings, why):
    done = run(tmp_path, "-c", "import gegma.config.settings", **{**PRODUCTION, **settings})
    assert done.returncode and "ImproperlyConfigured" in done.stderr and why in done.stderr, done.stderr[-500:]


def test_the_demo_is_served_on_this_machine_alone(tmp_path):
    done = run(tmp_path, "-m", "gegma.config.cli", "serve", "--bind", "0.0.0.0", "--port", "8999", GEGMA_DEMO="1")
    assert done.returncode == 1 and "on this machine alone" in done.stderr and not (tmp_path / "gegma.sqlite3").exists()


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "gegma.example"])
def test_no_other_address_is_this_machine(settings, host):
    settings.DEMO = True
    with pytest.raises(serving.CannotServe):
        serving.check_demo(host)
    settings.DEMO = False
    serving.check_demo(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.5", "localhost", "::1", "[::1]"])
def test_this_machine_has_several_names(settings, host):
    settings.DEMO = True
    serving.check_demo(host)
