"""Tags of the plan's pages."""

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from gegma.engine import registry
from gegma.kernel import charts
from gegma.kernel.text import language, pick
from gegma.web.templatetags.ui import state

from ..board import MeasureLine, reading_text

register = template.Library()


@register.filter
def words(thing, stem: str = "text") -> str:
    """The bilingual text of a thing in the language of the page."""
    return pick(thing, stem)


@register.simple_tag
def state_of(record) -> str:
    """The badge of a record's state."""
    return state(registry.of(record).tone(record), record.get_state_display())


@register.filter
def svg(drawing: str) -> SafeString:
    """A drawing made by kernel.charts, which escapes every word in it."""
    return SafeString(drawing)


@register.simple_tag
def passport_url(plan, line: MeasureLine, chosen) -> str:
    """The address of the passport behind a figure; typed figures have none. chosen: a period, or the period chosen for the page."""
    return reverse("measure", args=[plan.key, line.measure.pk]) + f"?{getattr(chosen, 'query', '') or 'period=' + chosen.key}" if line.measure.pk else ""


@register.filter
def figure_text(reading) -> str:
    """A figure in words."""
    return reading_text(reading)


@register.filter
def spark(line: MeasureLine, period) -> str:
    """The figure month by month as a small drawing; nothing where there is nothing to see."""
    values = [n for _month, n in line.months]
    if len(values) < 3 or not any(values):
        return ""
    return charts.spark(values, title=_("%(measure)s by month") % {"measure": line.measure}, lang=language())


@register.filter
def at(mapping, key):
    """The value under a key."""
    return mapping.get(key)
