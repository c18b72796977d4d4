"""What pages, styles and scripts may not hold: handlers, inline styles, raw text, capitals, bare words."""

import ast
import re

import pytest

from . import page_rules as rules
from .python_rules import raw_markup
from .tree import ROOT, Offence, parsed, python_sources, relative, sources, tell

# File → why its text may go to the page as it is.
UNESCAPED_ALLOWED: dict[str, str] = {
    "src/gegma/plan/templatetags/plans.py": "drawings of kernel.charts, which escapes every word in them",
}
# File → why its words need no translation.
WORDS_ALLOWED: dict[str, str] = {}


def _own(*suffixes: str):
    """Our own files, not what other people wrote (vendor/)."""
    return [path for path in sources(*suffixes) if "vendor" not in path.parts]


def _offences(paths, check) -> list[Offence]:
    return [
        Offence(relative(p), line, what) for p in paths for line, what in check(p.read_text(encoding="utf-8"))
    ]


def _templates():
    return [path for path in _own(".html", ".txt", ".svg") if "templates" in path.parts]


def test_there_are_pages_to_look_at():
    assert _templates() and _own(".css")


def test_nothing_inline_in_templates():
    """The content security policy refuses inline styles, scripts and handlers: they would just not work."""
    offences = _offences(_templates(), lambda text: rules.matches(text, rules.INLINE | rules.TEMPLATE_BANS))
    assert offences == [], tell(offences)


def _markup_in_python(tree: ast.AST) -> list[tuple[int, str]]:
    return [
        (node.lineno, what)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.search(r"<[a-zA-Z]", node.value)
        for _line, what in rules.matches(node.value, rules.INLINE)
    ]


def test_nothing_inline_in_markup_made_by_python():
    offences = [
        Offence(relative(p), *found) for p in python_sources() for found in _markup_in_python(parsed(p))
    ]
    assert offences == [], tell(offences)


def test_nothing_reaches_the_page_unescaped():
    offences = _offences(_templates(), lambda text: rules.matches(text, {"unescaped": rules.UNESCAPED}))
    offences += [Offence(relative(p), *found) for p in python_sources() for found in raw_markup(parsed(p))]
    offences = [offence for offence in offences if offence.path not in UNESCAPED_ALLOWED]
    assert offences == [], tell(offences)


def test_stylesheets_suit_georgian_and_stay_here():
    offences = _offences(_own(".css"), lambda text: rules.matches(text, rules.STYLE_BANS))
    assert offences == [], tell(offences)


def test_scripts_suit_georgian_and_the_policy():
    offences = _offences(_own(".js"), lambda text: rules.matches(text, rules.SCRIPT_BANS))
    assert offences == [], tell(offences)


def test_georgian_stands_in_the_catalogue():
    offences = _offences([*_templates(), *_own(".js", ".typ", ".css")], rules.georgian)
    offences = [offence for offence in offences if offence.path not in WORDS_ALLOWED]
    assert offences == [], tell(offences)


def test_every_word_of_a_template_is_translated():
    offences = _offences([p for p in _templates() if p.suffix != ".svg"], rules.untranslated)
    offences = [offence for offence in offences if offence.path not in WORDS_ALLOWED]
    assert offences == [], tell(offences)


@pytest.mark.parametrize("allowed", [UNESCAPED_ALLOWED, WORDS_ALLOWED])
def test_every_exception_exists(allowed):
    assert [name for name in allowed if not (ROOT / name).exists()] == []


@pytest.mark.parametrize(
    "bad",
    [
        '<p style="color: red">',
        "<style>p {}</style>",
        "<script>alert(1)</script>",
        '<script nonce="x">alert(1)</script>',
        '<a onclick="f()">',
        '<a hx-on:click="f()">',
        '<a href="javascript:f()">',
        "{{ name|upper }}",
    ],
)
def test_the_inline_check_can_fail(bad):
    assert rules.matches(f"<p>\n{bad}", rules.INLINE | rules.TEMPLATE_BANS)[0][0] == 2


@pytest.mark.parametrize(
    "good",
    [
        '<script src="/static/web/gegma.js" defer></script>',
        '<script type="application/json" id="words">{}</script>',
        '<link rel="stylesheet" href="x.css"><p class="style on">',
        "{# no onclick= here #}<p data-once='1'>",
        '<option value="1">on = "x"</option>'.replace('on = "x"', "on"),
    ],
)
def test_the_inline_check_lets_good_pages_pass(good):
    assert rules.matches(good, rules.INLINE | rules.TEMPLATE_BANS) == []


def test_the_other_page_checks_can_fail():
    assert _markup_in_python(ast.parse("""x = format_html('<p style="color:red">{}</p>', y)"""))
    assert _markup_in_python(ast.parse("""x = format_html('<p class="late">{}</p>', y)""")) == []
    for bad in ("{{ x|safe }}", "{{ x | safe }}", "{% autoescape off %}", "{{ xs|safeseq|join:', ' }}"):
        assert rules.matches(bad, {"unescaped": rules.UNESCAPED}), bad
    assert rules.matches("{{ x|safely }}", {"unescaped": rules.UNESCAPED}) == []
    for bad in ("x = mark_safe(y)", "x = SafeString(y)", "x = format_html(f'<b>{y}</b>')", "f(mark_safe)"):
        assert raw_markup(ast.parse(bad)), bad
    assert raw_markup(ast.parse("def f(x) -> SafeString:\n    return format_html('<b>{}</b>', x)\n")) == []
    for bad in (
        "text-transform: uppercase",
        "letter-spacing: .1em",
        "font-style: italic",
        "src: url(//x.org/f.woff2)",
    ):
        assert rules.matches(f"a {{ {bad}; }}", rules.STYLE_BANS), bad
    assert (
        rules.matches(
            "/* no text-transform: here */ a { letter-spacing: 0; src: url(f.woff2) }", rules.STYLE_BANS
        )
        == []
    )
    assert rules.matches("x = y.toUpperCase()", rules.SCRIPT_BANS)


@pytest.mark.parametrize(
    ("template", "lines"),
    [
        ("<p>Save</p>", [1]),
        ("<p>\n  {{ n }} records\n</p>", [2]),
        ("<p>შენახვა</p>", [1]),
        ('<input placeholder="Name">', [1]),
        ('<a title="See {{ x }}" href="#">{{ x }}</a>', [1]),
        ('{% include "a.html" with title="Nothing yet" %}', [1]),
        ("{% if a > b %}Late{% endif %}", [1]),
        ('<a {% if a %}class="x"{% endif %} data-x="a > b">Late</a>', [1]),
    ],
)
def test_the_word_check_can_fail(template, lines):
    assert [line for line, _ in rules.untranslated(template)] == lines


@pytest.mark.parametrize(
    "template",
    [
        '{% translate "Save" %} — 12 % &nbsp; · {{ x }}',
        "{% blocktranslate count n=n %}{{ n }} record{% plural %}{{ n }} records{% endblocktranslate %}",
        '{% include "web/parts/empty.html" with title=_("Nothing yet") tone="late" %}',
        "<kbd>Ctrl</kbd> <!-- a comment --> {# another #} Gegma",
        '<input placeholder="{% translate "Name" %}" aria-label="{{ label }}">',
    ],
)
def test_the_word_check_lets_good_pages_pass(template):
    assert rules.untranslated(template) == []
