"""The accounts as an administrator keeps them: made, changed, ended at once, given again; each step in the history."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from gegma.accounts import leaving
from gegma.accounts.models import Absence, Role, User
from gegma.agenda import feed
from gegma.audit.models import Change
from gegma.audit.record import verify
from gegma.kernel import dates
from gegma.staff import chain, people

pytestmark = pytest.mark.django_db
OWN = ["my_account"]
KEPT = ["account_with_access", "account_edit", "account_factor", "account_leave", "account_hand_over", "account_absence"]


def last_change(user):
    return chain.of(user, 1)[0]


def test_the_list_says_role_unit_visit_factor_and_absence(staff, sign_in):
    today = dates.today()
    Absence.objects.create(person=staff.nino, substitute=staff.giorgi, starts_on=today, ends_on=today)
    Authenticator.objects.create(user=staff.giorgi, type="totp", data={})
    staff.auditor.is_active = False
    staff.auditor.save()
    client = sign_in(staff.admin)
    page = client.get(reverse("people_with_access") + "?lang=en").content.decode()
    assert "nino@mia.example.ge" in page and "auditor@mia.example.ge" not in page
    assert "giorgi stands in" in page and ">on<" in page.replace("\n", "") or "on</span>" in page
    ended = client.get(reverse("people_with_access") + "?show=ended").content.decode()
    assert "auditor@mia.example.ge" in ended and "nino@mia.example.ge" not in ended
    only = client.get(reverse("people_with_access") + "?q=gior&role=officer").content.decode()
    assert "giorgi@mia.example.ge" in only and "nino@mia.example.ge" not in only


@pytest.mark.parametrize("name", ["people_with_access", "account_new", *KEPT])
@pytest.mark.parametrize("who", ["nino", "auditor", "head"])
def test_for_others_there_is_no_such_page(staff, sign_in, name, who):
    args = [] if name in {"people_with_access", "account_new"} else [staff.giorgi.pk]
    expected = 200 if (who, name) == ("head", "account_absence") else 404
    assert sign_in(getattr(staff, who)).get(reverse(name, args=args)).status_code == expected


@pytest.mark.parametrize("name", ["account_link", "account_sessions", "account_again", "account_leave", "account_factor", "account_hand_over"])
def test_nor_does_a_step_work_for_others(staff, sign_in, name):
    assert sign_in(staff.head).post(reverse(name, args=[staff.nino.pk])).status_code == 404
    staff.nino.refresh_from_db()
    assert staff.nino.is_active


def test_the_administrator_says_who_they_are_before_a_step(staff):
    client = Client()
    client.force_login(staff.admin)  # a session that said long ago who it is
    answer = client.get(reverse("account_edit", args=[staff.nino.pk]))
    assert answer.status_code == 302 and answer.url.startswith(reverse("account_reauthenticate"))
    assert client.post(reverse("account_leave", args=[staff.nino.pk])).status_code == 302
    staff.nino.refresh_from_db()
    assert staff.nino.is_active


def test_an_account_is_made_and_its_person_sets_the_password(staff, sign_in):
    data = {"name": "ახალი კაცი", "email": "New@MIA.example.ge", "role": Role.OFFICER, "unit": staff.first.pk, "language": "en"}
    answer = sign_in(staff.admin).post(reverse("account_new"), data)
    made = User.objects.get(email="new@mia.example.ge")
    assert answer.url == reverse("account_with_access", args=[made.pk]) and not made.has_usable_password()
    assert [m.to for m in mail.outbox] == [["new@mia.example.ge"]] and "you have an account" in mail.outbox[0].body
    change = Change.objects.filter(register=chain.ACCOUNTS, record_id=made.pk).first()
    assert (change.action, change.actor, change.after["role"]) == ("create", staff.admin, "officer") and verify().ok
    link = next(line for line in mail.outbox[0].body.splitlines() if "/accounts/password/reset/key/" in line)
    stranger = Client()
    page = stranger.get(link.partition("8000")[2], follow=True)
    new = "სრულიად-ახალი-პაროლი-44"
    stranger.post(page.request["PATH_INFO"], {"password1": new, "password2": new})
    assert sign_in(made, Client(), new).status_code == 302


@pytest.mark.parametrize(
    ("data", "field"), [({"email": "NINO@mia.example.ge"}, "email"), ({"name": ""}, "name"), ({"role": "king"}, "role"), ({"unit": "999999"}, "unit")]
)
def test_what_is_wrong_is_said_at_its_field(staff, sign_in, data, field):
    whole = {"name": "x", "email": "x@mia.example.ge", "role": Role.OFFICER, "unit": staff.first.pk, **data}
    answer = sign_in(staff.admin).post(reverse("account_new"), whole)
    assert answer.status_code == 400 and field in answer.context["form"].errors
    assert not User.objects.filter(email="x@mia.example.ge").exists()


def test_another_role_or_address_ends_the_sessions_and_only_the_new_address_signs_in(staff, sign_in):
    client = sign_in(staff.nino)
    EmailAddress.objects.get_or_create(user=staff.nino, email=staff.nino.email, primary=True)
    data = {"name": "nino", "email": "nino.new@mia.example.ge", "role": Role.VIEWER, "unit": staff.first.pk}
    sign_in(staff.admin).post(reverse("account_edit", args=[staff.nino.pk]), data)
    assert client.get(reverse("home")).status_code == 302
    assert sign_in("nino@mia.example.ge", Client()).status_code == 200
    assert sign_in("nino.new@mia.example.ge", Client()).status_code == 302
    assert last_change(staff.nino).before == {"email": "nino@mia.example.ge", "role": "officer"}


def test_a_name_alone_ends_no_session(staff, sign_in):
    client = sign_in(staff.nino)
    data = {"name": "ნინო", "email": staff.nino.email, "role": Role.OFFICER, "unit": staff.first.pk}
    sign_in(staff.admin).post(reverse("account_edit", args=[staff.nino.pk]), data)
    assert client.get(reverse("home")).status_code == 200


def test_the_access_ends_at_once_everywhere(staff, sign_in, monkeypatch):
    """Sessions, the calendar address, and what other layers have given out: on the next request."""
    client, other = sign_in(staff.nino), sign_in(staff.nino)
    token, closed = feed.make(staff.nino), []
    monkeypatch.setattr(leaving, "HOOKS", [*leaving.HOOKS, lambda user, by: closed.append(user.pk) or 1])
    address = reverse("calendar_feed_file", args=[token])
    assert Client().get(address).status_code == 200
    answer = sign_in(staff.admin).post(reverse("account_leave", args=[staff.nino.pk]), {"colleague": ""})
    assert answer.status_code == 302
    assert client.get(reverse("home")).status_code == other.get(reverse("home")).status_code == 302
    assert Client().get(address).status_code == 404 and closed == [staff.nino.pk]
    assert sign_in(staff.nino, Client()).status_code == 200
    assert last_change(staff.nino).after == {"is_active": False, "closed": 4}


def test_access_given_again_opens_nothing_that_was_closed(staff, sign_in):
    people.end_access(staff.admin, staff.nino)
    client = sign_in(staff.admin)
    client.post(reverse("account_again", args=[staff.nino.pk]))
    staff.nino.refresh_from_db()
    assert staff.nino.is_active and not staff.nino.has_usable_password() and staff.nino.sessions.count() == 0
    assert len(mail.outbox) == 1
    with pytest.raises(ValidationError):
        people.give_again(staff.admin, staff.nino)


def test_the_last_administrator_stays(staff):
    people.end_access(staff.admin, staff.admin2)
    staff.admin.role = Role.OFFICER
    with pytest.raises(ValidationError):
        people.change(staff.admin, staff.admin)
    with pytest.raises(ValidationError):
        people.end_access(staff.admin, User.objects.get(pk=staff.admin.pk))
    assert User.objects.get(pk=staff.admin.pk).is_administrator


def test_a_second_factor_is_reset_and_all_sessions_end(staff, sign_in):
    client = sign_in(staff.nino)
    for kind in ("totp", "recovery_codes"):
        Authenticator.objects.create(user=staff.nino, type=kind, data={})
    sign_in(staff.admin).post(reverse("account_factor", args=[staff.nino.pk]))
    assert not Authenticator.objects.filter(user=staff.nino).exists() and client.get(reverse("home")).status_code == 302
    assert last_change(staff.nino).after == {"second_factor": "reset"}


def test_a_link_works_once_and_not_for_an_ended_account(staff):
    link = people.password_link(staff.nino).partition("8000")[2]
    client = Client()
    page = client.get(link, follow=True)
    new = "სრულიად-ახალი-პაროლი-45"
    client.post(page.request["PATH_INFO"], {"password1": new, "password2": new})
    assert "no longer works" in Client().get(link + "?lang=en", follow=True).content.decode()
    people.end_access(staff.admin, staff.nino)
    with pytest.raises(ValidationError):
        people.send_link(staff.admin, staff.nino)


def test_the_history_of_an_account_is_read_in_words(staff, sign_in):
    people.end_access(staff.admin, staff.nino)
    page = sign_in(staff.admin).get(reverse("account_with_access", args=[staff.nino.pk]) + "?lang=en").content.decode()
    assert "admin" in page and "Active" in page and "access ended" in page


def test_the_command_line_makes_and_ends_accounts(staff):
    from click.testing import CliRunner

    from gegma.config.cli import main

    run = CliRunner().invoke
    made = run(main, ["account", "add", "line@mia.example.ge", "--name", "Line", "--role", "auditor", "--unit", "t-1", "--password", "vier-woerter-und-mehr"])
    assert made.exit_code == 0, made.output
    assert User.objects.get(email="line@mia.example.ge").unit == staff.first
    assert run(main, ["account", "add", "weak@mia.example.ge", "--name", "W", "--password", "password123456"]).exit_code == 1
    assert not User.objects.filter(email="weak@mia.example.ge").exists()
    ended = run(main, ["account", "end", "line@mia.example.ge", "--to", "nino@mia.example.ge"])
    assert ended.exit_code == 0 and not User.objects.get(email="line@mia.example.ge").is_active
    assert run(main, ["account", "end", "line@mia.example.ge"]).exit_code == 1
    assert run(main, ["account", "end", "nobody@mia.example.ge"]).exit_code == 1
    assert "/accounts/password/reset/key/" in run(main, ["account", "link", "nino@mia.example.ge"]).output
    assert verify().ok
