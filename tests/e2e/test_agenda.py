"""The calendar as month and list, the bell, and a feed that is made and read without a session, in a real browser."""

import re
import urllib.error
import urllib.request

import pytest
from axe_playwright_python.sync_playwright import Axe

from .steps import choose, follow, number_in, saved

WORDS = {
    "ka": {"title": "მოხსენების პროექტის მომზადება", "late": "წერილის გაგზავნა", "month": "დეკემბერი 2017"},
    "en": {"title": "Draft the report", "late": "Send the letter", "month": "December 2017"},
}


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_the_month_and_the_list(open_as, lang):
    page, words = open_as("cooperation", lang), WORDS[lang]
    page.goto("/")
    follow(page.locator(".bar-nav a[href='/agenda/']"))
    assert page.locator("h1").inner_text() == words["month"]
    assert page.locator("table.month thead th").count() == 7 and page.locator("table.month td[aria-current=date]").count() == 1
    entry = page.locator("table.month td:has(time[datetime='2017-12-18']) li", has_text=words["title"])
    assert "11.12.2017" in entry.inner_text()  # the day first set
    follow(page.locator("a[rel=next]"))
    assert "month=2018-01" in page.url
    follow(page.locator("a[rel=prev]"))
    with page.expect_navigation():
        choose(page, "register", "decisions")
    assert "register=decisions" in page.url
    follow(page.locator(".tabs a").last)
    assert "view=list" in page.url and "register=decisions" in page.url
    late = page.locator("main .card").first
    assert late.locator(".due.state-late").count() == number_in(late.locator("h2").inner_text())
    follow(late.locator("a", has_text=words["late"]))
    assert "/r/meetings/" in page.url and page.locator("#moved").count() == 1
    assert "11.12.2017 → 18.12.2017" in page.locator("#moved").inner_text()


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_the_bell_leads_to_the_reminders_and_falls_when_they_are_read(open_as, lang):
    page = open_as("cooperation", lang)
    page.goto("/")
    before = number_in(page.locator(".bar .bell b").inner_text())
    follow(page.locator(".bar .bell"))
    lines = page.locator("main .deadlines li:has(form)")
    assert lines.count() == before
    follow(lines.first.locator("button"))
    saved(page)
    left = page.locator(".bar .bell b")
    assert (number_in(left.inner_text()) if left.count() else 0) == before - 1


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_a_feed_is_made_read_and_revoked(open_as, lang):
    page = open_as("cooperation", lang)
    page.goto("/agenda/")
    follow(page.locator(f".bar .wide-only .languages button[value={lang}]"))  # the feed comes in the language chosen last
    page.locator(".bar details.menu.end:has(.icon-user) > summary").click()
    follow(page.locator(".bar a[href='/agenda/feed/']").first)
    follow(page.locator("form:has(input[name=whose]) button.primary"))
    url = page.locator("#address").input_value()
    with urllib.request.urlopen(url, timeout=20) as answer:
        text = answer.read().decode()
    assert text.startswith("BEGIN:VCALENDAR\r\n") and text.endswith("END:VCALENDAR\r\n")
    assert WORDS[lang]["title"] in re.sub("\r\n ", "", text)
    page.goto("/agenda/feed/")
    assert page.locator("#address").count() == 0
    follow(page.locator("button.danger"))
    saved(page)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(url, timeout=20)
    assert refused.value.code == 404


PAGES = {"month": "/agenda/?of=all", "list": "/agenda/?of=all&view=list", "reminders": "/agenda/reminders/", "feed": "/agenda/feed/"}


@pytest.mark.parametrize("name", PAGES)
def test_everybody_can_read_the_pages_and_nothing_sticks_out(open_as, name):
    found = []
    for lang, width, scheme in (("ka", 1440, "light"), ("en", 360, "dark"), ("ka", 360, "light")):
        page = open_as("head.projects", lang, width, scheme=scheme)
        page.goto(PAGES[name])
        for fault in Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]:
            found += [f"{lang} {width}: {fault['id']}: {node['html'][:200]}" for node in fault["nodes"]]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"{lang} {width}: wider than the window")
    assert found == []


def test_a_month_is_a_list_on_a_phone_and_all_works_without_a_script(open_as):
    page = open_as("cooperation", "en", 360, script=False)
    page.goto("/agenda/")
    assert page.locator("table.month thead").is_hidden()
    shown = [cell for cell in page.locator("table.month td").all() if cell.is_visible()]
    assert 0 < len(shown) < 20 and all(cell.bounding_box()["width"] > 300 for cell in shown)
    page.select_option("#of", "mine")
    follow(page.locator("form.filters button"))
    assert "of=mine" in page.url
