from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommitmentsConfig(AppConfig):
    name = "gegma.registers.commitments"
    label = "commitments"
    verbose_name = _("Commitments")

    def ready(self):
        """Declare the register, and hang what stands beside its pages."""
        from . import panels, register  # noqa: F401

        panels.hang()
