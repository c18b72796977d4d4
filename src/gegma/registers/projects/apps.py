from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    name = "gegma.registers.projects"
    label = "projects"
    verbose_name = _("Projects")

    def ready(self):
        """Declare the registers."""
        from . import register  # noqa: F401
