"""Signing in: nothing tells who has an account, too many tries are refused everywhere, sessions end when they must."""

import re
import time
from unittest import mock

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as live
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client, RequestFactory
from django.urls import reverse

from gegma.accounts import limits, origin, sealing, sessions
from gegma.accounts.models import Absence, User
from gegma.audit.models import Change
from gegma.kernel import dates
from gegma.staff import letters, people

from .conftest import PASSWORD

pytestmark = pytest.mark.django_db
LOGIN, RESET = "/accounts/login/", "/accounts/password/reset/"


def text(response, *known: str) -> str:
    """The page without what differs in any case: tokens, and the address that was typed."""
    page = response.content.decode()
    for word in known:
        page = page.replace(word, "")
    return re.sub(r'(name="csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]+', "", page)


def wait_for_mail(n: int = 1) -> None:
    for _try in range(100):
        if len(mail.outbox) >= n:
            return
        time.sleep(0.02)


# -- nothing tells ---------------------------------------------------------------------------------------------------------


def test_a_wrong_password_an_unknown_address_and_an_ended_account_are_one_answer(staff):
    people.end_access(staff.admin, staff.auditor)
    tries = [(staff.nino.email, "wrong-wrong-1234"), ("nobody@mia.example.ge", "wrong-wrong-1234"), (staff.auditor.email, PASSWORD)]
    answers = [(Client().post(LOGIN, {"login": email, "password": word}), email) for email, word in tries]
    assert {answer.status_code for answer, _email in answers} == {200}
    assert len({text(answer, email) for answer, email in answers}) == 1


def test_the_same_hashing_is_done_for_all_of_them(staff):
    people.end_access(staff.admin, staff.auditor)
    for email in (staff.nino.email, "nobody@mia.example.ge", staff.auditor.email):
        with mock.patch("django.contrib.auth.hashers.MD5PasswordHasher.encode", autospec=True, return_value="md5$x$y") as encode:
            Client().post(LOGIN, {"login": email, "password": "wrong-wrong-1234"})
        assert encode.call_count == 1, email


def test_a_forgotten_password_is_answered_alike_and_the_letter_goes_beside_the_answer(staff):
    people.end_access(staff.admin, staff.auditor)
    answers = []
    for email in (staff.nino.email, "nobody@mia.example.ge", staff.auditor.email):
        with mock.patch("gegma.staff.letters._letter", wraps=letters._letter) as made:
            answer = Client().post(RESET, {"email": email}, follow=True)
        assert made.call_count == 1, email  # the same is worked out for all
        answers.append((answer, email))
    assert len({(answer.status_code, text(answer, email)) for answer, email in answers}) == 1
    wait_for_mail()
    assert [m.to for m in mail.outbox] == [[staff.nino.email]]


def test_a_letter_is_in_the_language_of_whoever_gets_it(staff):
    staff.nino.language = "en"
    staff.nino.save()
    Client().post(RESET + "?lang=ka", {"email": staff.nino.email})
    wait_for_mail()
    assert "Somebody, probably you" in mail.outbox[0].body


# -- how often -------------------------------------------------------------------------------------------------------------


def tried(client: Client, url: str, data: dict, times: int) -> list:
    return [client.post(url, data) for _n in range(times)]


def says_when(response) -> bool:
    page = response.content.decode()
    return "Try again after" in page and (response.status_code != 429 or int(response.headers["Retry-After"]) > 0)


def test_one_account_is_tried_five_times_from_wherever(staff, sign_in):
    for n in range(5):
        answer = Client(REMOTE_ADDR=f"10.0.0.{n}").post(LOGIN, {"login": staff.nino.email, "password": "wrong-wrong-1234"})
        assert "Try again after" not in answer.content.decode()
    refused = Client(REMOTE_ADDR="10.0.0.9").post(LOGIN + "?lang=en", {"login": staff.nino.email, "password": PASSWORD})
    assert says_when(refused) and "_auth_user_id" not in refused.client.session
    assert sign_in(staff.giorgi, Client(REMOTE_ADDR="10.0.0.9")).status_code == 302  # others go on


def test_an_account_that_is_not_there_is_refused_as_often(staff):
    pages = tried(Client(), LOGIN + "?lang=en", {"login": "nobody@mia.example.ge", "password": "wrong-wrong-1234"}, 6)
    assert [says_when(page) for page in pages] == [False] * 5 + [True]


def test_one_address_tries_many_accounts(staff):
    answers = [Client().post(LOGIN + "?lang=en", {"login": f"a{n}@mia.example.ge", "password": "wrong-wrong-1234"}) for n in range(21)]
    assert [says_when(a) for a in answers] == [False] * 20 + [True]


def test_too_many_requests_of_the_form_itself(staff, settings):
    settings.ACCOUNT_RATE_LIMITS = {**live.ACCOUNT_RATE_LIMITS, "login": "2/m/ip"}
    answers = tried(Client(), LOGIN + "?lang=en", {"login": staff.nino.email, "password": "wrong-wrong-1234"}, 3)
    assert answers[2].status_code == 429 and says_when(answers[2])


