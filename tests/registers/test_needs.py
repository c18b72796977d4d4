"""Needs: how priority follows from the scores, what packages and projects do to a state, the matrix, a package made and undone in one step."""

import datetime as dt
import io
import itertools
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from docx import Document as Paper

from gegma.accounts.models import SYSTEM_WRITER
from gegma.audit.models import Change
from gegma.engine import files, registry, write
from gegma.engine.models import Attachment
from gegma.registers.needs import domain, packages, queries
from gegma.registers.needs.models import Need
from tests.factories import make

DAY = dt.date(2017, 3, 6)
SCORES = {"impact": 5, "urgency": 4, "feasibility": 3}


@pytest.fixture(autouse=True)
def english(settings):
    """The words of the source."""
    from django.utils import translation

    with translation.override("en"):
        yield


@pytest.fixture
def clients(as_officer, as_viewer) -> SimpleNamespace:
    """Two people at their browsers."""
    return SimpleNamespace(officer=as_officer, viewer=as_viewer)


def ready(**given) -> Need:
    """A need that may be packaged."""
    return make("needs", **{**SCORES, "state": "prioritised", "prioritised_on": DAY, "identified_on": "2017-02-01", **given})


def package(*needs, **given):
    """A needs package that holds them."""
    return make("documents", type="needs-package", m2m={"needs": list(needs)}, **{"ready_on": "2017-04-03", "state": "ready", **given})


def state_of(need) -> str:
    """The state as the database has it."""
    return Need.objects.get(pk=need.pk).state


# -- priority ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scores", "points", "priority"),
    [
        ((5, 5, 5), 25, "high"), ((5, 4, 1), 19, "high"), ((4, 4, 2), 18, "medium"), ((3, 3, 1), 13, "medium"), ((3, 2, 2), 12, "low"),
        ((1, 1, 1), 5, "low"), ((None, 5, 5), None, "none"), ((5, None, 5), None, "none"), ((5, 5, None), None, "none"),
    ],
)  # fmt: skip
def test_priority_by_hand(scores, points, priority):
    assert (domain.points(*scores), domain.priority(points)) == (points, priority)


@pytest.mark.django_db
def test_the_database_reckons_as_the_rule_does():
    spec, unit = registry.get("needs"), make("units")
    rows = [
        Need(title_ka=f"{scores}", unit=unit, **dict(zip(("impact", "urgency", "feasibility"), scores, strict=True)))
        for scores in itertools.product((None, 1, 2, 3, 4, 5), repeat=3)
    ]
    write.create_many(spec, SYSTEM_WRITER, rows)
    found = spec.annotated(Need.objects.all(), ["points", "priority"])
    assert len(found) == 216
    for need in found:
        points = domain.points(need.impact, need.urgency, need.feasibility)
        assert (need.points, need.priority) == (points, domain.priority(points))
    high = spec.rows(SYSTEM_WRITER, {"priority": "high"})
    assert {n.pk for n in high} == {n.pk for n in found if n.priority == "high"} and high.exists()
    assert [n.points for n in found.order_by("-points") if n.points is not None][:2] == [25, 24]


@pytest.mark.django_db
def test_what_is_wrong_with_a_need_is_said_at_its_field():
    spec, unit = registry.get("needs"), make("units")
    bad = Need(title_ka="ა", unit=unit, cost=5, source="commitment", questionnaire="N1", identified_on="2017-03-01", met_on="2017-02-28")
    bad.full_clean()
    assert set(spec.problems(bad)) == {"currency", "source", "met_on"}
    bad.met_on, bad.currency, bad.questionnaire = bad.identified_on, "EUR", ""
    assert spec.problems(bad) == {}


