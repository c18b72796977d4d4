"""Commitments: how they end and go on, both statuses, the import of a cycle, reporting on a cycle."""

import datetime as dt
import io

import pytest
import xlsxwriter
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from gegma.accounts.models import SYSTEM_WRITER, User
from gegma.audit.models import Change
from gegma.engine import codes, history, registry, write
from gegma.registers.commitments import domain, importing, report, table
from gegma.registers.commitments.models import Commitment
from tests.factories import make

DAY = dt.date(2017, 3, 9)
IMPORT, REPORT = "/r/commitments/import/", "/r/commitments/report/"


@pytest.fixture
def spec(db):
    """The register."""
    codes.forget()
    return registry.get("commitments")


@pytest.fixture
def upr(db):
    """A monitoring body."""
    return make("frameworks", title_ka="უნივერსალური პერიოდული მიმოხილვა", title_en="UPR", code="upr")


@pytest.fixture
def unit(db):
    """A unit that leads."""
    return make("units", title_ka="ადამიანის უფლებათა დაცვის სამმართველო", title_en="Human Rights Protection Division", code="human-rights")


def under_way(**given) -> Commitment:
    """A commitment in progress."""
    return make("commitments", **{"state": "in-progress", "received_on": dt.date(2015, 1, 5), **given})


def moved(spec, record, name, user=SYSTEM_WRITER, **given):
    """The record after a move."""
    for key, value in given.items():
        setattr(record, key, value)
    made = write.move(spec, user, record, name, version=record.version)
    made.refresh_from_db()
    return made


def refused(call, *args, **kwargs) -> dict:
    """What was refused, by field."""
    with pytest.raises(ValidationError) as error:
        call(*args, **kwargs)
    return error.value.message_dict


# -- how it ends and goes on -------------------------------------------------------------------------------------------


def test_carrying_over_makes_the_next_commitment_and_keeps_the_chain_both_ways(spec, upr, unit, users, as_officer):
    partner = make("organisations")
    first = make("commitments", m2m={"partners": [partner]}, state="in-progress", framework=upr, cycle="2011", paragraph="105.3", lead_unit=unit, theme="migration", text_ka="ტექსტი")
    moved(spec, first, "carry-over", ended_on=DAY, next_cycle=" 2015 ")
    second = first.successors.get()
    assert (second.cycle, second.paragraph, second.lead_unit, second.theme, second.text_ka) == ("2015", "105.3", unit, "migration", "ტექსტი")
    assert (second.state, second.received_on, second.previous) == ("received", DAY, first) and list(second.partners.all()) == [partner]
    moved(spec, second, "accept", accepted_on=DAY)
    moved(spec, second, "carry-over", ended_on=DAY + dt.timedelta(days=30), next_cycle="2020")
    third = second.successors.get()
    for one in (first, second, third):
        assert domain.chain(one, users.viewer) == [first, second, third]
        page = as_officer.get(spec.record_url(one)).content.decode()
        chain = page.partition('id="chain"')[2].partition("</section>")[0]
        assert [spec.number(c) in chain for c in (first, second, third)] == [True] * 3
    assert domain.chain(make("commitments"), users.viewer) == []


def test_one_undo_takes_the_carrying_over_and_the_new_commitment_back(spec, upr, as_officer):
    record = under_way(framework=upr, cycle="2011")
    url = reverse("record_move", args=["commitments", record.pk, "carry-over"])
    assert as_officer.post(url, {"version": "1", "ended_on": "09.03.2017", "next_cycle": "2015"}).status_code == 302
    assert Commitment.objects.count() == 2
    change = history.of_record(spec, record.pk).first()
    as_officer.post(reverse("change_revert", args=[change.pk]), {"step": "1"})
    record.refresh_from_db()
    assert (record.state, record.ended_on, record.next_cycle, Commitment.objects.count()) == ("in-progress", None, "", 1)


def test_the_next_cycle_is_another_one_and_what_goes_on_is_not_carried_over_twice(spec, upr):
    record = under_way(framework=upr, cycle="2015")
    assert "next_cycle" in refused(moved, spec, record, "carry-over", ended_on=DAY, next_cycle="2015")
    record = spec.model.objects.get(pk=record.pk)
    make("commitments", framework=upr, cycle="2020", previous=record)
    assert domain.goes_on(record)
    assert "state" in refused(moved, spec, record, "carry-over", ended_on=DAY, next_cycle="2020")


