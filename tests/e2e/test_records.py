"""Entering, mending and editing records as people do it."""

import re

import pytest

from .steps import BOARD, choose, count_of, figure_of, follow, number_in, passport_of, save, saved

DONORS = "1.1.2"  # its first measure counts the donor coordination meetings that were held
PROPOSALS = "1.1.3"  # its measure counts project proposals by the day of the proposal
WRITES = re.compile(r"/(new|quick|edit|delete|use|import)/|/r/trainings/\d+/people/")


@pytest.mark.parametrize(("lang", "title"), [("ka", "დონორთა კრება კლავიატურით"), ("en", "Donors by keyboard")])
def test_a_meeting_is_entered_with_the_keyboard_alone_and_the_figure_rises(open_as, lang, title):
    page = open_as("projects.1", lang)
    passport = passport_of(page, DONORS)
    before = figure_of(page, passport)
    keys = page.keyboard
    keys.press("Alt+KeyN")
    with page.expect_navigation():
        keys.press("Enter")
    kind = page.locator("select[name=kind] option[value=donor-coordination]").text_content().strip()
    keys.type(title)
    _tab_to(page, "kind")
    keys.type(kind)
    page.locator(".ts-dropdown .option.active").wait_for()
    keys.press("Enter")
    _tab_to(page, "state")
    keys.press("ArrowDown")
    _tab_to(page, "starts_on")
    keys.press("Control+Semicolon")
    with page.expect_navigation():
        keys.press("Control+Enter")
    saved(page)
    assert page.locator("main h1").inner_text() == title
    assert page.locator("#counts .state-done").count() >= 1
    assert figure_of(page, passport) == before + 1
    follow(page.locator(".passport .counted a"))
    assert count_of(page) == before + 1
    assert page.locator("#list tbody th a", has_text=title).count() == 1


def _tab_to(page, name: str) -> None:
    for _press in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("n => [n, `${n}-ts-control`].includes((document.activeElement.id || '').replace('id_', ''))", name):
            return
    raise AssertionError(f"{name} is not reached with the Tab key")


def _new_project(page, title: str) -> str:
    """A project drafted by us whose proposal has no day yet, by the link on the activity's page. Returns its address."""
    page.goto(f"{BOARD}activity/{PROPOSALS}/")
    follow(page.locator("main .todo-list a.button[href*='/r/projects/new/']").first)
    page.fill("#id_title_ka", title)
    for select in page.locator("main form select[required], main form .field.required select").all():
        name = select.get_attribute("name")
        if not select.input_value():
            choose(page, name, select.locator("option[value]:not([value=''])").first.get_attribute("value"))
    save(page)
    saved(page)
    return page.url


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_a_record_left_out_for_a_missing_date_is_found_mended_and_counts(open_as, lang):
    page = open_as("projects.1", lang)
    title = {"ka": "უთარიღო წინადადება", "en": "წინადადება without a day"}[lang]
    record = _new_project(page, title)
    passport = passport_of(page, PROPOSALS)
    before = figure_of(page, passport)
    follow(page.locator(".left-out a").first)
    follow(page.locator("#list tbody th a", has_text=title))
    assert page.url == record
    missed = page.locator("#counts li", has=page.locator(f'a[href^="{passport.split("?")[0]}"]'))
    assert missed.locator(".state-soon").count() == 1
    follow(missed.locator("a[href$='/edit/']"))
    page.fill("#id_proposal_on", "6.3.2017")
    save(page)
    saved(page)
    mended = page.locator("#counts li", has=page.locator(f'a[href^="{passport.split("?")[0]}"]'))
    assert mended.locator(".state-done").count() == 1
    assert figure_of(page, passport) == before + 1


def test_a_filtered_list_becomes_a_measure(open_as):
    page = open_as()
    page.goto("/r/meetings/")
    whole = count_of(page)
    choose(page, "kind", "visit")
    page.locator("#list .chip").wait_for()
    visits = count_of(page)
    assert 0 < visits < whole and "kind=visit" in page.url
    follow(page.locator("a[href*='/plan/use/']"))
    assert page.locator("form.form input[name=filters]").input_value() == "kind=visit"
    page.select_option("#date", "")
    page.fill("#name_ka", "ვიზიტები დღემდე")
    page.fill("#name_en", "visits until now")
    choose(page, "indicator", page.locator("#indicator option:not([value=''])").last.get_attribute("value"))
    follow(page.locator("button[value=preview]"))
    assert number_in(page.locator(".passport .figure.big").inner_text()) == visits
    follow(page.locator("button[value=save]"))
    page.locator(".passport .counted").wait_for()
    assert number_in(page.locator(".passport .figure.big").inner_text()) == visits
    follow(page.locator(".passport .counted a"))
    assert count_of(page) == visits


