"""The pages of a country and of an organisation, the list of countries, and the straight way to them from the search."""

import datetime as dt
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gegma.engine import codes, registry
from gegma.partners import page, parts
from tests.factories import make

TODAY = dt.date(2017, 12, 11)
DAY = dt.date(2017, 3, 9)
DECLARED = [*parts.COUNTRY_TALLIES, *parts.COUNTRY, *parts.ORGANISATION_TALLIES, *parts.ORGANISATION, *parts.INDEX]


@pytest.fixture(autouse=True)
def today(db, settings):
    """The tests' day."""
    settings.TODAY = f"{TODAY}"


@pytest.fixture
def germany():
    """A partner."""
    return make("countries", code="DE", title_ka="გერმანია", title_en="Germany")


@pytest.fixture
def full(germany):
    """Something of everything about the country, and beside it what is none of its business."""
    police = make("organisations", kind="foreign-authority", country=germany)
    seat = make("organisations", kind="un", country=germany, title_ka="საერთაშორისო ორგანიზაცია")
    world = {"country": germany, "police": police, "seat": seat}
    world["visit"] = make("meetings", kind="visit", state="held", starts_on=DAY, m2m={"partner_countries": [germany]})
    world["ahead"] = make("meetings", starts_on=TODAY + dt.timedelta(days=9), m2m={"organisations": [police]})
    world["un"] = make("meetings", state="held", starts_on=DAY, m2m={"organisations": [seat]})
    world["project"] = make("projects", state="active", starts_on=DAY, m2m={"donors": [police]})
    world["training"] = make("trainings", country=germany, starts_on=DAY)
    world["contact"] = make("contacts", country=germany, authority=police)
    make("contact-verifications", contact=world["contact"], on=DAY)
    world["delivery"] = make("deliveries", recipient=police, delivered_on=DAY)
    make("memberships", association=seat, starts_on=DAY)
    return world


def of(shown, key: str) -> list[str]:
    """The numbers of the records shown of a register."""
    return [line.number for one in shown if one.key == key for line in one.lines]


def test_every_part_is_found(users):
    missing = {(one.register, one.by, next(iter(one.where), "")) for one in DECLARED if page.found(users.viewer, one) is None}
    assert missing == set()
    assert page.found(users.viewer, parts.Part("comets", "country")) is None
    assert page.found(users.viewer, parts.Part("meetings", "comet")) is None
    assert page.found(users.viewer, parts.Part("meetings", "country", where={"state": "in orbit"})) is None


def test_a_part_shows_only_columns_and_orders_that_its_register_has(users):
    for part in DECLARED:
        if isinstance(part, parts.Tally):
            continue
        spec, _q = page.found(users.viewer, part)
        unknown = [n.lstrip("-") for n in (part.day, *part.columns, *part.order) if n and n.lstrip("-") not in spec.all_fields]
        assert unknown == [], part.register
        assert not part.add or part.add in spec.all_fields


def test_the_country_page_shows_what_is_about_it_and_not_what_sits_there(full, as_viewer):
    shown = as_viewer.get(f"/r/countries/{full['country'].pk}/").context["shown"]
    spec = {key: registry.get(key) for key in ("meetings", "projects", "trainings", "contacts", "deliveries", "organisations")}
    assert of(shown, "meetings") == [spec["meetings"].number(full["ahead"]), spec["meetings"].number(full["visit"])]
    for key, name in (("projects", "project"), ("trainings", "training"), ("contacts", "contact"), ("deliveries", "delivery")):
        assert of(shown, key) == [spec[key].number(full[name])], key
    assert len(of(shown, "organisations")) == 2


def test_the_organisation_page(full, as_viewer):
    shown = as_viewer.get(f"/r/organisations/{full['police'].pk}/").context["shown"]
    assert of(shown, "meetings") and of(shown, "projects") and of(shown, "contacts") and of(shown, "deliveries")
    assert of(as_viewer.get(f"/r/organisations/{full['seat'].pk}/").context["shown"], "memberships")