@pytest.mark.parametrize(("words", "field"), [("ახალი რედაქცია", "text_ka"), ("In new words", "text_en")])
def test_revising_makes_a_successor_in_the_new_words_of_the_same_cycle(spec, upr, words, field):
    record = under_way(framework=upr, cycle="2017", paragraph="PG 3", text_ka="ძველი", text_en="Old", due_on=dt.date(2018, 1, 1))
    assert "revised_to" in refused(moved, spec, record, "revise", ended_on=DAY)
    record = spec.model.objects.get(pk=record.pk)
    moved(spec, record, "revise", ended_on=DAY, revised_to=words)
    after = record.successors.get()
    assert (after.cycle, after.paragraph, after.due_on, getattr(after, field)) == ("2017", "PG 3", dt.date(2018, 1, 1), words)
    assert {after.text_ka, after.text_en} == {words, ""}


def test_merging_needs_another_commitment_and_no_circle(spec, as_officer):
    first, second, third = under_way(), under_way(), under_way()
    assert "merged_into" in refused(moved, spec, first, "merge", ended_on=DAY)
    first = spec.model.objects.get(pk=first.pk)
    assert "merged_into" in refused(moved, spec, first, "merge", ended_on=DAY, merged_into=first)
    first = moved(spec, spec.model.objects.get(pk=first.pk), "merge", ended_on=DAY, merged_into=second)
    second = moved(spec, second, "merge", ended_on=DAY, merged_into=third)
    assert "merged_into" in refused(moved, spec, third, "merge", ended_on=DAY, merged_into=first)
    page = as_officer.get(spec.record_url(second)).content.decode()
    assert spec.number(first) in page.partition('id="merged"')[2].partition("</section>")[0]


def test_the_chain_is_no_circle(spec):
    first = make("commitments")
    second = make("commitments", previous=first)
    first.previous = second
    assert "previous" in refused(write.save, spec, SYSTEM_WRITER, first, version=1)
    second.previous = second
    assert "previous" in refused(write.save, spec, SYSTEM_WRITER, second, version=1)


def test_what_is_taken_back_has_no_end_any_more_and_one_undo_brings_it_again(spec, as_officer):
    record = under_way(state="noted", ended_on=DAY)
    assert as_officer.post(reverse("record_move", args=["commitments", record.pk, "accept"]), {"version": "1", "accepted_on": "10.03.2017"}).status_code == 302
    record.refresh_from_db()
    assert (record.state, record.ended_on) == ("accepted", None)
    change = history.of_record(spec, record.pk).first()
    as_officer.post(reverse("change_revert", args=[change.pk]), {"step": "1"})
    record.refresh_from_db()
    assert (record.state, record.ended_on) == ("noted", DAY)
    other = under_way()
    merged = under_way(state="merged", ended_on=DAY, merged_into=other)
    merged = moved(spec, merged, "reopen")
    assert (merged.state, merged.ended_on, merged.merged_into) == ("in-progress", None, None)


def test_an_open_commitment_has_no_end_and_days_stand_in_their_order(spec):
    assert "ended_on" in domain.problems(Commitment(state="in-progress", ended_on=DAY))
    assert domain.problems(Commitment(state="closed", ended_on=DAY, received_on=DAY)) == {}
    before = DAY - dt.timedelta(days=1)
    assert set(domain.problems(Commitment(received_on=DAY, accepted_on=before))) == {"accepted_on"}
    assert set(domain.problems(Commitment(state="closed", received_on=DAY, ended_on=before))) == {"ended_on"}
    assert set(domain.problems(Commitment(proposed_on=DAY, included_on=before))) == {"included_on"}


