from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeetingsConfig(AppConfig):
    name = "gegma.registers.meetings"
    label = "meetings"
    verbose_name = _("Meetings")

    def ready(self):
        """Declare the registers."""
        from . import register  # noqa: F401