def test_each_number_is_the_length_of_its_list(full, as_viewer):
    for register, name in (("countries", "country"), ("organisations", "police")):
        context = as_viewer.get(f"/r/{register}/{full[name].pk}/").context
        links = [(one.url, one.count) for one in [*context["shown"], *context["nothing"], *context["numbers"]]]
        assert len(links) > 8 and any(count for _url, count in links)
        for url, count in links:
            assert as_viewer.get(url).context["listing"].count == count, url


def test_what_a_reader_may_not_see_is_not_counted_nor_shown(full, as_viewer):
    before = as_viewer.get(f"/r/countries/{full['country'].pk}/").context
    secret = make("meetings", title_ka="საიდუმლოკანარი", state="held", starts_on=DAY, confidentiality="restricted",
                  owner_unit=make("units"), m2m={"partner_countries": [full["country"]]})  # fmt: skip
    make("contacts", title_ka="საიდუმლოკანარი", country=full["country"], authority=full["police"], confidentiality="restricted", owner_unit=secret.owner_unit)
    answer = as_viewer.get(f"/r/countries/{full['country'].pk}/")
    assert "საიდუმლოკანარი" not in answer.content.decode()
    assert [one.count for one in answer.context["shown"]] == [one.count for one in before["shown"]]
    assert [one.count for one in answer.context["numbers"]] == [one.count for one in before["numbers"]]
    [row] = as_viewer.get("/partners/?q=de").context["rows"]
    assert [n.count for n in row.numbers] == [0, 0, 1, 1]


def test_requests_of_a_country_and_how_long_an_answer_takes(germany, as_viewer):
    def request(**given):
        return make("requests", country=germany, direction="outgoing", **given)

    for days in (10, 15):
        request(state="answered", outcome="answered", sent_on=DAY, answered_on=DAY + dt.timedelta(days=days))
    late = request(state="sent", sent_on=DAY, due_on=TODAY - dt.timedelta(days=1))
    context = as_viewer.get(f"/r/countries/{germany.pk}/").context
    told = {parse_qsl(urlsplit(one.url).query)[-1]: one for one in context["numbers"] if "/requests/" in one.url}
    assert told["open", "1"].count == told["late", "1"].count == 1 and told["late", "1"].late
    assert told["direction", "outgoing"].count == 3 and told["direction", "incoming"].count == 0
    answered = told["open", "0"]
    assert (answered.count, answered.days) == (2, 12.5)
    assert of(context["shown"], "requests")[0] == registry.get("requests").number(late)


def test_an_agreement_stands_by_its_stage(germany, as_viewer):
    going, coming = (make("agreements", kind="memorandum", m2m={"countries": [germany]}) for _n in range(2))
    make("agreement-steps", agreement=going, kind="signed", action_on=DAY - dt.timedelta(days=90))
    make("agreement-steps", agreement=going, kind="in-force", action_on=DAY, effective_on=DAY)
    make("agreement-steps", agreement=coming, kind="initiated", action_on=DAY)
    shown = as_viewer.get(f"/r/countries/{germany.pk}/").context["shown"]
    assert of(shown, "agreements") == [registry.get("agreements").number(record) for record in (going, coming)]
    assert [line.day for one in shown if one.key == "agreements" for line in one.lines] == [f"{DAY:%d.%m.%Y}"] * 2


def test_links_to_add_are_prefilled_and_for_those_who_write(full, as_officer, as_viewer):
    context = as_officer.get(f"/r/countries/{full['country'].pk}/").context
    urls = {one.key: one.add_url for one in [*context["shown"], *context["nothing"]] if one.add_url}
    assert {"meetings", "trainings", "contacts", "organisations"} <= set(urls)
    for url in urls.values():
        names = dict(parse_qsl(urlsplit(url).query))
        assert str(full["country"].pk) in names.values()
        form = as_officer.get(url).context["form"]
        assert any(form[name].value() in (value, [value]) for name, value in names.items()), url
    context = as_viewer.get(f"/r/countries/{full['country'].pk}/").context
    assert not [one for one in [*context["shown"], *context["nothing"]] if one.add_url]


