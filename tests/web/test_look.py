"""The look in a real browser: readable by everybody, narrow and wide, light and dark, under the strict content policy."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.web import look

pytestmark = pytest.mark.e2e


@pytest.fixture
def pages():
    return look.pages()


def faults(page) -> list[str]:
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"{v['id']}: {n['html'][:160]} – {n.get('failureSummary', '')[:300]}" for v in found for n in v["nodes"]]


@pytest.mark.parametrize(
    ("name", "width", "scheme"),
    [
        *[("styleguide", width, scheme) for width in (1440, 360) for scheme in ("light", "dark")],
        *[(name, *seen) for name in ("login", "password_reset", "404") for seen in ((1440, "light"), (360, "dark"))],
    ],
)
def test_everybody_can_read_it_and_nothing_sticks_out(show, pages, name, width, scheme):
    page = show(pages[name], width, scheme)
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_open_menus_and_lists_are_readable_too(show, pages):
    page = show(pages["styleguide"])
    page.locator(".bar-nav details summary").click()
    assert faults(page) == []
    page.locator("#id_country-ts-control").click()
    page.locator(".ts-dropdown .option").first.wait_for()
    assert faults(page) == []


def test_the_theme_can_be_chosen_against_the_computer(show, pages):
    page = show(pages["styleguide"])
    page.locator(".bar details:has(.who) > summary").first.click()
    page.locator("[data-theme-set=dark]").first.click()
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(16, 22, 29)"
    assert "theme=dark" in page.evaluate("document.cookie")


def test_without_a_script_all_can_be_read_and_reached(show, pages):
    page = show(pages["styleguide"], script=False)
    page.locator(".bar-nav details summary").click()
    assert page.get_by_role("link", name="ტრენინგები").first.is_visible()
    page.locator("label[for=id_title_en_tab]").click()
    assert page.locator("#id_title_en").is_visible() and not page.locator("#id_title_ka").is_visible()
    assert page.locator("#id_country").is_visible()
    assert page.locator("tbody details.clamp").first.is_visible()


def test_keys_work_with_a_georgian_layout(show, pages):
    page = show(pages["styleguide"])
    press = "document.dispatchEvent(new KeyboardEvent('keydown', {code: '%s', key: '%s', %s: true, bubbles: true}))"
    page.evaluate(press % ("KeyK", "კ", "ctrlKey"))
    assert page.evaluate("document.activeElement.name") == "q"
    page.evaluate(press % ("KeyN", "ნ", "altKey"))
    assert page.evaluate("document.activeElement.textContent") == "ტრენინგი"
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent") == "შეხვედრა"
    page.keyboard.press("Escape")
    assert not page.locator("[data-new][open]").count()


@pytest.mark.parametrize(
    ("typed", "said", "value"),
    [
        ("3.9.26", "ხუთშაბათი, 3 სექტემბერი 2026", "03.09.2026"),
        ("2026-09-03", "ხუთშაბათი, 3 სექტემბერი 2026", "03.09.2026"),
        ("25/12/2017", "ორშაბათი, 25 დეკემბერი 2017", "25.12.2017"),
        ("03/09/2026", "3 სექტემბერი 2026", "03/09/2026"),
        ("31.02.2017", "", "31.02.2017"),
    ],
)
def test_a_date_is_said_back_and_never_guessed(show, pages, typed, said, value):
    page = show(pages["styleguide"])
    page.locator("#id_ends_on").fill(typed)
    page.locator("#id_ends_on").blur()
    words = page.locator("[data-weekday-for=id_ends_on]")
    assert page.locator("#id_ends_on").input_value() == value
    assert words.text_content().strip() != ""
    assert said in words.text_content()
    assert ("ask" in words.get_attribute("class")) == (value != "03.09.2026" and value != "25.12.2017")


def test_today_is_the_day_of_the_system(show, pages):
    page = show(pages["styleguide"])
    page.locator("#id_ends_on").focus()
    page.keyboard.press("Control+Semicolon")
    assert page.locator("#id_ends_on").input_value() == "11.12.2017"


@pytest.mark.parametrize("typed", ["საქ", "sak"])
def test_a_country_is_found_in_georgian_and_latin_letters(show, pages, typed):
    page = show(pages["styleguide"])
    page.locator("#id_country-ts-control").fill(typed)
    assert page.locator(".ts-dropdown .option:visible").all_text_contents() == ["საქართველო"]
    page.keyboard.press("Enter")
    assert page.locator("#id_country").input_value() == "GE"


def test_a_row_is_added_with_its_number(show, pages):
    page = show(pages["styleguide"])
    page.locator("[data-add-row]").click()
    page.locator("[data-add-row]").click()
    assert page.locator("[name=p-2-name]").count() == 1
    assert page.locator("#id_p-TOTAL_FORMS").input_value() == "3"
    assert page.locator("[name*=__prefix__]").count() == 0
    page.locator("#id_p-2-sex-ts-control").wait_for()


def test_the_error_summary_leads_to_a_field_in_a_closed_tab(show, pages):
    page = show(pages["styleguide"])
    page.locator("label[for=id_title_en_tab]").click()
    page.locator(".error-summary a").first.click()
    assert page.evaluate("document.activeElement.id") == "id_title_ka"
