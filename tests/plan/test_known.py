"""The pages of the plan as known on a day: figures and texts of then, nothing to write, nothing kept for those who ask about now."""

import datetime as dt
import json
from unittest import mock

import pytest
from click.testing import CliRunner
from django.urls import reverse
from django.utils import timezone

from gegma.accounts.models import SYSTEM_WRITER
from gegma.audit.models import Change
from gegma.engine import registry, write
from gegma.plan import importing
from gegma.plan.models import Measure
from gegma.plan.views.common import kept_board
from tests.factories import make

from .small_year import plan_as_read

KEY, CODE = "mia-ird-2017", "1.1.2"
YESTERDAY = f"{timezone.localdate() - dt.timedelta(days=1)}"


@pytest.fixture
def since(year):
    """The small year as if entered three days ago, and one donors' meeting more since."""
    Change.objects.update(at=timezone.now() - dt.timedelta(days=3))
    return make("meetings", kind="donor-coordination", state="held", starts_on=dt.date(2017, 5, 9))


def figure(client, query: str) -> str:
    measure = Measure.objects.get(indicator__activity__code=CODE, name="meetings")
    return client.get(reverse("measure", args=[KEY, measure.pk]) + query).context["line"].text


def test_the_figure_is_the_one_known_then(since, as_admin):
    assert (figure(as_admin, ""), figure(as_admin, f"?known={YESTERDAY}"), figure(as_admin, "")) == ("5", "4", "5")
    day = dt.date.fromisoformat(YESTERDAY)
    assert figure(as_admin, f"?known={day:%d.%m.%Y}") == "4"


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_board_and_activity_say_so_and_keep_the_day_in_their_links(since, as_admin, lang):
    as_admin.cookies["django_language"] = lang
    for url in (reverse("board", args=[KEY]), reverse("activity", args=[KEY, CODE])):
        page = as_admin.get(f"{url}?period=2017&known={YESTERDAY}")
        text = page.content.decode()
        assert "notice warning known" in text and f"period=2017&amp;known={YESTERDAY}" in text
        assert "/edit/" not in text and "/new/?" not in text.partition("<main")[2] and page.headers["Cache-Control"] == "private, no-store"
        assert "notice warning known" not in as_admin.get(f"{url}?period=2017").content.decode()


def test_what_was_known_is_never_kept_beside_what_is_known(since, as_admin, year):
    board = reverse("board", args=[KEY])

    def reading():
        line = next(one for one in as_admin.get(board + reading.query).context["board"].activities if one.activity.code == CODE)
        return line.indicators[0].measures[0].text

    found = []
    for query in ("", f"?known={YESTERDAY}", "", f"?known={YESTERDAY}"):
        reading.query = query
        found.append(reading())
    assert found == ["5", "4", "5", "4"]
    with mock.patch("gegma.plan.views.common.is_past", return_value=True):
        assert kept_board(year.plan, year.plan.period) is not kept_board(year.plan, year.plan.period)


def test_a_day_before_the_plan_and_a_day_that_is_none(since, as_admin):
    importing.store(plan_as_read(), SYSTEM_WRITER, key="second")  # entered now, with its history
    for url in (reverse("board", args=["second"]), reverse("activity", args=["second", CODE])):
        page = as_admin.get(f"{url}?known=2001-01-01")
        assert page.status_code == 200 and page.templates[0].name == "plan/not_known.html"
        for wrong in ("nonsense", "2999-01-01", "03/04/2017"):
            assert 'role="alert"' in as_admin.get(f"{url}?known={wrong}").content.decode(), wrong
    assert as_admin.get(reverse("board", args=["no-such"]) + f"?known={YESTERDAY}").status_code == 404


def test_an_activity_that_went_since_is_there_then(since, as_admin, year):
    found = year.plan.activities.get(code=CODE)
    found.withdrawn = True
    write.save(registry.get("activities"), SYSTEM_WRITER, found, version=found.version)
    url = reverse("activity", args=[KEY, CODE])
    assert as_admin.get(url).status_code == 404 and as_admin.get(f"{url}?known={YESTERDAY}").status_code == 200


def test_the_command_line_knows_the_day(since):
    from gegma.config.cli import main

    def value(*more):
        told = CliRunner().invoke(main, ["plan", "measures", "--plan", KEY, "--json", *more], catch_exceptions=False)
        return next(row["value"] for row in json.loads(told.stdout) if (row["activity"], row["measure"]) == (CODE, "meetings"))

    assert (value(), value("--known", YESTERDAY), value()) == (5, 4, 5)
