"""What people do on the pages, in steps that several tests share."""

import re

BOARD = "/plan/mia-ird-2017/"


def number_in(text: str) -> int:
    """The first number of a text, thousands marks taken out."""
    found = re.search(r"\d[\d\u00a0 ]*", text)
    assert found, f"no number in {text!r}"
    return int(re.sub(r"\D", "", found[0]))


def count_of(page) -> int:
    """The number over a list."""
    return number_in(page.locator("#list .toolbar .count").inner_text())


def figure_of(page, passport: str) -> int:
    """The big figure of a passport page."""
    page.goto(passport)
    return number_in(page.locator(".passport .figure.big").first.inner_text())


def passport_of(page, code: str, place: int = 0) -> str:
    """The address of the passport behind a figure of an activity's page."""
    page.goto(f"{BOARD}activity/{code}/")
    return page.locator("main .measure-line a.figure").nth(place).get_attribute("href")


def follow(locator) -> None:
    """Click what leads to another page, and wait until that page is whole."""
    with locator.page.expect_navigation():
        locator.click()


def choose(page, name: str, value: str) -> None:
    """Choose an option, also where the select has become a searchable one."""
    page.locator(f"select[name={name}]").evaluate(
        "(s, v) => { if (s.tomselect) s.tomselect.setValue(v); else { s.value = v; s.dispatchEvent(new Event('change', {bubbles: true})); } }",
        value,
    )


def save(page) -> None:
    """The main button of the form."""
    with page.expect_navigation():
        page.locator("main form.form button.primary").last.click()


def saved(page) -> None:
    """The page says that something was saved."""
    page.locator(".notice.success").wait_for()
