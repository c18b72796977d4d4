"""What the pages of the registers do beyond what the contract asks of every register."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.urls import reverse

from gegma.accounts.models import SYSTEM_WRITER
from gegma.audit.context import origin
from gegma.audit.models import Change
from gegma.engine import codes, exports, registry, write
from gegma.engine.tables import Listing
from tests.factories import form_data, make


@pytest.fixture
def meetings():
    """The register most used."""
    return registry.get("meetings")


def listing(spec, user, query: str) -> Listing:
    return Listing(spec, user, QueryDict(query))


def test_empty_fields_of_the_filter_form_leave_the_address(as_officer):
    response = as_officer.get("/r/meetings/?q=&state=held&starts_on__from=&kind=visit&kind=seminar")
    assert response.status_code == 302 and response.headers["Location"] == "/r/meetings/?state=held&kind=visit&kind=seminar"


def test_chips_say_each_condition_and_take_it_away(as_officer, meetings, users):
    asked = listing(meetings, users.officer, "state=held&q=abc&starts_on__from=01.01.2017&starts_on__to=31.12.2017&sort=title")
    urls = [chip.url for chip in asked.chips()]
    assert len(urls) == 3
    assert all("sort=title" in url for url in urls)
    assert "starts_on" not in urls[2] and "state=held" in urls[2]


def test_period_shortcuts(as_officer):
    panel = as_officer.get("/r/meetings/?starts_on__from=01.07.2017&starts_on__to=30.09.2017").context["panel"]
    years, quarters, months = panel.shortcuts()
    assert [s.words for s in years] == ["2016", "2017", "2018"] and [s.active for s in quarters] == [False, False, True, False]
    assert "starts_on__from=01.04.2017&starts_on__to=30.06.2017" in quarters[1].url and len(months) == 12


def test_columns_come_in_the_order_asked_and_into_the_export(as_officer, users, meetings):
    make("meetings", place="თბილისი")
    asked = listing(meetings, users.officer, "cols=place,title")
    assert [c.name for c in asked.columns] == ["place", "title"]
    assert list(exports.rows(asked))[0][1] == "თბილისი"


def test_the_list_pages_by_fifty(as_officer, users, meetings):
    write.create_many(meetings, SYSTEM_WRITER, [meetings.model(title_ka=f"{n}", kind="visit") for n in range(51)])
    first, second = (as_officer.get("/r/meetings/", {"page": n}).context["listing"] for n in ("1", "2"))
    assert (len(first.cells()), len(second.cells()), first.count) == (50, 1, 51)


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_text_is_no_formula_in_a_csv(users, meetings, start):
    make("meetings", place=start)
    line = list(exports.as_csv(listing(meetings, users.officer, "cols=place")))[-1]
    assert f"'{start}" in line


def test_negative_numbers_stay_numbers(db):
    assert exports._csv_word(-5) == "-5"


# -- entering ----------------------------------------------------------------------------------------------------------


def test_an_address_prefills_the_form(as_officer):
    body = make("bodies", title_ka="კომისია")
    form = as_officer.get(f"/r/meetings/new/?body={body.pk}&title=სხდომა&state=held").context["form"]
    assert (form["body"].value(), form["title_ka"].value(), form["state"].value()) == (str(body.pk), "სხდომა", "held")
    assert form["officer"].value() == as_officer.get("/r/").wsgi_request.user.pk


def test_the_quick_form_has_today_filled_in(as_officer, settings):
    settings.TODAY = "2017-12-11"
    assert as_officer.get("/r/meetings/quick/").context["form"]["starts_on"].value() == "11.12.2017"
    assert as_officer.get("/r/meetings/new/").context["form"]["starts_on"].value() is None


@pytest.mark.parametrize(("typed", "kept"), [("3.9.2017", dt.date(2017, 9, 3)), ("2017-09-03", dt.date(2017, 9, 3)), ("25/12/2017", dt.date(2017, 12, 25))])
def test_days_as_people_write_them(as_officer, users, meetings, typed, kept):
    record = make("meetings")
    as_officer.post(f"/r/meetings/{record.pk}/edit/", form_data(meetings, users.officer, record, starts_on=typed))
    record.refresh_from_db()
    assert record.starts_on == kept


@pytest.mark.parametrize("typed", ["03/04/2017", "31.02.2017", "როგორმე"])
def test_other_days_are_asked_about(as_officer, users, meetings, typed):
    record = make("meetings")
    response = as_officer.post(f"/r/meetings/{record.pk}/edit/", form_data(meetings, users.officer, record, starts_on=typed))
    assert typed in response.context["form"].errors["starts_on"][0] and typed in response.content.decode()


@pytest.mark.parametrize(("typed", "kept"), [("1 234,5", "1234.50"), ("1\u00a0234.5", "1234.50")])
def test_numbers_as_people_write_them(as_officer, users, typed, kept):
    spec, record = registry.get("projects"), make("projects")
    as_officer.post(f"/r/projects/{record.pk}/edit/", form_data(spec, users.officer, record, budget=typed, currency="EUR"))
    record.refresh_from_db()
    assert str(record.budget) == kept


def test_a_retired_code_stays_with_the_records_that_have_it(as_officer, users, meetings):
    record = make("meetings", kind="visit")
    code = registry.get("codes").model.objects.get(list="meeting-kind", key="visit")
    code.active = False
    write.save(registry.get("codes"), SYSTEM_WRITER, code, version=code.version)
    codes.forget()
    assert "visit" in dict(as_officer.get(f"/r/meetings/{record.pk}/edit/").context["form"].fields["kind"].choices)
    assert "visit" not in dict(as_officer.get("/r/meetings/new/").context["form"].fields["kind"].choices)
    assert as_officer.post(f"/r/meetings/{record.pk}/edit/", form_data(meetings, users.officer, record, place="x")).status_code == 302


def test_a_move_that_the_life_of_a_record_does_not_know(as_officer, users):
    spec, record = registry.get("projects"), make("projects", state="concept")
    with pytest.raises(ValidationError) as refused:
        record.state = "completed"
        write.save(spec, users.officer, record, version=record.version)
    assert set(refused.value.error_dict) >= {"state"}
    moves = as_officer.get(f"/r/projects/{record.pk}/").context["moves"]
    assert [url.split("/")[-2] for url, _words, _why in moves] == ["submit", "approve", "start", "cancel"]


def test_no_message_begins_with_a_georgian_capital(as_admin, users):
    make("units", code="abc")
    spec = registry.get("units")
    response = as_admin.post("/r/units/new/", form_data(spec, users.administrator, spec.model(title_ka="ა", kind="division"), code="abc"))
    page = response.content.decode()
    assert response.context["form"].errors["code"] and not [c for c in page if "\u1c90" <= c <= "\u1cbf"]


# -- rows of a form ----------------------------------------------------------------------------------------------------


def row(number: int, **values: str) -> dict[str, str]:
    """The fields of one decision in the form of its meeting."""
    return {f"decisions-{number}-{name}": value for name, value in {"state": "open", **values}.items()}


def with_rows(spec, user, record, total: int, **given) -> dict:
    return {**form_data(spec, user, record), "decisions-TOTAL_FORMS": str(total), **given}


def test_rows_are_added_changed_and_deleted_with_their_record(as_officer, users, meetings):
    record = make("meetings")
    url = f"/r/meetings/{record.pk}/edit/"
    as_officer.post(url, with_rows(meetings, users.officer, record, 2, **row(0, title_ka="პირველი", due_on="1.2.2017"), **row(1, title_ka="მეორე")))
    first, second = record.decisions.order_by("pk")
    assert (first.title_ka, first.due_on, second.title_ka) == ("პირველი", dt.date(2017, 2, 1), "მეორე")
    record.refresh_from_db()
    changed = {"decisions-0-title_ka": "პირველი, შეცვლილი", "decisions-1-DELETE": "on"}
    as_officer.post(url, {**form_data(meetings, users.officer, record), **changed})
    assert [d.title_ka for d in record.decisions.all()] == ["პირველი, შეცვლილი"]
    page = as_officer.get(f"/r/meetings/{record.pk}/history/").content.decode()
    assert "მეორე" in page and "პირველი, შეცვლილი" in page


def test_a_mistake_in_a_row_is_named_on_top_and_loses_nothing(as_officer, users, meetings):
    record = make("meetings")
    data = with_rows(meetings, users.officer, record, 1, **row(0, title_ka="ტექსტი", due_on="99.99.2017"), place="ახალი")
    response = as_officer.post(f"/r/meetings/{record.pk}/edit/", data)
    page = response.content.decode()
    assert 'href="#id_decisions-0-due_on"' in page and "99.99.2017" in page and "ახალი" in page
    assert not record.decisions.exists()


def test_two_people_in_the_same_row(as_officer, users, meetings):
    record = make("meetings")
    url = f"/r/meetings/{record.pk}/edit/"
    as_officer.post(url, with_rows(meetings, users.officer, record, 1, **row(0, title_ka="ძველი", who="ვინმე")))
    record.refresh_from_db()
    seen = form_data(meetings, users.officer, record)
    as_officer.post(url, {**seen, "decisions-0-title_ka": "მათი"})
    response = as_officer.post(url, {**seen, "decisions-0-title_ka": "ჩემი", "place": "ბათუმი"})
    assert response.status_code == 409 and record.decisions.get().title_ka == "მათი"
    (clash,) = response.context["clashes"]
    assert (clash.name, clash.mine, clash.theirs, clash.take) == ("decisions-0-title_ka", "ჩემი", "მათი", "mine")
    as_officer.post(url, {**dict(response.context["resend"]), "_take_decisions-0-title_ka": "theirs"})
    record.refresh_from_db()
    assert (record.decisions.get().title_ka, record.place) == ("მათი", "ბათუმი")


def test_a_row_that_somebody_deleted_meanwhile(as_officer, users, meetings):
    record = make("meetings")
    url = f"/r/meetings/{record.pk}/edit/"
    as_officer.post(url, with_rows(meetings, users.officer, record, 1, **row(0, title_ka="ძველი")))
    record.refresh_from_db()
    seen = form_data(meetings, users.officer, record)
    as_officer.post(url, {**seen, "decisions-0-DELETE": "on"})
    response = as_officer.post(url, {**seen, "decisions-0-title_ka": "ჩემი"})
    assert response.status_code == 200 and "ჩემი" in response.content.decode() and "error-summary" in response.content.decode()


# -- undoing -----------------------------------------------------------------------------------------------------------


def edited(client, user, record, **values):
    """Save some fields through the form; the change this made."""
    spec = registry.of(record)
    record.refresh_from_db()
    client.post(f"{spec.url}{record.pk}/edit/", form_data(spec, user, record, **values))
    return Change.objects.latest("pk")


def test_a_change_that_was_changed_again_is_not_undone_but_a_field_can_be_put_back(as_officer, users):
    record = make("meetings", place="ერთი")
    first = edited(as_officer, users.officer, record, place="ორი")
    edited(as_officer, users.officer, record, place="სამი")
    response = as_officer.post(reverse("change_revert", args=[first.pk]), follow=True)
    record.refresh_from_db()
    assert record.place == "სამი" and "notice error" in response.content.decode()
    as_officer.post(reverse("change_revert", args=[first.pk]), {"field": "place"})
    record.refresh_from_db()
    assert record.place == "ერთი"


def test_a_field_is_not_put_back_over_what_somebody_saved_meanwhile(as_officer, users):
    """The button carries the version of the page that it stands on."""
    spec = registry.get("meetings")
    row = make("meetings", place="Tbilisi", title_ka="პირველი")
    row.place = "Batumi"
    write.save(spec, users.officer, row, version=1)
    change = Change.objects.order_by("-pk").first()
    page = as_officer.get(reverse("record_history", args=["meetings", row.pk])).content.decode()
    assert 'name="version" value="2"' in page and 'name="field" value="place"' in page
    row.place = "Kutaisi"
    write.save(spec, users.administrator, row, version=2)
    answer = as_officer.post(reverse("change_revert", args=[change.pk]), {"field": "place", "version": "2", "next": f"/r/meetings/{row.pk}/history/"}, follow=True)
    row.refresh_from_db()
    assert (row.place, row.version) == ("Kutaisi", 3) and "Kutaisi" in answer.content.decode()
    assert [m.level_tag for m in answer.context["messages"]] == ["error"]
    as_officer.post(reverse("change_revert", args=[change.pk]), {"field": "place", "version": "3"})
    row.refresh_from_db()
    assert (row.place, row.version, row.title_ka) == ("Tbilisi", 4, "პირველი")



def test_an_undo_may_go_back_where_the_life_of_a_record_would_not(as_officer, users):
    record = make("projects", state="concept")
    change = edited(as_officer, users.officer, record, state="submitted", proposal_on="1.2.2017")
    as_officer.post(reverse("change_revert", args=[change.pk]))
    record.refresh_from_db()
    assert record.state == "concept"


def test_a_deleted_record_comes_back_under_its_number_with_its_rows(as_officer, users, meetings):
    record = make("meetings")
    as_officer.post(f"/r/meetings/{record.pk}/edit/", with_rows(meetings, users.officer, record, 1, **row(0, title_ka="გადაწყვეტილება")))
    record.refresh_from_db()
    as_officer.post(f"/r/meetings/{record.pk}/delete/", {"version": record.version})
    change = Change.objects.filter(register="meetings", action="delete").get()
    as_officer.post(reverse("change_revert", args=[change.pk]), {"step": "1"})
    back = meetings.model.objects.get(pk=record.pk)
    assert back.decisions.get().title_ka == "გადაწყვეტილება" and back.version == record.version + 1


def test_what_others_point_to_is_not_deleted(as_officer):
    body = make("bodies")
    meeting = make("meetings", body=body)
    response = as_officer.post(f"/r/bodies/{body.pk}/delete/", {"version": "1"})
    assert response.status_code == 409 and f"M-{meeting.pk}" in response.content.decode()


# -- language, health ----------------------------------------------------------------------------------------------------


def test_choosing_the_language_keeps_page_and_query(as_officer):
    response = as_officer.post("/language/", {"language": "en", "next": "/r/meetings/?state=held&lang=ka&kind=visit"})
    assert response.headers["Location"] == "/r/meetings/?state=held&kind=visit"
    assert response.cookies["django_language"].value == "en"
    assert as_officer.post("/language/", {"language": "en", "next": "https://example.com/"}).headers["Location"] == "/"


def test_health_needs_no_account(client, db):
    assert client.get("/health/").content == b"ok"


def test_lists_need_few_queries(as_officer, users, meetings, django_assert_max_num_queries):
    for _n in range(20):
        make("meetings", body=make("bodies"))
    with django_assert_max_num_queries(22):
        as_officer.get("/r/meetings/")


def test_long_text_stands_in_paragraphs_and_its_markup_is_text(as_officer):
    record = make("meetings", summary="პირველი <b>აბზაცი</b>\n\nმეორე აბზაცი")
    page = as_officer.get(f"/r/meetings/{record.pk}/").content.decode()
    assert "<p>პირველი &lt;b&gt;აბზაცი&lt;/b&gt;</p>" in page and "<p>მეორე აბზაცი</p>" in page


def test_the_history_says_in_words_how_a_change_came(as_officer):
    with origin("import"):
        record = make("meetings")
    page = as_officer.get(f"/r/meetings/{record.pk}/history/?lang=en").content.decode()
    assert "(by an import)" in page and "(import)" not in page
