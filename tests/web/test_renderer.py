"""A select is drawn as Django draws it, only faster."""

from html.parser import HTMLParser

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates

from gegma.web.renderer import Renderer

CHOICES = [
    ("", "—"),
    (1, "<b>ერთი</b> & 'ორი'"),
    ('"><script>', "მოსვლა"),
    ("ჯგუფი «ა» & <b>", [("x", "შიგნით"), (None, "არაფერი")]),
    (1234567, "დიდი რიცხვი"),
]


class Parts(HTMLParser):
    """Tags, with their attributes in any order, and texts between them."""

    def __init__(self, html: str):
        super().__init__()
        self.found: list = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        """A tag that opens."""
        self.found.append((tag, sorted((name, value or "") for name, value in attrs)))

    def handle_endtag(self, tag):
        """A tag that closes."""
        self.found.append(f"/{tag}")

    def handle_data(self, data):
        """A text."""
        if data.strip():
            self.found.append(data)


def drawn(renderer, widget: forms.Widget, value) -> list:
    """What stands on the page."""
    attrs = {"id": "id_name", "required": True, "disabled": False, "data-pick": 'a"b'}
    return Parts(widget.render("name", value, attrs, renderer)).found


@pytest.mark.parametrize("value", [None, "", 1, "x", [1, "x"], '"><script>'])
@pytest.mark.parametrize("widget", [forms.Select, forms.SelectMultiple])
def test_a_select_is_the_same_as_from_the_templates(widget, value):
    assert drawn(Renderer(), widget(choices=CHOICES), value) == drawn(DjangoTemplates(), widget(choices=CHOICES), value)
