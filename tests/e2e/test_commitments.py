"""Import a monitoring body's recommendations and report on them, as people do it, in both languages."""

import io

import pytest
import xlsxwriter

from .steps import choose, count_of, follow, number_in, save, saved

HEADS = {
    "ka": ["პარაგრაფი", "რეკომენდაცია", "თემა", "წამყვანი დანაყოფი", "შესრულების ვადა"],
    "en": ["Paragraph", "Recommendation", "Theme", "Lead unit", "Deadline"],
}
UNIT = {"ka": "ადამიანის უფლებათა დაცვის სამმართველო", "en": "Human Rights Protection Division"}
THEME = {"ka": "არასათანადო მოპყრობის პრევენცია", "en": "Prevention of ill-treatment"}
TEXTS = {
    "ka": ["გაძლიერდეს დაკავებულთა სამედიცინო შემოწმება", "უზრუნველყოფილ იქნეს ვიდეომეთვალყურეობა", "გაუმჯობესდეს დაკავებულთა აღრიცხვა", "დაინერგოს უცნობი სიახლე"],
    "en": ["Strengthen medical screening of detained persons", "Ensure video surveillance in isolators", "Improve custody records", "Introduce something unknown"],
}
CYCLE = {"ka": "ვიზიტი 2017", "en": "Visit of 2017"}


def workbook(lang: str) -> bytes:
    """The list as the monitoring body sends it; the last row names a unit that is not there."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    sheet = book.add_worksheet()
    sheet.write(0, 0, "CPT 2017")
    sheet.write_row(2, 0, HEADS[lang])
    for place, text in enumerate(TEXTS[lang]):
        unit = UNIT[lang] if place < 3 else {"ka": "არარსებული სამმართველო", "en": "Division of Nowhere"}[lang]
        sheet.write_row(3 + place, 0, [str(41 + place), text, THEME[lang], unit, "31.12.2018"])
    book.close()
    return made.getvalue()


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_recommendations_are_imported_and_reported_on(open_as, lang):
    page = open_as("director", lang)
    page.goto("/r/commitments/")
    follow(page.locator("#list-actions a[href='/r/commitments/import/']"))
    body = page.locator("select[name=framework] option", has_text="CPT" if lang == "en" else "წამების პრევენციის").first.get_attribute("value")
    choose(page, "framework", body)
    page.fill("#id_cycle", CYCLE[lang])
    page.fill("#id_source", "CPT/Inf (2017) 1")
    page.set_input_files("#file", {"name": "cpt.xlsx", "mimeType": "application/octet-stream", "buffer": workbook(lang)})
    follow(page.locator("button[name=_check]").first)

    rows = page.locator("#rows tbody tr")
    assert rows.count() == 4 and page.locator("#rows tbody input[name=take]:checked").count() == 3
    bad = rows.last.inner_text()
    assert f"D «{HEADS[lang][3]}»" in bad and page.locator("#rows tr.changed").count() == 1
    follow(page.locator("button[name=_confirm]"))
    saved(page)

    # the report of the cycle that was just imported
    assert page.locator("main .toolbar .count").inner_text().startswith("3")
    assert [line.locator("td").first.inner_text() for line in page.locator("#report tbody tr").all()] == ["41", "42", "43"]
    follow(page.locator("#report tbody tr").first.locator("th a").first)
    address = page.url
    follow(page.locator("main a[href$='/move/accept/']"))
    save(page)
    saved(page)

    # what was done, prefilled with the commitment; then the step that it offers
    follow(page.locator("main header a[href*='/r/actions/new/?commitments=']"))
    page.fill("#id_title_ka", f"ინსტრუქცია {lang}")
    page.fill("#id_done_on", "01.12.2017")
    save(page)
    saved(page)
    page.goto(address)
    follow(page.locator(".notice.info a[href$='/move/start/']"))
    save(page)
    saved(page)

    # report on the whole cycle on one page
    page.goto("/r/commitments/report/")
    follow(page.locator("main tbody tr", has_text=CYCLE[lang]).locator("a"))
    lines = page.locator("#report tbody tr")
    assert f"ინსტრუქცია {lang}" in lines.first.inner_text()
    lines.nth(0).locator("select").select_option("mostly")
    lines.nth(1).locator("select").select_option("not-done")
    page.check("input[name=mark]")
    follow(page.locator(".form-foot button.primary"))
    saved(page)
    assert [number_in(one.inner_text()) for one in page.locator("#counts-by-status a").all()] == [1, 1, 1]
    assert page.locator("#report tbody tr").first.locator("th .state-mostly").count() == 1  # it is reported now
    follow(page.locator("#counts-by-status a.state-late"))
    assert page.locator("#report tbody tr").count() == 1
    follow(page.locator("main header a[href^='/r/commitments/?']"))
    assert count_of(page) == 1

    # the statuses are taken back together
    page.goto("/r/commitments/report/")
    follow(page.locator("main tbody tr", has_text=CYCLE[lang]).locator("a"))
    page.locator("#report tbody tr").nth(2).locator("select").select_option("fully")
    follow(page.locator(".form-foot button.primary"))
    saved(page)
    follow(page.locator(".notice.success form button"))
    assert page.locator(".notice").first.is_visible()


def test_both_pages_fit_a_telephone(open_as):
    page = open_as("director", "ka", width=360)
    for url in ("/r/commitments/import/", "/r/commitments/report/"):
        page.goto(url)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, url
    follow(page.locator("main tbody a").first)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
