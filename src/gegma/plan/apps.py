from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlanConfig(AppConfig):
    name = "gegma.plan"
    label = "plan"
    verbose_name = _("Plan")

    def ready(self):
        """Declare the plan's own registers, and lend the filter «measure» to all registers, put its days among the deadlines."""
        from . import cycle, cycle_register, deadlines, drill, panels, register  # noqa: F401

        panels.install()
        deadlines.install()
        cycle.install()
