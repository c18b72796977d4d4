"""Every main page: readable by everybody (axe), nothing wider than a phone, no complaint of the browser, all of it without a script."""

from urllib.parse import unquote

import pytest
from axe_playwright_python.sync_playwright import Axe

from .steps import BOARD, count_of, figure_of, follow, number_in, passport_of, saved

# Each language, width and scheme is looked at by axe; a phone in Georgian, whose words are the longest, for its width alone.
SEEN = [("ka", 1440, "light", True), ("en", 360, "dark", True), ("ka", 360, "light", False)]
PAGES = {
    "home": "/?of=all",
    "board": BOARD,
    "board compared": BOARD + "?compare=1&period=2017-Q2&division=1",
    "board with nothing": BOARD + "?due=late&status=unknown&bound=yes",
    "activity": BOARD + "activity/1.3.2/",
    "indicator with due dates": BOARD + "indicator/19/",
    "indicator with a share": BOARD + "indicator/7/",
    "indicator without a register": BOARD + "indicator/1/",
    "passport": BOARD + "measure/4/",
    "open points": BOARD + "open-points/",
    "plans": "/plan/?all=1",
    "import": "/plan/import/",
    "use as a measure": "/plan/use/?register=meetings&kind=visit&state=held",
    "reports": "/reports/",
    "report": "/reports/progress/",
    "report of the catalogue": "/reports/briefing/?country=DE",
    "report of one's own": "/reports/own/new/?register=meetings&address=kind%3Dvisit",
    "registers": "/r/",
    "list": "/r/meetings/",
    "list narrowed": "/r/meetings/?kind=visit&state=held&country=FR",
    "list with nothing": "/r/meetings/?q=ასეთი+სიტყვა+არ+არის",
    "list with every filter": "/r/meetings/filters/?kind=visit",
    "list refused": "/r/meetings/?no-such-filter=1",
    "record": "/r/trainings/1/",
    "record of a project": "/r/projects/1/",
    "form": "/r/meetings/new/",
    "form with rows": "/r/projects/1/edit/",
    "quick entry": "/r/meetings/quick/",
    "history": "/r/trainings/1/history/",
    "add people": "/r/trainings/1/people/",
    "search": "/search/?q=ვიზიტი",
    "accounts": "/people-with-access/",
    "account": "/people-with-access/1/",
    "own account": "/my-account/",
    "second factor": "/accounts/2fa/",
}


@pytest.fixture(scope="module")
def windows(keep_open_as):
    """The ways in which every page is looked at."""
    return [keep_open_as("administrator", lang, width, scheme=scheme) for lang, width, scheme, _axe in SEEN]


@pytest.mark.parametrize("name", PAGES)
def test_everybody_can_read_the_page_and_nothing_sticks_out(windows, complaints, name):
    found = []
    for page, (lang, width, scheme, axe) in zip(windows, SEEN, strict=True):
        page.goto(PAGES[name])
        where = f"{lang} {width} {scheme}"
        faults = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"] if axe else []
        for fault in faults:
            found += [f"{where}: {fault['id']}: {node['html'][:200]}" for node in fault["nodes"]]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"{where}: wider than the window")
    if name == "list refused":
        complaints.clear()  # the browser reports an answer of 400 as an error
    found += complaints
    complaints.clear()
    assert found == []


def test_an_address_that_is_not_there_says_so(open_as, problems):
    page = open_as()
    assert page.goto("/plan/no-such-plan/").status == 404
    assert page.locator("h1").inner_text()
    problems.clear()  # the browser reports the 404 itself


def test_sign_in_lists_the_people_of_the_demo_and_refuses_a_wrong_password(browser, server):
    context = browser.new_context(base_url=server, locale="ka-GE")
    page = context.new_page()
    page.goto(BOARD)
    assert "/accounts/login/" in page.url
    page.fill("input[name=login]", "viewer@example.ge")
    page.fill("input[name=password]", "not-the-password")
    page.press("input[name=password]", "Enter")
    page.locator(".error-summary, .error").first.wait_for()
    assert "/accounts/login/" in page.url
    context.close()


def test_without_a_script_the_plan_is_filtered_and_walked(open_as):
    page = open_as("projects.1", script=False)
    page.goto(BOARD)
    everything = page.locator(".board .activity-row").count()
    page.select_option("#period", "2017-Q3")
    follow(page.locator(".filters noscript button, .filters > button").first)
    assert "period=2017-Q3" in page.url and page.locator(".board .activity-row").count() == everything
    page.locator(".more-filter > summary").click()
    page.check("#mine")
    follow(page.locator(".more-filter button.primary"))
    assert 0 < page.locator(".board .activity-row").count() < everything
    follow(page.locator(".status-counts a").first)
    assert "status=" in page.url


def test_without_a_script_a_list_is_filtered_and_a_record_saved(open_as):
    page = open_as("projects.1", script=False)
    passport = passport_of(page, "1.1.2")
    before = figure_of(page, passport)
    page.goto("/r/meetings/")
    whole = count_of(page)
    page.select_option("select[name=kind]", ["visit"])
    follow(page.locator(".list-form button").first)
    assert "kind=visit" in page.url and 0 < count_of(page) < whole
    page.goto("/r/meetings/quick/")
    page.fill("#id_title_ka", "კრება სკრიპტის გარეშე")
    page.select_option("#id_kind", "donor-coordination")
    page.select_option("#id_state", "held")
    page.fill("#id_starts_on", "5.9.2017")
    follow(page.locator("main form button.primary"))
    saved(page)
    assert "05.09.2017" in page.locator("main").inner_text()
    assert figure_of(page, passport) == before + 1


def test_without_a_script_every_filter_is_drawn_on_a_page_of_its_own_and_nothing_chosen_is_lost(open_as):
    page = open_as("viewer", script=False)
    page.goto("/r/meetings/?kind=visit&sort=title")
    page.fill("#q", "ა")
    page.locator(".more-filters > summary").click()
    assert page.locator(".more-filters select, .more-filters input").count() == 0
    follow(page.locator(".more-filters button"))
    assert all(word in unquote(page.url) for word in ("/r/meetings/filters/", "kind=visit", "sort=title", "q=ა"))
    group = page.locator(".more-filters[open] > details", has=page.locator("input[name=ends_on__from]")).first
    group.locator("summary").first.click()
    page.fill("input[name=ends_on__from]", "01.02.2017")
    follow(page.locator(".search-row button"))
    assert all(word in unquote(page.url) for word in ("/r/meetings/?", "kind=visit", "sort=title", "q=ა", "ends_on__from=01.02.2017"))
    assert page.locator(".list-form input[name=ends_on__from]").input_value() == "01.02.2017"


def test_numbers_on_the_board_are_those_of_its_counts(open_as):
    page = open_as("viewer", "en")
    page.goto(BOARD)
    counts = page.locator(".status-count").all()
    assert sum(number_in(one.inner_text()) for one in counts) == page.locator(".board .activity-row").count()
    chosen = number_in(counts[0].inner_text())
    follow(counts[0])
    assert page.locator(".board .activity-row").count() == chosen
