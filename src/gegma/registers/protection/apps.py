from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProtectionConfig(AppConfig):
    name = "gegma.registers.protection"
    label = "protection"
    verbose_name = _("Personal data protection")

    def ready(self):
        """Declare the registers, what is kept on people outside of registers, and the links from other pages."""
        from gegma.engine import hooks

        from . import links, register, tables  # noqa: F401

        tables.declare()
        hooks.MENU_PAGES += [links.personal_data, links.one_person, links.retention]
        hooks.RECORD_ACTIONS += [links.note_disclosure, links.one_person_of, links.put_on_hold]
        hooks.RECORD_PANELS += [links.clock, links.on_hold]
