"""From the plan to one record and back: the same number at every stage; what the period, the language and the back button keep."""

from urllib.parse import unquote, urlsplit

import pytest

from .steps import BOARD, count_of, follow, number_in

LANGUAGES = ["ka", "en"]


def board_figure(page) -> tuple[int, str]:
    """The first figure on the board that counts whole records: its number, and its passport."""
    page.goto(BOARD)
    for link in page.locator(".board a.figure").all()[:40]:
        text, url = link.inner_text().strip(" ›\n"), link.get_attribute("href")
        if text.isdigit() and int(text):
            page.goto(url)
            counted = page.locator(".passport .counted a").all()
            if len(counted) == 1 and number_in(counted[0].inner_text()) == int(text):
                page.goto(BOARD)
                return int(text), url
            page.goto(BOARD)
    raise AssertionError("the board has no figure that counts records")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_number_is_the_same_from_the_board_to_the_record(open_as, lang):
    page = open_as("administrator", lang)
    number, url = board_figure(page)
    row = page.locator(".board tr.indicator-row", has=page.locator(f'a.figure[href="{url}"]'))
    title = row.locator("th a").inner_text()
    follow(row.locator("th a"))
    assert page.locator("h1").inner_text() == title
    big = page.locator(f'.passport a.figure.big[href="{url}"]')
    assert number_in(big.inner_text()) == number
    follow(big)
    assert number_in(page.locator(".passport .figure.big").inner_text()) == number
    follow(page.locator(".passport .counted a"))
    assert count_of(page) == number
    assert page.locator("#list tbody tr").count() == min(number, 50)
    follow(page.locator("#list tbody th a").first)
    towards = page.locator("#counts li", has=page.locator(f'a[href^="{urlsplit(url).path}"]'))
    assert towards.locator(".state-done").count() == 1
    follow(towards.locator("a").first)
    assert number_in(page.locator(".passport .figure.big").inner_text()) == number
    page.go_back()
    page.go_back()
    assert count_of(page) == number


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_language_changes_and_nothing_else(open_as, lang):
    page = open_as("administrator", lang)
    _number, url = board_figure(page)
    page.goto(url)
    follow(page.locator(".passport .counted a"))
    address, number, other = page.url, count_of(page), {"ka": "en", "en": "ka"}[lang]
    page.locator(f".bar .languages button[value={other}]").first.click()
    page.locator(f"html[lang={other}]").wait_for()
    assert unquote(page.url) == unquote(address)
    assert count_of(page) == number


def test_the_period_goes_along_from_page_to_page(open_as):
    page = open_as()
    page.goto(BOARD)
    with page.expect_navigation():
        page.select_option("#period", "2017-Q3")
    assert "period=2017-Q3" in page.url
    follow(page.locator(".board .activity-row th a").first)
    assert page.locator("#period").input_value() == "2017-Q3"
    follow(page.locator("main .table th a").first)
    assert page.locator("#period").input_value() == "2017-Q3"


def test_filters_of_the_board_stand_in_the_address_and_can_be_taken_away(open_as):
    page = open_as("projects.1")
    page.goto(BOARD)
    everything = page.locator(".board .activity-row").count()
    page.locator(".more-filter > summary").click()
    page.check("#mine")
    with page.expect_navigation():
        page.locator(".more-filter button.primary").click()
    some = page.locator(".board .activity-row").count()
    assert 0 < some < everything
    assert sum(number_in(text) for text in page.locator(".status-count b").all_inner_texts()) == some
    with page.expect_navigation():
        page.locator(".chip-x").click()
    assert page.locator(".board .activity-row").count() == everything
