from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AgendaConfig(AppConfig):
    name = "gegma.agenda"
    label = "agenda"
    verbose_name = _("Calendar")

    def ready(self):
        """Put the calendar into the bar, and moved days beside their records; say what is kept on people."""
        from . import panels

        panels.install()
        panels.declare_personal()
