from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DirectoryConfig(AppConfig):
    name = "gegma.registers.directory"
    label = "directory"
    verbose_name = _("Directory")

    def ready(self):
        """Declare the registers."""
        from . import register  # noqa: F401
