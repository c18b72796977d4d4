from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EngineConfig(AppConfig):
    name = "gegma.engine"
    label = "engine"
    verbose_name = _("Registers")

    def ready(self):
        """Declare the codelists as a register."""
        from . import register  # noqa: F401
