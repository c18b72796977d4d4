"""Acting in somebody's place: a substitute chooses so in the account menu, and it holds until they choose otherwise or the days are over.

While it holds, the pages are those of the absent person: what they may see and do, no more. What is written says who did it, and for
whom. The pages of one's own account stay one's own: nobody changes a password or takes out a calendar address in another's place.
"""

from __future__ import annotations

import logging

from django.conf import settings
from django.http import HttpRequest

from .models import User

log = logging.getLogger(__name__)
KEY = "acting_for"


def begin(request: HttpRequest, person: User) -> bool:
    """From the next page on, act for this person. Returns whether that may be."""
    own = own_account(request)
    if person.pk not in {one.pk for one in own.stands_for()}:
        return False
    request.session[KEY] = person.pk
    return True


def end(request: HttpRequest) -> None:
    """Act for oneself again."""
    request.session.pop(KEY, None)


def own_account(request: HttpRequest) -> User:
    """The account that signed in, whoever it acts for."""
    return getattr(request, "acting", None) or request.user


class ActingMiddleware:
    """Puts the absent person in the place of whoever acts for them: request.user is the absent one, request.acting who acts."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest):
        request.acting = None
        if chosen := request.session.get(KEY):
            self._put(request, chosen)
        return self.get_response(request)

    def _put(self, request: HttpRequest, chosen: int) -> None:
        own = request.user
        if not own.is_authenticated:
            return
        person = next((one for one in own.stands_for() if one.pk == chosen), None)
        if person is None:  # the days are over, or one of the two has left
            end(request)
            return
        request.stood_for = person
        if not request.path.startswith(settings.OWN_PAGES):
            request.user, request.acting = person, own
