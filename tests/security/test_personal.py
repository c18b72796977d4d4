"""Personal data: nothing is kept undeclared; terms, holds, anonymising that moves no figure, the ledger and its replay, one person's file."""

import datetime as dt
import io
import json
import re
import zipfile

import pytest
from click.testing import CliRunner
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.urls import reverse
from django.utils import translation

from gegma.accounts.models import SYSTEM, SYSTEM_WRITER, User
from gegma.audit.models import Change
from gegma.audit.record import erase_all, verify
from gegma.config.cli import main
from gegma.engine import files, history, personal, registry, write
from gegma.engine.models import Attachment, SearchEntry
from gegma.kernel import names
from gegma.kernel.text import fold
from gegma.registers.directory.models import Person
from gegma.registers.protection import about, erasing, retention
from gegma.registers.protection.models import Disclosure, Erasure, Hold, RetentionTerm
from tests.factories import make

NAME, LATIN = "ხვიჩა ღვინიაშვილი", "Khvicha Ghviniashvili"
DAY = dt.date(2026, 11, 1)
LONG_AGO = dt.date(2010, 5, 3)


@pytest.fixture(autouse=True)
def outside(settings, tmp_path):
    """The ledger outside the database, one for each test."""
    settings.ERASURES_FILE = tmp_path / "erasures.jsonl"
    return settings.ERASURES_FILE


def source(key: str) -> personal.Source:
    return personal.source(key)


def person(**given) -> Person:
    return make("people", **{"title_ka": NAME, "title_en": LATIN, "sex": "m", "email": "khvicha@example.ge", "phone": "599 000", "notes": "შენიშვნა", **given})


# -- nothing is kept undeclared ----------------------------------------------------------------------------------------

# Names of columns that hold, or may hold, a person's name or how to reach them.
TELLING = re.compile(r"(^|_)(e?mail|phone|contact|addressee|counterpart|applicant|who|name|by_name|(approved|decided|signed|issued|written)_by)$")
# (model, column) → why it is no data on people.
NO_PERSON = {
    ("api.Token", "name"): "what a program is called",
    ("engine.Attachment", "name"): "declared with the table of files",
    ("plan.ImportDraft", "name"): "the name of a file",
    ("plan.Measure", "name"): "the name of a measure",
    ("reports.EditionFile", "name"): "the name of a file",
    ("reports.JobFile", "name"): "the name of a file",
    ("reports.WordTemplate", "name"): "the name of a template",
    ("reports.WordTemplate", "uploaded_by_name"): "an account, as in the history",
    ("memberships", "contact"): "declared",
}


def undeclared(all_models) -> list[str]:
    """The columns that tell of people and that no declaration names. What names an account follows the account."""
    known, found = {}, []
    for one in personal.sources():
        known.setdefault(one.model, set()).update(column.name for column in one.columns)
    for model in all_models:
        for column in model._meta.get_fields():
            if column.auto_created or (model._meta.label, column.name) in NO_PERSON:
                continue
            points = column.is_relation and column.related_model is Person
            tells = isinstance(column, models.CharField | models.TextField) and not column.choices and TELLING.search(column.name)
            if (points or tells or isinstance(column, models.EmailField)) and column.name not in known.get(model, set()):
                found.append(f"{model._meta.label}.{column.name}")
    return found


def test_every_column_about_people_is_declared():
    ours = [model for model in apps.get_models() if model.__module__.startswith("gegma.")]
    assert undeclared(ours) == []


def test_the_check_can_fail():
    class Visitor(models.Model):
        """A table that nobody declared."""

        guest = models.ForeignKey(Person, models.CASCADE)
        phone = models.CharField(max_length=9)
        place = models.CharField(max_length=9)

        class Meta:
            app_label = "undeclared"
            managed = False

    try:
        assert undeclared([Visitor]) == ["undeclared.Visitor.guest", "undeclared.Visitor.phone"]
    finally:
        del apps.all_models["undeclared"]
        apps.clear_cache()


