"""Trainings → Add people: what a pasted list may look like, what each row is, one step that one click undoes."""

import io
import time

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Q
from django.urls import reverse

from gegma.audit.models import Change
from gegma.engine import registry
from gegma.registers.directory.models import Person
from gegma.registers.trainings import people
from gegma.registers.trainings.models import Participation
from tests.factories import make


@pytest.fixture
def training(db):
    """A training that was held."""
    return make("trainings", state="held", starts_on="2017-03-01")


@pytest.fixture
def unit(db):
    """A unit of the ministry."""
    return make("units", title_ka="საპატრულო პოლიციის დეპარტამენტი", title_en="Patrol Police Department", code="ppd")


def checked(training, users, text: str) -> list[people.Row]:
    """The rows of a text, checked."""
    return people.Check(training, users.officer).rows(text)


@pytest.mark.parametrize(
    "text",
    [
        "სახელი და გვარი\tდანაყოფი\tსქესი\tთანამდებობა\nნინო ბერიძე\tსაპატრულო პოლიციის დეპარტამენტი\tქალი\tინსპექტორი",
        "№;სახელი;გვარი;სქესი;დანაყოფი;თანამდებობა\r\n1;ნინო;ბერიძე;მდ.;ppd;ინსპექტორი\r\n",
        "Name,Unit,Sex,Position\n\"ნინო ბერიძე\",Patrol Police Department,F,ინსპექტორი",
        "1.\tნინო  ბერიძე\tსაპატრულო პოლიციის დეპარტამენტი\tქ\tინსპექტორი",
    ],
)
def test_lists_as_they_come(training, users, unit, text):
    (row,) = checked(training, users, text)
    assert (row.name, row.unit, row.sex, row.position, row.state, row.status) == ("ნინო ბერიძე", unit, "f", "ინსპექტორი", "completed", "new")


def test_each_row_is_new_found_to_choose_or_to_mend(training, users, unit):
    known = make("people", title_ka="ნინო ბერიძე", unit=unit)
    make("people", title_ka="გიორგი მაისურაძე", unit=unit), make("people", title_ka="გიორგი მაისურაძე")
    make("participations", training=training, person=make("people", title_ka="უკვე აქაა"))
    text = "\n".join(
        [
            "ბერიძე ნინო", "ახალი ადამიანი", "ნინო ბერიძეე", "გიორგი მაისურაძე", "მაისურაძე გიორგი", "უკვე აქაა",
            "სოფო თოიძე\tსაპატრულო პოლიცია", "თამარ თოიძე\t\t\t\tდაასრულა?", "12345", "\t\tქალი",
        ]
    )  # fmt: skip
    rows = checked(training, users, text)
    assert [row.status for row in rows] == ["found", "new", "choose", "choose", *["problem"] * 6]
    assert rows[0].candidates == rows[2].candidates == [known]
    assert len(rows[3].candidates) == 2
    assert [[str(unit) in " ".join(row.problems), bool(row.problems)] for row in rows[6:7]] == [[True, True]]
    assert all(len(row.problems) == 1 for row in rows[4:])


def test_thirty_people_in_one_step_and_one_undo(as_officer, training, unit):
    known = [make("people", title_ka=f"ნაცნობი გვარი{chr(0x10D0 + n)}", sex="f") for n in range(5)]
    names = [p.title_ka for p in known] + [f"{a}ახალი{b} გვარაძე{a}{b}" for a in "აბგდე" for b in "ზთიკლ"]
    text = "სახელი და გვარი\tსქესი\tდანაყოფი\n" + "\n".join(f"{name}\tკაცი\tppd" for name in names)
    url = reverse("training_people", args=[training.pk])
    began = time.monotonic()
    page = as_officer.post(url, {"text": text, "_check": "1"})
    rows = page.context["rows"]
    chosen = {f"who-{r.number}": "new" for r in rows if r.status == "choose"}
    answer = as_officer.post(url, {"text": text, "_confirm": "1", "take": [str(r.number) for r in rows], **chosen})
    assert time.monotonic() - began < 10
    assert answer.status_code == 302
    assert training.participations.count() == 30 and Person.objects.count() == 30
    assert set(training.participations.values_list("state", "sex", "unit")) == {("completed", "m", unit.pk)}
    assert Change.objects.filter(register="participations").count() == 30
    change = Change.objects.latest("pk")
    as_officer.post(reverse("change_revert", args=[change.pk]), {"step": "1"})
    assert not training.participations.exists() and Person.objects.count() == 5


