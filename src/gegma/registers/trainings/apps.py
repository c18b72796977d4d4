from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrainingsConfig(AppConfig):
    name = "gegma.registers.trainings"
    label = "trainings"
    verbose_name = _("Trainings")

    def ready(self):
        """Declare the registers."""
        from . import register  # noqa: F401
