"""Log and chase a request, as people do it: by the keyboard alone, then by one button from the list of what is late."""

import pytest

from .steps import choose, count_of, follow, save, saved

SUBJECTS = {"ka": "რეგისტრაციის მონაცემების გადამოწმება", "en": "Verification of registration data"}
COUNTRIES = {"ka": "გერმანია", "en": "Germany"}
MOVES = ("check", "send")


def _to(page, name: str) -> int:
    """Press Tab until the field is reached; returns how many presses it took."""
    for press in range(1, 12):
        page.keyboard.press("Tab")
        if page.evaluate("n => [n, `${n}-ts-control`].includes((document.activeElement.id || '').replace('id_', ''))", name):
            return press
    raise AssertionError(f"{name} is not reached with the Tab key")


def _pick(page, words: str) -> None:
    """Choose in a searchable select by the first letters."""
    page.keyboard.type(words[:6])
    page.locator(".ts-dropdown .option.active", has_text=words).first.wait_for()
    page.keyboard.press("Enter")


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_a_request_is_logged_with_the_keyboard_alone(open_as, lang):
    """Alt+N, ↓ and Enter in the menu, 6 letters of the country and Enter, the subject (25 to 40 letters), 6 letters of the unit and
    Enter, Ctrl+Enter, and some nine Tabs between them: about 25 keys beside the subject. At three keys a second, slow typing, that
    is 8 seconds and 12 for the subject: 20 in all. Basis, agreement, number, day and due day are proposed."""
    page = open_as("cooperation", lang)
    page.goto("/r/requests/")
    before, keys = count_of(page), 0
    page.keyboard.press("Alt+KeyN")
    page.keyboard.press("ArrowDown")  # under the meeting
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "id_direction"
    keys += _to(page, "country")
    with page.expect_response(lambda answer: "/r/requests/quick/?" in answer.url):
        _pick(page, COUNTRIES[lang])
    page.wait_for_function("document.querySelector('#id_basis').value === 'agreement'")
    keys += _to(page, "title_ka")
    page.keyboard.type(SUBJECTS[lang])
    keys += _to(page, "unit")
    unit = page.locator("#id_unit option:not([value=''])").nth(2).text_content().strip()
    _pick(page, unit)
    assert page.input_value("#id_our_number") and page.input_value("#id_registered_on") == "11.12.2017"
    assert page.input_value("#id_due_on")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    saved(page)
    assert keys < 14 and page.locator("main h1").inner_text() == SUBJECTS[lang]
    facts = page.locator("main").inner_text()
    assert COUNTRIES[lang] in facts and unit in facts
    page.goto("/r/requests/")
    assert count_of(page) == before + 1


def test_the_same_entry_without_a_script(open_as):
    page = open_as("cooperation", "en", script=False)
    page.goto("/r/requests/quick/")
    page.select_option("#id_country", label="Germany")
    page.fill("#id_title_ka", "უსკრიპტოდ შეტანილი")
    follow(page.locator("main form.form button.primary"))
    facts = page.locator("main").inner_text()
    assert "agreement" in facts and "Germany" in facts and "11.12.2017" in facts


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_a_late_request_is_chased_from_the_list(open_as, lang):
    page = open_as("cooperation", lang)
    page.goto("/r/requests/new/")
    page.fill("#id_title_ka", SUBJECTS[lang])
    with page.expect_response(lambda answer: "/r/requests/new/?" in answer.url):
        choose(page, "country", page.locator("#id_country option", has_text=COUNTRIES[lang]).first.get_attribute("value"))
    page.fill("#id_registered_on", "02.10.2017")
    page.fill("#id_due_on", "01.11.2017")
    save(page)
    saved(page)
    record = page.url
    for move in MOVES:
        follow(page.locator(f"a[href$='/move/{move}/']"))
        page.locator("main form input[data-date]").first.fill("03.10.2017")
        save(page)
        saved(page)
    page.goto("/r/requests/chase/")
    row = page.locator("tbody tr", has=page.locator(f"a[href='{record[record.index('/r/') :]}']"))
    assert row.locator("td[data-label]").nth(4).inner_text() == "40"  # 1 November to 11 December
    follow(row.locator("a[href*='/chase/']"))
    letter = page.input_value("#id_text")
    assert "40" in letter and "03.10.2017" in letter and "01.11.2017" in letter
    page.fill("#id_text", letter + "\n\nP.S.")
    save(page)
    saved(page)
    assert page.url.endswith("/r/requests/chase/")
    with page.expect_download() as arriving:
        page.locator(".notice.success a[href$='.docx']").click()
    assert arriving.value.suggested_filename.endswith("-2017-12-11.docx")
    row = page.locator("tbody tr", has=page.locator(f"a[href='{record[record.index('/r/') :]}']"))
    cells = row.locator("td[data-label]").all_inner_texts()
    assert cells[5:8] == ["1", "11.12.2017", "21.12.2017"]
    page.goto(record)
    assert page.locator("#request-reminders tbody tr").count() == 1
    assert page.locator(".state-late").count() >= 1


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_a_figure_of_the_balance_opens_its_list(open_as, lang):
    page = open_as("viewer", lang)
    page.goto("/r/requests/balance/?period=2017&sort=-sent")
    cell = page.locator("#balance tbody tr").first.locator("td a").first
    figure = int(cell.inner_text())
    follow(cell)
    assert count_of(page) == figure > 0
