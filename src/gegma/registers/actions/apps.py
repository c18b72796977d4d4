from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ActionsConfig(AppConfig):
    name = "gegma.registers.actions"
    label = "actions"
    verbose_name = _("Actions")

    def ready(self):
        """Declare the registers."""
        from . import register  # noqa: F401
