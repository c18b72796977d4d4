"""Every address of the resolver, who gets in, and an example of each."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.urls import URLPattern, get_resolver
from django.urls.converters import get_converters

from gegma.accounts.middleware import OPEN_PREFIXES
from gegma.api.views import Resource
from gegma.engine import registry
from gegma.plan.models import Measure

from .world import World

# Who gets in without an account: the name of the address → why. A new one is a decision to defend.
PUBLIC = {
    "account_login": "signing in",
    "account_logout": "signed out already: leads to signing in",
    "account_inactive": "says that the account is closed",
    "account_signup": "says that nobody signs up by oneself",
    "account_reset_password": "asking for a new password",
    "account_reset_password_done": "the same answer whether there is an account or not",
    "account_reset_password_from_key": "the link of the e-mail",
    "account_reset_password_from_key_done": "the new password is set",
    "calendar_feed_file": "the secret address stands for the sign-in",
    "set_language": "the language of the sign-in page",
    "mfa_authenticate": "the second step of signing in",
    "mfa_login_webauthn": "signing in with a passkey",
    "health": "for whoever watches over the server",
    "health_live": "for whoever watches over the server",
    "health_ready": "for whoever watches over the server",
    "metrics": "closed, but to whom the settings name",
}
# The beginnings of addresses that the middleware lets through; what lies behind must be PUBLIC or ask for the account itself.
OPEN = {"/accounts/", "/static/", "/language/", "/health/"}


@dataclass(frozen=True)
class Address:
    """One pattern of the resolver. names: what it asks for, such as key and pk."""

    route: str
    name: str
    callback: Callable
    names: tuple[str, ...]

    @property
    def access(self) -> str:
        """api, public or account. Raises AssertionError where nobody has declared it."""
        if issubclass(getattr(self.callback, "cls", object), Resource):
            return "api"
        if self.name in PUBLIC:
            return "public"
        skipped = getattr(self.callback, "login_required", True) is False
        assert not skipped, f"{self.route} needs no account, and is not declared PUBLIC"
        return "account"

    @property
    def group(self) -> str:
        """The part of the system: r, plan, reports …"""
        return self.route.partition("/")[0]


def everything() -> list[Address]:
    """All addresses of the resolver."""
    return list(_walk(get_resolver().url_patterns, ""))


def _walk(patterns, before: str, names: tuple[str, ...] = ()) -> Iterator[Address]:
    for one in patterns:
        route, asked = before + str(one.pattern), (*names, *(tuple(one.pattern.converters) or tuple(one.pattern.regex.groupindex)))
        if isinstance(one, URLPattern):
            yield Address(route, one.name or "", one.callback, asked)
        else:
            yield from _walk(one.url_patterns, route, asked)


def open_prefixes_are_declared() -> bool:
    """Whether the middleware opens what is declared here and no more."""
    return set(OPEN_PREFIXES) == OPEN


class Examples:
    """Values for what addresses ask for, taken from the world; a restricted record wherever a record is asked for."""

    def __init__(self, world: World, plan):
        self.world, self.plan = world, plan

    def kept(self, key: str, confidentiality: str = "restricted"):
        """The record of a register with this confidentiality, or its open one."""
        found = self.world.of(registry.get(key))
        return next((k for k in found if k.confidentiality == confidentiality), found[0])

    def of(self, one: Address) -> dict:
        """{name: value}. Raises AssertionError for a name that no example is known for."""
        kept = self.record_of(one)
        return {name: self._value(one, name, kept) for name in one.names}

    def record_of(self, one: Address):
        """The record that an address of the registers is about."""
        if one.group != "r":
            return None
        app = one.route.split("/")[1]
        if app.startswith("<"):
            return self.kept("meetings")
        words = [part for part in one.route.split("/") if part and not part.startswith("<")]
        if named := next((word for word in words[2:] if registry.find(word)), ""):
            return self.kept(named)
        specs = [s for s in registry.everything() if s.model._meta.app_label == app]
        return self.kept(next((s.key for s in specs if s.parent and words[-2].rstrip("s") in s.key), specs[0].key)) if specs else None

    def _value(self, one: Address, name: str, kept) -> str:
        found = {**self._common(kept), **self._of_group(one)}
        assert name in found, f"{one.route}: say in addresses.py what stands for «{name}»"
        return str(found[name])

    def _common(self, kept) -> dict:
        if kept is None:
            return {}
        life = kept.spec.life
        return {"key": kept.spec.key, "pk": kept.record.pk, "number": kept.file, "form": "csv", "name": life.moves[0].name if life else "x", "kind": "signing"}

    def _of_group(self, one: Address) -> dict:
        plan = self.plan
        if one.group == "plan":
            measure = Measure.objects.filter(indicator__activity__plan=plan, register="meetings").order_by("pk").first()
            indicator, activity = measure.indicator, measure.indicator.activity
            inner = {"indicator": indicator.pk, "measure": measure.pk}
            return {"key": plan.key, "code": activity.code, "draft": uuid.UUID(int=1), "number": 1, "pk": next((v for k, v in inner.items() if f"/{k}/" in one.route), 1)}
        if one.route.startswith("r/changes/"):
            return {"pk": self.kept("meetings").change}
        return {
            "reports": {"pk": self.world.own["meetings"], "other": 1, "number": 1, "key": "trainings", "lang": "ka"},
            "partners": {"code": self.world.country.lower(), "pk": self.kept("organisations").record.pk},
            "agenda": {"token": "x" * 43},
            "accounts": {"key": "x-y", "uidb36": "1", "pk": 1},
            "my-account": {"pk": 1},
            "people-with-access": {"pk": self.world.people[0].user.pk, "number": 1},
        }.get(one.group, {})


def reversed_by_hand(one: Address, values: dict) -> str:
    """The address itself. Patterns are filled in, for names of allauth and of included parts need no look-up."""
    text = one.route
    for name, value in values.items():
        for kind in [*get_converters(), "export_form"]:
            text = text.replace(f"<{kind}:{name}>", value)
    if "(?P<" in text:
        return "/accounts/confirm-email/x-y/" if "confirm-email" in text else "/accounts/password/reset/key/1-x-y/"
    return "/" + text
