"""Editions: frozen whole, never changed, verified, and laid beside today: what came late, changed or went."""

import copy
import datetime as dt
import json

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from gegma.accounts.models import SYSTEM_WRITER, User
from gegma.engine import registry, write
from gegma.engine.asknown import as_known
from gegma.kernel import periods
from gegma.plan import compute, snapshot
from gegma.plan.models import Measure
from gegma.reports import editions
from gegma.reports.models import Edition, EditionFile, Sending
from tests.factories import make
from tests.plan.conftest import small_year_written, year  # noqa: F401  (fixtures)

PERIOD = periods.parse("2017")
DONORS = ("1.1.2", "ა", "meetings")


@pytest.fixture
def frozen(year):  # noqa: F811
    """The report of 2017, frozen in one form and language."""
    return editions.freeze(year.plan, PERIOD, SYSTEM_WRITER, languages=["ka"], forms=["xlsx"])


def plain(readings: list) -> list:
    return json.loads(editions.canonical({"r": readings}))["r"]


def drift_of(edition, key) -> editions.Drift:
    return next(d for d in editions.today(edition) if d.key == key)


def test_it_keeps_every_reading_with_its_records(frozen, year):  # noqa: F811
    readings = {editions.key_of(r): r for r in frozen.content["readings"]}
    assert len(readings) == Measure.objects.count() == 110
    donors = readings[DONORS]
    names = {m.pk: name for name, m in year.records["meetings"].items()}
    assert sorted(names[pk] for pk, _version in donors["parts"][0]["counted"]) == ["m01", "m02", "m09", "m11"]
    left = {item["reason"]["en"]: sorted(names[pk] for pk, _v in item["records"]) for item in donors["parts"][0]["left"]}
    assert left["state is not «held»"] == ["m05", "m06"]
    for measure in Measure.objects.all():
        reading = compute.read(measure.definition, PERIOD)
        kept = readings[measure.indicator.activity.code, measure.indicator.label, measure.name]
        assert (None if kept["value"] is None else float(kept["value"])) == (None if reading.value is None else float(reading.value))
        assert kept["definition"] == measure.definition


def test_it_is_whole_and_each_forgery_is_found(frozen):
    assert editions.verify(frozen).ok
    again = Edition.objects.get(pk=frozen.pk)
    assert editions.verify(again).ok, "the database gives the content back as it was hashed"
    forged = copy.deepcopy(again.content)
    forged["readings"][0]["value"] = "99"
    again.content = forged
    assert not editions.verify(again).ok
    again.sha256 = editions.digest(editions.canonical(forged))
    told = editions.verify(again)
    assert not told.ok and "file" not in told.why, "the history of changes knows the hash"
    file = EditionFile.objects.get(edition=frozen)
    file.data = bytes(file.data) + b" "
    file.save()
    assert not editions.verify(Edition.objects.get(pk=frozen.pk)).ok


def test_a_file_is_known_byte_for_byte(frozen):
    data = bytes(frozen.files.get().data)
    found = editions.verify_file(data)
    assert found.ok and found.edition == frozen
    assert not editions.verify_file(data + b"\0").ok and not editions.verify_file(b"").ok


def test_nothing_is_different_at_first(frozen):
    assert not any(d.differs for d in editions.today(frozen))


def test_a_late_record_a_changed_one_and_one_that_went_are_named(frozen, year):  # noqa: F811
    spec = registry.get("meetings")
    late = make(spec, kind="donor-coordination", state="held", starts_on=dt.date(2017, 5, 9))
    changed = spec.model.objects.get(pk=year.records["meetings"]["m02"].pk)
    changed.starts_on = dt.date(2018, 1, 2)
    write.save(spec, SYSTEM_WRITER, changed, version=changed.version)
    gone = spec.model.objects.get(pk=year.records["meetings"]["m01"].pk)
    write.delete(spec, SYSTEM_WRITER, gone, version=gone.version)
    drift = drift_of(frozen, DONORS)
    assert (drift.then["value"], drift.now["value"], drift.value_changed) == ("4", "3", True)
    assert {(m.pk, m.what, m.counts) for m in drift.moved} == {
        (late.pk, "late", True), (changed.pk, "changed", False), (year.records["meetings"]["m01"].pk, "gone", False),
    }  # fmt: skip
    assert not drift.definition_changed