def test_two_statuses_that_differ_ask_for_the_reason(spec):
    both = {"declared": "fully", "declared_on": DAY, "assessed": "mostly", "assessed_on": DAY}
    assert set(domain.problems(Commitment(**both))) == {"difference"}
    assert set(domain.problems(Commitment(**both, difference="  "))) == {"difference"}
    assert domain.problems(Commitment(**both, difference="the effect is not seen yet")) == {}
    assert domain.problems(Commitment(**{**both, "assessed": "fully"})) == {}
    assert set(domain.problems(Commitment(declared="fully"))) == {"declared_on"}
    assert set(domain.problems(Commitment(assessed_on=DAY))) == {"assessed"}


def test_the_cycle_is_asked_for_exactly(spec, upr, users):
    wanted = make("commitments", framework=upr, cycle="2017")
    make("commitments", framework=upr, cycle="2017–2018"), make("commitments", framework=upr)
    assert list(spec.rows(users.viewer, {"cycle__is": "2017"})) == [wanted]


def test_documents_of_its_actions_are_its_evidence_and_one_action_serves_several(spec, users, as_officer):
    first, second, third = make("commitments", state="accepted"), make("commitments"), make("commitments")
    document = make("documents")
    action = make("actions", m2m={"commitments": [first, second], "documents": [document]}, done_on=DAY)
    make("actions", m2m={"commitments": [third]}, done_on=DAY)
    assert set(spec.visible(users.viewer).filter(spec.evidence_q())) == {first, second}
    assert list(spec.rows(users.viewer, {"acted": "0"})) == []
    page = as_officer.get(spec.record_url(first)).content.decode()
    assert str(action) in page and reverse("record_move", args=["commitments", first.pk, "start"]) in page.partition('class="notice info"')[2].partition("</div></div>")[0]
    assert f"/r/actions/new/?commitments={first.pk}" in page
    form = as_officer.get(f"/r/actions/new/?commitments={first.pk}").context["form"]
    assert [str(v) for v in form["commitments"].value()] == [str(first.pk)]


# -- importing a cycle -------------------------------------------------------------------------------------------------


def checked(framework, user, text: str, cycle: str = "2015") -> list[importing.Row]:
    """The rows of a list, checked."""
    return importing.Check(framework, cycle, user).rows(table.read(text))


@pytest.mark.parametrize(
    "text",
    [
        "პარაგრაფი\tრეკომენდაცია\tთემა\tპასუხისმგებელი უწყება\tვადა\n117.1\tRecord hate crime\tმიგრაცია და თავშესაფარი\tადამიანის უფლებათა დაცვის სამმართველო\t31.12.2019",
        "Para.;Recommendation;Theme;Lead unit;Deadline\r\n117.1;Record hate crime;migration;human-rights;2019-12-31\r\n",
        "UPR, second cycle\n\n§,Text,Theme,Lead,Due on\n117.1,Record hate crime,Migration and asylum,Human Rights Protection Division,31.12.2019",
    ],
)
def test_lists_as_they_come(spec, upr, unit, users, text):
    (row,) = checked(upr, users.officer, text)
    assert (row.status, row.problems, row.paragraph) == ("new", [], "117.1")
    assert row.values["text_en"] == row.values["title_en"] == "Record hate crime"
    assert (row.values["theme"], row.values["lead_unit"], row.values["due_on"]) == ("migration", unit, dt.date(2019, 12, 31))


def test_a_list_without_headings_and_one_of_texts_alone(spec, upr, users):
    rows = checked(upr, users.officer, "1\tგაძლიერდეს რეაგირება\n2\tRecord hate crime; train investigators, too")
    assert [(r.paragraph, r.values.get("text_ka", ""), r.values.get("text_en", "")) for r in rows] == [
        ("1", "გაძლიერდეს რეაგირება", ""), ("2", "", "Record hate crime; train investigators, too"),
    ]  # fmt: skip
    rows = checked(upr, users.officer, "Record hate crime; and more, too\nTrain investigators")
    assert [r.values["text_en"] for r in rows] == ["Record hate crime; and more, too", "Train investigators"]


