from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContactsConfig(AppConfig):
    name = "gegma.registers.contacts"
    label = "contacts"
    verbose_name = _("Contacts")

    def ready(self):
        """Declare the registers."""
        from . import register  # noqa: F401