def test_a_row_that_waits_for_an_answer_stops_the_step(as_officer, training):
    make("people", title_ka="ნინო ბერიძე"), make("people", title_ka="ნინო ბერიძე")
    url = reverse("training_people", args=[training.pk])
    data = {"text": "ნინო ბერიძე\nსხვა ადამიანი", "_confirm": "1", "take": ["1", "2"]}
    response = as_officer.post(url, data)
    assert response.status_code == 200 and "ნინო ბერიძე" in response.content.decode() and not Participation.objects.exists()
    person = Person.objects.first()
    assert as_officer.post(url, {**data, "who-1": str(person.pk)}).status_code == 302
    assert set(training.participations.values_list("person__title_ka", flat=True)) == {"ნინო ბერიძე", "სხვა ადამიანი"}


def test_only_the_ticked_good_rows_are_written(as_officer, training):
    url = reverse("training_people", args=[training.pk])
    as_officer.post(url, {"text": "ერთი ადამიანი\nმეორე კაცი\n123", "_confirm": "1", "take": ["1", "3"]})
    assert [p.person.title_ka for p in training.participations.all()] == ["ერთი ადამიანი"]


def test_a_workbook_and_a_damaged_one(as_officer, training):
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    sheet = book.add_worksheet()
    for line, row in enumerate([["სახელი და გვარი", "სქესი"], ["ნინო ბერიძე", "ქალი"], ["გიორგი თოიძე", "კაცი"]]):
        sheet.write_row(line, 0, row)
    book.close()
    url = reverse("training_people", args=[training.pk])
    rows = as_officer.post(url, {"file": SimpleUploadedFile("სია.xlsx", made.getvalue()), "_check": "1"}).context["rows"]
    assert [(r.name, r.sex) for r in rows] == [("ნინო ბერიძე", "f"), ("გიორგი თოიძე", "m")]
    broken = as_officer.post(url, {"file": SimpleUploadedFile("სია.xlsx", made.getvalue()[:200]), "_check": "1"})
    assert broken.status_code == 200 and broken.context["problem"] and not broken.context["rows"]
    assert as_officer.post(url, {"file": SimpleUploadedFile("x.csv", b"\xff\xfa\x81"), "_check": "1"}).context["problem"]


def test_who_may(as_viewer, client, training):
    url = reverse("training_people", args=[training.pk])
    assert as_viewer.get(url).status_code == 403 and client.get(url).status_code == 302


def test_the_preview_knows_only_whom_the_reader_may_see(as_officer, training, unit, monkeypatch):
    """A person who may not be seen is answered like one who never was: not found, not offered, not near, not «in this training already»."""
    known, hidden = make("people", title_ka="ნინო ბერიძე"), make("people", title_ka="გიორგი მაისურაძე", unit=unit)
    make("participations", training=training, person=hidden)
    for key, rows in (("people", Q(pk=hidden.pk)), ("participations", Q(person=hidden))):
        policy = registry.get(key).policy
        whole = policy.q
        monkeypatch.setattr(policy, "q", lambda user, action="view", q=whole, rows=rows: q(user, action) & ~rows)
    url, text = reverse("training_people", args=[training.pk]), "ნინო ბერიძე\nგიორგი მაისურაძე\nგიორგი მაისურაძეე\nდავით არავინ"
    page = as_officer.post(url, {"text": text, "_check": "1"})
    found = {row.name: (row.status, row.problems, row.candidates) for row in page.context["rows"]}
    assert found.pop("ნინო ბერიძე") == ("found", [], [known])
    assert found["გიორგი მაისურაძე"] == found["დავით არავინ"] == ("new", [], []) and found["გიორგი მაისურაძეე"][2] == []
    assert f'<option value="{hidden.pk}"' not in page.content.decode()
    as_officer.post(url, {"text": "გიორგი მაისურაძე", "_confirm": "1", "take": ["1"], "who-1": str(hidden.pk)})
    assert training.participations.filter(person=hidden).count() == 1 and training.participations.count() == 2
