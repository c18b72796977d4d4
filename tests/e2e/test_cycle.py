"""A quarter is played: the period opens, two officers write, one is returned and mends, the head closes, the edition is sent, a late record arrives."""

import re

import pytest

from .steps import BOARD, choose, follow, passport_of, save, saved


def _open_period(head, lang: str, starts: str) -> str:
    """A new reporting period, opened. Returns the address of its task list."""
    head.goto(f"{BOARD}cycle/")
    head.locator("summary.button.primary").click()
    follow(head.locator(f"main .menu-body a[href*='starts_on={starts}']").first)
    save(head)
    saved(head)
    follow(head.locator("main .actions a[href*='/cycle/']"))
    tasks = head.url
    follow(head.locator("main .actions a[href$='/review/']"))
    follow(head.locator("#period button[value=open]"))
    saved(head)
    return tasks


def _write(page, tasks: str, code: str, text: str, status: str, open_first: bool = True) -> None:
    if open_first:
        page.goto(tasks)
        follow(page.locator("main tbody tr", has=page.locator("th a", has_text=re.compile(rf"^{re.escape(code)}$"))).locator("a.button"))
    assert page.locator("main .figure, main .stack .muted").count()
    page.locator("#id_text_ka").fill(text)
    choose(page, "declared", status)
    follow(page.locator("button[name=_submit]"))
    saved(page)


def _report(head, code: str):
    return head.locator("tr[id^=report-]", has=head.locator("th > a", has_text=re.compile(rf"^{re.escape(code)}$")))


@pytest.mark.parametrize(("lang", "starts", "day"), [("ka", "2017-01-01", "09.03.2017"), ("en", "2017-07-01", "09.08.2017")])
def test_a_quarter(open_as, lang, starts, day):
    head, projects, cooperation = open_as("director", lang), open_as("projects.1", lang), open_as("cooperation", lang)
    head.set_default_timeout(90_000)  # freezing makes six files
    tasks = _open_period(head, lang, starts)

    _write(projects, tasks, "1.1.2", "გაიმართა შეხვედრები დონორებთან", "full")
    cooperation.goto("/")
    assert cooperation.locator("#reports li").count() >= 1
    _write(cooperation, tasks, "2.2.5", "გაიმართა სამუშაო ჯგუფი", "full")

    head.goto(f"{tasks}review/")
    row = _report(head, "2.2.5")
    row.locator("summary").click()
    row.locator("textarea[name=reason]").fill("დაურთეთ ოქმი")
    follow(row.locator("button[value=return]"))
    saved(head)

    cooperation.goto(tasks)
    assert cooperation.locator("main").get_by_text("დაურთეთ ოქმი").count() >= 1
    _write(cooperation, tasks, "2.2.5", "გაიმართა სამუშაო ჯგუფი; ოქმი დართულია", "mostly")

    head.goto(f"{tasks}review/?state=submitted")
    for code, assessed in (("1.1.2", "full"), ("2.2.5", "partly")):
        row = _report(head, code)
        row.locator("summary").click()
        row.locator("select[name=assessed]").select_option(assessed)
        if code == "2.2.5":
            row.locator("textarea[name=difference]").fill("გადაწყვეტილებები არ შესრულებულა")
        follow(row.locator("button[value=accept]"))
        saved(head)

    head.goto(f"{tasks}review/")
    head.locator("#period summary").click()
    head.locator("#reason").fill("დანარჩენი აისახება მომდევნო კვარტალში")
    follow(head.locator("#period button[value=close]"))
    saved(head)
    cooperation.goto(tasks)
    assert cooperation.locator("main tbody a.button.primary").count() == 0

    follow(head.locator("form[action$='/editions/freeze/'] button"))
    saved(head)
    edition = head.url
    head.fill("input[name=on]", "11.12.2017")
    head.fill("input[name=to]", "მთავრობის ადმინისტრაცია")
    follow(head.locator("main form.stack button[type=submit]").last)
    saved(head)

    follow_up = passport_of(projects, "1.1.2")
    assert follow_up
    projects.goto("/r/meetings/new/?kind=donor-coordination")
    title = {"ka": "დაგვიანებული კრება", "en": "კრება entered late"}[lang]
    projects.fill("#id_title_ka", title)
    choose(projects, "kind", "donor-coordination")
    choose(projects, "state", "held")
    projects.fill("#id_starts_on", day)
    save(projects)
    saved(projects)
    head.goto(edition)
    assert head.locator("main").get_by_text(title).count() >= 1
