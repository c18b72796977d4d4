"""Everything open of one person goes to a colleague, in one step, with one change for each record."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from gegma.audit.models import Change
from gegma.audit.record import verify
from gegma.engine import registry, write
from gegma.reports.models import OwnReport
from gegma.staff import handover
from tests.factories import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def work(staff):
    """What stands in the name of nino: two meetings open, one done, one restricted, a country, an activity with a colleague, a report of her own."""
    own = {"officer": staff.nino, "owner_unit": staff.first}
    rows = {
        "open": make("meetings", title_ka="ღია", state="planned", **own), "restricted": make("meetings", title_ka="დახურული", confidentiality="restricted", state="planned", **own),
        "done": make("meetings", title_ka="გაუქმებული", state="cancelled", **own),
        "country": make("countries", code="Z1", title_ka="ქვეყანა", officer=staff.nino),
        "activity": make("activities", m2m={"responsible": [staff.nino, staff.giorgi, staff.division]}),
        "others": make("meetings", title_ka="სხვისი", officer=staff.division),
    }  # fmt: skip
    OwnReport.objects.create(owner=staff.nino, title_ka="ჩემი", register="meetings")
    return rows


def fresh(row):
    return type(row)._default_manager.get(pk=row.pk)


def test_the_preview_counts_by_register(staff, work):
    found = {share.key: share.count for share in handover.shares(staff.nino)}
    assert found == {"meetings": 2, "countries": 1, "activities": 1, "own-reports": 1}


def test_it_goes_in_one_step_and_each_record_has_its_change(staff, work):
    before = Change.objects.count()
    assert handover.hand_over(staff.admin, staff.nino, staff.giorgi) == 5
    assert fresh(work["open"]).officer == fresh(work["restricted"]).officer == fresh(work["country"]).officer == staff.giorgi
    assert fresh(work["done"]).officer == staff.nino and fresh(work["others"]).officer == staff.division
    assert set(fresh(work["activity"]).responsible.all()) == {staff.giorgi, staff.division}
    assert OwnReport.objects.get().owner == staff.giorgi
    made = Change.objects.order_by("-pk")[: Change.objects.count() - before]
    assert sorted(c.register for c in made) == ["accounts", "activities", "countries", "meetings", "meetings"]
    assert {c.actor for c in made} == {staff.admin} and verify().ok
    assert list(handover.shares(staff.nino)) == []


def test_what_is_unticked_stays(staff, work, sign_in):
    client = sign_in(staff.admin)
    page = client.get(reverse("account_hand_over", args=[staff.nino.pk])).content.decode()
    assert "დახურული" not in page  # numbers alone: an administrator reads no restricted record by this
    client.post(reverse("account_hand_over", args=[staff.nino.pk]), {"colleague": staff.giorgi.pk, "share": ["countries"]})
    assert fresh(work["country"]).officer == staff.giorgi and fresh(work["open"]).officer == staff.nino


def test_it_is_all_or_nothing(staff, work, monkeypatch):
    save, calls = write.save, []

    def third_fails(spec, user, row, **more):
        calls.append(row)
        if len(calls) == 3:
            raise ValidationError("no")
        return save(spec, user, row, **more)

    monkeypatch.setattr(write, "save", third_fails)
    before = Change.objects.count()
    with pytest.raises(ValidationError):
        handover.hand_over(staff.admin, staff.nino, staff.giorgi)
    assert Change.objects.count() == before and fresh(work["open"]).officer == fresh(work["country"]).officer == staff.nino


def test_to_oneself_or_to_an_ended_account_nothing_goes(staff, work):
    staff.giorgi.is_active = False
    for colleague in (staff.nino, staff.giorgi):
        with pytest.raises(ValidationError):
            handover.hand_over(staff.admin, staff.nino, colleague)


def test_whoever_leaves_hands_over_in_the_same_step(staff, work, sign_in):
    shares = [share.key for share in handover.shares(staff.nino)]
    sign_in(staff.admin).post(reverse("account_leave", args=[staff.nino.pk]), {"colleague": staff.giorgi.pk, "share": shares})
    staff.nino.refresh_from_db()
    assert not staff.nino.is_active and fresh(work["open"]).officer == staff.giorgi


def test_every_column_that_says_whose_a_record_is_goes_along():
    """A register that names somebody in its form is found by its declaration alone; a new one needs no line here."""
    named = {spec.key: [c.name for c in handover.columns_of(spec)] for spec in registry.everything()}
    assert "officer" in named["countries"] and "responsible" in named["activities"] and "officer" in named["requests"]
    assert all("submitted_by" not in columns and "frozen_by" not in columns for columns in named.values())
