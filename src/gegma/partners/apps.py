from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartnersConfig(AppConfig):
    name = "gegma.partners"
    label = "partners"
    verbose_name = _("Partners")

    def ready(self):
        """Take the place in the bar, and the pages of the two registers."""
        from gegma.engine import hooks

        from . import views

        hooks.NAV.append(views.nav)
        hooks.RECORD_PAGES |= {"countries": views.country, "organisations": views.organisation}
