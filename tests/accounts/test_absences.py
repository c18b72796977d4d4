"""A dated absence: whoever stands in sees what waits for the absent one, may act in their place, and the history names both."""

import datetime as dt

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from gegma.accounts.models import Absence, User
from gegma.agenda import remind
from gegma.audit.models import Change
from gegma.audit.record import verify
from gegma.engine import deadlines, registry
from gegma.kernel import dates
from gegma.staff import people
from tests.factories import form_data, make

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def away(person, substitute, start=0, end=3) -> Absence:
    """An absence from start to end, in days from today."""
    today = dates.today()
    return Absence.objects.create(person=person, substitute=substitute, starts_on=today + start * DAY, ends_on=today + end * DAY)


def fresh(user) -> User:
    """As the next request has it."""
    return User.objects.get(pk=user.pk)


@pytest.fixture
def secret(staff):
    """A meeting of the first division that only this division may read, in the name of nino; and the client who acts for her."""
    return make("meetings", title_ka="დახურული თათბირი", owner_unit=staff.first, officer=staff.nino, confidentiality="restricted")


@pytest.fixture
def acting(staff, sign_in, secret):
    """giorgi, of the other division, acts for nino."""
    away(staff.nino, staff.giorgi)
    client = sign_in(staff.giorgi)
    assert client.post(reverse("act_for", args=[staff.nino.pk])).status_code == 302
    return client


def test_one_stands_in_during_the_days_and_not_before_or_after(staff):
    away(staff.nino, staff.giorgi, 0, 0)
    away(staff.head, staff.giorgi, 1, 2)
    away(staff.division, staff.giorgi, -3, -1)
    assert fresh(staff.giorgi).stands_for() == [staff.nino]
    with dates.taken_as_today(dates.today() + 2 * DAY):
        assert fresh(staff.giorgi).stands_for() == [staff.head]
    people.end_access(staff.admin, staff.nino)
    assert fresh(staff.giorgi).stands_for() == []


def test_asking_again_costs_nothing(staff, django_assert_num_queries):
    away(staff.nino, staff.giorgi)
    person = fresh(staff.giorgi)
    with django_assert_num_queries(1):
        assert person.stands_for() == person.stands_for() == [staff.nino]


def test_what_waits_for_the_absent_one_stands_among_ones_own(staff):
    today = dates.today()
    make("meetings", title_ka="კრება", officer=staff.nino, starts_on=today + DAY, state="planned")
    mine = lambda: deadlines.between(fresh(staff.giorgi), today, today + 5 * DAY, whose=deadlines.MINE)  # noqa: E731
    assert mine() == []
    absence = away(staff.nino, staff.giorgi)
    assert [one.title for one in mine()] == ["კრება"]
    absence.delete()
    assert mine() == []


def test_reminders_go_to_whoever_stands_in_too(staff):
    today = dates.today()
    make("meetings", title_ka="კრება", officer=staff.nino, owner_unit=staff.first, starts_on=today + DAY, state="planned")
    away(staff.nino, staff.giorgi)
    told = remind.run(today)
    assert set(told.digests) == {staff.nino.email, staff.giorgi.email}


def test_acting_one_has_the_rights_of_the_other_and_not_ones_own(staff, sign_in, acting, secret):
    page = reverse("record", args=["meetings", secret.pk])
    own = make("meetings", title_ka="ჩემი", owner_unit=staff.second, confidentiality="restricted")
    assert sign_in(staff.giorgi).get(page).status_code == 404
    assert acting.get(page).status_code == 200
    assert acting.get(reverse("record", args=["meetings", own.pk])).status_code == 404
    shown = acting.get(reverse("home") + "?lang=en").content.decode()
    assert "You are acting for nino" in shown


def test_the_history_names_both_and_the_chain_holds(staff, acting, secret):
    spec = registry.get("meetings")
    answer = acting.post(reverse("record_edit", args=["meetings", secret.pk]), form_data(spec, staff.nino, secret, title_ka="შეცვლილი"))
    assert answer.status_code == 302, answer.content.decode()[:2000]
    change = Change.objects.filter(register="meetings", record_id=secret.pk).last()
    assert (change.actor, change.on_behalf_of) == (staff.giorgi, staff.nino)
    assert "giorgi" in change.who and "nino" in change.who and verify().ok
    assert change.who in acting.get(reverse("record_history", args=["meetings", secret.pk])).content.decode()
    Change.objects.filter(pk=change.pk).update(on_behalf_of=None, on_behalf_name="")
    assert verify().row == change.pk  # for whom cannot be wiped out
    Change.objects.filter(pk=change.pk).update(on_behalf_of=staff.head, on_behalf_name="head")
    assert verify().row == change.pk


