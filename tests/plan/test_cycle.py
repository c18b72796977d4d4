"""The cycle of reports: periods open and close, reports are written, submitted, returned and accepted, by those who may."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import translation

from gegma.accounts.models import SYSTEM_WRITER, User
from gegma.audit.models import Change
from gegma.engine import deadlines, registry, write
from gegma.kernel import dates, periods
from gegma.plan import cycle
from gegma.plan.models import Activity, ReportingPeriod, Update
from gegma.reports.context import progress
from tests.factories import make

Q1 = periods.parse("2017-Q1")
TODAY = dt.date(2017, 4, 5)


@pytest.fixture
def here(db):
    """A department with one division, its plan of two activities, a head, an officer of the division, and one of another ministry's unit."""
    department = make("units", title_ka="დეპარტამენტი", kind="department")
    division, other = make("units", title_ka="სამმართველო", parent=department), make("units", title_ka="სხვა")
    plan = make("plans", starts_on=dt.date(2017, 1, 1), ends_on=dt.date(2017, 12, 31))
    section = make("plan-sections", plan=plan, owner_unit=division)
    codes = [make("activities", plan=plan, section=section, code=code, order=order, text_ka=f"საქმე {code}") for order, code in enumerate(("1.1", "1.2"))]

    def person(name, role, unit):
        return User.objects.create_user(f"{name}@example.ge", name=name, role=role, unit=unit)

    class Here:
        pass

    Here.plan, Here.activities, Here.division = plan, codes, division
    Here.head, Here.officer = person("ხელმძღვანელი", "officer", department), person("თანამშრომელი", "officer", division)
    Here.stranger, Here.viewer = person("უცხო", "officer", other), person("მკითხველი", "viewer", division)
    with dates.taken_as_today(TODAY):
        yield Here


@pytest.fixture
def reporting(here) -> ReportingPeriod:
    """The first quarter, opened."""
    made = make(cycle.PERIODS, plan=here.plan, starts_on=Q1.start, ends_on=Q1.end, opens_on=Q1.end, due_on=dt.date(2017, 4, 10), title_ka="I კვარტალი")
    write.move(registry.get(cycle.PERIODS), here.head, made, "open", version=made.version)
    return ReportingPeriod.objects.get(pk=made.pk)


def report(reporting, code="1.1") -> Update:
    return Update.objects.get(reporting=reporting, activity__code=code)


def written(reporting, user, code="1.1", **given) -> Update:
    found = report(reporting, code)
    found.text_ka, found.declared = "შესრულდა", "full"
    for name, value in given.items():
        setattr(found, name, value)
    return write.save(registry.get(cycle.UPDATES), user, found, version=found.version)


def step(user, update, name, **given) -> Update:
    found = Update.objects.get(pk=update.pk)
    day = {"submit": "submitted_on", "return": "returned_on", "accept": "accepted_on"}.get(name)
    for key, value in {**({day: TODAY} if day else {}), **given}.items():
        setattr(found, key, value)
    return write.move(registry.get(cycle.UPDATES), user, found, name, version=found.version)


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_reviewer_accepts_and_returns_and_writes_nothing_else(here, reporting):
    reviewer = User.objects.create_user("reviewer@example.ge", name="შემფასებელი", role="reviewer")
    update, other = step(here.officer, written(reporting, here.officer), "submit"), written(reporting, here.officer, "1.2")
    step(reviewer, update, "accept", assessed="full")
    assert step(reviewer, update, "return", reason="დააზუსტეთ").returned_by == reviewer
    for change in ({"text_ka": "სხვა"}, {"declared": "none"}, {"submitted_on": TODAY}):
        with pytest.raises(PermissionDenied):
            written(reporting, reviewer, "1.2", **change)
    with pytest.raises(PermissionDenied):
        step(reviewer, other, "submit")
    with pytest.raises(PermissionDenied):
        write.move(registry.get(cycle.PERIODS), reviewer, reporting, "close", version=reporting.version)
    step(here.officer, other, "submit")
    page = client_of(reviewer).get(reverse("cycle_review", args=[here.plan.key, reporting.pk])).content.decode()
    assert 'value="accept"' in page
    assert 'value="close"' not in page
    assert client_of(reviewer).post(reverse("cycle_review", args=[here.plan.key, reporting.pk]), {"step": "close", "version": reporting.version}).status_code == 403
    form = client_of(reviewer).get(f"/r/{cycle.UPDATES}/{other.pk}/edit/").context["form"]
    assert not {"text_ka", "text_en", "declared", "documents"} & set(form.fields)