def test_each_row_is_new_there_different_or_to_mend_with_its_place(spec, upr, unit, users, english):
    make("commitments", framework=upr, cycle="2015", paragraph="1", text_en="The same", title_en="Same")
    changed = make("commitments", framework=upr, cycle="2015", paragraph="2", text_en="Before", lead_unit=unit)
    make("commitments", framework=upr, cycle="2011", paragraph="3", text_en="Another cycle")
    text = "Paragraph\tText\tLead unit\tTheme\tPartners\tDue\n" + "\n".join(
        ["1\tThe  same", "2\tAfter", "3\tNew", "4\t", "5\tText\tHuman Rights Division", "6\tText\t\tweather", "7\tText\t\t\tNobody", "8\tText\t\t\t\t03/04/2018", "3\tAgain"]
    )
    rows = checked(upr, users.officer, text)
    assert [row.status for row in rows] == ["same", "changed", "new", *["problem"] * 6]
    assert rows[1].existing == changed and [(before, after) for _label, before, after in rows[1].differences] == [("Before", "After")]
    assert [row.problems[0].where for row in rows[3:]] == ["B «Text»", "C «Lead unit»", "D «Theme»", "E «Partners»", "F «Due»", "A «Paragraph»"]
    assert "Human Rights Protection Division" in rows[4].problems[0].why and "row 4" in rows[8].problems[0].why


@pytest.fixture
def english(settings):
    """Pages and messages in English."""
    from django.utils.translation import override

    with override("en"):
        yield


def sent(upr, text: str, **more) -> dict:
    """What a browser sends of the import page."""
    return {"framework": upr.pk, "cycle": "2015", "kind": "recommendation", "received_on": "10.11.2015", "text": text, **more}


LIST = "პარაგრაფი\tტექსტი\tწამყვანი დანაყოფი\n1\tპირველი რეკომენდაცია\thuman-rights\n2\tმეორე რეკომენდაცია\tუცნობი\n3\tმესამე რეკომენდაცია\t\n"


def test_a_cycle_is_imported_in_one_step_and_one_undo(spec, upr, unit, users, as_officer):
    page = as_officer.post(IMPORT, sent(upr, LIST, _check="1"))
    assert [row.status for row in page.context["rows"]] == ["new", "problem", "new"] and not Commitment.objects.exists()
    answer = as_officer.post(IMPORT, sent(upr, LIST, _confirm="1", take=["2", "3", "4"]))
    assert answer.status_code == 302 and answer.headers["Location"] == f"{REPORT}?framework={upr.pk}&cycle=2015"
    made = list(Commitment.objects.order_by("pk"))
    assert [(c.paragraph, c.title_ka, c.lead_unit) for c in made] == [("1", "პირველი რეკომენდაცია", unit), ("3", "მესამე რეკომენდაცია", None)]
    assert {(c.framework, c.cycle, c.kind, c.state, c.received_on, c.officer) for c in made} == {(upr, "2015", "recommendation", "received", dt.date(2015, 11, 10), users.officer)}
    change = Change.objects.filter(register="commitments").latest("pk")
    as_officer.post(reverse("change_revert", args=[change.pk]), {"step": "1"})
    assert not Commitment.objects.exists()


def test_a_second_import_shows_what_is_there_and_changes_only_what_is_ticked(spec, upr, unit, as_officer):
    as_officer.post(IMPORT, sent(upr, LIST, _confirm="1", take=["2", "4"]))
    again = LIST.replace("უცნობი", "human-rights").replace("მესამე", "შეცვლილი")
    page = as_officer.post(IMPORT, sent(upr, again, _check="1"))
    assert [(row.status, row.ticked) for row in page.context["rows"]] == [("same", False), ("new", True), ("changed", False)]
    row = page.context["rows"][2]
    data = sent(upr, again, _confirm="1", take=["3", "4"], **{"seen-4": row.existing.version})
    write.save(spec, SYSTEM_WRITER, _with(row.existing, notes="meanwhile"), version=1)
    assert as_officer.post(IMPORT, data).status_code == 200  # somebody saved it since: nothing at all is written
    assert Commitment.objects.count() == 2
    assert as_officer.post(IMPORT, {**data, "seen-4": 2}).status_code == 302
    assert sorted(Commitment.objects.values_list("paragraph", "text_ka")) == [
        ("1", "პირველი რეკომენდაცია"), ("2", "მეორე რეკომენდაცია"), ("3", "შეცვლილი რეკომენდაცია"),
    ]  # fmt: skip
    change = Change.objects.filter(register="commitments").latest("pk")
    as_officer.post(reverse("change_revert", args=[change.pk]), {"step": "1"})
    assert sorted(Commitment.objects.values_list("paragraph", "text_ka")) == [("1", "პირველი რეკომენდაცია"), ("3", "მესამე რეკომენდაცია")]


