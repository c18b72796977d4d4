from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RequestsConfig(AppConfig):
    name = "gegma.registers.requests"
    label = "requests"
    verbose_name = _("Requests")

    def ready(self):
        """Declare the registers, and the links over the list."""
        from gegma.engine import hooks

        from . import links, register  # noqa: F401

        hooks.LIST_ACTIONS += [links.to_chase, links.to_balance]
