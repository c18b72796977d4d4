from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "gegma.reports"
    label = "reports"
    verbose_name = _("Reports")

    def ready(self):
        """Put the reports into the bar."""
        from gegma.engine import hooks

        from . import views

        hooks.NAV.append(views.nav)