def test_heads_of_department_keep_the_periods_and_heads_of_division_write(here, reporting):
    people = {role: User.objects.create_user(f"{role}@example.ge", name=role, role=role, unit=here.division) for role in ("head", "division-head", "auditor", "focal-point")}
    assert [cycle.may_review(u) for u in people.values()] == [True, False, False, False]
    update = report(reporting)
    assert [cycle.may_write(u, update) for u in people.values()] == [True, True, False, False]


def test_a_focal_point_reads_the_plan_and_only_the_reports_of_their_unit(here, reporting):
    update = written(reporting, here.officer)
    guest = User.objects.create_user("guest@example.ge", name="სტუმარი", role="focal-point", unit=here.stranger.unit)
    client, plan = client_of(guest), here.plan.key
    assert client.get(reverse("update_write", args=[plan, reporting.pk, update.pk])).status_code == 404
    for url in (reverse("board", args=[plan]), reverse("activity", args=[plan, "1.1"]), reverse("cycle", args=[plan]), reverse("cycle_period", args=[plan, reporting.pk]) + "?of=all"):
        page = client.get(url)
        assert page.status_code == 200 and "შესრულდა" not in page.content.decode(), url
    assert client.get(reverse("cycle_review", args=[plan, reporting.pk])).status_code == 403


def test_opening_makes_one_report_for_each_activity_and_never_two(here, reporting):
    assert sorted(u.activity.code for u in reporting.updates.all()) == ["1.1", "1.2"]
    assert cycle.open_updates(here.head, reporting) == 0
    make("activities", plan=here.plan, section=here.activities[0].section, code="1.3")
    make("activities", plan=here.plan, section=here.activities[0].section, code="1.4", withdrawn=True)
    client_of(here.officer).get(reverse("cycle_period", args=[here.plan.key, reporting.pk]))
    assert sorted(u.activity.code for u in reporting.updates.all()) == ["1.1", "1.2", "1.3"]


def test_who_may_review_and_who_may_write(here, reporting):
    assert [cycle.may_review(u) for u in (here.head, here.officer, here.stranger, here.viewer)] == [True, False, False, False]
    update = report(reporting)
    assert [cycle.may_write(u, update) for u in (here.head, here.officer, here.stranger, here.viewer)] == [True, True, False, False]
    with pytest.raises(PermissionDenied):
        written(reporting, here.stranger)
    update.activity.responsible.add(here.stranger)
    assert written(reporting, here.stranger).version == 2
    spec = registry.get(cycle.PERIODS)
    with pytest.raises(PermissionDenied):
        write.move(spec, here.officer, reporting, "close", version=reporting.version)


def test_submitting_needs_words_and_a_status(here, reporting):
    with pytest.raises(ValidationError) as refused:
        step(here.officer, report(reporting), "submit")
    assert {"text", "declared"} <= set(refused.value.error_dict)
    done = step(here.officer, written(reporting, here.officer), "submit")
    assert (done.state, done.submitted_by, done.submitted_on) == ("submitted", here.officer, TODAY)
    with pytest.raises(ValidationError):
        written(reporting, here.officer, text_ka="სხვა სიტყვები")
    assert step(here.officer, done, "withdraw").state == "draft"
    assert written(reporting, here.officer, text_ka="სხვა სიტყვები").text_ka == "სხვა სიტყვები"


