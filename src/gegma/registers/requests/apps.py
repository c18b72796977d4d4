from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RequestsConfig(AppConfig):
    name = "gegma.registers.requests"
    label = "requests"
    verbose_name = _("Requests")

    def ready(self):
        """Declare the registers."""
        from . import register  # noqa: F401