def _with(record, **given):
    record = type(record).objects.get(pk=record.pk)
    for name, value in given.items():
        setattr(record, name, value)
    return record


def test_the_person_names_the_columns(spec, upr, as_officer):
    text = "Nr.X\tWhat they ask\n1\tRecord hate crime\n2\tTrain investigators\n"
    page = as_officer.post(IMPORT, sent(upr, text, _check="1"))
    made = page.context["table"]
    named = {"columns": made.mark, "column-0": "paragraph", "column-1": "text"}
    rows = as_officer.post(IMPORT, sent(upr, text, _check="1", **named)).context["rows"]
    assert [(row.paragraph, row.values["text_en"]) for row in rows][-1] == ("2", "Train investigators")
    page = as_officer.post(IMPORT, sent(upr, text, _check="1", **{**named, "column-0": "text"}))
    assert page.context["problem"] and not page.context["rows"]
    page = as_officer.post(IMPORT, sent(upr, text, _check="1", **{**named, "column-1": ""}))
    assert page.context["problem"] and page.context["table"].columns


def test_a_workbook_with_its_own_numbers_and_a_damaged_one(spec, upr, as_officer):
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    sheet = book.add_worksheet()
    for line, row in enumerate([["Paragraph", "Recommendation"], [117.1, 'Record "hate crime"'], [117.2, "Train\ninvestigators"], ["", ""], [117.3, ""]]):
        sheet.write_row(line + 2, 1, row)
    book.close()
    page = as_officer.post(IMPORT, sent(upr, "", _check="1", file=SimpleUploadedFile("სია.xlsx", made.getvalue())))
    assert [(r.number, r.paragraph, r.shown, r.status) for r in page.context["rows"]] == [
        (4, "117.1", 'Record "hate crime"', "new"), (5, "117.2", "Train investigators", "new"), (7, "117.3", "", "problem"),
    ]  # fmt: skip
    assert page.context["rows"][2].problems[0].where == "C «Recommendation»"
    answer = as_officer.post(IMPORT, sent(upr, page.context["text"], _confirm="1", take=["4", "5"], columns=page.context["table"].mark, **{"column-1": "paragraph", "column-2": "text"}))
    assert answer.status_code == 302 and Commitment.objects.count() == 2
    broken = as_officer.post(IMPORT, sent(upr, "", _check="1", file=SimpleUploadedFile("სია.xlsx", made.getvalue()[:300])))
    assert broken.status_code == 200 and broken.context["problem"] and not broken.context["rows"]


@pytest.mark.parametrize("text", ["", "   ", "\0\0", 'Text\n"' + "x" * 140_000, "Text\n" + "row\n" * 1001])
def test_what_cannot_be_read_says_so(spec, upr, as_officer, text):
    page = as_officer.post(IMPORT, sent(upr, text, _check="1"))
    assert page.status_code == 200 and (page.context["problem"] or page.context["rows"][0].problems)
    assert not Commitment.objects.exists()


def test_framework_and_cycle_come_first_and_only_officers_import(spec, upr, as_officer, as_viewer, client):
    for missing in ("framework", "cycle"):
        page = as_officer.post(IMPORT, {**sent(upr, LIST, _confirm="1", take=["2"]), missing: ""})
        assert page.status_code == 200 and missing in page.context["form"].errors
    assert not Commitment.objects.exists()
    assert as_viewer.get(IMPORT).status_code == 403 and as_viewer.post(IMPORT, sent(upr, LIST, _confirm="1", take=["2"])).status_code == 403
    assert client.get(IMPORT).status_code == 302


# -- reporting on a cycle ----------------------------------------------------------------------------------------------


def page_of(upr, cycle: str = "2015", **more) -> str:
    """The address of the page."""
    return f"{REPORT}?framework={upr.pk}&cycle={cycle}" + "".join(f"&{k}={v}" for k, v in more.items())


