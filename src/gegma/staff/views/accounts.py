"""The accounts, as an administrator keeps them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gegma.accounts import sessions
from gegma.accounts.middleware import has_second_factor
from gegma.accounts.models import Absence, Role, User
from gegma.api import tokens
from gegma.kernel import dates

from .. import chain, handover, people
from ..forms import AbsenceForm, AccountForm, HandOverForm

ROWS = 50


def administrators(view: Callable) -> Callable:
    """Only for administrators; nobody else learns that there is such a page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.is_administrator:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def confirmed(view: Callable) -> Callable:
    """For administrators who have said lately who they are."""
    return administrators(reauthentication_required(app="gegma.staff")(view))


def _find(pk: int) -> User:
    found = User.objects.select_related("unit", "person").filter(pk=pk).first() if pk < 2**62 else None
    if found is None:
        raise Http404
    return found


def _with_factor(rows):
    factors = Authenticator.objects.filter(user=OuterRef("pk")).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return rows.annotate(second_factor=Exists(factors))


@require_safe
@administrators
def accounts(request: HttpRequest) -> HttpResponse:
    """All accounts. ?q=, ?role=, ?show=ended|absent."""
    words, role, show = request.GET.get("q", "")[:100].replace("\0", ""), request.GET.get("role", ""), request.GET.get("show", "")
    absent = {a.person_id: a for a in Absence.on(dates.today()).select_related("substitute")}
    rows = _with_factor(User.objects.select_related("unit")).filter(is_active=show != "ended")
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(email__icontains=words))
    if role in Role.values:
        rows = rows.filter(role=role)
    if show == "absent":
        rows = rows.filter(pk__in=absent)
    page = Paginator(rows.order_by("name", "pk"), ROWS).get_page(request.GET.get("page"))
    for row in page:
        row.absence = absent.get(row.pk)
    counts = {"": User.objects.filter(is_active=True).count(), "absent": len(absent), "ended": User.objects.filter(is_active=False).count()}
    tabs = [(key, label, counts[key]) for key, label in (("", _("With access")), ("absent", _("Absent today")), ("ended", _("Access ended")))]
    context = {"page_obj": page, "roles": Role.choices, "role": role, "q": words, "show": show, "tabs": tabs}
    return render(request, "staff/accounts.html", context)


@require_safe
@administrators
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: what it is, what can be done with it, what was done."""
    user = _find(pk)
    steps = [{"change": change, "lines": chain.in_words(change)} for change in chain.of(user)]
    context = {
        "account": user, "factor": has_second_factor(user), "absence": user.absent_today(), "absences": people.absences_of(user),
        "sessions": sessions.of(user).count(), "identity": people.identity_of(user), "steps": steps, "own": user.pk == request.user.pk,
        "tokens": [{"token": row, "works": tokens.works(row)} for row in tokens.of_person(user)],
    }  # fmt: skip
    return render(request, "staff/account.html", context)


@require_http_methods(["GET", "POST"])
@confirmed
def account_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Make an account, or change one."""
    user = _find(pk) if pk else User()
    form = AccountForm(request.POST if request.method == "POST" else None, instance=user)
    if request.method == "POST" and form.is_valid():
        try:
            if pk:
                _changed(request, form, user)
            else:
                _made(request, form, user)
        except ValidationError as error:
            form.add_error(None, error) if not hasattr(error, "error_dict") else form._update_errors(error)
        else:
            return redirect("account_with_access", pk=user.pk)
    status = 400 if form.errors else 200
    return render(request, "staff/account_edit.html", {"account": user if pk else None, "form": form}, status=status)


def _made(request: HttpRequest, form: AccountForm, user: User) -> None:
    people.make(request.user, user, form.cleaned_data.get("identity", ""))
    messages.success(request, _("The account of %(name)s is made.") % {"name": user})
    _send(request, user)


def _changed(request: HttpRequest, form: AccountForm, user: User) -> None:
    if people.change(request.user, user, form.cleaned_data.get("identity")):
        messages.success(request, _("The account of %(name)s is changed.") % {"name": user})
    else:
        messages.info(request, _("Nothing was changed."))


def _send(request: HttpRequest, user: User) -> None:
    try:
        people.send_link(request.user, user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("A link to set a password was sent to %(email)s.") % {"email": user.email})


