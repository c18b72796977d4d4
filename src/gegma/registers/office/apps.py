from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OfficeConfig(AppConfig):
    name = "gegma.registers.office"
    label = "office"
    verbose_name = _("Office")

    def ready(self):
        """Declare the registers."""
        from . import register  # noqa: F401