def test_further_filters_come_when_they_are_opened_and_stay_when_used(open_as):
    page = open_as("viewer")
    page.goto("/r/meetings/")
    whole = count_of(page)
    assert page.locator("input[name=ends_on__to]").count() == 0
    page.locator(".more-filters > summary").focus()
    page.keyboard.press("Enter")
    group = page.locator(".more-filters > details", has=page.locator("input[name=ends_on__to]"))
    group.locator("summary").first.focus()
    page.keyboard.press("Enter")
    page.fill("input[name=ends_on__to]", "30.06.2017")
    choose(page, "kind", "visit")
    page.locator("#list .chip").nth(1).wait_for()
    assert 0 < count_of(page) < whole and page.url.endswith("/r/meetings/?kind=visit&ends_on__to=30.06.2017")
    some = count_of(page)
    page.reload()
    assert count_of(page) == some
    assert page.locator(".filters:not(.more-filters .filters) input[name=ends_on__to]").input_value() == "30.06.2017"
    page.fill("#q", "ა")
    page.locator(".search-row button").click()
    page.wait_for_url("**q=*")
    assert "ends_on__to=30.06.2017" in page.url and "kind=visit" in page.url


def _meeting(page, title: str) -> str:
    page.goto("/r/meetings/new/")
    page.fill("#id_title_ka", title)
    choose(page, "kind", "visit")
    page.fill("#id_place", "თბილისი")
    save(page)
    saved(page)
    return page.url


def test_two_people_edit_one_record_and_nothing_is_lost(open_as, problems):
    first, second = open_as("projects.1"), open_as("administrator")
    url = _meeting(first, "ვიზიტი, რომელსაც ორნი ასწორებენ")
    for page in (first, second):
        page.goto(url + "edit/")
    first.fill("#id_place", "ბათუმი")
    save(first)
    second.fill("#id_place", "ქუთაისი")
    second.fill("#id_starts_on", "07.03.2017")
    with second.expect_navigation():
        second.locator("main form.form button.primary").last.click()
    problems.clear()  # the browser reports the page of a conflict (409) as an error
    table = second.locator("table.conflict")
    assert "ქუთაისი" in table.inner_text() and "ბათუმი" in table.inner_text()
    table.locator("label", has_text="ბათუმი").click()
    with second.expect_navigation():
        second.locator("main form button.primary").last.click()
    saved(second)
    facts = second.locator("main").inner_text()
    assert "ბათუმი" in facts and "07.03.2017" in facts and "ქუთაისი" not in facts


def test_people_are_added_to_a_training_by_paste(open_as):
    page = open_as()
    page.goto("/r/trainings/")
    follow(page.locator("#list tbody th a").first)
    before = page.locator("#participations tbody tr").count()
    follow(page.locator("a[href^='/r/trainings/'][href$='/people/']"))
    page.fill("#text", "სახელი და გვარი\tსქესი\nმზია ბრეგვაძე-გამოცდილი\tქ\nზურაბ ახალკაცი\tკ\n\tკ")
    follow(page.locator("button[name=_check]"))
    assert page.locator("input[name=take]").count() == 2
    follow(page.locator("button[name=_confirm]"))
    saved(page)
    assert page.locator("#participations tbody tr").count() == before + 2
    assert page.locator("#participations", has_text="ზურაბ ახალკაცი").count() == 1
    follow(page.locator(".notice.success button"))
    saved(page)
    assert page.locator("#participations tbody tr").count() == before


def test_a_viewer_is_offered_nothing_that_writes(open_as):
    page = open_as("viewer")
    for address in (
        "/", "/r/", "/r/meetings/", "/r/trainings/", BOARD, f"{BOARD}activity/1.1.2/", f"{BOARD}indicator/3/", f"{BOARD}measure/4/",
    ):  # fmt: skip
        page.goto(address)
        if address == "/r/trainings/":
            follow(page.locator("#list tbody th a").first)
        links = page.locator("a[href]").evaluate_all("all => all.map((one) => one.getAttribute('href'))")
        # a report of one's own is a view that its maker keeps: it changes no record
        assert not [url for url in links if WRITES.search(url) and not url.startswith("/reports/own/")]
        posts = page.locator("form[method=post]").evaluate_all("all => all.map((one) => one.getAttribute('action') || '')")
        assert {url for url in posts if "/language/" not in url and "/accounts/" not in url} == set()