# -- what packages and projects do ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_need_put_into_a_package_is_packaged_and_taken_out_is_not():
    need = ready()
    document = package(need)
    need.refresh_from_db()
    assert (need.state, str(need.packaged_on)) == ("packaged", "2017-04-03")
    document = write.save(registry.get("documents"), SYSTEM_WRITER, document, m2m={"needs": []}, version=document.version)
    need.refresh_from_db()
    assert (need.state, need.packaged_on, need.prioritised_on) == ("prioritised", None, DAY)


@pytest.mark.django_db
def test_a_need_without_scores_waits_in_its_package_until_it_is_prioritised():
    need = make("needs")
    package(need)
    assert state_of(need) == "identified"
    need.refresh_from_db()
    for name, value in {**SCORES, "prioritised_on": DAY}.items():
        setattr(need, name, value)
    write.move(registry.get("needs"), SYSTEM_WRITER, need, "prioritise", version=need.version)
    assert state_of(need) == "packaged"


@pytest.mark.django_db
def test_only_a_package_holds_needs():
    with pytest.raises(ValidationError) as refused:
        make("documents", type="briefing", m2m={"needs": [ready()]})
    assert "needs" in refused.value.message_dict
    document = package(ready())
    document.type = "briefing"
    with pytest.raises(ValidationError):
        write.save(registry.get("documents"), SYSTEM_WRITER, document, version=document.version)


@pytest.mark.django_db
def test_a_project_takes_the_need_when_it_begins_and_gives_it_back():
    spec, need = registry.get("projects"), ready()
    package(need)
    project = make("projects", state="approved", starts_on="2017-05-02", m2m={"needs": [need]})
    assert state_of(need) == "packaged"
    write.move(spec, SYSTEM_WRITER, project, "start", version=project.version)
    need.refresh_from_db()
    assert need.state == "in-project" and need.project_on
    project.refresh_from_db()
    project.ends_on = dt.date(2017, 11, 30)
    write.move(spec, SYSTEM_WRITER, project, "complete", version=project.version)
    assert state_of(need) == "in-project", "that it is met a person says"
    project.refresh_from_db()
    write.delete(spec, SYSTEM_WRITER, project, version=project.version)
    need.refresh_from_db()
    assert (need.state, need.project_on) == ("packaged", None)


@pytest.mark.django_db
def test_what_a_person_decided_no_link_changes():
    met, dropped = ready(state="met", met_on=DAY), ready(state="dropped", dropped_on=DAY, reason="აღარ სჭირდება")
    package(met, dropped)
    make("projects", state="active", starts_on=DAY, m2m={"needs": [met, dropped]})
    assert (state_of(met), state_of(dropped)) == ("met", "dropped")


@pytest.mark.django_db
def test_moves_that_the_links_contradict_are_refused_and_not_offered(clients):
    spec, need = registry.get("needs"), ready()
    for name in ("package", "begin"):
        assert spec.life.move(name).refuses(need)
        assert reverse("record_move", args=["needs", need.pk, name]) not in clients.officer.get(spec.record_url(need)).content.decode()
    package(need)
    need.refresh_from_db()
    need.prioritised_on = DAY
    with pytest.raises(ValidationError):
        write.move(spec, SYSTEM_WRITER, need, "take-back", version=need.version)


@pytest.mark.django_db
def test_undoing_one_change_in_the_history_takes_the_follow_up_with_it():
    need, other = ready(), ready()
    document = package(need)
    write.save(registry.get("documents"), SYSTEM_WRITER, document, m2m={"needs": [need, other]}, version=document.version)
    assert state_of(other) == "packaged"
    change = Change.objects.filter(register="documents", record_id=document.pk).order_by("-pk").first()
    write.revert(SYSTEM_WRITER, change)
    assert (state_of(other), state_of(need)) == ("prioritised", "packaged")


@pytest.mark.django_db
def test_a_need_that_the_person_may_not_see_stays_as_it_is(users):
    unit = make("units")
    hidden = ready(owner_unit=unit, confidentiality="restricted")
    project = make("projects", state="approved", starts_on=DAY, m2m={"needs": [hidden]})
    write.move(registry.get("projects"), users.officer, project, "start", version=project.version)
    assert state_of(hidden) == "prioritised"


