from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StaffConfig(AppConfig):
    name = "gegma.staff"
    label = "staff"
    verbose_name = _("People with access")

    def ready(self):
        """Close calendar addresses when access ends; put the pages of accounts into the menu."""
        from . import panels

        panels.install()
