"""The catalogue's pages, reports of one's own, and the command line: who sees what, and what is refused with which words."""

import io

import openpyxl
import pytest
from click.testing import CliRunner
from django.core.exceptions import ValidationError
from django.test import Client

from gegma.accounts.models import User
from gegma.config.cli import main
from gegma.engine import registry
from gegma.kernel import periods
from gegma.reports.catalogue import base, everything, own, render
from gegma.reports.models import OwnReport
from tests.factories import make

pytestmark = pytest.mark.django_db
GIVEN = {
    "title_ka": "ჩემი ვიზიტების ნუსხა", "title_en": "Visits", "before": "სიტყვები", "register": "meetings", "address": "/r/meetings/?kind=visit&page=2",
    "columns": ["title", "starts_on"], "day": "", "shared": False,
}  # fmt: skip


@pytest.fixture
def kept(users):
    return own.save(users.officer, OwnReport(), GIVEN)


def titles(kept, user, period="2017"):
    made = base.make(own.as_report(kept), user, periods.parse(period), "ka", {})
    return [row[0] for row in next(b for b in made["blocks"] if b["block"] == "table")["rows"]]


# -- pages -----------------------------------------------------------------------------------------------------------------


def test_the_catalogue_names_every_report_with_its_sentence(as_viewer):
    page = as_viewer.get("/reports/", headers={"accept-language": "en"}).content.decode()
    for report in everything():
        assert f"/reports/{report.key}/" in page


def test_old_addresses_of_the_progress_report_lead_to_it(as_viewer):
    answer = as_viewer.get("/reports/?plan=x&period=2017-Q1")
    assert answer.status_code == 302 and answer.url == "/reports/progress/?plan=x&period=2017-Q1"


@pytest.mark.parametrize("key", [report.key for report in everything()])
def test_each_page_opens_and_asks_for_what_it_needs(as_viewer, key):
    make("frameworks")
    page = as_viewer.get(f"/reports/{key}/")
    assert page.status_code == 200 and b'role="alert"' not in page.content
    needs = [r for r in everything() if r.key == key][0].needs
    assert as_viewer.get(f"/reports/{key}/?format=xlsx").status_code == (400 if needs else 200)


@pytest.mark.parametrize("query", ["format=odt", "format=pdf&in=ru", "format=pdf&period=never", "format=pdf&from=9.9", "format=pdf&organiser=x", "format=pdf&what=1"])
def test_wrong_addresses_are_answered_with_words(as_viewer, query):
    answer = as_viewer.get(f"/reports/trainings/?{query}")
    assert answer.status_code == 400 and b'role="alert"' in answer.content


def test_what_is_not_there_is_not_found(as_viewer):
    assert as_viewer.get("/reports/no-such/").status_code == 404
    assert as_viewer.get("/reports/own/999/").status_code == 404
    assert as_viewer.get(f"/reports/own/{10**30}/").status_code == 404


def test_the_file_comes_under_a_name_that_says_what_it_is(as_viewer):
    answer = as_viewer.get("/reports/trainings/?format=xlsx&period=2017-Q1&in=en")
    assert answer["Content-Disposition"].startswith('attachment; filename="trainings-2017-Q1-') and answer["Content-Disposition"].endswith('-en.xlsx"')
    assert openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames


@pytest.mark.parametrize(("register", "key"), [("countries", "briefing"), ("projects", "project"), ("frameworks", "framework")])
def test_a_record_leads_to_the_report_about_it(as_viewer, register, key):
    record = make(register)
    page = as_viewer.get(f"/r/{register}/{record.pk}/").content.decode()
    param = {"briefing": "country"}.get(key, key)
    assert f"/reports/{key}/?{param}={record.pk}" in page
    assert as_viewer.get(f"/reports/{key}/?{param}={record.pk}").status_code == 200


# -- reports of one's own ----------------------------------------------------------------------------------------------------


def test_it_lists_what_its_filters_ask_and_its_reader_may_see(kept, users):
    unit = make("units")
    make("meetings", kind="visit", title_ka="ღია ვიზიტი")
    make("meetings", kind="visit", title_ka="დახურული ვიზიტი", confidentiality="restricted", owner_unit=unit)
    make("meetings", kind="seminar", title_ka="სემინარი")
    assert titles(kept, users.officer) == ["ღია ვიზიტი"]
    insider = User.objects.create_user("in@example.ge", "secret-Secret-1", name="შინაური", role="viewer", unit=unit)
    assert set(titles(kept, insider)) == {"ღია ვიზიტი", "დახურული ვიზიტი"}
    for fmt in ("docx", "pdf", "xlsx"):
        assert render(base.make(own.as_report(kept), users.officer, periods.parse("2017"), "en", {}), fmt)


def test_with_a_day_the_period_chooses(users):
    kept = own.save(users.officer, OwnReport(), {**GIVEN, "day": "starts_on"})
    make("meetings", kind="visit", title_ka="მარტში", starts_on="2017-03-01")
    make("meetings", kind="visit", title_ka="მაისში", starts_on="2017-05-01")
    assert titles(kept, users.officer, "2017-Q1") == ["მარტში"]


