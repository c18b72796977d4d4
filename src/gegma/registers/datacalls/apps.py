from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DataCallsConfig(AppConfig):
    name = "gegma.registers.datacalls"
    label = "datacalls"
    verbose_name = _("Data calls")

    def ready(self):
        """Declare the registers."""
        from . import register  # noqa: F401