def test_each_declaration_says_all_that_the_page_shows():
    keys = [one.term_key for one in personal.sources()]
    assert len(keys) == len(set(keys)) > 20
    for one in personal.sources():
        told = one.personal
        assert str(told.purpose) and str(told.basis) and str(told.subject) and all(map(str, told.categories)) and one.columns, one.term_key
        assert str(told.recipients) and str(told.abroad) and set(one.emptied) <= {c.name for c in one.columns}, one.term_key
        assert not one.erases or (told.keep_years is not None and told.after), f"{one.term_key}: what is taken away needs its term"


# -- names -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [NAME, LATIN, "ღვინიაშვილი ხვიჩა", "KHVICHA GHVINIASHVILI", "Xvicha Gviniashvili", "ghviniashvili", "Gviniasvili, Khvicha", "khvitcha", "ღვინია"],
)
def test_a_name_is_found_however_it_is_written(db, written):
    wanted = person()
    person(title_ka="ნინო გელაშვილი", title_en="Nino Gelashvili", email="", phone="")
    assert about.find(SYSTEM, written) == [wanted]


def test_other_names_are_not(db):
    wanted = person()
    assert about.find(SYSTEM, "ხვიჩა გელაშვილი") == about.find(SYSTEM, "ა") == about.find(SYSTEM, "«»") == about.find(SYSTEM, "P-99999999999999999999") == []
    assert about.find(SYSTEM, f"p-{wanted.pk}") == [wanted]
    assert names.keys("Ana-Maria") == names.keys("ანა მარია")


# -- terms and holds ---------------------------------------------------------------------------------------------------


def due(key: str, day: dt.date = DAY) -> retention.Due:
    return retention.due(day, key)[0]


def test_a_person_is_due_when_the_last_record_that_needs_the_name_is(db):
    gone = person(staff_from=LONG_AGO, staff_to=LONG_AGO)
    here = person(title_ka="სხვა", staff_from=LONG_AGO)
    sat = person(title_ka="წევრი", staff_to=LONG_AGO)
    make("body-members", person=sat, since=LONG_AGO, until=dt.date(2024, 1, 1))
    sits = person(title_ka="ახლაც წევრი", staff_to=LONG_AGO)
    make("body-members", person=sits, since=LONG_AGO)
    new = person(title_ka="დღეს შეყვანილი")
    found = due("people").records
    assert gone.pk in found and not {here.pk, sat.pk, sits.pk, new.pk} & set(found)
    assert sat.pk in due("people", dt.date(2029, 1, 2)).records and sits.pk not in due("people", dt.date(2060, 1, 1)).records


def test_the_day_itself_and_the_term_of_an_administrator(db):
    letter = make("letters", counterpart="ვინმე", registered_on=dt.date(2020, 2, 29))
    assert due("letters", dt.date(2025, 3, 1)).records == [letter.pk] and due("letters", dt.date(2025, 2, 28)).records == []
    make("retention-terms", source="letters", years=10, decided_on=dt.date(2026, 1, 1))
    assert due("letters", dt.date(2025, 3, 1)).records == []
    make("retention-terms", source="letters", years=1, decided_on=dt.date(2026, 2, 1))
    assert due("letters", dt.date(2021, 3, 1)).records == [letter.pk]
    RetentionTerm.objects.update(years=30_000)
    assert due("letters").records == []


def test_what_is_on_hold_is_passed_over_and_shown(db):
    mine, other = (person(staff_to=LONG_AGO) for _n in range(2))
    clearance = make("clearances", person=other, since=LONG_AGO, until=LONG_AGO)
    contact = make("contacts", person=mine, valid_to=LONG_AGO, phone="1")
    hold = make("holds", person=mine, reason="საქმე № 1")
    make("holds", person=None, register="clearances", number=clearance.pk, reason="საქმე № 2")
    found = due("people")
    assert found.records == [] and found.held == {mine.pk: "საქმე № 1", other.pk: "საქმე № 2"}
    assert due("contacts").held == {contact.pk: "საქმე № 1"} and due("contacts").count == 0
    with pytest.raises(ValidationError):
        erasing.erase_person(mine, actor=SYSTEM_WRITER, reason="მოთხოვნა")
    Hold.objects.filter(pk=hold.pk).update(lifted_on=DAY)
    assert due("people").records == [mine.pk] and due("contacts").records == [contact.pk]


