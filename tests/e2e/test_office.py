"""A letter logged with the keyboard and answered in time; a data call sent, its replies entered: the figures rise."""

import re

import pytest

from .steps import choose, count_of, follow, passport_of, save, saved

LETTERS = "4.1.12"  # its first two measures: letters, and those answered in time
REPLIES = "1.2.8"


def share(page, passport: str) -> tuple[int, int]:
    """The two numbers behind a share: how many, of how many. Georgian says the second one first."""
    page.goto(passport)
    found = [int(n) for n in re.findall(r"\d+", page.locator(".passport .figure.big").first.inner_text().partition("(")[2])]
    return min(found), max(found)


def tab_to(page, name: str) -> None:
    for _press in range(14):
        page.keyboard.press("Tab")
        if page.evaluate("n => [n, `${n}-ts-control`].includes((document.activeElement.id || '').replace('id_', ''))", name):
            return
    raise AssertionError(f"{name} is not reached with the Tab key")


@pytest.mark.parametrize(("lang", "number"), [("ka", "MIA 7 17 90000001"), ("en", "MIA 7 17 90000002")])
def test_a_letter_is_logged_by_keyboard_and_answered_in_time(open_as, lang, number):
    page = open_as("cooperation", lang)
    letters, in_time = passport_of(page, LETTERS, 0), passport_of(page, LETTERS, 1)
    page.goto(letters)
    follow(page.locator(".passport .counted a"))
    count, before = count_of(page), share(page, in_time)
    page.goto("/r/letters/quick/")
    keys = page.keyboard
    tab_to(page, "number")
    keys.type(number)
    tab_to(page, "title_ka")
    keys.type("ინფორმაციის მოთხოვნა კლავიატურით")
    tab_to(page, "answer_required")
    keys.press("Space")
    tab_to(page, "due_on")
    keys.type("20.12.2017")
    with page.expect_navigation():
        keys.press("Control+Enter")
    saved(page)
    assert page.locator("main .state-going").count() >= 1
    follow(page.locator("#answered-today"))
    saved(page)
    assert page.locator("main .facts .state-done").count() == 1 and page.locator("#answered-today").count() == 0
    assert share(page, in_time) == (before[0] + 1, before[1] + 1)
    page.goto(letters)
    follow(page.locator(".passport .counted a"))
    assert count_of(page) == count + 1
    page.goto("/r/letters/quick/")
    page.fill("#id_number", number)
    page.fill("#id_title_ka", "იგივე ნომერი")
    save(page)
    assert page.locator(".error-summary", has_text=number).count() == 1


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_a_data_call_is_sent_and_its_replies_are_entered_together(open_as, lang):
    page = open_as("cooperation", lang)
    passport = passport_of(page, REPLIES)
    before = share(page, passport)
    page.goto("/r/data-calls/quick/")
    page.fill("#id_title_ka", f"თანამშრომლობის შესახებ {lang}")
    choose(page, "kind", "cooperation")
    page.fill("#id_due_on", "20.12.2017")
    save(page)
    saved(page)
    call = page.url
    assert page.locator("a[href$='/move/send/']").count() == 0  # nobody is asked yet
    follow(page.locator("a[href$='/addressees/']").first)
    group = page.locator("fieldset", has=page.locator("input[data-within]")).nth(3)
    group.locator("input[data-within]").check()
    asked = group.locator("input[name=unit]:checked").count()
    assert asked > 2 and page.locator("input[name=unit]:checked").count() == asked
    follow(page.locator("main form button.primary").first)
    saved(page)
    assert page.locator("#call-replies tbody tr").count() == asked
    follow(page.locator("a[href$='/move/send/']"))
    page.fill("#id_sent_on", "01.12.2017")
    save(page)
    saved(page)
    follow(page.locator("a[href$='/replies/']"))
    boxes = page.locator("input[name=take]")
    for n in range(asked - 1):
        boxes.nth(n).check()
    page.fill("#id_day", "08.12.2017")
    page.locator("input[name$='-number']").first.fill("MIA 1 17 5000001")
    follow(page.locator("button[name=_save]").first)
    saved(page)
    assert page.locator("tbody .state-done").count() == asked - 1
    assert share(page, passport) == (before[0] + asked - 1, before[1] + asked)
    page.goto(f"{call}history/")
    assert "MIA 1 17 5000001" in page.locator("main").inner_text()


def test_a_reminder_reaches_all_who_are_late_in_one_click(open_as):
    page = open_as("eu")
    page.goto("/r/call-replies/?reply_state=late")
    follow(page.locator("#list tbody th a").first)
    follow(page.locator("a[href$='/replies/']"))
    late = page.locator("#remind li").count()
    assert late > 0 and "27.10.2017" in page.locator("#text").input_value()
    follow(page.locator("button[name=_remind]"))
    saved(page)
    assert page.locator("tbody tr", has=page.locator(".state-late")).filter(has_text="11.12.2017").count() == late
