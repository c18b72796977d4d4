"""A report made in the background with its progress, one that comes by a schedule, and text that outlives the browser and the session."""

import re

import pytest

from .steps import BOARD, choose, follow, save, saved

LONG = 90_000  # a busy machine


@pytest.mark.parametrize("script", [True, False])
def test_a_report_is_made_in_the_background_and_fetched(open_as, script):
    page = open_as("projects.1", "ka" if script else "en", script=script)
    page.goto("/reports/progress/")
    page.locator("select[name=period]").select_option("2017-Q1")
    page.locator("#background").check()
    follow(page.locator("button[value=pdf]"))
    assert re.search(r"/reports/made/\d+/$", page.url)
    address = page.url
    file = page.locator("#job a[href$='/file/']")
    if script:
        file.wait_for(timeout=LONG)  # the page looks by itself
    for _try in range(90):
        if script or file.count():
            break
        page.wait_for_timeout(1000)
        follow(page.locator("#job form a"))  # «Look again»
    with page.expect_download() as waiting:
        file.click()
    assert waiting.value.suggested_filename.endswith(".pdf")
    page.goto("/reports/")
    follow(page.locator("main .actions a[href='/reports/made/']"))
    assert page.locator(f"a[href='/reports{address.split('/reports', 1)[1]}']").count() == 1


def test_the_bell_tells_of_a_report_that_was_made_meanwhile(open_as):
    page = open_as("cooperation", "en")
    page.goto("/reports/trainings/")
    page.locator("#background").check()
    follow(page.locator("button[value=xlsx]"))
    job = page.url
    page.goto("/agenda/reminders/")
    told = page.locator(f"#told a[href='/reports{job.split('/reports', 1)[1]}']")
    for _try in range(90):
        if told.count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    follow(told)
    page.locator("#job a[href$='/file/']").wait_for()
    page.goto("/agenda/reminders/")
    assert told.count() == 0


def test_an_own_report_is_scheduled_paused_and_ended(open_as):
    page = open_as("projects.1", "ka")
    page.goto("/reports/own/new/?register=meetings")
    page.fill("#title_ka", "ყოველთვიური ნუსხა")
    page.locator("select[name=day]").select_option("starts_on")
    save(page)
    follow(page.locator("#schedules a.more"))
    page.locator("input[name=every][value=month]").check()
    viewer = page.locator("select[name=recipients] option").nth(1).get_attribute("value")
    page.locator("select[name=recipients]").evaluate("(s, v) => s.tomselect.addItem(v)", viewer)
    save(page)
    saved(page)
    schedule = page.locator("#schedules .schedule")
    assert "01.01.2018" in schedule.inner_text()
    follow(schedule.locator("button[value=pause]"))
    assert "01.01.2018" not in page.locator("#schedules").inner_text()
    follow(schedule.locator("button[value='go-on']"))
    follow(schedule.locator("button[value=end]"))
    assert schedule.locator("button").count() == 0


def test_what_was_typed_into_a_report_outlives_browser_and_session(open_as):
    head = open_as("director", "ka")
    head.goto(f"{BOARD}cycle/")
    head.locator("summary.button.primary").click()
    follow(head.locator("main .menu-body a[href*='starts_on=2017-04-01']").first)
    save(head)
    saved(head)
    follow(head.locator("main .actions a[href*='/cycle/']"))
    tasks = head.url
    follow(head.locator("main .actions a[href$='/review/']"))
    follow(head.locator("#period button[value=open]"))

    page = open_as("projects.1", "ka")
    page.goto(tasks)
    follow(page.locator("main tbody tr a.button.primary").first)
    address = page.url
    with page.expect_response(re.compile(r"/draft/$")) as kept:
        page.locator("#id_text_ka").press_sequentially("ნახევარი წინადადება", delay=5)
    assert kept.value.status == 204
    page.context.close()  # the browser dies: nothing of it is left on this machine

    page = open_as("projects.1", "ka")
    page.goto(address)
    assert page.locator("#id_text_ka").input_value() == "ნახევარი წინადადება"
    assert page.locator("form .notice[role=status]").count() == 1

    page.locator("#id_text_ka").fill("ნახევარი წინადადება, დასრულებული")
    choose(page, "declared", "mostly")
    page.context.clear_cookies(name="sessionid")  # the session is over, unseen
    follow(page.locator("button[name=_save]"))
    page.fill("input[name=login]", "projects.1@example.ge")
    page.fill("input[name=password]", "gegma-demo-2017")
    with page.expect_navigation():
        page.press("input[name=password]", "Enter")
    assert page.url == address
    assert page.locator("#id_text_ka").input_value() == "ნახევარი წინადადება, დასრულებული"
    follow(page.locator("button[name=_save]"))
    saved(page)
    page.goto(address)
    assert page.locator("#id_text_ka").input_value() == "ნახევარი წინადადება, დასრულებული"
    assert page.locator("form .notice[role=status]").count() == 0
