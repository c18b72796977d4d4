from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EngineConfig(AppConfig):
    name = "gegma.engine"
    label = "engine"
    verbose_name = _("Registers")

    def ready(self):
        """Declare the codelists as a register, and put the auditor's page into the bar."""
        from . import hooks, register  # noqa: F401
        from .views import accesses

        hooks.NAV.append(accesses.nav)
