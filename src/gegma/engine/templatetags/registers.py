"""How a value of a record is written on a page."""

from django import template
from django.template.defaultfilters import linebreaks_filter
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from gegma.engine.tables import Cell
from gegma.web.templatetags.ui import clamp, state

register = template.Library()


def _links(cell: Cell) -> SafeString:
    parts = [(format_html('<a href="{}">{}</a>', url, words) if url else words,) for url, words in cell.links]
    return format_html_join("; ", "{}", parts)


@register.simple_tag
def cell(cell: Cell, whole: bool = False) -> str:
    """A value in a table; whole: on the record page, where long text is not cut."""
    if cell.kind == "title":
        number = format_html('<br><span class="muted small nowrap">{}</span>', cell.number) if cell.number else ""
        return format_html('<a href="{}">{}</a>{}', cell.url, cell.text, number)
    if cell.kind == "state":
        return state(cell.tone, cell.text) if cell.text else ""
    if cell.kind == "links":
        return _links(cell)
    if cell.kind == "url":
        return format_html('<a href="{}" rel="noreferrer noopener">{}</a>', cell.url, cell.text)
    if cell.kind == "long":
        return format_html('<div class="prose">{}</div>', linebreaks_filter(cell.text)) if whole else clamp(cell.text)
    return format_html("{}", cell.text)