def queries(client, url: str) -> int:
    codes.choices("meeting-kind")
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    return len(found.captured_queries)


def test_a_part_costs_a_query_or_two_however_much_there_is(full, as_viewer, users):
    url = f"/r/countries/{full['country'].pk}/"
    as_viewer.get(url)
    few = queries(as_viewer, url)
    usable = [one for one in parts.COUNTRY if page.found(users.viewer, one)]
    registers = {one.register for one in parts.COUNTRY_TALLIES if page.found(users.viewer, one)}
    assert few <= len(usable) + len(registers) + 16
    for _n in range(30):
        make("meetings", kind="visit", state="held", starts_on=DAY, m2m={"partner_countries": [full["country"]]})
        make("contacts", country=full["country"], authority=full["police"])
        make("trainings", country=full["country"], starts_on=DAY)
    assert queries(as_viewer, url) <= few + 3  # each part that became longer than it shows is counted


def test_the_list_of_countries_costs_the_same_for_many(full, as_viewer):
    as_viewer.get("/partners/")
    few = queries(as_viewer, "/partners/")
    for number in range(20):
        make("contacts", country=make("countries", code=f"Y{chr(65 + number)}"))
    assert queries(as_viewer, "/partners/") == few


def test_the_list_holds_countries_with_anything_and_finds_the_others(full, as_viewer, users):
    make("countries", code="FR", title_ka="საფრანგეთი", title_en="France", officer=users.viewer)

    def shown(**params):
        return [row.country.code for row in as_viewer.get("/partners/", params).context["rows"]]

    assert shown() == ["DE"]
    assert shown(q="fr") == shown(q="საფრანგ") == shown(q="FRANCE") == ["FR"]
    assert set(shown(all="1")) == {"DE", "FR"} and shown(all="1", mine="1") == ["FR"]
    assert shown(q="atlantis") == []
    for row in as_viewer.get("/partners/").context["rows"]:
        for number in row.numbers:
            assert as_viewer.get(number.url).context["listing"].count == number.count, number


def test_our_own_country_is_no_partner(as_viewer):
    georgia = make("countries", code="GE")
    make("meetings", starts_on=TODAY, m2m={"partner_countries": [georgia]})
    assert as_viewer.get("/partners/").context["rows"] == []


@pytest.mark.parametrize("words", ["გერმანია", "Germany", "germany", "DE", "de", " de "])
def test_the_search_leads_straight_to_the_country(germany, as_viewer, words):
    answer = as_viewer.get("/search/", {"q": words})
    assert answer.status_code == 302 and answer.headers["Location"] == f"/r/countries/{germany.pk}/"


def test_the_search_of_everything_is_still_there(germany, as_viewer):
    assert as_viewer.get("/search/", {"q": "Germany", "all": "1"}).context["total"] == 1
    assert as_viewer.get("/search/", {"q": "German"}).status_code == 200
    page_of = as_viewer.get(f"/r/countries/{germany.pk}/")
    assert as_viewer.get(page_of.context["all_url"]).status_code == 200


def test_short_addresses(germany, as_viewer, client):
    body = make("organisations")
    for url, wanted in (("/partners/de/", f"/r/countries/{germany.pk}/"), (f"/partners/organisations/{body.pk}/", f"/r/organisations/{body.pk}/")):
        assert as_viewer.get(url).headers["Location"] == wanted
        assert client.get(url).status_code == 302 and "/accounts/login/" in client.get(url).headers["Location"]
    assert as_viewer.get("/partners/zz/").status_code == 404 and as_viewer.get("/partners/organisations/999999/").status_code == 404
