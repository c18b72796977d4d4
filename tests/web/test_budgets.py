"""What a page may weigh, in bytes as sent (gzip, the larger of the two codings)."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from tests.web import look

KB = 1024


def sent(name: str) -> int:
    data = Path(finders.find(name)).read_bytes()
    return len(data) if name.endswith(".woff2") else len(gzip.compress(data, 9))


FONTS = ["web/fonts/gegma-regular.woff2", "web/fonts/gegma-bold.woff2"]
SCRIPTS = ["django_htmx/htmx-2.min.js", "web/gegma.js"]
PICK = "web/vendor/tom-select.popular.min.js"


def test_the_stylesheet():
    assert sent("web/gegma.css") <= 15 * KB


def test_the_scripts_of_every_page():
    assert sum(map(sent, SCRIPTS)) <= 25 * KB


def test_our_own_scripts_with_the_searchable_select():
    assert sent("web/gegma.js") + sent(PICK) <= 25 * KB


@pytest.mark.parametrize("font", FONTS)
def test_a_font(font):
    assert sent(font) <= 50_000


def test_a_whole_page_with_everything_cold():
    page = len(gzip.compress(look.render("styleguide").encode(), 9))
    everything = ["web/gegma.css", "web/icons.svg", "web/mark.svg", PICK, *FONTS, *SCRIPTS]
    assert page + sum(map(sent, everything)) <= 110 * KB


def test_a_page_makes_at_most_eight_requests(show):
    page = show(look.render("404.html", messages=[]))
    asked = page.evaluate("performance.getEntriesByType('resource').map(e => e.name.split('#')[0])")
    assert len(set(asked)) + 1 <= 8, asked


def test_fonts_have_the_letters_that_are_used():
    from fontTools.ttLib import TTFont

    letters = set("აჰქ0123456789№₾–—„“”«»…•→←↑↓×ŠéА"[:-1])
    for font in FONTS:
        has = TTFont(finders.find(font)).getBestCmap()
        assert [letter for letter in letters if ord(letter) not in has] == []


def test_the_licences_lie_beside_what_they_are_for():
    assert "Reserved Font Name" in Path(finders.find("web/fonts/OFL.txt")).read_text(encoding="utf-8")
    assert "Apache License" in Path(finders.find("web/vendor/tom-select.LICENSE")).read_text(encoding="utf-8")


def test_lines_are_high_enough_for_georgian():
    """No line lower than one and a half times its letters (spec: Georgian hangs below the line)."""
    style = Path(finders.find("web/gegma.css")).read_text(encoding="utf-8")
    low = [v for v in re.findall(r"line-height:\s*([\d.]+)\s*[;}]", style) if float(v) < 1.5]
    low += [v for v in re.findall(r"font:[^;]*/([\d.]+)\s", style) if float(v) < 1.5]
    assert low == []