def test_the_writer_neither_accepts_nor_assesses(here, reporting):
    update = step(here.officer, written(reporting, here.officer), "submit")
    for name, given in (("accept", {"assessed": "full"}), ("return", {"reason": "რატომ"})):
        with pytest.raises(PermissionDenied):
            step(here.officer, update, name, **given)
    other = report(reporting, "1.2")
    other.assessed = "full"
    with pytest.raises(PermissionDenied):
        write.save(registry.get(cycle.UPDATES), here.officer, other, version=other.version)


def test_returning_needs_a_reason_and_the_reasons_are_kept(here, reporting):
    update = step(here.officer, written(reporting, here.officer), "submit")
    with pytest.raises(ValidationError):
        step(here.head, update, "return")
    step(here.head, update, "return", reason="ოქმი აკლია")
    written(reporting, here.officer, text_ka="ოქმით")
    step(here.officer, update, "submit")
    step(here.head, update, "return", reason="თარიღი აკლია")
    assert [c.after["reason"] for c in cycle.returned_before(update)] == ["თარიღი აკლია", "ოქმი აკლია"]


def test_the_assessed_status_stands_beside_the_declared_one_with_the_reason(here, reporting):
    update = step(here.officer, written(reporting, here.officer), "submit")
    with pytest.raises(ValidationError) as refused:
        step(here.head, update, "accept", assessed="partly")
    assert "difference" in refused.value.error_dict
    with pytest.raises(ValidationError):
        step(here.head, update, "accept", assessed="no-such-status", difference="x")
    done = step(here.head, update, "accept", assessed="partly", difference="მტკიცებულება ნაწილობრივია")
    assert (done.declared, done.assessed, done.accepted_by) == ("full", "partly", here.head)
    with pytest.raises(ValidationError):
        step(here.officer, done, "withdraw")
    assert not registry.get(cycle.UPDATES).may(here.officer, "change", report(reporting))


def close(here, reporting, reason="") -> ReportingPeriod:
    found = ReportingPeriod.objects.get(pk=reporting.pk)
    found.closed_on, found.close_reason = TODAY, reason
    return write.move(registry.get(cycle.PERIODS), here.head, found, "close", version=found.version)


def test_closing_waits_for_the_reports_or_a_reason(here, reporting):
    with pytest.raises(ValidationError) as refused:
        close(here, reporting)
    assert "close_reason" in refused.value.error_dict
    assert close(here, reporting, "სამინისტრო ითხოვს").state == "closed"


def test_all_accepted_closes_without_a_reason(here, reporting):
    for code in ("1.1", "1.2"):
        step(here.head, step(here.officer, written(reporting, here.officer, code), "submit"), "accept", assessed="full")
    assert close(here, reporting).state == "closed"


def test_in_a_closed_period_nothing_is_written_until_it_is_opened_again_with_a_reason(here, reporting):
    close(here, reporting, "ვადა")
    for person in (here.officer, here.head):
        with pytest.raises(ValidationError):
            written(reporting, person)
    spec, found = registry.get(cycle.PERIODS), ReportingPeriod.objects.get(pk=reporting.pk)
    with pytest.raises(ValidationError):
        write.move(spec, here.head, found, "reopen", version=found.version)
    found = ReportingPeriod.objects.get(pk=reporting.pk)
    found.reopen_reason = "შეცდომა ანგარიშში"
    write.move(spec, here.head, found, "reopen", version=found.version)
    assert written(reporting, here.officer).text_ka
    last = Change.objects.filter(register=cycle.PERIODS, record_id=found.pk).latest("pk")
    assert last.after["reopen_reason"] == "შეცდომა ანგარიშში"


def test_closing_is_not_undone_without_a_reason(here, reporting):
    close(here, reporting, "ვადა")
    change = Change.objects.filter(register=cycle.PERIODS, record_id=reporting.pk).latest("pk")
    for undo in (lambda: write.revert(here.head, change), lambda: write.revert(here.head, change, only="state"), lambda: write.revert_all(here.head, [change])):
        with pytest.raises(ValidationError):
            undo()
    assert ReportingPeriod.objects.get(pk=reporting.pk).state == "closed"