def test_a_new_definition_is_told(frozen):
    measure = Measure.objects.get(indicator__activity__code="1.1.2", name="meetings")
    measure.definition = {**measure.definition, "scope": {**measure.definition["scope"], "thematic": "1"}}
    write.save(registry.get("measures"), SYSTEM_WRITER, measure, version=measure.version)
    assert drift_of(frozen, DONORS).definition_changed


def test_the_edition_is_what_is_known_of_its_moment(frozen, year):  # noqa: F811
    """Whatever is done afterwards, the registers as known at the moment of the edition give its readings."""
    spec = registry.get("meetings")
    for number in range(6):
        make(spec, kind="donor-coordination", state="held", starts_on=dt.date(2017, 4, 1 + number))
    for name in ("m02", "m12", "m20"):
        row = spec.model.objects.get(pk=year.records["meetings"][name].pk)
        row.kind, row.notes = "seminar", "სხვა"
        write.save(spec, SYSTEM_WRITER, row, version=row.version)
    opinion = registry.get("documents").model.objects.get(pk=year.records["documents"]["lo1"].pk)
    write.delete(registry.get("documents"), SYSTEM_WRITER, opinion, version=opinion.version)
    now = plain(snapshot.readings(year.plan, PERIOD))
    assert now != frozen.content["readings"]
    with as_known(frozen.moment):
        assert plain(snapshot.readings(year.plan, PERIOD)) == frozen.content["readings"]
    assert plain(snapshot.readings(year.plan, PERIOD)) == now


def test_two_editions_side_by_side(frozen, year):  # noqa: F811
    make("meetings", kind="donor-coordination", state="held", starts_on=dt.date(2017, 5, 9))
    second = editions.freeze(year.plan, PERIOD, SYSTEM_WRITER, languages=["ka"], forms=["xlsx"])
    assert second.sha256 != frozen.sha256
    different = [d for d in editions.compare(frozen.content["readings"], second.content["readings"]) if d.value_changed]
    assert DONORS in {d.key for d in different}


def test_who_may_freeze_and_send(year, frozen, users):  # noqa: F811
    with pytest.raises(PermissionDenied):
        editions.freeze(year.plan, PERIOD, users.viewer)
    with pytest.raises(PermissionDenied):
        editions.send(frozen, users.viewer, on=dt.date(2017, 12, 1), to="კანცელარია")
    with pytest.raises(ValidationError):
        editions.send(frozen, users.officer, on=dt.date(2999, 12, 1), to="კანცელარია")
    assert not Sending.objects.exists()


def test_what_is_frozen_is_what_the_form_says_at_that_moment(year, as_officer, as_viewer, monkeypatch):  # noqa: F811
    """The button sends the form of the report, so a period just chosen is the one that is asked about, and only then frozen."""
    form = as_officer.get(reverse("progress_report")).content.decode()
    assert f'formaction="{reverse("edition_freeze")}"' in form and reverse("edition_freeze") not in as_viewer.get(reverse("progress_report")).content.decode()
    asked = {"plan": year.plan.key, "period": "2017-Q1", "from": "", "to": "", "division": "2", "in": "ka"}
    page = as_officer.get(reverse("edition_freeze"), asked).content.decode()
    assert 'name="period" value="2017-Q1"' in page and 'name="division" value="2"' in page and not Edition.objects.exists()
    wrong = as_officer.get(reverse("edition_freeze"), {**asked, "from": "99.99.2017"})
    assert wrong.status_code == 302 and as_officer.get(wrong.url).context["error"], "the form says what is wrong"
    assert as_viewer.get(reverse("edition_freeze"), asked).status_code == 403
    assert as_officer.get(reverse("edition_freeze"), {**asked, "division": "nine"}).status_code == 404
    told = []
    monkeypatch.setattr(editions, "freeze", lambda plan, period, user, division, built_in: told.append((period.key, division, built_in)) or Edition(pk=7))
    as_officer.post(reverse("edition_freeze"), {"plan": year.plan.key, "period": "2017-Q1", "division": "2"})
    assert told == [("2017-Q1", "2", False)]


