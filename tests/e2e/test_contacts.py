"""A country page is prepared: from the search to the page, its numbers against the lists, and on paper; and a contact is verified."""

import pytest

from .steps import count_of, follow, number_in, saved

COUNTRY = {"ka": "გერმანია", "en": "Germany"}


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_a_country_page_is_prepared(open_as, lang):
    page = open_as("cooperation", lang)
    page.goto("/")
    page.keyboard.press("Control+KeyK")
    page.keyboard.type(COUNTRY[lang])
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("main h1").inner_text() == COUNTRY[lang]
    address = page.url
    links = page.locator(".tallies a, .pillars h2 a.badge").evaluate_all("all => all.map((one) => [one.getAttribute('href'), one.innerText])")
    assert len(links) > 4
    for url, text in links:
        page.goto(url)
        assert count_of(page) == number_in(text) if number_in(text) else page.locator("#list .count").count(), url
    page.goto(address)
    line = page.locator(".pillars .ledger li").first
    assert line.locator(".nowrap").first.inner_text()
    page.emulate_media(media="print")
    foot = page.locator(".print-foot")
    assert foot.is_visible() and address in foot.inner_text() and "11.12.2017" in foot.inner_text()
    assert not page.locator(".bar").is_visible() and not page.locator("main .actions").first.is_visible()
    assert page.locator(".pillars .card").first.is_visible()
    page.emulate_media(media="screen")
    follow(page.locator(".pillars a.more[href*='/r/meetings/new/']").first)
    assert page.locator("select[name=partner_countries] option:checked").inner_text().strip() == COUNTRY[lang]


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_a_contact_is_verified_in_one_click_and_once_a_day(open_as, lang):
    page = open_as("cooperation", lang)
    page.goto("/r/contacts/verify/")
    waiting = number_in(page.locator(".toolbar .count").inner_text())
    name = page.locator("tbody tr th a").first.get_attribute("href")
    page.locator("tbody tr").first.locator("select[name=how]").select_option("telephone")
    follow(page.locator("tbody tr").first.locator("button[type=submit]"))
    saved(page)
    assert number_in(page.locator(".toolbar .count").inner_text()) == waiting - 1
    page.goto(name)
    assert page.locator("main .state-done").count() and "11.12.2017" in page.locator("#contact-verifications").inner_text()
    follow(page.locator("form[action$='/verify/'] button"))  # a second time on one day is refused with the reason
    assert page.locator(".notice.error").count() == 1


def test_the_countries_in_the_bar_and_on_a_phone(open_as):
    page = open_as("viewer", "en", width=360)
    page.goto("/partners/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    follow(page.locator("tbody th a").first)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.locator(".pillars a.more").count() == 0
    wide = open_as("viewer", "ka")
    wide.goto("/")
    follow(wide.locator(".bar-nav a[href='/partners/']"))
    rows = wide.locator("tbody tr").count()
    wide.check("input[name=all]")
    follow(wide.locator("main .filters button"))
    assert wide.locator("tbody tr").count() > rows
    wide.goto("/r/contacts/reachable/?on=31.12.2016")
    assert number_in(wide.locator("#not-reached h2 .badge").inner_text()) > 0
