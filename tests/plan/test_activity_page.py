"""Every activity opens on a page with its numbers, the records behind them, and forms for the next record that already hold what is counted."""

from __future__ import annotations

from html import unescape
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest

from gegma.engine import registry
from gegma.plan.models import Activity, Indicator, TypedReading

pytestmark = pytest.mark.usefixtures("english")
PLAN = "mia-ird-2017"


class Feeds(HTMLParser):
    """The addresses in the part «Records that feed it»."""

    def __init__(self, text: str):
        super().__init__()
        self.lists: list[str] = []
        self.adds: list[str] = []
        self.feed(text[text.index('id="feeds"') : text.index('id="steps"')])

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "a":
            (self.adds if "button" in given.get("class", "") else self.lists).append(unescape(given["href"]))


def test_every_activity_leads_to_its_records_and_to_the_next_one(year, as_officer):
    codes = list(Activity.objects.filter(withdrawn=False).values_list("code", flat=True))
    assert len(codes) == 60
    asked: set[str] = set()
    for code in codes:
        page = as_officer.get(f"/plan/{PLAN}/activity/{code}/")
        found = Feeds(page.content.decode())
        assert found.lists and len(found.adds) >= len(found.lists), code
        for url in {*found.lists, *found.adds} - asked:
            asked.add(url)
            assert as_officer.get(url).status_code == 200, (code, url)


@pytest.mark.parametrize(
    "code,key,held",
    [
        ("1.1.2", "deliveries", {}),
        ("1.1.2", "documents", {"type": "needs-package"}),  # the document that the next delivery would be of
        ("1.2.4", "trainings", {"audience": "ministry-staff"}),
        ("1.2.8", "data-calls", {"kind": "cooperation"}),
        ("2.2.5", "decisions", {}),
        ("3.1.6", "project-activities", {}),
    ],
)
def test_a_child_is_added_itself_or_with_what_it_is_kept_under(year, as_officer, code, key, held):
    found = Feeds(as_officer.get(f"/plan/{PLAN}/activity/{code}/").content.decode())
    queries = [parse_qs(urlsplit(url).query) for url in found.adds if f"/r/{key}/" in url]
    assert {name: [value] for name, value in held.items()} in queries


def test_a_viewer_is_offered_no_form(year, as_viewer):
    page = as_viewer.get(f"/plan/{PLAN}/activity/1.1.2/").content.decode()
    assert Feeds(page).lists and not Feeds(page).adds


def test_a_figure_is_typed_only_where_no_register_holds_it(year, as_officer):
    counted, bare = Indicator.objects.filter(measures__isnull=False).first(), Indicator.objects.last()
    bare.measures.all().delete()  # as in a plan just imported
    for indicator, offered in ((counted, False), (bare, True)):
        page = as_officer.get(f"/plan/{PLAN}/indicator/{indicator.pk}/").content.decode()
        assert ("/r/typed-readings/new/" in page) == offered
    link = f"/r/typed-readings/new/?indicator={bare.pk}&starts_on=01.01.2017&ends_on=31.12.2017"
    assert f'value="{bare.pk}" selected' in as_officer.get(link).content.decode()
    data = {"indicator": bare.pk, "starts_on": "01.01.2017", "ends_on": "31.12.2017", "value": "7", "source": "a letter"}
    assert as_officer.post(link, data).status_code == 302
    assert TypedReading.objects.get().indicator == bare
    assert registry.get("typed-readings").record_url(TypedReading.objects.get())


def test_the_history_of_an_activity_says_yes_and_no_in_words(year, as_officer):
    """Also of columns that the register does not declare."""
    page = as_officer.get(f"/r/activities/{Activity.objects.first().pk}/history/").content.decode()
    assert "False" not in page and "True" not in page
