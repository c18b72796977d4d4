from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommitmentsConfig(AppConfig):
    name = "gegma.registers.commitments"
    label = "commitments"
    verbose_name = _("Commitments")

    def ready(self):
        """Declare the registers."""
        from . import register  # noqa: F401
