from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AgreementsConfig(AppConfig):
    name = "gegma.registers.agreements"
    label = "agreements"
    verbose_name = _("Agreements")

    def ready(self):
        """Declare the registers."""
        from . import register  # noqa: F401
