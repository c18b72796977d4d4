"""What is typed into a report is kept on the server until it is saved; the texts of the quarters are proposed for the year."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from gegma.engine import registry, write
from gegma.kernel import periods
from gegma.plan import cycle, drafts, gathering
from gegma.plan.models import ReportingPeriod, Update, UpdateDraft
from gegma.reports import editions
from gegma.reports.context import progress
from tests.factories import make

from .test_cycle import TODAY, client_of, here, report, reporting, step, written  # noqa: F401


def address(update: Update, name: str = "update_write") -> str:
    return reverse(name, args=[update.reporting.plan.key, update.reporting_id, update.pk])


def typed(update: Update, **given) -> dict:
    return {"version": update.version, "text_ka": "ნახევარი წინადადება", "text_en": "", "declared": "", **given}


def test_what_was_typed_comes_back_to_its_writer_alone(here, reporting):  # noqa: F811
    update, document = report(reporting), make("documents")
    writer, head = client_of(here.officer), client_of(here.head)
    assert writer.post(address(update, "update_draft"), typed(update, declared="partly", documents=[document.pk])).status_code == 204
    page = writer.get(address(update))
    assert page.context["form"]["text_ka"].value() == "ნახევარი წინადადება" and page.context["form"]["declared"].value() == "partly"
    assert f'<option value="{document.pk}" selected' in page.content.decode() and page.context["typed"]
    assert "ნახევარი" not in head.get(address(update)).content.decode()
    assert Update.objects.get(pk=update.pk).text_ka == ""


def test_it_is_gone_once_it_is_saved_and_a_late_word_does_not_bring_it_back(here, reporting):  # noqa: F811
    update, writer = report(reporting), client_of(here.officer)
    writer.post(address(update, "update_draft"), typed(update))
    assert writer.post(address(update), typed(update, text_ka="მთელი წინადადება", _save="1")).status_code == 302
    assert not UpdateDraft.objects.exists()
    assert writer.post(address(update, "update_draft"), typed(update)).status_code == 409  # sent by the form that is closed
    assert not UpdateDraft.objects.exists()


def test_typed_before_somebody_else_saved_is_asked_about(here, reporting):  # noqa: F811
    update, writer = report(reporting), client_of(here.officer)
    writer.post(address(update, "update_draft"), typed(update))
    written(reporting, here.head, text_ka="ხელმძღვანელის სიტყვები")
    page = writer.get(address(update))
    assert page.context["bundle"].version == update.version and page.context["form"]["text_ka"].value() == "ნახევარი წინადადება"
    assert writer.post(address(update), typed(update, _save="1")).status_code == 409
    assert Update.objects.get(pk=update.pk).text_ka == "ხელმძღვანელის სიტყვები"


def test_typed_back_to_what_is_saved_or_discarded_is_no_draft(here, reporting):  # noqa: F811
    update, writer = report(reporting), client_of(here.officer)
    writer.post(address(update, "update_draft"), typed(update))
    writer.post(address(update, "update_draft"), typed(update, text_ka=""))
    assert not UpdateDraft.objects.exists()
    writer.post(address(update, "update_draft"), typed(update))
    assert writer.post(address(update, "update_draft") + "?discard=1").status_code == 302
    assert not UpdateDraft.objects.exists()


def test_only_who_may_write_keeps_a_draft(here, reporting):  # noqa: F811
    update = report(reporting)
    for person in (here.stranger, here.viewer):
        assert client_of(person).post(address(update, "update_draft"), typed(update)).status_code == 403
    step(here.officer, written(reporting, here.officer), "submit")
    update = report(reporting)
    assert client_of(here.officer).post(address(update, "update_draft"), typed(update)).status_code == 403
    assert not UpdateDraft.objects.exists()


def test_odd_input_is_kept_within_bounds_and_old_ones_are_swept(here, reporting):  # noqa: F811
    update, writer = report(reporting), client_of(here.officer)
    writer.post(address(update, "update_draft"), typed(update, text_ka="ა\0" + "ბ" * 200_000, documents=["x", "9" * 40]))
    kept = UpdateDraft.objects.get()
    assert kept.values["text_ka"].startswith("აბ") and len(kept.values["text_ka"]) == drafts.LONGEST and kept.values["documents"] == []
    UpdateDraft.objects.update(kept_at=timezone.now() - drafts.KEPT - dt.timedelta(days=1))
    assert drafts.sweep() == 1


# -- the quarters gathered for the year ------------------------------------------------------------------------------------


@pytest.fixture
def year(here, reporting):  # noqa: F811
    """The first quarter accepted, the second only submitted, and the year opened."""
    spec = registry.get(cycle.PERIODS)
    step(here.head, step(here.officer, written(reporting, here.officer, text_ka="გაიმართა სამი შეხვედრა"), "submit"), "accept", assessed="full")
    opened = []
    for key, name in (("2017-Q2", "II კვარტალი"), ("2017", "წელი")):
        span = periods.parse(key)
        made = make(cycle.PERIODS, plan=here.plan, starts_on=span.start, ends_on=span.end, title_ka=name)
        write.move(spec, here.head, made, "open", version=made.version)
        opened.append(ReportingPeriod.objects.get(pk=made.pk))
    step(here.officer, written(opened[0], here.officer, text_ka="ჯერ მიუღებელი"), "submit")
    return opened


def test_the_year_proposes_what_was_accepted_for_its_quarters(here, reporting, year):  # noqa: F811
    second, whole = year
    step(here.head, report(second), "accept", assessed="full")
    update = report(whole)
    page = client_of(here.officer).get(address(update))
    assert page.context["form"]["text_ka"].value() == "I კვარტალი: გაიმართა სამი შეხვედრა\n\nII კვარტალი: ჯერ მიუღებელი"
    assert page.context["proposed"] and Update.objects.get(pk=update.pk).text_ka == ""
    written(whole, here.officer, text_ka="წლის სიტყვები")
    page = client_of(here.officer).get(address(update))
    assert page.context["form"]["text_ka"].value() == "წლის სიტყვები" and not page.context["proposed"] and len(page.context["gathered"]) == 2


def test_what_is_not_accepted_is_not_gathered_and_nothing_twice(here, reporting, year):  # noqa: F811
    _second, whole = year
    assert [u.text_ka for u in gathering.accepted(report(whole))] == ["გაიმართა სამი შეხვედრა"]
    half = periods.parse("2017-H1")
    made = make(cycle.PERIODS, plan=here.plan, starts_on=half.start, ends_on=half.end, title_ka="ნახევარი")
    write.move(registry.get(cycle.PERIODS), here.head, made, "open", version=made.version)
    made = ReportingPeriod.objects.get(pk=made.pk)
    step(here.head, step(here.officer, written(made, here.officer, text_ka="ნახევრის სიტყვები"), "submit"), "accept", assessed="full")
    assert [u.text_ka for u in gathering.accepted(report(whole))] == ["ნახევრის სიტყვები"]


def test_the_annual_report_tells_the_quarters_where_the_year_has_no_words(here, reporting, year):  # noqa: F811
    made = {a["code"]: a for s in progress(here.plan, here.plan.period, "ka")["sections"] for a in s["activities"]}
    assert made["1.1"]["narrative"] == "I კვარტალი: გაიმართა სამი შეხვედრა" and made["1.2"]["narrative"] == ""
    assert [g["record"] for g in made["1.1"]["gathered"]] == [report(reporting).pk]


def test_a_report_that_stands_in_a_sent_edition_says_so_and_warns(here, reporting):  # noqa: F811
    update = step(here.officer, written(reporting, here.officer), "submit")
    edition = editions.freeze(here.plan, reporting.period, here.head, languages=("ka",), forms=("xlsx",))
    page = client_of(here.head).get(f"/r/plan-updates/{update.pk}/").content.decode()
    assert edition.number not in page
    editions.send(edition, here.head, on=TODAY, to="კანცელარია")
    assert edition.number in client_of(here.head).get(f"/r/plan-updates/{update.pk}/").content.decode()
    step(here.head, update, "return", reason="დასამატებელია")
    page = client_of(here.officer).get(address(update))
    assert edition.number in page.context["notices"][0] and edition.number in page.content.decode()
    assert not client_of(here.officer).get(address(report(reporting, "1.2"))).context["notices"]
