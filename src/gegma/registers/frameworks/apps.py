from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FrameworksConfig(AppConfig):
    name = "gegma.registers.frameworks"
    label = "frameworks"
    verbose_name = _("Frameworks and bodies")

    def ready(self):
        """Declare the registers."""
        from . import register  # noqa: F401