def test_late_ones_are_told_to_those_who_answer(here, reporting):
    due = reporting.due_on
    mine = [d for d in deadlines.between(here.officer, due, due, whose=deadlines.UNIT) if d.register == cycle.UPDATES]
    assert [d.number for d in mine] == ["1.1", "1.2"] and mine[0].unit == here.division.pk
    assert not [d for d in deadlines.between(here.stranger, due, due, whose=deadlines.UNIT) if d.register == cycle.UPDATES]
    step(here.officer, written(reporting, here.officer), "submit")
    assert [d.number for d in deadlines.between(here.officer, due, due) if d.register == cycle.UPDATES] == ["1.2"]
    assert cycle.is_late(report(reporting, "1.2"), due + dt.timedelta(days=1)) and not cycle.is_late(report(reporting, "1.2"), due)
    assert [u.activity.code for u in cycle.to_write(here.officer)] == ["1.2"] and cycle.to_write(here.stranger) == []


def test_the_progress_report_takes_the_words_of_the_period(here, reporting):
    Activity.objects.filter(plan=here.plan).update(done_ka="წლის ტექსტი")
    update = step(here.officer, written(reporting, here.officer), "submit")
    step(here.head, update, "accept", assessed="partly", difference="მტკიცებულება ნაწილობრივია")

    def told(period):
        return {a["code"]: a for s in progress(here.plan, period, "ka")["sections"] for a in s["activities"]}

    first = told(Q1)
    assert (first["1.1"]["narrative"], first["1.2"]["narrative"]) == ("შესრულდა", "წლის ტექსტი")
    assert (first["1.1"]["update"]["declared"]["key"], first["1.1"]["update"]["assessed"]["key"]) == ("full", "partly")
    assert first["1.1"]["update"]["difference"] and first["1.2"]["update"] is None
    assert told(here.plan.period)["1.1"]["narrative"] == "წლის ტექსტი"


# -- pages --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_the_officer_writes_and_submits_on_one_page(here, reporting, lang):
    client, update = client_of(here.officer), report(reporting)
    client.cookies["django_language"] = lang
    url = cycle.write_url(update)
    assert url in client.get(reverse("cycle_period", args=[here.plan.key, reporting.pk])).content.decode()
    assert url in client.get("/").content.decode()
    page = client.get(url).content.decode()
    assert 'name="text_ka"' in page and 'name="assessed"' not in page and f'data-draft="{cycle.UPDATES}:{update.pk}:report"' in page
    data = {"version": update.version, "text_ka": "აკრეფილი ტექსტი", "declared": "", "_submit": "1"}
    refused = client.post(url, data)
    assert refused.status_code == 400 and "აკრეფილი ტექსტი" in refused.content.decode()
    assert report(reporting).text_ka == ""
    assert client.post(url, {**data, "declared": "mostly"}).status_code == 302
    update.refresh_from_db()
    assert (update.state, update.declared, update.submitted_by) == ("submitted", "mostly", here.officer)
    assert 'name="text_ka"' not in client.get(url).content.decode()
    assert client.post(url, {**data, "version": update.version}).status_code == 403
    assert client_of(here.stranger).post(url, data).status_code == 403


