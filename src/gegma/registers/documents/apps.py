from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    name = "gegma.registers.documents"
    label = "documents"
    verbose_name = _("Documents")

    def ready(self):
        """Declare the registers."""
        from . import register  # noqa: F401
