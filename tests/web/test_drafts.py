"""What was typed is never lost: kept in the browser, offered back, gone only when the server says it is saved."""

import time

import pytest

from tests.web import look

pytestmark = pytest.mark.e2e

KEPT = "Object.keys(localStorage).filter(k => k.startsWith('gegma:draft:')).length"


@pytest.fixture
def fresh():
    """The styleguide with a form that was not sent yet."""
    return look.render("styleguide", form=look.TrainingForm(), messages=[])


@pytest.fixture
def saved():
    return look.render("styleguide", form=look.TrainingForm(), messages=look.context()["messages"][:1])


def write(page, text: str) -> None:
    page.locator("#id_title_ka").fill(text)
    page.locator(".draft-state:not(:empty)").wait_for()


def leave(page) -> None:
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.wait_for_load_state("networkidle")


def test_typed_text_is_offered_back_and_put_back(show, fresh):
    page = show(fresh)
    page.locator("[data-add-row]").click()
    page.locator("[name=p-1-name]").fill("გიორგი")
    write(page, "ტრენინგი")
    leave(page)
    assert page.locator("#id_title_ka").input_value() == ""
    page.locator(".form > .notice button").first.click()
    assert page.locator("#id_title_ka").input_value() == "ტრენინგი"
    assert page.locator("[name=p-1-name]").input_value() == "გიორგი"
    assert page.evaluate(KEPT) == 1


def test_a_draft_can_be_discarded(show, fresh):
    page = show(fresh)
    write(page, "ტრენინგი")
    leave(page)
    page.locator(".form > .notice button").last.click()
    assert page.evaluate(KEPT) == 0


def test_leaving_with_unsaved_text_is_asked_about(show, fresh):
    page = show(fresh)
    page.locator("#id_title_ka").press_sequentially("ტ")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.reload()
    assert asked == ["beforeunload"]


def send(page) -> None:
    page.evaluate("document.querySelector('form[data-draft]').noValidate = true")
    page.locator("#id_title_ka").focus()
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    page.wait_for_load_state("networkidle")


def test_a_draft_goes_when_the_page_says_saved(show, fresh, saved):
    page = show(fresh, after=saved)
    write(page, "ტრენინგი")
    send(page)
    assert page.locator(".notices .success").count() == 1
    assert page.evaluate(KEPT) == 0


def test_a_draft_stays_when_the_session_was_lost(show, fresh):
    page = show(fresh, after=look.pages()["login"])
    write(page, "ტრენინგი")
    send(page)
    assert page.locator("form[data-login]").count() == 1
    assert page.evaluate(KEPT) == 1


def test_signing_out_leaves_nothing_of_it_in_the_browser(show, fresh):
    page = show(fresh)
    write(page, "ტრენინგი")
    page.on("dialog", lambda dialog: dialog.accept())
    # a slow answer: what was noted to be kept a moment later must not be kept any more
    page.route("**/account/logout/", lambda route: (time.sleep(1), route.fallback()))
    page.locator(".bar details:has(.who) > summary").first.click()
    with page.expect_navigation():
        page.locator("[data-signout] button").first.click()
    assert page.evaluate(KEPT) == 0