@require_POST
@confirmed
def account_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the link to set a password."""
    _send(request, _find(pk))
    return redirect("account_with_access", pk=pk)


@require_POST
@confirmed
def account_sessions(request: HttpRequest, pk: int) -> HttpResponse:
    """End all sessions of a person; one's own goes on."""
    user = _find(pk)
    ended = people.end_sessions(request.user, user, keep=request.session.session_key if user.pk == request.user.pk else "")
    messages.success(request, _("Sessions ended: %(n)s.") % {"n": ended})
    return redirect("account_with_access", pk=pk)


@require_POST
@confirmed
def account_token_end(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """End one token of a person: no program gets in with it any more."""
    user = _find(pk)
    if number >= 2**62 or not tokens.end(request.user, user, number):
        raise Http404
    messages.success(request, _("The token is ended: no program gets in with it any more."))
    return redirect("account_with_access", pk=pk)


@require_http_methods(["GET", "POST"])
@confirmed
def account_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove the second factor of somebody who has lost it."""
    user = _find(pk)
    if request.method == "POST":
        people.reset_second_factor(request.user, user)
        messages.success(request, _("The second factor of %(name)s is removed.") % {"name": user})
        return redirect("account_with_access", pk=pk)
    return render(request, "staff/account_factor.html", {"account": user})


@require_http_methods(["GET", "POST"])
@confirmed
def account_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """End somebody's access, and say to whom the work goes."""
    user = _find(pk)
    form = HandOverForm(user, request.POST if request.method == "POST" else None, required=False)
    error = ""
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                moved = _hand_over(request, form, user)
                closed = people.end_access(request.user, user)
        except ValidationError as refusal:
            error = " ".join(refusal.messages)
        else:
            told = {"name": user, "closed": closed, "moved": moved}
            messages.success(request, _("The access of %(name)s has ended. Closed: %(closed)s; records handed over: %(moved)s.") % told)
            return redirect("account_with_access", pk=pk)
    context = {"account": user, "form": form, "shares": list(handover.shares(user)), "error": error}
    return render(request, "staff/account_leave.html", context, status=400 if error or form.errors else 200)


def _hand_over(request: HttpRequest, form: HandOverForm, user: User) -> int:
    colleague = form.cleaned_data["colleague"]
    if colleague is None:
        return 0
    without = frozenset(share.key for share in handover.shares(user)) - frozenset(request.POST.getlist("share"))
    return handover.hand_over(request.user, user, colleague, without)


@require_http_methods(["GET", "POST"])
@confirmed
def account_hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand over everything open to a colleague, with what it is before."""
    user = _find(pk)
    form = HandOverForm(user, request.POST if request.method == "POST" else None)
    error = ""
    if request.method == "POST" and form.is_valid():
        try:
            moved = _hand_over(request, form, user)
        except ValidationError as refusal:
            error = " ".join(refusal.messages)
        else:
            told = {"n": moved, "name": form.cleaned_data["colleague"]}
            messages.success(request, _("Records handed over to %(name)s: %(n)s.") % told)
            return redirect("account_with_access", pk=pk)
    context = {"account": user, "form": form, "shares": list(handover.shares(user)), "error": error}
    return render(request, "staff/account_hand_over.html", context, status=400 if error or form.errors else 200)


@require_POST
@confirmed
def account_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an ended account access again, and send the link to set a password."""
    user = _find(pk)
    try:
        people.give_again(request.user, user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("%(name)s has access again.") % {"name": user})
        _send(request, _find(pk))
    return redirect("account_with_access", pk=pk)


@require_http_methods(["GET", "POST"])
def account_absence(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down somebody's absence: an administrator, or the head of their unit."""
    user = _find(pk)
    if user.pk == request.user.pk or not people.may_write_absence(request.user, user):
        raise Http404
    form = AbsenceForm(request.user, user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        people.write_absence(request.user, form.absence)
        messages.success(request, _("The absence is written down; both have been told by e-mail."))
        return redirect("account_absence", pk=pk)
    context = {"account": user, "form": form, "absences": people.absences_of(user)}
    return render(request, "staff/account_absence.html", context, status=400 if form.errors else 200)


@require_POST
def absence_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an absence back."""
    found = Absence.objects.select_related("person", "substitute").filter(pk=pk).first() if pk < 2**62 else None
    if found is None or not people.may_write_absence(request.user, found.person):
        raise Http404
    people.end_absence(request.user, found)
    messages.success(request, _("The absence is taken back."))
    if found.person_id == request.user.pk:
        return redirect("my_account")
    return redirect("account_absence", pk=found.person_id)