# -- the matrix ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_each_cell_is_its_list(clients, users):
    unit = make("units", title_ka="პოლიცია")
    for impact, urgency, n in ((5, 5, 4), (5, 1, 1), (2, 3, 2)):
        for k in range(n):
            make("needs", unit=unit, impact=impact, urgency=urgency, feasibility=k % 5 + 1 if k else None, identified_on=DAY)
    make("needs", impact=5, identified_on=DAY), make("needs", impact=5, urgency=5, identified_on="2016-03-01")
    address = f"?unit={unit.pk}&identified_on__from=01.01.2017"
    page = clients.officer.get(reverse("needs_matrix") + address)
    cells = [(cell, url) for _head, line in page.context["lines"] for cell, url in line]
    assert len(cells) == 25 and {(c.impact, c.urgency): c.count for c, _u in cells if c.count} == {(5, 5): 4, (5, 1): 1, (2, 3): 2}
    for cell, url in cells:
        listed = clients.officer.get(url).context["listing"]
        assert listed.count == cell.count
        assert len(cell.named) == min(cell.count, queries.NAMED_IN_CELL) and {n.pk for n in cell.named} <= {r.pk for r in listed.rows}
    crowded = next(cell for cell, _url in cells if cell.count == 4)
    assert [need.feasibility for need in crowded.named] == [4, 3, 2] and crowded.more == 1
    whole = clients.officer.get(reverse("needs_matrix"))
    assert whole.context["unplaced"] == 1 and clients.officer.get(whole.context["unplaced_url"]).context["listing"].count == 1
    assert clients.officer.get(reverse("needs_matrix") + "?nonsense=1").status_code == 400


@pytest.mark.django_db
def test_a_hidden_need_is_in_no_cell(clients):
    ready(title_ka="საიდუმლოკანარი", owner_unit=make("units"), confidentiality="restricted", area="drugs")
    for url in (reverse("needs_matrix"), reverse("needs_package"), reverse("needs_donors")):
        page = clients.officer.get(url)
        assert "საიდუმლოკანარი" not in page.content.decode()
    assert clients.officer.get(reverse("needs_matrix")).context["placed"] == 0
    assert clients.officer.get(reverse("needs_donors")).context["areas"] == []


# -- packages ------------------------------------------------------------------------------------------------------


def sent(needs, donors=(), **given) -> dict:
    """What a browser sends."""
    return {
        "need": [n.pk for n in needs], "donors": [d.pk for d in donors], "title_ka": "პაკეტი", "title_en": "Package",
        "ready_on": "03.04.2017", "delivered_on": "05.04.2017", "method": "letter", **given,
    }  # fmt: skip


@pytest.mark.django_db
def test_a_package_is_made_delivered_and_undone_in_one_step(clients):
    needs = [ready(title_ka=f"საჭიროება {n}", title_en=f"Need {n}", cost=1000 * n, currency="EUR") for n in (1, 2)]
    left = ready(title_en="Not this one")
    donors = [make("organisations", donor=True) for _n in range(2)]
    answer = clients.officer.post(reverse("needs_package"), sent(needs, donors), follow=True)
    document = registry.get("documents").model.objects.get(type="needs-package")
    assert answer.redirect_chain and document.state == "delivered" and str(document.ready_on) == "2017-04-03"
    assert set(document.needs.all()) == set(needs) and {d.recipient for d in document.deliveries.all()} == set(donors)
    assert [state_of(n) for n in (*needs, left)] == ["packaged", "packaged", "prioritised"]
    words = {row.name[-7:]: "\n".join(_text(row)) for row in Attachment.objects.filter(register="documents", record_id=document.pk)}
    assert len(words) == 1 and Attachment.objects.count() == 2
    texts = ["\n".join(_text(row)) for row in Attachment.objects.order_by("pk")]
    assert "საჭიროება 1" in texts[0] and "Need 1" in texts[1] and "Not this one" not in texts[1] and "3,000 EUR" in texts[1]
    change = Change.objects.filter(register="documents").order_by("-pk").first()
    undone = clients.officer.post(reverse("change_revert", args=[change.pk]), {"step": "1"}, follow=True)
    assert undone.status_code == 200
    assert not registry.get("documents").model.objects.exists() and not registry.get("deliveries").model.objects.exists()
    assert [state_of(n) for n in needs] == ["prioritised", "prioritised"]
    again = Change.objects.filter(register="documents").order_by("-pk").first()
    clients.officer.post(reverse("change_revert", args=[again.pk]), {"step": "1"})
    assert registry.get("documents").model.objects.get().deliveries.count() == 2 and state_of(needs[0]) == "packaged"
    assert len(files.of_record(registry.get("documents"), registry.get("documents").model.objects.get())) == 2


