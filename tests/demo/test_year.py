"""The demo year: the same seed gives the same year, every record passes the checks, every bound measure counts something."""

import datetime as dt
import hashlib
from pathlib import Path

import pytest
import yaml
from django.db import transaction

from gegma import demo
from gegma.accounts.models import User
from gegma.audit.models import Change
from gegma.audit.record import verify
from gegma.demo.files import pdf
from gegma.demo.words import genitive, latin
from gegma.demo.year import TODAY
from gegma.engine import registry
from gegma.kernel.periods import parse
from gegma.plan import compute, importing, readers
from gegma.registers.directory.domain import seed_countries

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "mia-ird-2017"
ABOUT = {"name", "ka", "en"}
UNKEPT = {"id", "version", "created_at", "updated_at"}
MADE = [
    "units", "organisations", "people", "frameworks", "bodies", "body-members", "agreements", "projects", "project-activities",
    "monitoring-entries", "trainings", "participations", "meetings", "decisions", "documents", "deliveries",
]  # fmt: skip


def _bound() -> list[tuple[str, dict]]:
    data = yaml.safe_load((EXAMPLE / "measures.yaml").read_text(encoding="utf-8"))
    return [
        (f"{i['activity']} {i['label']} {m['name']}", {k: v for k, v in m.items() if k not in ABOUT})
        for i in data["indicators"]
        for m in i["measures"]
        if "pending" not in m
    ]


def _fingerprint() -> dict[str, str]:
    """A hash of all values for each register; rows that point to others by their place among them, not by number."""
    places: dict = {}

    def place(model, pk):
        if model not in places:
            places[model] = {key: n for n, key in enumerate(model._default_manager.order_by("pk").values_list("pk", flat=True))}
        return places[model].get(pk)

    found = {}
    for key in MADE:
        digest, model = hashlib.sha256(), registry.get(key).model
        for row in model._default_manager.order_by("pk"):
            values = [
                place(f.related_model, f.value_from_object(row)) if f.is_relation else f.value_from_object(row)
                for f in model._meta.concrete_fields
                if f.name not in UNKEPT
            ]
            for many in model._meta.many_to_many:
                values.append(
                    [place(many.related_model, pk) for pk in getattr(row, many.name).order_by("pk").values_list("pk", flat=True)]
                )
            digest.update(repr(values).encode())
        found[key] = digest.hexdigest()
    found["accounts"] = repr(list(User.objects.order_by("email").values_list("email", "name", "role", "unit__code")))
    return found


def _rolled_back(seed: int, size: float) -> dict[str, str]:
    with transaction.atomic():
        demo.generate(seed, size, files=False)
        found = _fingerprint()
        transaction.set_rollback(True)
    return found


@pytest.mark.django_db
def test_the_same_seed_gives_the_same_year_and_another_seed_another():
    first = _rolled_back(2017, 0.1)
    assert _rolled_back(2017, 0.1) == first
    other = _rolled_back(2018, 0.1)
    assert other["units"] == first["units"]
    assert all(other[key] != first[key] for key in ("people", "projects", "trainings", "meetings", "documents", "accounts"))