@pytest.mark.parametrize("given", [{"person": None}, {"person": None, "register": "people", "number": 999_999}, {"register": "people", "number": 1}])
def test_a_hold_is_on_a_person_or_on_a_record_that_there_is(db, given):
    with pytest.raises(ValidationError):
        make("holds", **given)


# -- anonymising -------------------------------------------------------------------------------------------------------


def whole_database(needle: str) -> list[str]:
    """Where a word still stands, in any column of ours."""
    found = []
    for model in apps.get_models():
        if model.__module__.startswith("gegma."):
            for column in model._meta.concrete_fields:
                if isinstance(column, models.CharField | models.TextField | models.JSONField):
                    rows = model._default_manager.values_list(column.name, flat=True)
                    found += [f"{model._meta.label}.{column.name}" for value in rows if needle in json.dumps(value, ensure_ascii=False, default=str)]
    return found


def test_nothing_of_the_person_stays_and_the_chain_holds(db, users, django_capture_on_commit_callbacks):
    gone = person(position_ka="უმცროსი ოსტატი", staff_to=LONG_AGO, unit=make("units"))
    make("contacts", person=gone, valid_to=LONG_AGO)
    gone.title_ka = NAME + " მეორე"
    people = registry.get("people")
    write.save(people, users.officer, gone, version=gone.version)
    files.attach(people, users.officer, gone, [SimpleUploadedFile("CV-Ghviniashvili.txt", b"text")])
    stored = files.path_of(Attachment.objects.get().sha256)
    assert whole_database("ღვინიაშვილი") and whole_database("Ghviniashvili") and stored.exists()
    with django_capture_on_commit_callbacks(execute=True):
        erasing.erase_person(gone, actor=users.administrator, reason="პირის მოთხოვნა")
    for word in ("ღვინიაშვილი", "Ghviniashvili", "khvicha", "ოსტატი", "599 000", fold("Ghviniashvili")):
        assert whole_database(word) == [], word
    assert not stored.exists() and not Attachment.objects.exists()
    kept = Person.objects.get(pk=gone.pk)
    assert (kept.sex, kept.unit_id, kept.staff_to, kept.email, kept.position_ka) == ("m", gone.unit_id, LONG_AGO, "", "")
    assert kept.title_ka in personal.neutral_words() and kept.version > gone.version
    found = verify()
    assert found.ok and found.erased >= 3


def test_what_is_erased_is_neither_undone_nor_shown(db, users, client):
    gone = person()
    erasing.erase_person(gone, actor=users.administrator, reason="მოთხოვნა")
    changes = list(history.of_record(registry.get("people"), gone.pk))
    for change in changes:
        with pytest.raises(ValidationError):
            write.revert(users.administrator, change)
    steps = history.in_words(changes, users.administrator)
    assert not any(step.can_undo for step in steps) and NAME not in str([step.lines for step in steps])
    client.force_login(users.administrator)
    page = client.get(f"/r/people/{gone.pk}/history/").content.decode()
    assert NAME not in page and "undo/" not in page
    with pytest.raises(write.Conflict):  # whoever had the form open does not bring the name back
        write.save(registry.get("people"), users.officer, gone, version=gone.version)


