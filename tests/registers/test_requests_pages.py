"""Reminding and the balance: the letter, its log, the list of what is late, the figures and the lists behind them."""

import datetime as dt
import io
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from docx import Document
from python_calamine import CalamineWorkbook

from gegma.audit.models import Change
from gegma.engine import registry
from gegma.kernel.periods import parse
from gegma.registers.requests.balance import Balance
from gegma.registers.requests.models import Reminder, Request
from tests.factories import make

from .test_requests import DAY, TODAY, client_of, first_of_june, request_of, world  # noqa: F401  (fixtures)


@pytest.fixture
def late(world):  # noqa: F811
    """An outgoing request, 31 days late."""
    return request_of(
        world, organisation=world.authority, unit=world.ours, our_number="41", their_number="BKA 7", title_ka="გადამოწმება",
        title_en="Verification", state="sent", checked_on=DAY, sent_on=DAY, due_on=dt.date(2017, 5, 1), owner_unit=world.ours,
    )  # fmt: skip


def remind(client, record, **given):
    """Save the reminder as it was drafted, with some words changed."""
    url = reverse("request_chase", args=[record.pk])
    form = client.get(url).context["form"]
    data = {name: form[name].value() for name in form.fields}
    return client.post(url, {**data, **given})


# -- a reminder ----------------------------------------------------------------------------------------------------------


def test_the_letter_is_drafted_with_number_day_subject_and_days_late(world, late):  # noqa: F811
    client, url = client_of(world.officer), reverse("request_chase", args=[late.pk])
    form = client.get(url).context["form"]
    text = form["text"].value()
    assert form["language"].value() == "en" and form["next_check_on"].value() == "11.06.2017"
    assert all(words in text for words in ("Our number: 41", "Your number: BKA 7", "09.03.2017", "Verification", "01.05.2017", "31 days late"))
    georgian = client.get(url, {"language": "ka"}).context["form"]
    assert georgian["language"].value() == "ka" and "31 დღეს" in georgian["text"].value() and "გადამოწმება" in georgian["text"].value()
    assert client.get(url, {"language": "fr"}).status_code == 404


def test_our_own_unit_is_written_to_in_georgian(world):  # noqa: F811
    record = request_of(world, direction="incoming", received_on=DAY, unit=world.theirs, state="forwarded", forwarded_on=DAY, checked_on=DAY)
    form = client_of(world.officer).get(reverse("request_chase", args=[record.pk])).context["form"]
    assert (form["language"].value(), form["addressee"].value()) == ("ka", "სხვა")


def test_a_subject_is_not_read_as_a_template(world, late):  # noqa: F811
    Request.objects.filter(pk=late.pk).update(title_en="{days} {number}")
    text = client_of(world.officer).get(reverse("request_chase", args=[late.pk])).context["form"]["text"].value()
    assert "Subject: {days} {number}" in text


def test_saving_logs_the_reminder_sets_the_next_check_and_offers_a_word_file(world, late):  # noqa: F811
    client = client_of(world.officer)
    answer = remind(client, late, text="We still wait.\n\nWith\x0b <respect> & regards.", next_check_on="20.06.2017")
    assert answer.status_code == 302
    reminder = Reminder.objects.get(request=late)
    late.refresh_from_db()
    assert (reminder.sent_on, reminder.addressee, late.next_check_on) == (TODAY, "პოლიცია", dt.date(2017, 6, 20))
    changes = Change.objects.order_by("-pk")[:2]
    assert {change.register for change in changes} == {"requests", "request-reminders"} and len({change.request_id for change in changes}) == 1
    url = reverse("request_letter", args=[reminder.pk])
    assert url in client.get(answer.headers["Location"].partition("#")[0]).content.decode()
    letter = client.get(url)
    words = [p.text for p in Document(io.BytesIO(b"".join(letter.streaming_content))).paragraphs]
    assert words[0] == "01.06.2017" and "Reminder about our request No 41" in words
    assert "We still wait." in words and "With <respect> & regards." in words
    assert f'filename="RQ-{late.pk}-2017-06-01.docx"' in letter.headers["Content-Disposition"]


def test_the_whole_step_is_undone_in_one_click(world, late):  # noqa: F811
    client = client_of(world.officer)
    remind(client, late)
    change = Change.objects.filter(register="request-reminders").latest("pk")
    client.post(reverse("change_revert", args=[change.pk]), {"step": "1"})
    late.refresh_from_db()
    assert not Reminder.objects.exists() and late.next_check_on is None


def test_a_reminder_without_text_or_with_a_check_in_the_past_writes_nothing(world, late):  # noqa: F811
    client = client_of(world.officer)
    for given, field in (({"text": " "}, "text"), ({"next_check_on": "01.06.2017"}, "next_check_on"), ({"next_check_on": "soon"}, "next_check_on")):
        answer = remind(client, late, **given)
        assert answer.status_code == 200 and list(answer.context["form"].errors) == [field]
    assert not Reminder.objects.exists()