def test_two_who_write_the_same_report_lose_nothing(here, reporting):
    client, update = client_of(here.officer), report(reporting)
    url = cycle.write_url(update)
    written(reporting, here.head, text_ka="მათი")
    answer = client.post(url, {"version": 1, "text_ka": "ჩემი", "declared": "full", "_save": "1"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "ჩემი" in page and "მათი" in page
    assert client.post(reverse("record_edit", args=[cycle.UPDATES, update.pk]), {**dict(answer.context["resend"]), "_take_text_ka": "mine"}).status_code == 302
    assert report(reporting).text_ka == "ჩემი"


def test_the_reviewer_decides_in_place(here, reporting):
    update = step(here.officer, written(reporting, here.officer), "submit")
    url, client = reverse("cycle_review", args=[here.plan.key, reporting.pk]), client_of(here.head)
    assert client_of(here.officer).get(url).status_code == 403 and client_of(here.stranger).post(url, {"step": "close"}).status_code == 403
    sent = {"report": update.pk, "version": update.version}
    refused = client.post(url, {**sent, "step": "accept", "assessed": "none"})
    assert refused.status_code == 400 and report(reporting).state == "submitted"
    assert client.post(url, {**sent, "step": "return", "reason": ""}).status_code == 400
    assert client.post(url, {**sent, "version": 1, "step": "accept", "assessed": "full"}).status_code == 400
    assert client.post(url, {**sent, "step": "accept", "assessed": "none", "difference": "ასე არ არის"}).status_code == 302
    assert report(reporting).assessed == "none"
    for query, codes in (("?state=accepted", ["1.1"]), ("?state=draft", ["1.2"]), ("?late=1", []), ("?division=zzz", [])):
        assert [one["update"].activity.code for one in client.get(url + query).context["rows"]] == codes, query
    version = ReportingPeriod.objects.get(pk=reporting.pk).version
    assert client.post(url, {"step": "close", "version": version, "reason": ""}).status_code == 400
    assert client.post(url, {"step": "close", "version": version, "reason": "ვადა"}).status_code == 302
    assert ReportingPeriod.objects.get(pk=reporting.pk).state == "closed"
    assert client.post(url, {**sent, "step": "return", "reason": "გვიანია", "version": report(reporting).version}).status_code == 400
    assert client.post(url, {"step": "nonsense"}).status_code == 404


def test_a_new_period_is_named_and_dated_by_itself(here):
    client = client_of(here.head)
    page = client.get(reverse("cycle", args=[here.plan.key]))
    assert [p.key for p in page.context["offered"]] == ["2017", "2017-H1", "2017-H2", "2017-Q1", "2017-Q2", "2017-Q3", "2017-Q4"]
    form = client.get(reverse("record_new", args=[cycle.PERIODS]) + f"?plan={here.plan.pk}&starts_on=2017-04-01&ends_on=2017-06-30").context["form"]
    assert form["due_on"].value() in {"10.07.2017", dt.date(2017, 7, 10)} and "II" in form["title_ka"].value()
    data = {"plan": here.plan.pk, "starts_on": "01.04.2017", "ends_on": "30.06.2017", "title_ka": "", "title_en": "Second"}
    assert client.post(reverse("record_new", args=[cycle.PERIODS]), data).status_code == 302
    assert client.post(reverse("record_new", args=[cycle.PERIODS]), data).status_code == 200, "the same days twice"
    assert client_of(here.officer).post(reverse("record_new", args=[cycle.PERIODS]), data).status_code == 403


def test_what_is_not_there_does_not_exist(here, reporting):
    client = client_of(here.head)
    for url in (f"cycle/{10**20}/", "cycle/999/", "cycle/999/review/", f"cycle/{reporting.pk}/reports/{10**20}/", f"cycle/{reporting.pk}/reports/999/"):
        assert client.get(f"/plan/{here.plan.key}/{url}").status_code == 404, url


def test_the_statuses_are_those_of_the_plan(here, reporting):
    here.plan.refresh_from_db()
    here.plan.scale = [{"key": "yes", "ka": "კი", "en": "yes indeed", "from": 0, "tone": "done"}]
    write.save(registry.get("plans"), SYSTEM_WRITER, here.plan, version=here.plan.version)
    with pytest.raises(ValidationError):
        written(reporting, here.officer, declared="full")
    written(reporting, here.officer, declared="yes")
    with translation.override("en"):
        assert registry.get(cycle.UPDATES).rows(here.head, {"declared": "yes"}).count() == 1
        assert registry.get(cycle.UPDATES).all_fields["declared"].text(report(reporting)) == "yes indeed"
