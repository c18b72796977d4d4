"""Every address of the resolver, walked by every role and by nobody: who gets in, what is told, and that looking changes nothing."""

from __future__ import annotations

import re

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client

from gegma.accounts.models import Role
from gegma.audit.models import Head
from tests.plan.small_year import import_plan

from . import addresses, rules
from .addresses import Address, Examples
from .surfaces import body_of
from .world import Somebody, World

ABSENT = "987654321"
# Tables in which looking may leave a trace: sessions, counters, the log of what was looked at, and allauth's copy of the e-mail address,
# which it makes at the first look.
TRACES = {"django_session", "cache", "audit_access", "account_emailaddress"}


@pytest.fixture(scope="module")
def examples(world, django_db_blocker):
    """Examples for all addresses, a plan with measures among them."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield Examples(world, import_plan())
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def calm(examples, inside):
    """The plan is written before a test's own transaction begins."""


def pages() -> list[Address]:
    """All addresses but those of the API, which the matrix asks register by register."""
    return [one for one in addresses.everything() if one.access != "api"]


def test_every_address_has_a_declared_access():
    found = addresses.everything()
    assert {one.access for one in found} == {"api", "public", "account"}
    assert addresses.open_prefixes_are_declared(), "the middleware opens other addresses than addresses.py declares"
    idle = addresses.PUBLIC.keys() - {one.name for one in found}
    assert not idle, f"take these off the list: {idle}"


def test_an_undeclared_address_is_noticed():
    def view(request):
        """A page that forgot to ask for an account."""

    view.login_required = False
    with pytest.raises(AssertionError, match="not declared PUBLIC"):
        assert Address("new/", "new", view, ()).access


def test_nobody_gets_in_without_an_account(examples: Examples):
    wrong = []
    for one in addresses.everything():
        names = examples.of(one) if one.access != "api" else dict.fromkeys(one.names, "1")
        url = addresses.reversed_by_hand(one, names)
        for method in ("get", "post"):
            response = getattr(Client(), method)(url)
            if one.access == "api":
                good = response.status_code == 401
            elif one.access == "account":
                good = response.status_code == 302 and response["Location"].startswith("/accounts/login/")
            else:
                good = response.status_code < 500
            if not good:
                wrong.append(f"{method} {url} ({one.access}): {response.status_code}")
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize("role", Role.values)
def test_every_page_is_walked_by_every_role(world: World, examples: Examples, role):
    """No page fails, none tells of what is hidden, and what is hidden is as what is not there."""
    one = next(p for p in world.people if p.role == role and p.relation == rules.OTHER)
    wrong, reads = [], role in rules.READERS["restricted", rules.OTHER]
    for address in pages():
        values = examples.of(address)
        url = addresses.reversed_by_hand(address, values)
        if address.name == "account_logout":
            continue
        response = one.client.get(url)
        text = body_of(response)
        if response.status_code >= 500:
            wrong.append(f"{url}: {response.status_code}")
        wrong += [f"{url} tells of {hidden}" for hidden in world.hidden_in(text, one)]
        if about_a_record(address, examples) and not reads:
            wrong += unlike_absent(one, address, values, url, response.status_code, text)
    assert wrong == [], "\n".join(wrong)


def about_a_record(address: Address, examples: Examples) -> bool:
    """Whether the address names one record of a register with confidentiality, by its number."""
    if address.group != "r" or "pk" not in address.names or address.name == "change_revert":
        return False
    kept = examples.record_of(address)
    return kept is not None and kept.access == "guarded"


def unlike_absent(one: Somebody, address: Address, values: dict, url: str, code: int, text: str) -> list[str]:
    """How a hidden record's page differs from that of no record."""
    other = one.client.get(addresses.reversed_by_hand(address, values | {"pk": ABSENT}))
    pair = plain(text, values["pk"]), plain(body_of(other), ABSENT)
    return [] if code == other.status_code in {404, 405} and pair[0] == pair[1] else [f"{url} is {code}, and not like an absent one"]


def plain(text: str, number: str) -> str:
    """A page without the number in its own address and without the tokens, which differ at each request."""
    text = text.replace(f"/{number}/", "/N/")
    return re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")\w+', "", text)


def rows() -> dict[str, int]:
    """How many rows each table has."""
    tables = [m._meta.db_table for m in apps.get_models(include_auto_created=True) if m._meta.managed and m._meta.db_table not in TRACES]
    with connection.cursor() as cursor:
        here = set(connection.introspection.table_names(cursor))
        found = {}
        for table in tables:
            if table in here:
                cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
                found[table] = cursor.fetchone()[0]
        return found


@pytest.mark.parametrize("role", ["head", "administrator"])
def test_looking_changes_nothing(world: World, examples: Examples, role):
    one = next(p for p in world.people if p.role == role and p.relation == rules.OWN)
    before, head = rows(), Head.objects.values_list("count", "hash").get()
    wrong = []
    for address in pages():
        if address.name != "account_logout":
            url = addresses.reversed_by_hand(address, examples.of(address))
            response = one.client.get(url)
            body_of(response)
            if response.status_code >= 500:
                wrong.append(f"{url}: {response.status_code}")
    assert wrong == [], "\n".join(wrong)
    assert rows() == before
    assert Head.objects.values_list("count", "hash").get() == head


def test_nothing_is_taken_without_the_csrf_token(world: World, examples: Examples):
    one = next(p for p in world.people if p.role == "administrator" and p.relation == rules.OWN)
    client = Client(enforce_csrf_checks=True)
    client.cookies.update(one.client.cookies)
    before, wrong = rows(), []
    for address in addresses.everything():
        names = examples.of(address) if address.access != "api" else dict.fromkeys(address.names, "1")
        url = addresses.reversed_by_hand(address, names)
        for method in ("post", "delete", "put", "patch"):
            code = getattr(client, method)(url, content_type="application/json" if address.group == "api" else "application/x-www-form-urlencoded").status_code
            # files come as a form; the plain body of this walk is refused before anything is read, whoever sends it
            files = address.name.startswith("api_") and address.name.endswith("_files") and code == 415
            if code != 403 and not files and not (address.access == "api" and code == 405):
                wrong.append(f"{method} {url}: {code}")
    assert wrong == [], "\n".join(wrong)
    assert rows() == before
