from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "gegma.reports"
    label = "reports"
    verbose_name = _("Reports")

    def ready(self):
        """Put the reports into the bar, and what was sent onto the pages of its records."""
        from gegma.accounts import leaving
        from gegma.engine import hooks

        from . import edition_views, personal, schedules, views
        from .catalogue import views as catalogue
        from .jobs import views as jobs

        leaving.HOOKS.append(schedules.access_ended)
        personal.declare()
        hooks.NAV.append(views.nav)
        hooks.RECORD_PANELS.append(edition_views.stands_in)
        hooks.FORM_NOTICES.append(edition_views.sent_before)
        hooks.RECORD_ACTIONS.append(catalogue.on_the_record)
        hooks.BELL.append(hooks.Bell(jobs.count, jobs.told))
        hooks.MY_LINKS.append(jobs.my_link)
        hooks.LIST_ACTIONS.append(catalogue.on_the_list)