def test_somebody_else_saved_meanwhile(world, late):  # noqa: F811
    answer = remind(client_of(world.officer), late, version="0")
    assert answer.status_code == 200 and "Somebody else saved" in answer.content.decode() and not Reminder.objects.exists()
    assert answer.context["form"]["version"].value() == "1"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"state": "answered", "answered_on": DAY}, "settled"),
        ({"state": "checked", "checked_on": DAY}, "not been sent"),
        ({"direction": "incoming", "received_on": DAY}, "No unit"),
    ],
)
def test_where_nobody_can_be_reminded_the_reason_is_said(world, given, why):  # noqa: F811
    record, client = request_of(world, **given), client_of(world.officer)
    url = reverse("request_chase", args=[record.pk])
    assert why in client.get(url).content.decode()
    assert client.post(url, {"text": "x"}).status_code == 409 and not Reminder.objects.exists()


def test_who_may_not_see_or_write_is_kept_out(world, late, users):  # noqa: F811
    make("request-reminders", request=late, sent_on=TODAY, text="x")
    letter = reverse("request_letter", args=[Reminder.objects.get().pk])
    viewer = client_of(users.viewer)
    assert viewer.get(reverse("request_chase", args=[late.pk])).status_code == 403
    assert viewer.post(reverse("request_chase", args=[late.pk])).status_code == 403
    assert viewer.get(letter).status_code == 200
    assert reverse("request_chase", args=[late.pk]) not in viewer.get(reverse("request_chase_list")).content.decode()
    Request.objects.filter(pk=late.pk).update(confidentiality="restricted")
    stranger = client_of(world.stranger)
    for url in (letter, reverse("request_chase", args=[late.pk])):
        assert stranger.get(url).status_code == 404
    assert stranger.get(reverse("request_chase_list")).context["count"] == 0
    assert "გადამოწმება" not in stranger.get(reverse("request_chase_list")).content.decode()


def test_the_way_back_leads_nowhere_else(world, late):  # noqa: F811
    client = client_of(world.officer)
    back = reverse("request_chase_list") + "?country=1"
    assert remind(client, late, next=back).headers["Location"] == back
    late.refresh_from_db()
    for evil in ("https://example.org/", "//example.org/", "javascript:alert(1)"):
        assert remind(client, late, next=evil).headers["Location"].startswith(f"/r/requests/{late.pk}/")


# -- what is late --------------------------------------------------------------------------------------------------------


def test_the_list_holds_what_is_open_and_late_the_latest_first(world, late):  # noqa: F811
    later = request_of(world, country=world.second, unit=world.theirs, due_on=dt.date(2017, 4, 1), state="sent", checked_on=DAY, sent_on=DAY)
    request_of(world, due_on=TODAY)
    request_of(world, due_on=dt.date(2017, 4, 1), state="answered", answered_on=dt.date(2017, 4, 2))
    for day in (10, 20):
        make("request-reminders", request=late, sent_on=dt.date(2017, 5, day))
    client = client_of(world.officer)
    lines = client.get(reverse("request_chase_list")).context["lines"]
    assert [(line["record"], line["days"]) for line in lines] == [(later, 61), (late, 31)]
    assert (lines[1]["record"].reminders_sent, lines[1]["record"].last_reminder) == (2, dt.date(2017, 5, 20))
    for given in ({"country": world.second.pk}, {"unit": world.theirs.pk}):
        page = client.get(reverse("request_chase_list"), given)
        assert [line["record"] for line in page.context["lines"]] == [later]
        assert client.get(page.context["list_url"]).context["listing"].count == 1
    assert client.get(reverse("request_chase_list"), {"country": "nonsense"}).context["count"] == 0


def test_the_list_costs_the_same_number_of_queries_however_long_it_is(world, late):  # noqa: F811
    client, counts = client_of(world.officer), []
    for _round in range(2):
        with CaptureQueriesContext(connection) as sent:
            client.get(reverse("request_chase_list"))
        counts.append(len(sent))
        for _n in range(5):
            request_of(world, due_on=dt.date(2017, 4, 1), unit=world.ours)
    assert counts[1] <= counts[0] + 1


# -- the balance ---------------------------------------------------------------------------------------------------------


def sent(world, country, day, **given):  # noqa: F811
    """An outgoing request sent on a day of 2017 (month, day)."""
    on = dt.date(2017, *day)
    return request_of(world, country=country, registered_on=on, checked_on=on, sent_on=on, due_on=on + dt.timedelta(days=30), **{"state": "sent", **given})


