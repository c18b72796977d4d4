from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContactsConfig(AppConfig):
    name = "gegma.registers.contacts"
    label = "contacts"
    verbose_name = _("Contacts")

    def ready(self):
        """Declare the registers, and lead from their list to the pages of their own."""
        from gegma.engine import hooks

        from . import register, views  # noqa: F401

        hooks.LIST_ACTIONS += [views.action_verify, views.action_reachable]
