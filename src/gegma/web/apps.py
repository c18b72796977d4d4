"""The look of the pages: base templates, styles, small script, template tags."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Templates and static files that every other part extends."""

    name = "gegma.web"
    label = "web"
