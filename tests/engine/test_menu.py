"""The menu of the registers: all of them can be found, what people do daily comes first, and «New» stays short."""

from types import SimpleNamespace

import pytest
from django.conf import settings
from django.test import RequestFactory

from gegma.config import context
from gegma.engine import hooks, registry

pytestmark = pytest.mark.django_db


def bar(user) -> dict:
    request = RequestFactory().get("/")
    request.user, request.resolver_match = user, None
    return context.page(request)


def links(user) -> list[str]:
    item = next(i for i in bar(user)["nav"] if i.get("children"))
    return [link["url"] for part in item["children"] for link in part.get("links", [part])]


def test_the_order_names_registers_that_exist():
    assert [key for key in settings.REGISTERS_ORDER if registry.find(key) is None] == []
    assert [key for key in context.NEW if registry.find(key) is None] == []


def test_each_register_stands_once_in_the_menu_and_on_the_page_of_all(users, as_officer):
    shown = [s for s in registry.everything() if s.menu]
    page = as_officer.get("/r/").content.decode()
    assert [s.key for s in shown if page.count(f'href="{s.url}"') < 1] == []
    menu = links(users.officer)
    assert len(menu) == len(set(menu))
    pages = {page["url"] for page in hooks.menu_pages(SimpleNamespace(user=users.officer))}
    assert pages and set(menu) == {"/r/", *pages, *(s.url for s in shown if not s.parent)}


def test_daily_work_comes_first_and_settings_last(users):
    menu = links(users.officer)
    assert menu[1] == "/r/meetings/"
    assert menu[-1] == registry.everything()[-1].url
    assert menu.index("/r/requests/") < menu.index("/r/countries/")


def test_a_register_that_the_order_does_not_name_is_still_there(users, settings):
    settings.REGISTERS_ORDER = ["trainings"]
    menu = links(users.officer)
    assert menu[1] == "/r/trainings/"
    assert "/r/countries/" in menu


def test_new_is_short_and_leads_to_the_rest(users):
    new = bar(users.officer)["new_links"]
    assert len(new) <= 13 and new[0]["url"] == "/r/meetings/quick/" and new[-1]["url"] == "/r/"
    assert bar(users.viewer)["new_links"] == []
