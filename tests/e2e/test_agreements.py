"""An agreement from a draft into force, as its officer does it; a step out of order is refused and says why."""

import pytest

from .steps import choose, count_of, figure_of, follow, passport_of, save, saved

DRAFTS = "2.1.1"  # counts the drafts that were initiated in the year
TITLES = {"ka": "თანამშრომლობის შეთანხმება პროექტიდან ძალაში შესვლამდე", "en": "შეთანხმება from a draft into force"}
WHY = {"ka": "სავალდებულოდ", "en": "consent to be bound has not been expressed yet"}


def _new(page, title: str) -> str:
    """A treaty with the first partner country of the list. Returns its address."""
    page.goto("/r/agreements/new/")
    page.fill("#id_title_ka", title)
    choose(page, "kind", "intergovernmental")
    choose(page, "area", "police")
    save(page)
    saved(page)
    return page.url


def _in_force(page, day: str) -> int:
    """How many agreements are in force today and were on a day."""
    page.goto(f"/r/agreements/?stage=in-force&in_force__on={day}")
    return count_of(page)


def _take(page, kind: str, day: str, effective: str = "") -> None:
    """The button of a next step, its small form, and back on the page of the agreement."""
    follow(page.locator(f"#course .actions a[href$='/step/{kind}/']"))
    page.fill("#id_action_on", day)
    if effective:
        page.fill("#id_effective_on", effective)
    save(page)
    saved(page)


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_an_agreement_is_taken_from_a_draft_into_force(open_as, lang):
    page = open_as("treaties", lang)
    passport = passport_of(page, DRAFTS)
    before = figure_of(page, passport)
    in_force = {day: _in_force(page, day) for day in ("31.10.2017", "01.11.2017")}
    url = _new(page, TITLES[lang])
    _take(page, "initiated", "06.02.2017")
    _take(page, "drafted", "13.03.2017")
    _take(page, "initialled", "19.05.2017")
    _take(page, "signed", "12.06.2017")
    assert page.locator("main header .state-going").count() == 1
    assert page.locator("#course .actions a[href$='/step/in-force/']").count() == 0
    _take(page, "consented", "18.09.2017")
    _take(page, "in-force", "02.10.2017", "01.11.2017")
    assert page.locator("main header .state-done").count() == 1
    days = page.locator("#course .timeline time").evaluate_all("all => all.map((one) => one.getAttribute('datetime'))")
    assert days == ["2017-02-06", "2017-03-13", "2017-05-19", "2017-06-12", "2017-09-18", "2017-10-02"]
    assert _in_force(page, "31.10.2017") == in_force["31.10.2017"] and _in_force(page, "01.11.2017") == in_force["01.11.2017"] + 1
    assert figure_of(page, passport) == before + 1
    page.goto(url)
    _take(page, "suspended", "04.12.2017")
    assert page.locator("main header .state-soon").count() == 1
    follow(page.locator(".notice.success button"))
    saved(page)
    assert page.locator("main header .state-done").count() == 1


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_a_step_out_of_order_is_refused_with_its_reason(open_as, problems, lang):
    page = open_as("treaties", lang)
    url = _new(page, f"{TITLES[lang]} 2")
    _take(page, "signed", "12.06.2017")
    page.locator("#not-now summary").click()
    assert WHY[lang] in page.locator("#not-now div", has=page.locator("dt", has_text={"ka": "ძალაში შესვლა", "en": "Entered into force"}[lang])).inner_text()
    page.goto(f"{url}step/in-force/")
    assert WHY[lang] in page.locator("main [role=alert]").inner_text()
    assert page.locator("main form.form").count() == 0
    page.goto(f"{url}step/consented/")
    page.fill("#id_action_on", "11.06.2017")
    save(page)
    assert page.locator(".error-summary").count() == 1
    assert page.input_value("#id_action_on") == "11.06.2017"
    page.goto(url)
    _take(page, "consented", "13.06.2017")
    follow(page.locator("#course .timeline li").first.locator("a[href$='/delete/']"))
    with page.expect_navigation():
        page.locator("main form button.danger").click()
    problems.clear()  # the browser reports the refusal (409) as an error
    assert {"ka": "ხელმოწერილი", "en": "It has not been signed yet."}[lang] in page.locator("main").inner_text()
    page.goto(url)
    assert page.locator("#course .timeline li").count() == 2