@pytest.fixture(scope="module")
def year(django_db_setup, django_db_blocker):
    """The whole year, made once for this file and taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        seed_countries()
        counts = demo.generate()
        with django_db_blocker.unblock():
            yield counts
        transaction.set_rollback(True)


@pytest.fixture
def made(year, django_db_blocker):
    """The year, with the database open to the test."""
    with django_db_blocker.unblock():
        yield year


def test_there_is_about_as_much_as_a_department_makes(made):
    wanted = {"projects": 40, "trainings": 70, "participations": 1200, "meetings": 300, "documents": 450}
    for key, about in wanted.items():
        assert about * 0.8 <= made[key] <= about * 1.25, key
    assert made["files"] > 100


@pytest.mark.parametrize("where,definition", _bound(), ids=[where for where, _d in _bound()])
def test_measure_counts_something(made, where, definition):
    reading = compute.read(definition, parse("2017"), evidence=True)
    assert reading.bound and reading.value and reading.value > 0, reading.note


def test_most_measures_leave_something_out_and_not_only_for_the_period(made):
    passports = [compute.passport(definition, parse("2017")) for _where, definition in _bound()]
    assert sum(any(part.left_out for part in parts) for parts in passports) >= 75
    assert sum(any(not item.outside for part in parts for item in part.left_out) for parts in passports) >= 50


def test_the_fourth_quarterly_presentation_is_still_to_come(made):
    definition = dict(_bound())["1.3.2  presentations"]
    assert compute.read(definition, parse("2017")).value == 3


def test_nothing_after_the_day_of_the_demo_has_happened(made):
    model = {key: registry.get(key).model for key in MADE}
    assert not model["meetings"].objects.filter(state="held", starts_on__gt=TODAY).exists()
    assert not model["trainings"].objects.filter(state="held", ends_on__gt=TODAY).exists()
    assert model["meetings"].objects.filter(state="planned", starts_on__gt=TODAY).exists()
    for key, name in (
        ("documents", "ready_on"), ("documents", "approved_on"), ("deliveries", "delivered_on"),
        ("decisions", "done_on"), ("project-activities", "done_on"), ("monitoring-entries", "on"),
    ):  # fmt: skip
        assert not model[key].objects.filter(**{f"{name}__gt": TODAY}).exists(), f"{key}.{name}"


def test_people_are_invented_and_titles_are_in_both_languages(made):
    assert not registry.get("people").model.objects.exclude(invented=True).exists()
    for key in ("meetings", "documents", "projects", "trainings", "people", "bodies"):
        model = registry.get(key).model
        assert not model.objects.filter(title_ka="").exists() and not model.objects.filter(title_en="").exists(), key
        assert not model.objects.filter(title_ka__contains="{").exists(), key


def test_every_record_passes_the_checks_that_a_person_saving_it_would_meet(made):
    for key in ("projects", "trainings", "meetings", "documents", "decisions", "participations"):
        spec = registry.get(key)
        for row in spec.model.objects.order_by("?")[:40]:
            row.full_clean()
            assert spec.problems(row) == {}, (key, row.pk)


def test_each_record_has_one_change_from_the_demo_and_the_chain_holds(made):
    for key in ("meetings", "documents"):
        assert Change.objects.filter(register=key, action="create", source="demo").count() == made[key]
    assert verify().ok


def test_nobody_can_sign_in_outside_the_demo(made):
    assert User.objects.filter(email__endswith="@example.ge").count() == 15
    assert not any(user.has_usable_password() for user in User.objects.all())


def test_the_plan_gets_steps_texts_and_responsible_people(made):
    from gegma.accounts.models import SYSTEM_WRITER

    read = readers.read_plan(EXAMPLE / "plan.txt").as_json()
    plan = importing.store(read, SYSTEM_WRITER, key="decorated")
    demo.decorate(plan)
    activities = {a.code: a for a in plan.activities.prefetch_related("steps", "responsible")}
    assert all(a.responsible.count() for a in activities.values())
    assert activities["1.2.1"].steps.count() == 3
    assert sum(bool(a.done_ka and a.done_en) for a in activities.values()) >= 12
    assert [s.done_on for s in activities["4.1.10"].steps.all()] == [None, None]
    assert activities["1.3.2"].steps.filter(done_on=dt.date(2017, 9, 26)).exists()


def test_codes_in_the_measures_exist_in_the_world():
    world = yaml.safe_load((EXAMPLE / "world.yaml").read_text(encoding="utf-8"))
    known = {code for part in ("units", "organisations", "frameworks", "bodies") for code in world[part]}
    named = {"body", "recipient", "organisations", "author_organisation", "unit_within", "meeting_body", "body_or_above"}
    asked = set()
    for _where, definition in _bound():
        for part in definition.get("parts") or [definition]:
            for name in ("scope", "conditions"):
                for key, values in (part.get(name) or {}).items():
                    if key in named or (key.endswith(("framework", "framework_within")) and isinstance(values, list)):
                        asked |= set(values)
    assert len(asked) >= 15
    assert asked <= known, sorted(asked - known)


@pytest.mark.parametrize("word,case", [("კომისია", "კომისიის"), ("საბჭო", "საბჭოს"), ("ჯგუფი", "ჯგუფის"), ("პანელი", "პანელის")])
def test_genitive(word, case):
    assert genitive(word) == case


def test_names_in_latin_letters():
    assert latin("ქეთევან ჭანტურია") == "Ketevan Chanturia"


def test_pdf_is_one_that_readers_open():
    made = pdf(["DOC-1", "Cooperation (2017) – Georgia"])
    assert made.startswith(b"%PDF-1.4") and made.rstrip().endswith(b"%%EOF")
    start = int(made.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    assert made[start:].startswith(b"xref")
