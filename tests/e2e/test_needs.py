"""Needs are packaged for donors: matrix → chosen cell → package → delivered → counted, and one undo takes all of it back."""

import pytest

from .steps import count_of, figure_of, follow, number_in, passport_of, saved

DONORS = "1.1.2"  # its second measure counts the donors supplied with a needs package


def _to_a_package(page) -> int:
    """From the list of prioritised needs by the matrix to a package of its first cell. Returns how many needs it offers."""
    page.goto("/r/needs/?state=prioritised")
    listed = count_of(page)
    follow(page.locator("#list-actions a[href^='/r/needs/matrix/']"))
    assert number_in(page.locator(".toolbar .count").inner_text()) == listed
    cell = page.locator(".matrix td", has=page.locator("input[name=cell]")).first
    needs = number_in(cell.locator("a.figure").inner_text())
    cell.locator("input[name=cell]").check()
    follow(page.locator(".toolbar button.primary"))
    assert page.locator("input[name=need]:checked").count() == page.locator("input[name=need]").count() == needs
    return needs


def _prioritised(page) -> int:
    page.goto("/r/needs/?state=prioritised")
    return count_of(page)


@pytest.mark.parametrize(("lang", "title", "without"), [("ka", "პაკეტი ბრაუზერიდან", 3), ("en", "A package by browser", 0)])
def test_needs_are_packaged_for_donors_and_the_figure_rises(open_as, lang, title, without):
    page = open_as("projects.1", lang)
    passport = passport_of(page, DONORS, 1)
    before = figure_of(page, passport)
    waiting = _prioritised(page)
    needs = _to_a_package(page)
    need = page.locator("#needs tbody th a").first.inner_text()
    if lang == "en":
        page.locator("label", has_text="EN").first.click()
    page.fill(f"#id_title_{lang}", title)
    boxes = page.locator("input[name=donors]").all()
    chosen = boxes[: len(boxes) - without]
    for box in chosen:
        box.check()
    follow(page.locator("main .form-foot button.primary"))
    saved(page)
    assert page.locator("main h1").inner_text() == title
    assert page.locator("#deliveries tbody tr").count() == len(chosen) > before
    assert page.locator("ul.files > li", has_text=".docx").count() == 2
    follow(page.locator("#trace a", has_text=need).first)
    assert page.locator("#trace", has_text=title).count() == 1
    assert _prioritised(page) == waiting - needs
    after = figure_of(page, passport)
    assert after > before and (without or after == len(boxes))


def test_a_package_is_taken_back_in_one_step(open_as):
    page = open_as("projects.1", "en")
    passport = passport_of(page, DONORS, 1)
    before, waiting = figure_of(page, passport), _prioritised(page)
    needs = _to_a_package(page)
    page.fill("#id_title_ka", "უკან წასაღები პაკეტი")
    page.locator("input[name=donors]").first.check()
    follow(page.locator("main .form-foot button.primary"))
    saved(page)
    address = page.url
    follow(page.locator(".notice.success button"))
    saved(page)
    assert _prioritised(page) == waiting >= needs
    assert figure_of(page, passport) == before
    page.goto(address.rpartition("documents/")[0] + "documents/")
    assert page.locator("#list tbody th a", has_text="უკან წასაღები პაკეტი").count() == 0


def test_the_matrix_fits_a_phone(open_as):
    page = open_as("viewer", "ka", width=360)
    page.goto("/r/needs/matrix/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.locator("input[name=cell]").count() == 0, "a viewer packages nothing"
    follow(page.locator(".matrix a.figure").first)
    assert count_of(page) >= 1
