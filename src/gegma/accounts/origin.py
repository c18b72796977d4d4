"""Where a request comes from: the address behind the web servers that we trust, and the device in words."""

from __future__ import annotations

import ipaddress
import re

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac OS", "macOS"), ("Linux", "Linux"))


def address(request: HttpRequest) -> str:
    """The address of the client. Forwarded addresses are believed only as far as servers of our own stand before us (GEGMA_PROXIES)."""
    own, trusted = request.META.get("REMOTE_ADDR", ""), settings.PROXIES
    if not trusted:
        return own
    told = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if len(told) < trusted:
        return own
    try:
        return str(ipaddress.ip_address(told[-trusted]))
    except ValueError:
        return own


def device_of(request: HttpRequest) -> str:
    """What the browser says of itself."""
    return re.sub(r"[^\x20-\x7e]", "", request.META.get("HTTP_USER_AGENT", ""))[:300]


def in_words(device: str) -> str:
    """Browser and system in words, such as «Firefox, Windows»."""
    browser = next((name for sign, name in BROWSERS if sign in device), "")
    system = next((name for sign, name in SYSTEMS if sign in device), "")
    return ", ".join(filter(None, [browser, system])) or _("unknown device")
