"""The template tags and filters of the look."""

import datetime as dt
from decimal import Decimal

import pytest
from django.template import Context, Engine, TemplateSyntaxError
from django.utils import timezone
from django.utils.translation import override

from gegma.web.templatetags import ui
from tests.web import look

NBSP = "\u00a0"


def draw(source: str, **values) -> str:
    engine = Engine.get_default()
    return engine.from_string("{% load ui %}" + source).render(Context(values))


@pytest.mark.parametrize(
    ("value", "places", "georgian", "english"),
    [
        (14, None, "14", "14"),
        (1234567, None, f"1{NBSP}234{NBSP}567", "1,234,567"),
        (Decimal("1234.50"), None, f"1{NBSP}234,5", "1,234.5"),
        (Decimal("1234.5"), 2, f"1{NBSP}234,50", "1,234.50"),
        (Decimal("12.999"), 2, "13,00", "13.00"),
        (12.5, 0, "13", "13"),
        (-2500, None, f"-2{NBSP}500", "-2,500"),
        (Decimal("1E+3"), None, f"1{NBSP}000", "1,000"),
        (0, None, "0", "0"),
        (None, None, "–", "–"),
        ("", None, "–", "–"),
        (float("nan"), None, "–", "–"),
        ("IV", None, "IV", "IV"),
    ],
)
def test_a_number_is_written_as_the_language_does(value, places, georgian, english):
    with override("ka"):
        assert ui.number(value, places) == georgian
    with override("en"):
        assert ui.number(value, places) == english


def test_a_day_is_written_the_same_in_both_languages():
    day = dt.date(2017, 12, 11)
    for language, weekday in (("ka", "ორშაბათი"), ("en", "Monday")):
        with override(language):
            assert ui.day(day) == "11.12.2017"
            assert ui.day(day, "weekday") == f"11.12.2017, {weekday}"
    assert ui.day(None) == "–"
    assert ui.day("2017") == "2017"


def test_a_moment_is_shown_in_local_time():
    late = dt.datetime(2017, 12, 10, 21, 30, tzinfo=dt.UTC)  # half past one of the next day in Tbilisi
    with timezone.override("Asia/Tbilisi"):
        assert ui.day(late) == "11.12.2017"
        assert ui.day(late, "time") == f"11.12.2017{NBSP}01:30"


@pytest.mark.parametrize("tone", list(ui.TONE_ICONS))
def test_a_state_is_a_word_and_an_icon_that_exists(tone):
    html = draw("{% state tone label %}", tone=tone, label="<ვადა>")
    assert f'class="state state-{tone}"' in html
    assert "&lt;ვადა&gt;" in html
    assert ui.TONE_ICONS[tone] in look._icons()


def test_an_unknown_tone_is_refused():
    with pytest.raises(TemplateSyntaxError, match="no such tone"):
        draw("{% state 'green' 'x' %}")


@pytest.mark.parametrize(
    ("percent", "width", "words"),
    [
        (0, "0.0", "0"),
        (64, "64.0", "64"),
        (140, "100.0", "140"),
        (-5, "0.0", "-5"),
        ("99.96", "100.0", "99,9"),
        ("0.2", "0.2", "0,2"),
    ],
)
def test_a_bar_never_overflows_and_the_words_stay_true(percent, width, words):
    with override("ka"):
        html = draw("{% progress percent 'going' %}", percent=percent)
    assert f'class="fill" width="{width}"' in html
    assert f"<span>{words}{NBSP}%</span>" in html


def test_a_bar_without_a_figure_says_so():
    assert "<rect" not in draw("{% progress None %}")
    assert draw("{% progress None %}") != draw("{% progress 0 %}")


def test_a_target_is_marked_and_said():
    with override("en"):
        html = draw("{% progress 40 'late' 80 %}")
    assert 'class="target" x="80.0"' in html
    assert "target 80 %" in html


def test_figures_say_where_they_come_from():
    counted, typed = draw("{% figure 14 '/x' %}"), draw("{% figure 14 '/x' 'typed' %}")
    assert '<a class="figure" href="/x">14</a>' in counted
    assert 'class="figure typed"' in typed and "#hand" in typed
    assert "href" not in draw("{% figure 14 '' 'unbound' %}")


def test_only_a_long_text_opens_and_all_of_it_is_there():
    assert draw("{% clamp text %}", text="მოკლე") == "მოკლე"
    html = draw("{% clamp text %}", text=look.LONG)
    assert html.startswith("<details") and look.LONG in html


def test_a_field_names_its_help_and_its_error():
    form = look.TrainingForm({"ends_on": "35.12.2017"})
    html = draw("{% field form.ends_on %}", form=form)
    for part in ('for="id_ends_on"', 'id="id_ends_on_helptext"', 'id="id_ends_on_error"', 'aria-invalid="true"'):
        assert part in html
    described = html.split('aria-describedby="')[1].split('"')[0].split()
    assert set(described) == {"id_ends_on_helptext", "id_ends_on_error"}


def test_the_tab_with_the_mistake_is_open():
    class Form(look.TrainingForm):
        def clean_title_en(self):
            self.add_error("title_en", "bad")

    form = Form({"title_ka": "ტრენინგი"})
    html = draw("{% lang_pair form.title_ka form.title_en %}", form=form)
    first, second = html.split('class="tab-second"')
    assert " checked" not in first and " checked" in second.split(">")[0]
    with override("en"):
        assert "English missing" in draw("{% lang_pair form.title_ka form.title_en %}", form=form)


def test_icons_named_in_templates_exist():
    import re
    from pathlib import Path

    web = Path(ui.__file__).parent.parent
    package = web.parent
    known = set(look._icons())
    named = {
        (path.name, name)
        for path in package.rglob("*.html")
        for name in re.findall(r'\{% icon "([a-z]+)"', path.read_text(encoding="utf-8"))
    }
    assert named
    assert [pair for pair in named if pair[1] not in known] == []
