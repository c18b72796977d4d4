"""The links over the list of requests."""

from django.urls import reverse
from django.utils.translation import gettext as _


def to_chase(request, spec, params) -> dict | None:
    """To the requests whose answers are late."""
    if spec.key != "requests":
        return None
    return {"label": _("Late requests"), "url": reverse("request_chase_list"), "icon": "bell"}


def to_balance(request, spec, params) -> dict | None:
    """To the balance by country."""
    if spec.key != "requests":
        return None
    return {"label": _("Balance by country"), "url": reverse("request_balance"), "icon": "table"}
