"""One's own account: how one signs in, where one is signed in, when one is away, and acting for somebody else."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.views import remove_webauthn
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gegma.accounts import acting, origin, sessions
from gegma.accounts.models import User

from .. import people
from ..forms import AbsenceForm


@require_http_methods(["GET", "POST"])
def my_account(request: HttpRequest) -> HttpResponse:
    """The page of one's account; a POST writes down an absence of one's own."""
    user = request.user
    form = AbsenceForm(user, user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        people.write_absence(user, form.absence)
        messages.success(request, _("The absence is written down; both have been told by e-mail."))
        return redirect("my_account")
    context = {
        **_factors(user), "form": form, "absences": people.absences_of(user), "stands_for": user.stands_for(),
        "sessions": [_line(request, row) for row in sessions.of(user)], "identity": people.identity_of(user),
        "provider": settings.OIDC_NAME if settings.OIDC_PROVIDER else "", "team": _team(user), "needed": user.role in settings.MFA_ROLES,
    }  # fmt: skip
    return render(request, "staff/my_account.html", context, status=400 if form.errors else 200)


def _factors(user: User) -> dict:
    """What the person signs in with beside the password."""
    found = list(Authenticator.objects.filter(user=user).order_by("pk"))
    codes = next((one for one in found if one.type == Authenticator.Type.RECOVERY_CODES), None)
    return {
        "app": next((one for one in found if one.type == Authenticator.Type.TOTP), None),
        "passkeys": [{"row": one, "name": one.wrap().name} for one in found if one.type == Authenticator.Type.WEBAUTHN],
        "codes": len(codes.wrap().get_unused_codes()) if codes else None,
    }


def _line(request: HttpRequest, row) -> dict:
    return {"row": row, "device": origin.in_words(row.device), "here": row.session_key == request.session.session_key, "sign": sessions.sign(row.session_key)}


def _team(user: User) -> list[User]:
    """The people whose absences the head of a unit writes down."""
    if user.role not in people.HEADS or not user.unit_id:
        return []
    rows = User.objects.filter(is_active=True, unit__isnull=False).exclude(pk=user.pk).order_by("name")
    return [one for one in rows if people.may_write_absence(user, one)]


def passkey_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """The library's page, but for the last second factor of somebody whose role asks for one."""
    rows = Authenticator.objects.filter(user_id=request.user.pk, type=Authenticator.Type.WEBAUTHN, pk=pk)
    found = rows.first() if pk < 2**62 else None
    if found is not None and not get_adapter().can_delete_authenticator(found):
        messages.error(request, get_adapter().validation_error("cannot_delete_authenticator").message)
        return redirect("mfa_list_webauthn")
    return remove_webauthn(request, pk=pk)


@require_POST
@reauthentication_required(app="gegma.staff")
def sessions_end(request: HttpRequest) -> HttpResponse:
    """End one of one's sessions, or all but this one."""
    only = request.POST.get("session", "")
    ended = people.end_sessions(request.user, request.user, keep=request.session.session_key, only=_key(request.user, only) if only else "")
    messages.success(request, _("Sessions ended: %(n)s.") % {"n": ended})
    return redirect("my_account")


def _key(user: User, number: str) -> str:
    """The key behind what stands in the form: the page does not show keys, with which one would be signed in."""
    found = next((row for row in user.sessions.all() if sessions.sign(row.session_key) == number), None)
    if found is None:
        raise Http404
    return found.session_key


@require_POST
def act_for(request: HttpRequest, pk: int) -> HttpResponse:
    """Act in the place of somebody whom one stands in for today."""
    person = next((one for one in request.user.stands_for() if one.pk == pk), None)
    if person is None or not acting.begin(request, person):
        raise Http404
    messages.success(request, _("You are acting for %(name)s now.") % {"name": person})
    return redirect("home")


@require_POST
def act_for_oneself(request: HttpRequest) -> HttpResponse:
    """Be oneself again."""
    acting.end(request)
    messages.success(request, _("You are acting for yourself again."))
    return redirect("home")