def _text(row) -> list[str]:
    paper = Paper(io.BytesIO(files.path_of(row.sha256).read_bytes()))
    cells = [cell.text for table in paper.tables for line in table.rows for cell in line.cells]
    return [p.text for p in paper.paragraphs] + cells


@pytest.mark.django_db
def test_a_package_without_donors_is_only_ready(clients):
    clients.officer.post(reverse("needs_package"), sent([ready()]))
    document = registry.get("documents").model.objects.get()
    assert (document.state, document.deliveries.count()) == ("ready", 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title_ka": "", "title_en": ""}, "title_ka"), ({"ready_on": ""}, "ready_on"), ({"ready_on": "31.02.2017"}, "ready_on"),
        ({"delivered_on": ""}, "delivered_on"), ({"delivered_on": "01.04.2017"}, "delivered_on"), ({"ready_on": "01.01.2999"}, "ready_on"),
        ({"donors": ["999999"]}, "donors"), ({"need": []}, "__all__"), ({"need": ["999999"]}, "__all__"), ({"need": ["x\0"]}, "__all__"),
        ({"method": "pigeon"}, "method"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_written(clients, change, field):
    need, donor = ready(), make("organisations", donor=True)
    answer = clients.officer.post(reverse("needs_package"), {**sent([need], [donor]), **change})
    assert answer.status_code == 200 and field in answer.context["form"].errors, answer.context["form"].errors
    assert not registry.get("documents").model.objects.exists() and state_of(need) == "prioritised" and not Attachment.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["identified", "met", "dropped"])
def test_a_need_that_is_not_ready_is_refused_with_the_reason(clients, state):
    need = ready(title_ka="უმზადო", state=state, met_on=DAY, dropped_on=DAY, reason="ა")
    page = clients.officer.get(reverse("needs_package") + f"?pick={need.pk}")
    assert page.context["needs"] == [] and page.context["left"] == 1
    answer = clients.officer.post(reverse("needs_package"), sent([need]))
    assert f"N-{need.pk}" in str(answer.context["form"].errors) and not registry.get("documents").model.objects.exists()


@pytest.mark.django_db
def test_the_package_page_takes_exactly_what_the_address_names(clients):
    inside, beside = ready(), ready(impact=1)
    ready(impact=5, urgency=4, area="drugs")
    page = clients.officer.get(reverse("needs_package") + "?cell=5-4&area=drugs")
    assert len(page.context["needs"]) == 1
    page = clients.officer.get(reverse("needs_package") + f"?pick={inside.pk}&pick={beside.pk}")
    assert {line[0].pk for line in page.context["needs"]} == {inside.pk, beside.pk} and all(line[1] for line in page.context["needs"])
    assert clients.officer.get(reverse("needs_package") + "?cell=9-9&cell=x&pick=y").context["needs"] == []
    assert clients.viewer.get(reverse("needs_package")).status_code == 403
    assert reverse("needs_package") not in clients.viewer.get(reverse("needs_matrix")).content.decode().replace('action="/r/needs/package/"', "")


@pytest.mark.django_db
def test_a_package_with_a_restricted_need_stays_in_the_unit(users):
    users.officer.unit = make("units")
    need = ready(owner_unit=users.officer.unit, confidentiality="restricted")
    made = packages.make(users.officer, packages.Package("პაკეტი", "", dt.date(2017, 4, 3), needs=[need]))
    assert made.confidentiality == "restricted" and made.owner_unit_id == users.officer.unit_id


# -- the trace -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_way_is_told_both_ways_and_only_what_one_may_see(clients):
    commitment = make("commitments", title_ka="ვალდებულება-კვალი")
    need = ready(title_ka="საჭიროება-კვალი", m2m={"commitments": [commitment]})
    donor = make("organisations", donor=True, title_ka="დონორი-კვალი")
    document = package(need, title_ka="პაკეტი-კვალი")
    make("deliveries", document=document, recipient=donor, delivered_on=DAY)
    project = make("projects", title_ka="პროექტი-კვალი", state="active", starts_on=DAY, m2m={"needs": [need]})
    training = make("trainings", title_ka="ტრენინგი-კვალი", project=project)
    secret = ready(title_ka="საიდუმლოკანარი", owner_unit=make("units"), confidentiality="restricted", m2m={"commitments": [commitment]})
    write.save(registry.get("projects"), SYSTEM_WRITER, project, m2m={"needs": [need, secret]}, version=project.version)

    def trace(key, record) -> str:
        page = clients.officer.get(registry.get(key).record_url(record)).content.decode()
        assert "საიდუმლოკანარი" not in page
        return page[page.index('id="trace"') :].partition("</section>")[0]

    on_need = trace("needs", need)
    assert all(f"{name}-კვალი" in on_need for name in ("ვალდებულება", "პაკეტი", "დონორი", "პროექტი", "ტრენინგი"))
    assert all(f"{name}-კვალი" in trace("projects", project) for name in ("საჭიროება", "ვალდებულება", "პაკეტი"))
    assert all(f"{name}-კვალი" in trace("commitments", commitment) for name in ("საჭიროება", "პროექტი", "ტრენინგი"))
    assert all(f"{name}-კვალი" in trace("trainings", training) for name in ("საჭიროება", "ვალდებულება"))
    assert all(f"{name}-კვალი" in trace("documents", document) for name in ("საჭიროება", "პროექტი"))


@pytest.mark.django_db
def test_donors_by_area(clients):
    need, donor = ready(area="drugs"), make("organisations", donor=True)
    make("projects", area="drugs", state="active", starts_on=DAY, m2m={"donors": [donor]})
    make("projects", area="drugs", state="declined", reason="ა", m2m={"donors": [donor]})
    make("deliveries", document=package(need), recipient=donor, delivered_on=DAY)
    (area,) = clients.officer.get(reverse("needs_donors")).context["areas"]
    (offer,) = area.offers
    assert (area.key, area.open, area.high, offer.donor, offer.projects, offer.offered) == ("drugs", 1, 1, donor, 1, 1)


@pytest.mark.django_db
def test_what_the_address_asks_beyond_the_filters_of_the_matrix_stays(clients):
    ready(title_ka="რადარი", source="commitment", area="drugs"), ready(title_ka="რადარი", area="border"), ready(title_ka="სხვა", area="drugs")
    page = clients.officer.get(reverse("needs_matrix") + "?source=questionnaire&q=რადარი&area=border")
    assert page.context["placed"] == 1
    assert set(page.context["hidden"]) == {("source", "questionnaire"), ("q", "რადარი")}
    assert [(c.name, c.chosen) for c in page.context["controls"]] == [("area", 1), ("unit", 0), ("state", 0), ("identified_on", 0)]