def test_it_is_its_owners_until_it_is_shared(kept, users, as_viewer, as_officer):
    assert as_viewer.get(f"/reports/own/{kept.pk}/").status_code == 404
    assert "ჩემი ვიზიტების ნუსხა" not in as_viewer.get("/reports/").content.decode()
    assert as_officer.get(f"/reports/own/{kept.pk}/").status_code == 200
    own.save(users.officer, kept, {**GIVEN, "shared": True})
    assert as_viewer.get(f"/reports/own/{kept.pk}/").status_code == 200
    assert as_viewer.get(f"/reports/own/{kept.pk}/edit/").status_code == 404
    assert as_viewer.post(f"/reports/own/{kept.pk}/edit/", {"sent": "1", "title_ka": "x"}).status_code == 404
    assert as_viewer.post(f"/reports/own/{kept.pk}/remove/").status_code == 404
    with pytest.raises(ValidationError):
        own.remove(users.viewer, kept)
    assert as_officer.post(f"/reports/own/{kept.pk}/remove/").status_code == 302 and not OwnReport.objects.exists()


def test_it_is_made_from_a_list_and_saved(as_officer):
    page = as_officer.get("/r/meetings/?kind=visit&cols=title,state").content.decode()
    assert "/reports/own/new/?register=meetings&amp;address=kind%3Dvisit&amp;cols=title%2Cstate" in page
    sent = {**GIVEN, "sent": "1", "shared": "1"}
    answer = as_officer.post("/reports/own/new/", sent)
    made = OwnReport.objects.get()
    assert answer.url == f"/reports/own/{made.pk}/" and made.shared and made.columns == ["title", "starts_on"] and made.address == "kind=visit"
    as_officer.post(f"/reports/own/{made.pk}/edit/", {**sent, "shared": ""})
    made.refresh_from_db()
    assert not made.shared


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title_ka": " ", "title_en": ""}, "title_ka"), ({"address": "?colour=red"}, "address"), ({"address": "/r/projects/?state=active"}, "address"),
        ({"address": "https://evil.example/?kind=visit"}, "address"), ({"columns": ["title", "no_such"]}, "columns"), ({"day": "no_such"}, "day"),
        ({"columns": ["title", *list(registry.get("meetings").all_fields)[:20]]}, "columns"), ({"title_ka": "x" * 300}, "title_ka"),
        ({"address": "?starts_on__from=31.02.2017"}, "address"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(users, as_officer, wrong, field):
    with pytest.raises(ValidationError) as refused:
        own.save(users.officer, OwnReport(), {**GIVEN, **wrong})
    assert field in refused.value.message_dict
    answer = as_officer.post("/reports/own/new/", {**GIVEN, **wrong, "sent": "1", "shared": ""})
    assert answer.status_code == 400 and b'class="error"' in answer.content and not OwnReport.objects.exists()


def test_a_filter_that_the_register_forgot_is_said(kept, as_officer):
    OwnReport.objects.filter(pk=kept.pk).update(address="gone=1")
    answer = as_officer.get(f"/reports/own/{kept.pk}/?format=pdf")
    assert answer.status_code == 400 and "gone" in answer.content.decode()


def test_without_an_account_nothing_is_told(kept):
    for address in ("/reports/", "/reports/trainings/?format=pdf", f"/reports/own/{kept.pk}/"):
        assert Client().get(address).status_code in (302, 403)


# -- the command line --------------------------------------------------------------------------------------------------------


def run(*words):
    return CliRunner().invoke(main, ["report", *map(str, words)])


def test_the_command_lists_and_makes(tmp_path):
    make("frameworks", code="upr", title_ka="ჩარჩო")
    listed = run("list")
    assert listed.exit_code == 0 and all(f"{report.key}: " in listed.output for report in everything())
    file = tmp_path / "r.xlsx"
    made = run("make", "framework", "--param", "framework=upr", "--from", "2017-01-01", "--to", "2017-06-30", "--lang", "en", "--format", "xlsx", "-o", file)
    assert made.exit_code == 0, made.output
    assert openpyxl.load_workbook(file).sheetnames[0] == "Summary"


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["no-such"], 1), (["framework"], 2), (["framework", "--param", "framework"], 2), (["framework", "--param", "framework=none"], 2),
        (["trainings", "--from", "2017-05-01", "--to", "2017-04-01"], 2), (["trainings", "--as", "nobody@example.ge"], 1),
        (["trainings", "--param", "colour=red"], 2),
    ],
)  # fmt: skip
def test_the_command_refuses_with_words_and_writes_nothing(tmp_path, words, status):
    file = tmp_path / "r.xlsx"
    told = run("make", *words, "--format", "xlsx", "-o", file)
    assert told.exit_code == status and "Traceback" not in told.output and told.output.strip() and not file.exists()