def test_accounts_past_their_term(db, users):
    long_ago = dt.datetime(2015, 1, 1, tzinfo=dt.UTC)
    User.objects.filter(pk=users.viewer.pk).update(is_active=False, last_visit_at=long_ago)
    User.objects.filter(pk=users.officer.pk).update(last_visit_at=long_ago)
    found = due("accounts")
    assert found.records == [users.viewer.pk]
    erasing.anonymise(found.source, found.records, actor=users.administrator, reason="ვადა")
    kept = User.objects.get(pk=users.viewer.pk)
    assert "ნინო" not in kept.name and kept.email.endswith("@anonymised.invalid") and not kept.has_usable_password()
    assert due("accounts").records == []


def test_the_history_of_records_deleted_long_ago(db, users):
    people = registry.get("people")
    gone = person()
    number = gone.pk
    write.delete(people, users.officer, gone, version=gone.version)
    assert due("people").gone == []
    later = due("people", dt.date(2060, 1, 1))
    assert later.gone == [number]
    erasing.anonymise(later.source, later.gone, actor=users.administrator, reason="ვადა")
    assert whole_database("ღვინიაშვილი") == ["directory.Person.title_ka"][:0] and verify().ok
    assert due("people", dt.date(2060, 1, 1)).gone == []


def test_an_erasure_needs_its_reason(db, users):
    with pytest.raises(ValueError):
        erasing.anonymise(source("people"), [person().pk], actor=users.administrator, reason="  ")
    with pytest.raises(ValueError):
        erase_all(users.administrator, Change.objects.values_list("pk", flat=True), "")
    assert whole_database("ღვინიაშვილი")


# -- the ledger --------------------------------------------------------------------------------------------------------


def test_the_ledger_holds_no_data_and_replays_after_a_restore(db, users, outside, django_capture_on_commit_callbacks):
    gone, stays = person(), person(title_ka="სხვა ადამიანი", title_en="", email="", phone="", notes="")
    before = Person.objects.filter(pk=gone.pk).values().get()
    change = Change.objects.filter(register="people", record_id=gone.pk).values().get()
    with django_capture_on_commit_callbacks(execute=True):
        erasing.erase_person(gone, actor=users.administrator, reason="მოთხოვნა № 5")
    text = outside.read_text(encoding="utf-8")
    assert "ღვინიაშვილი" not in text and "example" not in text and "მოთხოვნა № 5" in text and outside.stat().st_mode & 0o77 == 0
    assert len(text.splitlines()) == Erasure.objects.count() == 2
    # an older backup comes back: it knows nothing of the erasure
    Person.objects.filter(pk=gone.pk).update(**{k: v for k, v in before.items() if k != "id"})
    Change.objects.filter(pk=change["id"]).update(**{k: v for k, v in change.items() if k != "id"})
    Erasure.objects.all().delete()
    search = registry.get("people")
    from gegma.engine import search as index

    index.index(search, [Person.objects.get(pk=gone.pk)])
    with django_capture_on_commit_callbacks(execute=True):
        told = erasing.replay(SYSTEM_WRITER)
    assert (told.done, told.strange) == (2, 0) and whole_database("ღვინიაშვილი") == [] and verify().erased == 1
    assert Erasure.objects.count() == 2 and str(Erasure.objects.first().by_name) == str(users.administrator)
    written = Change.objects.count()
    again = erasing.replay(SYSTEM_WRITER)
    assert (again.done, again.already) == (0, 2) and Change.objects.count() == written
    assert len(outside.read_text(encoding="utf-8").splitlines()) == 2 and Person.objects.get(pk=stays.pk).title_ka == "სხვა ადამიანი"


def test_another_record_under_the_same_number_is_let_alone(db, users, outside):
    gone = person()
    erasing.erase_person(gone, actor=users.administrator, reason="მოთხოვნა")
    erasing.keep_outside(Erasure.objects.all())
    later = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    Person.objects.filter(pk=gone.pk).update(title_ka="სხვა ადამიანი", created_at=later)
    told = erasing.replay(SYSTEM_WRITER)
    assert (told.done, told.strange) == (0, 2) and Person.objects.get(pk=gone.pk).title_ka == "სხვა ადამიანი"