def test_the_pages(year, frozen, as_officer, as_viewer, users, settings):  # noqa: F811
    page = as_officer.get(reverse("edition", args=[frozen.pk]))
    assert page.status_code == 200 and page.context["checked"].ok and page.context["different"] == 0
    file = frozen.files.get()
    answer = as_viewer.get(reverse("edition_file", args=[frozen.pk, file.pk]))
    assert answer.content == bytes(file.data) and "attachment" in answer.headers["Content-Disposition"]
    assert as_viewer.post(reverse("edition", args=[frozen.pk]), {"on": "01.12.2017", "to": "x"}).status_code == 403
    assert as_viewer.post(reverse("edition_freeze"), {"plan": year.plan.key, "period": "2017"}).status_code == 403
    record = year.records["meetings"]["m02"]
    url = registry.get("meetings").record_url(record)
    assert frozen.number not in as_officer.get(url).content.decode(), "not sent yet"
    refused = as_officer.post(reverse("edition", args=[frozen.pk]), {"on": "32.12.2017", "to": ""})
    assert refused.status_code == 400 and not Sending.objects.exists()
    sent = as_officer.post(reverse("edition", args=[frozen.pk]), {"on": "01.12.2017", "to": "მთავრობის ადმინისტრაცია", "letter": "MIA 7 17"})
    assert sent.status_code == 302 and frozen.sendings.get().letter == "MIA 7 17"
    assert frozen.number in as_officer.get(url).content.decode()
    assert frozen.number in as_officer.get(f"{url}edit/").content.decode(), "whoever edits it is warned"
    assert frozen.number in as_viewer.get(reverse("editions")).content.decode()
    for absent in (reverse("edition", args=[10**6]), reverse("edition_file", args=[frozen.pk, 10**6]), reverse("edition_beside", args=[frozen.pk, 10**6])):
        assert as_officer.get(absent).status_code == 404


def test_the_drift_names_no_record_that_is_not_open_to_the_reader(year, frozen, as_viewer):  # noqa: F811
    owner = year.records["units"]["ird-eu"]
    secret = make("meetings", title_ka="საიდუმლო კრება", kind="donor-coordination", state="held", starts_on=dt.date(2017, 5, 9), confidentiality="restricted", owner_unit=owner)
    page = as_viewer.get(reverse("edition", args=[frozen.pk]))
    line = next(one for one in page.context["lines"] if (one["activity"], one["label"]) == ("1.1.2", "ა"))
    assert line["then"] == "4" and line["now"] == "5" and line["hidden"] and not line["moved"]
    assert "საიდუმლო კრება" not in page.content.decode() and f"M-{secret.pk}" not in page.content.decode()


def test_freezing_in_the_interface(year, as_officer):  # noqa: F811
    User.objects.filter(email="officer@example.ge").update(name="გიორგი თანამშრომელი")
    answer = as_officer.post(reverse("edition_freeze"), {"plan": year.plan.key, "period": "2017-Q1", "division": "1"})
    made = Edition.objects.get()
    assert answer.headers["Location"] == reverse("edition", args=[made.pk])
    assert (made.starts_on, made.ends_on, made.division) == (dt.date(2017, 1, 1), dt.date(2017, 3, 31), "1")
    assert sorted(made.files.values_list("form", "lang")) == [(f, lang) for f in ("docx", "pdf", "xlsx") for lang in ("en", "ka")]
    assert {r["activity"].split(".")[0] for r in made.content["readings"]} == {"1"}
    assert as_officer.post(reverse("edition_freeze"), {"plan": year.plan.key, "period": "nonsense"}).status_code == 404
    assert as_officer.get(reverse("edition_freeze")).status_code == 404, "it must be said what is to be frozen"


def test_two_periods_side_by_side_do_not_call_a_record_changed_that_is_as_it_was(year):  # noqa: F811
    first, second = (
        editions.freeze(year.plan, periods.parse(key), SYSTEM_WRITER, languages=["ka"], forms=["xlsx"]) for key in ("2017-Q1", "2017-H1")
    )
    moved = {one.what for drift in editions.compare(first.content["readings"], second.content["readings"]) for one in drift.moved}
    assert moved == {"same"}