def declare(record, status: str, **more) -> dict:
    """What a browser sends for one row."""
    return {f"version-{record.pk}": record.version, f"was-{record.pk}": record.declared, f"declared-{record.pk}": status, **more}


def test_a_cycle_is_shown_by_paragraph_with_its_actions_and_counts(spec, upr, as_viewer, users):
    rows = [make("commitments", framework=upr, cycle="2015", paragraph=p) for p in ("117.10", "117.9", "117.9a")]
    make("commitments", framework=upr, cycle="2011")
    declared = make("commitments", framework=upr, cycle="2015", paragraph="118", declared="fully", declared_on=DAY, theme="migration")
    document = make("documents")
    action = make("actions", m2m={"commitments": [rows[0]], "documents": [document]}, done_on=DAY)
    page = as_viewer.get(page_of(upr))
    assert [line.record for line in page.context["lines"]] == [rows[1], rows[2], rows[0], declared]
    body = page.content.decode()
    assert str(action) in body and str(document) in body and f'name="declared-{declared.pk}"' not in body
    assert [(c["n"], c["on"]) for c in page.context["counts"]] == [(1, False), (3, False)]
    only = as_viewer.get(REPORT + page.context["counts"][0]["url"])
    assert [line.record for line in only.context["lines"]] == [declared] and only.context["total"] == 4
    assert as_viewer.get(page_of(upr, theme="migration")).context["page"].paginator.count == 1
    assert as_viewer.get(page_of(upr, which="ended")).context["page"].paginator.count == 0
    assert as_viewer.get(page_of(upr, theme="nonsense")).status_code == 400
    export = as_viewer.get(page.context["export_url"])
    assert export.status_code == 200
    listed = as_viewer.get(page.context["list_url"])
    assert listed.context["listing"].count == 4
    assert {(row["cycle"], row["n"]) for row in as_viewer.get(REPORT).context["cycles"]} == {("2015", 4), ("2011", 1)}


def test_statuses_are_saved_together_and_undone_together(spec, upr, as_officer):
    first, second = (under_way(framework=upr, cycle="2015", paragraph=str(n)) for n in (1, 2))
    third = make("commitments", framework=upr, cycle="2015", paragraph="3", state="accepted")
    data = {**declare(first, "fully"), **declare(second, ""), **declare(third, "partially"), "declared_on": "11.12.2017", "mark": "1"}
    assert as_officer.post(page_of(upr), data).status_code == 302
    found = {c.pk: (c.declared, c.declared_on, c.state, c.version) for c in Commitment.objects.all()}
    assert found == {
        first.pk: ("fully", dt.date(2017, 12, 11), "reported", 2), second.pk: ("", None, "in-progress", 1), third.pk: ("partially", dt.date(2017, 12, 11), "accepted", 2),
    }  # fmt: skip
    change = Change.objects.filter(register="commitments").latest("pk")
    as_officer.post(reverse("change_revert", args=[change.pk]), {"step": "1"})
    assert set(Commitment.objects.values_list("declared", flat=True)) == {""} and Commitment.objects.get(pk=first.pk).state == "in-progress"


def test_two_people_lose_nothing(spec, upr, as_officer):
    first, second = (under_way(framework=upr, cycle="2015", paragraph=str(n)) for n in (1, 2))
    data = {**declare(first, "fully"), **declare(second, "mostly"), "declared_on": "11.12.2017"}
    write.save(spec, SYSTEM_WRITER, _with(first, declared="not-done", declared_on=DAY), version=1)
    answer = as_officer.post(page_of(upr), data)
    assert answer.status_code == 409 and set(Commitment.objects.values_list("declared", flat=True)) == {"not-done", ""}
    lines = {line.record.pk: line for line in answer.context["lines"]}
    assert lines[first.pk].problem and not lines[second.pk].problem
    assert (lines[first.pk].declared, lines[second.pk].declared) == ("fully", "mostly")  # what was typed stands there still
    again = {**declare(lines[first.pk].record, "fully"), **declare(lines[second.pk].record, "mostly"), "declared_on": "11.12.2017"}
    assert as_officer.post(page_of(upr), again).status_code == 302
    assert set(Commitment.objects.values_list("declared", flat=True)) == {"fully", "mostly"}


