"""Small pieces of a page that need thinking: icons, states, progress, figures, numbers, days, fields."""

import datetime as dt
import functools
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, InvalidOperation

from django import template
from django.conf import settings
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, HiddenInput, RadioSelect, Textarea
from django.templatetags.static import static
from django.urls import get_script_prefix
from django.utils import timezone
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from gegma.kernel.text import first_large

register = template.Library()

NBSP = "\u00a0"
NOTHING = "–"
CLAMP_FROM = 120  # characters: about three lines of a table cell
TONE_ICONS = {
    "done": "check",
    "mostly": "mostly",
    "partly": "half",
    "going": "play",
    "soon": "clock",
    "late": "alert",
    "none": "circle",
}


def _tone(tone: str) -> str:
    """The tone, or "none" where it is empty; an unknown one is a mistake in the page."""
    tone = tone or "none"
    if tone not in TONE_ICONS:
        raise template.TemplateSyntaxError(f"no such tone: {tone!r}; there are {', '.join(TONE_ICONS)}")
    return tone


@register.simple_tag
def icon(name: str, label: str = "") -> str:
    """The icon from the sprite; hidden from screen readers unless it has a label of its own."""
    address = f"{_sprite(get_script_prefix())}#{name}"
    if label:
        return format_html(
            '<svg class="icon icon-{}" role="img" aria-label="{}"><use href="{}"></use></svg>', name, label, address
        )
    return _quiet_icon(name, address)


@functools.cache
def _sprite(prefix: str) -> str:
    """The address of the sprite under the prefix that the site is served at; a page asks some seventy times."""
    return static("web/icons.svg")


@functools.cache
def _quiet_icon(name: str, address: str) -> str:
    return format_html('<svg class="icon icon-{}" aria-hidden="true"><use href="{}"></use></svg>', name, address)


@register.simple_tag
def state(tone: str, label: str) -> str:
    """A state as a word with an icon on a quiet ground."""
    tone = _tone(tone)
    return format_html('<span class="state state-{}">{} {}</span>', tone, icon(TONE_ICONS[tone]), label)


@register.simple_tag
def tone_icon(tone: str) -> str:
    """The icon that stands for a tone, for badges and counts made by hand."""
    return icon(TONE_ICONS[_tone(tone)])


def _percent(value: Decimal) -> str:
    """Whole percents; but only what is complete may say 100, and only what is empty 0."""
    whole = value.quantize(Decimal(1), rounding=ROUND_HALF_UP)
    if whole != value and whole in (0, 100):
        return number(value.quantize(Decimal("0.1"), rounding=ROUND_DOWN if whole else ROUND_HALF_UP))
    return number(whole)


@register.simple_tag
def progress(percent: float | Decimal | None, tone: str = "going", target: float | Decimal | None = None) -> str:
    """A bar of `percent` (0–100; more fills the bar, the words keep the true number) and a mark at `target`."""
    if percent is None or percent == "":
        return format_html('<span class="muted small">{}</span>', _("no figure yet"))
    value = Decimal(str(percent))
    words = f"{_percent(value)}{NBSP}%"
    mark = ""
    if target not in (None, ""):
        place = min(max(Decimal(str(target)), Decimal(0)), Decimal(100))
        mark = format_html('<rect class="target" x="{}" y="0" width="2" height="10"></rect>', f"{min(place, 98):.1f}")
        title = _("target %(target)s %%") % {"target": number(target, 0)}
        words = format_html('{}<span class="visually-hidden">, {}</span>', words, title)
    return format_html(
        '<span class="progress progress-{}"><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" width="100" height="10"></rect><rect class="fill" width="{}" height="10"></rect>{}</svg>'
        "<span>{}</span></span>",
        _tone(tone),
        f"{min(max(value, Decimal(0)), Decimal(100)):.1f}",
        mark,
        words,
    )


@register.simple_tag
def figure(value: object, url: str = "", kind: str = "") -> str:
    """A figure of the plan: counted (opens its passport), "typed" by hand, or "unbound" where no register feeds it."""
    if kind == "unbound":
        return format_html('<span class="figure unbound">{}</span>', value or _("no register yet"))
    shown = number(value)
    if kind == "typed":
        shown = format_html("{} {}", icon("hand", _("typed by hand")), shown)
    css = "figure typed" if kind == "typed" else "figure"
    if not url:
        return format_html('<span class="{}">{}</span>', css, shown)
    return format_html('<a class="{}" href="{}">{}</a>', css, url, shown)


@register.simple_tag
def clamp(text: str) -> str:
    """Text of a table cell: a long one shows three lines and opens (also by keyboard, without a script)."""
    text = str(text or "")
    if len(text) <= CLAMP_FROM:
        return format_html("{}", text)
    return format_html('<details class="clamp"><summary>{}</summary></details>', text)


@register.filter
def number(value: object, places: int | None = None) -> str:
    """A number as written in the language of the page, thousands held together by no-break spaces.

    Without `places` nothing is rounded, only closing zeros go; None and "" are a dash; text that is no number stays.
    """
    if value is None or value == "":
        return NOTHING
    try:
        exact = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    if not exact.is_finite():
        return NOTHING
    if places is None:
        places = max(0, -int(exact.normalize().as_tuple().exponent))
    # number_format cuts digits off; a figure is rounded
    exact = exact.quantize(Decimal(1).scaleb(-int(places)), rounding=ROUND_HALF_UP)
    return number_format(exact, decimal_pos=int(places), use_l10n=True, force_grouping=True).replace(" ", NBSP)


@register.filter
def capital(text: object) -> str:
    """The first letter large where the script has large letters. Georgian has none that fonts know, so it stays as it is."""
    return first_large(str(text))


@register.filter
def day(value: object, style: str = "") -> str:
    """A day as 03.09.2026; with "weekday" its weekday after it; with "time" the hour too, in local time."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value) if timezone.is_aware(value) else value
        if style == "time":
            return date_format(value, "d.m.Y H:i").replace(" ", NBSP)
    if not isinstance(value, dt.date):
        return str(value)
    text = f"{value:%d.%m.%Y}"
    return f"{text}, {WEEKDAYS[value.weekday()]}" if style == "weekday" else text


@register.simple_tag
def names_of_days() -> dict[str, str]:
    """Weekdays from Monday and months from January, joined by commas: browsers often lack Georgian ones."""
    return {"weekdays": ",".join(map(str, WEEKDAYS.values())), "months": ",".join(map(str, MONTHS.values()))}


@register.inclusion_tag("web/parts/field.html")
def field(bound: BoundField, wide: bool | None = None) -> dict:
    """A form field with its label, help and error; long texts take the whole row."""
    widget = bound.field.widget
    group = isinstance(widget, CheckboxSelectMultiple | RadioSelect)
    return {
        "field": bound,
        "hidden": isinstance(widget, HiddenInput),
        "check": isinstance(widget, CheckboxInput),
        "group": group,
        "wide": isinstance(widget, Textarea) if wide is None else wide,
        "date": "data-date" in widget.attrs,
    }


@register.inclusion_tag("web/parts/lang_pair.html")
def lang_pair(ka: BoundField, en: BoundField, label: str = "") -> dict:
    """Two fields of one text as tabs; the tab with the mistake is the one that is open."""
    names = dict(settings.LANGUAGES)
    return {
        "ka_name": names["ka"],
        "en_name": names["en"],
        "ka": ka,
        "en": en,
        "label": label or ka.label,
        "english_first": bool(en.errors) and not ka.errors,
        "ka_missing": bool(en.value() and not ka.value()),  # an empty new form has nothing to blame
        "en_missing": bool(ka.value() and not en.value()),
    }
