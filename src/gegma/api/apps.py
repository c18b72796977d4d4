from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "gegma.api"
    label = "api"
    verbose_name = _("API")

    def ready(self):
        """Tokens close when access ends."""
        from gegma.accounts import leaving

        from . import tokens

        leaving.HOOKS.append(tokens.close_tokens)