def test_what_others_changed_and_i_did_not_touch_is_no_conflict(spec, upr, as_officer):
    first, second = (under_way(framework=upr, cycle="2015", paragraph=str(n)) for n in (1, 2))
    data = {**declare(first, ""), **declare(second, "mostly"), "declared_on": "11.12.2017"}
    write.save(spec, SYSTEM_WRITER, _with(first, declared="not-done", declared_on=DAY), version=1)
    assert as_officer.post(page_of(upr), data).status_code == 302
    assert sorted(Commitment.objects.values_list("paragraph", "declared")) == [("1", "not-done"), ("2", "mostly")]


def test_another_status_than_the_assessed_one_asks_why_in_its_row(spec, upr, as_officer):
    record = make("commitments", framework=upr, cycle="2015", declared="mostly", declared_on=DAY, assessed="mostly", assessed_on=DAY)
    other = under_way(framework=upr, cycle="2015")
    data = {**declare(record, "fully"), **declare(other, "fully"), f"difference-{record.pk}": "", "declared_on": "11.12.2017"}
    answer = as_officer.post(page_of(upr), data)
    assert answer.status_code == 409 and not Commitment.objects.filter(declared="fully").exists()
    assert [bool(line.problem) for line in answer.context["lines"] if line.record == record] == [True]
    assert as_officer.post(page_of(upr), {**data, f"difference-{record.pk}": "the order came later"}).status_code == 302
    record.refresh_from_db()
    assert (record.declared, record.difference) == ("fully", "the order came later")


@pytest.mark.parametrize("bad", [{"declared_on": "03/04/2017"}, {"declared_on": ""}, {"declared_on": "11.12.2017", "status": "nonsense"}])
def test_a_wrong_day_or_status_saves_nothing_and_keeps_what_was_chosen(spec, upr, as_officer, bad):
    record = under_way(framework=upr, cycle="2015")
    answer = as_officer.post(page_of(upr), {**declare(record, bad.pop("status", "fully")), **bad})
    assert answer.status_code == 409
    record.refresh_from_db()
    assert (record.declared, record.version) == ("", 1)


def test_a_viewer_saves_nothing_and_what_is_hidden_is_not_there(spec, upr, users, as_viewer):
    ours, canary = make("units"), "საიდუმლოკანარი"
    hidden = make("commitments", framework=upr, cycle="2015", title_ka=canary, confidentiality="restricted", owner_unit=ours)
    shown = make("commitments", framework=upr, cycle="2015", paragraph="1")
    make("actions", m2m={"commitments": [shown]}, title_ka=canary + "ქმედება", confidentiality="restricted", owner_unit=ours, done_on=DAY)
    make("commitments", framework=upr, cycle="ფარული", title_ka=canary, confidentiality="restricted", owner_unit=ours)
    for user in (users.viewer, users.officer):
        client = Client()
        client.force_login(user)
        page = client.get(page_of(upr))
        assert canary not in page.content.decode() and page.context["total"] == 1
        assert "ფარული" not in client.get(REPORT).content.decode()
        assert canary not in client.get(spec.record_url(shown)).content.decode()
    assert as_viewer.post(page_of(upr), {**declare(shown, "fully"), "declared_on": "11.12.2017"}).status_code == 403
    client = Client()
    client.force_login(users.officer)
    client.post(page_of(upr), {**declare(hidden, "fully"), "declared_on": "11.12.2017"})
    rows = client.post(IMPORT, sent(upr, f"Text\n{canary}", _check="1")).context["rows"]
    assert [row.status for row in rows] == ["new"]
    assert not Commitment.objects.exclude(declared="").exists()
    secret = make("frameworks", confidentiality="restricted", owner_unit=ours)
    assert client.get(page_of(secret)).status_code == client.get(f"{REPORT}?framework=999999&cycle=").status_code == client.get(f"{REPORT}?framework=x").status_code == 404
    officer = User.objects.create_user("ours@example.ge", name="ჩვენი", role="officer", unit=ours)
    assert len(report.lines(report.in_order(spec.rows(officer, {"cycle__is": "2015"})), officer)) == 2
