"""The catalogue in a browser: from a country to its briefing, and from a list to a report of one's own, in both languages."""

import pytest


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_from_a_country_to_its_briefing(open_as, tmp_path, lang):
    page = open_as("cooperation", lang)
    page.goto("/partners/de/")
    page.locator(".page-head a[href*='/reports/briefing/']").click()
    assert page.locator("#in").input_value() == lang
    page.locator("input[name=sections][value=agreements]").check()
    with page.expect_download(timeout=60_000) as waiting:
        page.locator("button[value=docx]").click()
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    assert path.name.startswith("briefing-") and path.stem.endswith(f"-{lang}") and path.read_bytes()[:2] == b"PK"


def test_from_a_list_to_a_report_of_ones_own(open_as):
    page = open_as("cooperation", "en")
    page.goto("/r/meetings/?kind=visit&state=held")
    page.locator("a[href*='/reports/own/new/']").click()
    page.locator("#title_en").fill("Visits held")
    page.locator("form button.primary").click()
    page.wait_for_url("**/reports/own/*/")
    with page.expect_download(timeout=60_000) as waiting:
        page.locator("button[value=xlsx]").click()
    assert waiting.value.suggested_filename.startswith("own-")
    page.goto("/reports/")
    assert page.locator("#own").inner_text().count("Visits held") >= 1
