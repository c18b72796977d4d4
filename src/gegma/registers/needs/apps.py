from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NeedsConfig(AppConfig):
    name = "gegma.registers.needs"
    label = "needs"
    verbose_name = _("Needs")

    def ready(self):
        """Declare the registers; show the way of a need on the pages of others."""
        from . import register, trace  # noqa: F401

        trace.install()