@pytest.fixture
def year(world):  # noqa: F811
    """By country: first 5 (4 sent, 1 received), second 1; and what does not belong: another year, not sent, not to be seen."""
    sent(world, world.first, (1, 1), state="answered", answered_on=dt.date(2017, 1, 11))  # 10 days, in time
    sent(world, world.first, (2, 1), state="answered", answered_on=dt.date(2017, 3, 23))  # 50 days, late
    sent(world, world.first, (3, 1), state="refused", answered_on=dt.date(2017, 3, 2), refusal_ground="incomplete")
    sent(world, world.first, (4, 1))  # open, late since 1 May
    request_of(
        world, direction="incoming", received_on=dt.date(2017, 4, 3), registered_on=dt.date(2017, 4, 3), due_on=dt.date(2017, 5, 3),
        state="partly", outcome="partly", answered_on=dt.date(2017, 4, 10),
    )  # fmt: skip  # partly answered: open still, and late
    closed = sent(world, world.second, (5, 1), state="partly", answered_on=dt.date(2017, 5, 31))
    closed.state, closed.closed_on = "closed", TODAY  # 30 days, in time on the last day
    closed.clean()
    closed.save()
    sent(world, world.first, (1, 1), confidentiality="restricted", owner_unit=world.theirs)
    request_of(world, registered_on=DAY)
    request_of(world, registered_on=dt.date(2016, 12, 31), checked_on=dt.date(2016, 12, 31), sent_on=dt.date(2016, 12, 31), state="sent")
    return world


FIRST = {
    "sent": 4, "received": 1, "open": 2, "late": 2, "answered": 2, "refused": 1, "withdrawn": 0, "average": 30, "median": 30, "in_time": 50,
}  # fmt: skip
SECOND = {
    "sent": 1, "received": 0, "open": 0, "late": 0, "answered": 1, "refused": 0, "withdrawn": 0, "average": 30, "median": 30, "in_time": 100,
}  # fmt: skip


def test_the_figures_are_those_counted_by_hand(year):
    found = Balance(year.officer, parse("2017"))
    assert {line.country: line.figures for line in found.lines} == {year.first: FIRST, year.second: SECOND}
    assert found.total.figures == {**{n: FIRST[n] + SECOND[n] for n in FIRST}, "average": 30, "median": 30, "in_time": pytest.approx(66.7)}
    assert found.total.grounds == {"incomplete": 1}
    assert Balance(year.stranger, parse("2017")).total.figures["sent"] == 6  # the restricted one is theirs
    assert Balance(year.officer, parse("2017-Q2")).total.figures["sent"] == 2
    assert Balance(year.officer, parse("2017"), "incoming").total.figures["sent"] == 0


def test_each_figure_is_as_long_as_the_list_that_it_opens(year):
    client, found = client_of(year.officer), Balance(year.officer, parse("2017"))
    answered = {name: line.figures["answered"] for line in [*found.lines, found.total] for name in [str(line.country)]}
    opened = 0
    for line in [*found.lines, found.total]:
        for cell in [*found.cells(line), *found.ground_cells(line)]:
            if not cell["url"]:
                continue
            opened += 1
            count = client.get(cell["url"]).context["listing"].count
            name = str(cell["label"])
            if "days" in name:  # average and median: the list of those answered
                assert count == answered[str(line.country)]
            elif "%" in name:
                assert round(100 * count / answered[str(line.country)], 1) == cell["value"]
            else:
                assert count == cell["value"], (str(line.country), name)
    assert opened > 20


def test_the_page_sorts_and_refuses_what_it_cannot_read(year):
    client = client_of(year.officer)
    url = reverse("request_balance")
    first = [line.country for line, _url, _cells in client.get(url, {"period": "2017"}).context["lines"]]
    turned = [line.country for line, _url, _cells in client.get(url, {"period": "2017", "sort": "sent"}).context["lines"]]
    assert (first, turned) == ([year.first, year.second], [year.second, year.first])
    page = client.get(url, {"start": "01.02.2017", "end": "28.02.2017"})
    assert page.context["balance"].total.figures["sent"] == 1
    for given in ({"start": "01.02.2017"}, {"start": "2.3.2017", "end": "1.3.2017"}, {"period": "2017-13"}, {"start": "x", "end": "y"}, {"direction": "up"}):
        assert client.get(url, given).status_code == 400, given
    assert client.get(url, {"sort": "nonsense"}).status_code == 404
    assert client.get(url, {"period": "2015"}).status_code == 400
    links = dict(parse_qsl(urlsplit(page.context["heads"][1]["url"]).query))
    assert links == {"start": "01.02.2017", "end": "28.02.2017", "sort": "-sent"}


def test_the_workbook_holds_the_same_figures(year):
    answer = client_of(year.officer).get(reverse("request_balance_export"), {"period": "2017", "sort": "-sent"})
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[3][:8] == ["First", 4, 1, 2, 2, 2, 1, 0] and rows[-1][:3] == ["All countries", 5, 1]
    assert book.get_sheet_by_index(1).to_python()[3] == ["First", 1]


def test_the_balance_costs_few_queries(year):
    with CaptureQueriesContext(connection) as few:
        Balance(year.officer, parse("2017"))
    assert len(few) <= 5
    assert registry.get("requests").visible(year.officer).count() == 8