@pytest.mark.parametrize("text", ["{", "[]", '{"uid": 1}', '{"uid": "x", "at": "2020", "source": "people", "record": 1, "mark": "", "reason": "", "by": ""}', "\0"])
def test_what_is_no_ledger_is_refused_by_its_line(db, outside, text):
    outside.write_text(f"\n{text}\n", encoding="utf-8")
    with pytest.raises(erasing.BadLedger, match="2"):
        erasing.replay(SYSTEM_WRITER)


# -- one person's data -------------------------------------------------------------------------------------------------


def test_the_file_holds_everything_and_is_logged(as_admin, users):
    one, other = person(), person(title_ka="თანამონაწილე", title_en="Companion", email="", phone="", notes="")
    make("contacts", person=one, phone="599 111", title_ka="ატაშე")
    make("meetings", title_ka="ვიზიტი ბერლინში", m2m={"delegation": [one, other]})
    make("participations", person=one, score_after=87)
    make("letters", counterpart="მოქალაქე ხ. ღვინიაშვილი და ხვიჩა ღვინიაშვილი", title_ka="განცხადება")
    answer = as_admin.post(reverse("personal_export", args=[one.pk]))
    assert answer.status_code == 200 and answer["Content-Type"] == "application/zip" and "attachment" in answer["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        page, data = archive.read("personal-data.html").decode(), json.loads(archive.read("personal-data.json"))
    for word in (NAME, LATIN, "khvicha@example.ge", "599 111", "ვიზიტი ბერლინში", "87", "განცხადება"):
        assert word in page and word in json.dumps(data, ensure_ascii=False), word
    assert "თანამონაწილე" not in page, "nobody else's name stands in it"
    assert {part["register"] for part in data["registers"]} >= {"people", "contacts", "meetings", "participations"} and data["history"]
    entry = Disclosure.objects.get()
    assert (entry.to, list(entry.persons.all()), entry.confidentiality, entry.disclosed_on) == ("person", [one], "named", entry.disclosed_on)


def test_the_file_escapes_what_people_typed(as_admin, users):
    one = person(title_ka="<script>alert(1)</script>")
    data = as_admin.post(reverse("personal_export", args=[one.pk])).content
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert "<script>" not in archive.read("personal-data.html").decode()


def test_what_is_restricted_is_not_in_it(as_admin, users):
    one, unit = person(), make("units")
    make("clearances", person=one, confidentiality="restricted", owner_unit=unit)
    page = as_admin.get(reverse("personal_one", args=[one.pk])).content.decode().partition("<main")[2]
    assert NAME in page and "/r/clearances/" not in page and "CL-" not in page
    assert any(part.key == "clearances" for part in about.everything(SYSTEM_WRITER, one).parts)


def test_for_others_the_pages_do_not_exist(as_viewer, as_officer, users):
    one = person()
    for user in (users.viewer, users.officer):
        user.reads = []
        user.save()
    pages = [reverse("personal_find"), reverse("personal_find") + "?q=ხვიჩა", reverse("personal_one", args=[one.pk]), reverse("personal_erase", args=[one.pk])]
    for client in (as_viewer, as_officer):
        assert [client.get(url).status_code for url in pages] == [404] * 4
        assert client.post(reverse("personal_export", args=[one.pk])).status_code == 404
        assert client.post(reverse("personal_erase", args=[one.pk]), {"reason": "x"}).status_code == 404
        assert client.get(reverse("retention")).status_code == client.get(reverse("retention_of", args=["people"])).status_code == 403
        assert client.post(reverse("retention_of", args=["people"]), {"reason": "x", "count": 0}).status_code == 403
        assert client.get(reverse("personal_data")).status_code == 200
    assert whole_database("ღვინიაშვილი") and not Disclosure.objects.exists()


def test_the_page_of_a_person_with_records_of_every_kind(as_admin, users):
    one = person()
    make("contacts", person=one, phone="599 111")
    make("letters", counterpart=NAME, title_ka="განცხადება")
    page = as_admin.get(reverse("personal_one", args=[one.pk])).content.decode()
    assert "599 111" in page and "განცხადება" in page and page.count('class="card"') >= 4


def test_the_pages(as_admin, users):
    one = person(staff_to=LONG_AGO)
    for url in (reverse("personal_data"), reverse("personal_find") + "?q=khvicha", reverse("personal_one", args=[one.pk]), reverse("retention")):
        page = as_admin.get(url, {"lang": "en"} if "?" not in url else {}).content.decode()
        assert "500" not in page[:200] and 'class="page-head"' in page, url
    assert NAME in as_admin.get(reverse("personal_find"), {"q": "khvicha"}).content.decode()
    assert as_admin.get(reverse("personal_find"), {"q": "\0" + "ა" * 500}).status_code == 200
    detail = reverse("retention_of", args=["people"])
    assert NAME in as_admin.get(detail).content.decode() and as_admin.get(reverse("retention_of", args=["nothing"])).status_code == 404
    stale = as_admin.post(detail, {"reason": "ვადა", "count": 7})
    assert stale.status_code == 200 and 'class="error-summary"' in stale.content.decode() and whole_database("ღვინიაშვილი")
    assert as_admin.post(detail, {"reason": "", "count": 1}).status_code == 200 and whole_database("ღვინიაშვილი")
    assert as_admin.post(detail, {"reason": "ვადა", "count": 1}).status_code == 302
    assert Person.objects.get(pk=one.pk).title_ka in personal.neutral_words()
    assert not SearchEntry.objects.filter(text__contains="ღვინიაშვილი").exists()
    assert as_admin.get(reverse("retention")).status_code == as_admin.get(detail).status_code == 200


def test_erasing_one_person_on_request(as_admin, users):
    one = person()
    url = reverse("personal_erase", args=[one.pk])
    assert as_admin.get(url).status_code == 200 and as_admin.post(url, {"reason": ""}).status_code == 200 and Person.objects.get(pk=one.pk).title_ka == NAME
    assert as_admin.post(url, {"reason": "მოთხოვნა"}).status_code == 302 and Person.objects.get(pk=one.pk).title_ka != NAME
    assert as_admin.get(reverse("personal_one", args=[one.pk])).status_code == 200


# -- the commands ------------------------------------------------------------------------------------------------------


def run(*words: str, status: int = 0) -> str:
    result = CliRunner().invoke(main, ["personal", *words])
    assert result.exit_code == status, (result.output, result.exception)
    return result.output


def test_the_commands(db, users, tmp_path, outside):
    with translation.override("en"):
        one = person(staff_to=LONG_AGO)
        told = {row["data"]: row for row in json.loads(run("due", "--json"))}
        assert told["people"]["due"] == [one.pk] and told["people"]["years"] == 5
        assert "Nothing was changed" in run("anonymise", "people", "--reason", "ვადა") and whole_database("ღვინიაშვილი")
        run("anonymise", "nothing", "--reason", "ვადა", status=1)
        run("export", "P-999999", "-o", str(tmp_path / "none.zip"), status=1)
        file = tmp_path / "one.zip"
        run("export", f"P-{one.pk}", "-o", str(file))
        assert zipfile.is_zipfile(file) and file.stat().st_mode & 0o77 == 0 and Disclosure.objects.count() == 1
        Disclosure.objects.all().delete()
        run("anonymise", "--reason", "ვადა", "--yes")
        assert Person.objects.get(pk=one.pk).title_ka in personal.neutral_words()
        assert len(run("ledger").splitlines()) == Erasure.objects.count() == 2
        outside.write_text(run("ledger"), encoding="utf-8")
        assert json.loads(run("replay", str(outside), "--json")) == {"done": 0, "already": 2, "strange": 0, "unknown": 0}
        outside.write_text("{", encoding="utf-8")
        assert "Line 1" in run("replay", str(outside), status=1)
