"""How the fields of forms are drawn: as Django does, but a select in one go."""

from django.forms.renderers import DjangoTemplates
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class Renderer(DjangoTemplates):
    """Django draws every option by a template of its own; a form with a few long selects spends half its time on that."""

    def render(self, template_name: str, context: dict, request=None) -> SafeString:
        """The field as markup."""
        if template_name == "django/forms/widgets/select.html":
            return _select(context["widget"])
        return super().render(template_name, context, request)


def _select(widget: dict) -> SafeString:
    groups = [_group(name, options) for name, options, _place in widget["optgroups"]]
    return format_html('<select name="{}"{}>{}</select>', widget["name"], flatatt(widget["attrs"]), format_html_join("", "{}", ((g,) for g in groups)))


def _group(name: str | None, options: list[dict]) -> SafeString:
    drawn = format_html_join(
        "", '<option value="{}"{}>{}</option>', ((str(o["value"]), flatatt(o["attrs"]), o["label"]) for o in options)
    )
    return format_html('<optgroup label="{}">{}</optgroup>', name, drawn) if name else drawn