@pytest.mark.parametrize("email", ["nino@mia.example.ge", "nobody@mia.example.ge"])
def test_links_to_one_address(staff, email):
    answers = tried(Client(), RESET + "?lang=en", {"email": email}, 4)
    assert [a.status_code for a in answers] == [302, 302, 302, 429] and says_when(answers[3])


def test_links_from_one_address(staff):
    answers = [Client().post(RESET + "?lang=en", {"email": f"a{n}@mia.example.ge"}) for n in range(21)]
    assert answers[19].status_code == 302 and answers[20].status_code == 429


def test_guessing_links(staff):
    address = reverse("account_reset_password_from_key", kwargs={"uidb36": "1", "key": "guess"}) + "?lang=en"
    answers = tried(Client(), address, {"password1": "x", "password2": "x"}, 21)
    assert answers[19].status_code != 429 and answers[20].status_code == 429 and says_when(answers[20])


def test_passkeys_of_one_address(staff):
    answers = tried(Client(), reverse("mfa_login_webauthn") + "?lang=en", {"credential": "{}"}, 31)
    assert answers[29].status_code != 429 and answers[30].status_code == 429 and says_when(answers[30])


def test_changing_the_password(staff, sign_in):
    client = sign_in(staff.nino)
    data = {"oldpassword": "wrong", "password1": "x", "password2": "x"}
    answers = tried(client, reverse("account_change_password") + "?lang=en", data, 6)
    assert answers[5].status_code == 429 and says_when(answers[5])


def test_saying_again_who_one_is(staff):
    client = Client()
    client.force_login(staff.nino)
    answers = tried(client, reverse("account_reauthenticate") + "?lang=en", {"password": "wrong"}, 11)
    assert answers[10].status_code == 429 and says_when(answers[10])


def test_codes_of_the_second_step(staff, sign_in):
    Authenticator.objects.create(user=staff.nino, type="totp", data={"secret": sealing.seal("JBSWY3DPEHPK3PXP")})
    client = Client()
    sign_in(staff.nino, client)
    answers = tried(client, reverse("mfa_authenticate") + "?lang=en", {"code": "000000"}, 6)
    assert [says_when(a) for a in answers] == [False] * 5 + [True]
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("bucket", "address"),
    [("search", "/search/?q=ა"), ("suggestions", "/r/units/pick/?q=a"), ("export", "/r/meetings/export.csv"), ("export", "/reports/trainings/?format=xlsx")],
)
def test_search_and_export_are_counted_for_each_person(staff, sign_in, settings, bucket, address):
    settings.LIMITS = {**live.LIMITS, bucket: (2, 600)}
    client, other = sign_in(staff.nino), sign_in(staff.giorgi)
    answers = [client.get(address + ("&" if "?" in address else "?") + "lang=en") for _n in range(3)]
    assert [a.status_code == 429 for a in answers] == [False, False, True] and says_when(answers[2])
    assert other.get(address).status_code != 429


def test_a_page_that_makes_a_report_is_no_export(staff, sign_in, settings):
    settings.LIMITS = {**live.LIMITS, "export": (1, 600)}
    client = sign_in(staff.nino)
    assert [client.get("/reports/trainings/").status_code for _n in range(3)] == [200, 200, 200]


def test_what_was_refused_does_not_lengthen_the_wait(settings):
    settings.LIMITS = {"x": (2, 100)}
    began, found = time.time(), []
    for later in (0, 10, 50, 90, 100.5):
        with mock.patch("gegma.accounts.limits.time.time", return_value=began + later):
            found.append(limits.wait("x", "one"))
    assert found == [0, 0, 50, 10, 0]


# -- sessions --------------------------------------------------------------------------------------------------------------


def age(client: Client, **ago: float) -> None:
    """Put the times of a session back by so many seconds."""
    session = client.session
    for name, seconds in ago.items():
        session[name] -= seconds
    session.save()


def test_a_session_ends_after_twelve_hours_and_after_three_idle(staff, sign_in):
    busy, idle, old = sign_in(staff.nino), sign_in(staff.nino), sign_in(staff.nino)
    age(busy, started=11.9 * 3600)
    age(idle, seen=3.1 * 3600)
    age(old, started=12.1 * 3600)
    assert [c.get(reverse("home")).status_code for c in (busy, idle, old)] == [200, 302, 302]


def test_a_session_cannot_outlast_its_hours_in_the_table(staff, sign_in):
    client = sign_in(staff.nino)
    row = staff.nino.sessions.get()
    assert (row.expire_date - row.started_at).total_seconds() <= live.SESSION_COOKIE_AGE
    age(client, started=6 * 3600)
    row.refresh_from_db()
    assert (row.expire_date - row.started_at).total_seconds() <= live.SESSION_COOKIE_AGE


