"""Importing a plan by upload: mend what was read, import, and let the next version of the plan keep its measures."""

import pytest

from .steps import number_in


def _file(text: str, name: str = "plan.html") -> dict:
    return {"name": name, "mimeType": "text/html", "buffer": text.encode()}


def _page(title: str, rows: list[tuple[str, str, str, str]]) -> str:
    cells = "".join(f"<tr><td>{a}</td><td>{b}</td><td>{c}</td><td>{d}</td></tr>" for a, b, c, d in rows)
    heads = "<tr><th>№</th><th>საქმიანობა</th><th>ინდიკატორი</th><th>შესრულების ვადა</th></tr>"
    return f"<html><head><title>{title}</title></head><body><h1>{title}</h1><table>{heads}{cells}</table></body></html>"


FIRST = [
    ("1.1", "ორმხრივი შეხვედრების ორგანიზება", "გამართული შეხვედრების რაოდენობა", "2019 წლის დეკემბერი"),
    ("1.2", "ტრენინგების ჩატარებაა", "ჩატარებული ტრენინგების რაოდენობა", "2019 წლის დეკემბერი"),
]
SECOND = [
    ("1.1", "ორმხრივი შეხვედრების ორგანიზება", "გამართული შეხვედრების რაოდენობა", "2019 წლის ნოემბერი"),
    ("1.2", "ტრენინგების ჩატარება", "ჩატარებული ტრენინგების რაოდენობა", "2019 წლის დეკემბერი"),
    ("1.3", "ანგარიშის მომზადება", "მომზადებული ანგარიში", "2019 წლის დეკემბერი"),
]


def _upload(page, file: dict) -> None:
    page.goto("/plan/import/")
    page.set_input_files("#file", file)
    with page.expect_navigation():
        page.locator("main form button.primary").click()


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_a_plan_is_imported_mended_and_its_next_version_keeps_the_measures(open_as, lang):
    page, key = open_as("administrator", lang), f"invented-{lang}-2019"
    _upload(page, _file(_page("სამოქმედო გეგმა 2019", FIRST)))
    assert page.locator(".import-activity").count() == 2
    page.locator(".import-activity").nth(1).evaluate("one => { one.open = true; }")
    page.fill("#a1-text", "ტრენინგების ჩატარება")
    page.fill("#year", "2019")
    page.fill("#key", key)
    with page.expect_navigation():
        page.locator("button[value=import]").click()
    assert page.url.endswith(f"/plan/{key}/")
    page.locator(".notice.success").wait_for()
    titles = page.locator(".board .activity-row th a").all_inner_texts()
    assert [t.split(" ", 1)[0] for t in titles] == ["1.1", "1.2"] and titles[1].endswith("ტრენინგების ჩატარება")
    passport = _measure(page, key)

    _upload(page, _file(_page("სამოქმედო გეგმა 2019", SECOND)))
    page.select_option("#target", key)
    with page.expect_navigation():
        page.locator("button[value=save]").click()
    changes = page.locator("#changes tbody tr")
    said = changes.all_inner_texts()
    assert any("1.3" in line and "ანგარიშის მომზადება" in line for line in said)
    assert any("2019 წლის ნოემბერი" in line for line in said)
    assert not any("ტრენინგების ჩატარება" in line for line in said)
    with page.expect_navigation():
        page.locator("button[value=import]").click()
    assert page.locator(".board .activity-row").count() == 3
    page.goto(passport)
    assert number_in(page.locator(".passport .counted").inner_text()) >= 0
    assert page.locator(f".board a.figure[href^='{passport.split('?')[0]}']").count() == 0
    page.goto(f"/plan/{key}/")
    assert page.locator(f".board a.figure[href^='{passport.split('?')[0]}']").count() == 1


def _measure(page, key: str) -> str:
    """Bind the meetings to the first indicator of the plan; the address of the passport."""
    page.goto(f"/plan/use/?register=meetings&state=held&plan={key}")
    page.fill("#name_ka", "შეხვედრები")
    first = page.locator("#indicator option:not([value=''])").first.get_attribute("value")
    page.locator("#indicator").evaluate("(s, v) => s.tomselect ? s.tomselect.setValue(v) : (s.value = v)", first)
    with page.expect_navigation():
        page.locator("button[value=save]").click()
    assert "/measure/" in page.url
    return page.url[page.url.index("/plan/") :]


@pytest.mark.parametrize(
    ("name", "content"),
    [("plan.docx", b"PK\x03\x04 not a zip"), ("plan.pdf", b"%PDF-1.4 broken"), ("plan.txt", b"")],
)
def test_a_file_that_is_no_plan_is_refused_in_words(open_as, name, content):
    page = open_as()
    _upload(page, {"name": name, "mimeType": "application/octet-stream", "buffer": content})
    notice = page.locator("main [role=alert]")
    assert page.url.endswith("/plan/import/")
    assert len(notice.inner_text()) > 20
