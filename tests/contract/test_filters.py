"""The form of filters: what a person chose is kept, every filter can be reached, and those not in use wait until they are asked for."""

from html.parser import HTMLParser

from .test_lists import legal_values


class Form(HTMLParser):
    """The filters of a page or of a part of it: the names of the controls, and what the form would send, empty fields left out."""

    def __init__(self, html: str, form: str = ""):
        super().__init__()
        self.names: list[str] = []
        self.sent: list[tuple[str, str]] = []
        self._inside, self._wanted, self._select = not form, form, ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        """A control, or the form around it."""
        found = dict(attrs)
        if tag == "form":
            self._inside = found.get("id") == self._wanted
        elif self._inside and tag == "select":
            self._select = found["name"]
            self.names.append(self._select)
        elif self._inside and tag == "option" and "selected" in found:
            self._send(self._select, found)
        elif self._inside and tag == "input":
            if found.get("type") != "hidden":
                self.names.append(found["name"])
            if found.get("type") != "checkbox" or "checked" in found:
                self._send(found["name"], found)

    def handle_endtag(self, tag):
        """The end of the form."""
        if tag == "form":
            self._inside = False

    def _send(self, name: str, attrs: dict) -> None:
        if attrs.get("value"):
            self.sent.append((name, attrs["value"]))


def stems(form: Form) -> set[str]:
    """The names of the filters that the form has controls for."""
    return {name.partition("__")[0] for name in form.names} - {"q"}


def test_the_form_sends_all_that_the_address_asks(spec, record, as_writer):
    asked = dict(reversed(legal_values(spec))) | {"q": "ა", "sort": "", "cols": ",".join(spec.default_columns())}
    asked = {key: word for key, word in asked.items() if word}
    response = as_writer.get(spec.url, asked)
    assert response.status_code == 200
    assert sorted(Form(response.content.decode(), "filters").sent) == sorted(asked.items())


def test_every_filter_is_on_the_page_or_in_the_part_that_it_asks_for(spec, record, as_writer):
    page = Form(as_writer.get(spec.url).content.decode(), "filters")
    part = Form(as_writer.get(f"{spec.url}filters/", headers={"HX-Request": "true"}).content.decode())
    whole = Form(as_writer.get(f"{spec.url}filters/").content.decode(), "filters")
    names = {name.partition("__")[0] for name in spec.filters}
    assert stems(page) | stems(part) == stems(whole) == names
    assert not stems(page) & stems(part)


def test_a_filter_in_use_stands_among_the_first(spec, record, as_writer):
    shown = spec.default_columns()
    for key, word in legal_values(spec):
        name = key.partition("__")[0]
        if name not in shown and key == name:
            answer = as_writer.get(spec.url, {key: word}).content.decode()
            part = as_writer.get(f"{spec.url}filters/", {key: word}, headers={"HX-Request": "true"}).content.decode()
            assert name in stems(Form(answer, "filters")) and name not in stems(Form(part))
            return