def test_where_one_is_signed_in_is_listed_and_ended_one_by_one(staff, sign_in):
    firefox = "Mozilla/5.0 (Windows NT 10.0; rv:120.0) Gecko/20100101 Firefox/120.0"
    here, there, third = Client(), Client(HTTP_USER_AGENT=firefox, REMOTE_ADDR="10.9.8.7"), Client()
    for client in (here, there, third):
        assert sign_in(staff.nino, client).status_code == 302
    page = here.get(reverse("my_account") + "?lang=en").content.decode()
    assert "Firefox, Windows" in page and "10.9.8.7" in page
    assert not any(row.session_key in page for row in staff.nino.sessions.all())
    key = there.session.session_key
    here.post(reverse("my_sessions_end"), {"session": sessions.sign(key)})
    assert [c.get(reverse("home")).status_code for c in (here, there, third)] == [200, 302, 200]
    here.post(reverse("my_sessions_end"))
    assert [c.get(reverse("home")).status_code for c in (here, third)] == [200, 302]
    assert Change.objects.filter(register="accounts", record_id=staff.nino.pk).count() == 2


def test_nobody_ends_a_session_of_another(staff, sign_in):
    nino, giorgi = sign_in(staff.nino), sign_in(staff.giorgi)
    assert giorgi.post(reverse("my_sessions_end"), {"session": sessions.sign(nino.session.session_key)}).status_code == 404
    assert nino.get(reverse("home")).status_code == 200


def test_a_new_password_ends_the_other_sessions(staff, sign_in):
    here, there = sign_in(staff.nino), sign_in(staff.nino)
    new = "სრულიად-ახალი-პაროლი-46"
    here.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert [c.get(reverse("home")).status_code for c in (here, there)] == [200, 302]
    assert mail.outbox[-1].to == [staff.nino.email]
    assert Change.objects.filter(register="accounts", record_id=staff.nino.pk).last().after == {"password": True}


def test_noting_that_one_is_here_does_not_write_with_every_request(staff, sign_in, django_assert_num_queries):
    client = sign_in(staff.nino)
    client.get(reverse("my_account"))
    with mock.patch("gegma.accounts.sessions.SessionStore.save") as save:
        client.get(reverse("my_account"))
    assert save.call_count == 0


def test_the_session_changes_its_key_on_signing_in(staff, sign_in):
    client = Client()
    client.get(LOGIN)
    session = client.session
    session["before"] = 1
    session.save()
    key = client.session.session_key
    sign_in(staff.nino, client)
    assert client.session.session_key != key


# -- addresses, passwords --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "1.2.3.4", "127.0.0.1"), (1, "1.2.3.4", "1.2.3.4"), (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"), (2, "6.6.6.6, 1.2.3.4, 10.0.0.1", "1.2.3.4"),
        (2, "1.2.3.4", "127.0.0.1"), (1, "not an address", "127.0.0.1"), (1, "", "127.0.0.1"),
    ],
)  # fmt: skip
def test_a_forwarded_address_is_believed_only_from_our_own_servers(settings, proxies, forwarded, expected):
    settings.PROXIES = proxies
    assert origin.address(RequestFactory().get("/", HTTP_X_FORWARDED_FOR=forwarded)) == expected


@pytest.mark.parametrize(
    "password",
    ["short-1", "password123456", "aaaaaaaaaaaaaa", "ababababababab", "qwertyuiop1234", "123456789012", "passwordpassword", "nino@mia.example", "Gegma-2017-2018", "აბგდევზთიკლმ"],
)
def test_a_password_that_is_easily_guessed_is_refused(password):
    with pytest.raises(ValidationError):
        validate_password(password, User(email="nino@mia.example.ge", name="ნინო"))


@pytest.mark.parametrize("password", ["correct horse battery staple", "ოთხი სიტყვა და ნიშანი", "gegma-demo-2017"])
def test_a_long_one_of_several_words_is_taken(password):
    validate_password(password, User(email="nino@mia.example.ge", name="ნინო"))


# -- roles that need a second factor -----------------------------------------------------------------------------------------


def test_a_role_that_needs_a_second_factor_reaches_nothing_until_it_has_one(staff, sign_in, settings):
    settings.MFA_ROLES = frozenset({"administrator"})
    client = sign_in(staff.admin)
    for address in ("/", "/r/meetings/", "/people-with-access/", "/my-account/", "/search/?q=a", "/agenda/", "/reports/"):
        answer = client.get(address)
        assert (answer.status_code, answer.url) == (302, reverse("mfa_index")), address
    assert client.get(reverse("mfa_index")).status_code == client.get(reverse("mfa_activate_totp")).status_code == 200
    assert sign_in(staff.nino).get("/").status_code == 200
    Authenticator.objects.create(user=staff.admin, type="recovery_codes", data={})
    assert client.get("/").status_code == 302  # recovery codes alone are no second factor
    Authenticator.objects.create(user=staff.admin, type="totp", data={})
    assert client.get("/").status_code == 200


def test_acting_for_such_a_role_needs_one_too(staff, sign_in, settings):
    settings.MFA_ROLES = frozenset({"head"})
    Absence.objects.create(person=staff.head, substitute=staff.nino, starts_on=dates.today(), ends_on=dates.today())
    client = sign_in(staff.nino)
    assert client.get("/").status_code == 200
    client.post(reverse("act_for", args=[staff.head.pk]))
    assert client.get("/").url == reverse("mfa_index")