def test_ones_own_account_stays_ones_own(staff, acting):
    page = acting.get(reverse("my_account")).content.decode()
    assert "giorgi@mia.example.ge" in page and "nino@mia.example.ge" not in page
    acting.post(reverse("calendar_feed"), {"action": "make", "whose": "mine"})
    assert not hasattr(fresh(staff.nino), "calendar_feed")
    acting.get(reverse("home"))
    assert fresh(staff.nino).last_visit_at is None


def test_acting_ends_with_the_days_with_the_absence_and_by_choice(staff, acting, secret, monkeypatch):
    page = reverse("record", args=["meetings", secret.pk])
    assert acting.get(page).status_code == 200
    today = dates.today()
    with monkeypatch.context() as patch:
        patch.setattr(dates, "today", lambda: today + 10 * DAY)
        assert acting.get(page).status_code == 404
    acting.post(reverse("act_for", args=[staff.nino.pk]))
    assert acting.get(page).status_code == 200
    people.end_absence(staff.nino, Absence.objects.get())
    assert acting.get(page).status_code == 404
    away(staff.nino, staff.giorgi)
    acting.post(reverse("act_for", args=[staff.nino.pk]))
    acting.post(reverse("act_for_oneself"))
    assert acting.get(page).status_code == 404


def test_nobody_acts_for_whom_they_do_not_stand_in(staff, sign_in):
    away(staff.nino, staff.division)
    assert sign_in(staff.giorgi).post(reverse("act_for", args=[staff.nino.pk])).status_code == 404
    forged = sign_in(staff.giorgi)
    session = forged.session
    session["acting_for"] = staff.head.pk
    session.save()
    assert "auditor" not in forged.get(reverse("home")).content.decode()
    assert "acting_for" not in forged.session


def test_acting_for_an_administrator_keeps_no_accounts(staff, sign_in):
    away(staff.admin, staff.giorgi)
    client = sign_in(staff.giorgi)
    client.post(reverse("act_for", args=[staff.admin.pk]))
    assert client.get(reverse("people_with_access")).status_code == 404


def test_who_writes_an_absence_down(staff):
    assert people.may_write_absence(staff.nino, staff.nino) and people.may_write_absence(staff.admin, staff.nino)
    assert people.may_write_absence(staff.division, staff.nino) and not people.may_write_absence(staff.division, staff.giorgi)
    assert people.may_write_absence(staff.head, staff.giorgi) and not people.may_write_absence(staff.nino, staff.giorgi)
    with pytest.raises(PermissionDenied):
        people.write_absence(staff.nino, Absence(person=staff.giorgi, substitute=staff.nino, starts_on=dates.today(), ends_on=dates.today()))


@pytest.mark.parametrize(
    ("by", "substitute", "start", "end", "field"),
    [
        ("nino", "giorgi", 3, 1, "ends_on"), ("nino", "giorgi", -3, -1, "ends_on"), ("nino", "giorgi", 0, 500, "ends_on"),
        ("nino", "nino", 0, 1, "substitute"), ("admin", "admin", 0, 1, "substitute"), ("nino", "giorgi", 2, 9, "starts_on"),
    ],
)  # fmt: skip
def test_what_is_no_absence_is_refused(staff, by, substitute, start, end, field):
    if field == "starts_on":
        away(staff.nino, staff.division, 5, 6)
    today = dates.today()
    absence = Absence(person=staff.nino, substitute=getattr(staff, substitute), starts_on=today + start * DAY, ends_on=today + end * DAY)
    with pytest.raises(ValidationError) as refused:
        people.write_absence(getattr(staff, by), absence)
    assert field in refused.value.message_dict


def test_an_absence_is_written_on_ones_own_page_and_both_are_told(staff, sign_in):
    client, today = sign_in(staff.nino), dates.today()
    data = {"starts_on": f"{today:%d.%m.%Y}", "ends_on": f"{today + DAY:%d.%m.%Y}", "substitute": staff.giorgi.pk}
    assert client.post(reverse("my_account"), data).status_code == 302
    assert sorted(m.to[0] for m in mail.outbox) == [staff.giorgi.email, staff.nino.email]
    assert client.post(reverse("my_account"), data).status_code == 400
    change = Change.objects.filter(register="accounts", record_id=staff.nino.pk).last()
    assert change.after["substitute"] == "giorgi"
    assert client.post(reverse("absence_end", args=[Absence.objects.get().pk])).status_code == 302
    assert not Absence.objects.exists() and verify().ok


def test_another_persons_absence_cannot_be_taken_back(staff, sign_in):
    absence = away(staff.nino, staff.giorgi)
    assert sign_in(staff.giorgi).post(reverse("absence_end", args=[absence.pk])).status_code == 404
    assert Absence.objects.exists()
