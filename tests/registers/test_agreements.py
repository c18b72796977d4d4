"""Agreements: the stage follows from dated steps, the same in Python and in the database; a wrong order is refused with its reason."""

import datetime as dt
import itertools
import random

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import translation

from gegma.accounts.models import SYSTEM_WRITER, User
from gegma.audit.models import Change
from gegma.audit.record import verify
from gegma.engine import deadlines, history, registry, write
from gegma.kernel import dates
from gegma.registers.agreements import domain, queries
from gegma.registers.agreements.domain import Stage
from gegma.registers.agreements.models import Agreement, AgreementStep, StepKind
from gegma.registers.meetings.models import Meeting
from tests.factories import form_data, make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english", "today")]

TODAY = dt.date(2017, 6, 15)
AGREEMENTS, STEPS = registry.get("agreements"), registry.get("agreement-steps")


@pytest.fixture
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def today(settings):
    settings.TODAY = str(TODAY)


def on(day: str) -> dt.date:
    """«3.4» is 3 April 2017."""
    date, month, *year = map(int, day.split("."))
    return dt.date(year[0] if year else 2017, month, date)


def agreement(steps: str = "", **given) -> Agreement:
    """An agreement with these steps: «signed 3.1, in-force 4.1»."""
    made = make(AGREEMENTS, kind=given.pop("kind", "intergovernmental"), **given)
    for words in filter(None, map(str.strip, steps.split(","))):
        take(made, *words.split())
    return made


def take(made: Agreement, kind: str, day: str, effective: str = "", **given) -> AgreementStep:
    step = AgreementStep(agreement=made, kind=kind, action_on=on(day), effective_on=on(effective) if effective else None, **given)
    return write.save(STEPS, SYSTEM_WRITER, step)


def refused(made: Agreement, kind: str, day: str, effective: str = "", **given) -> str:
    """Why the step is refused; it must be, and nothing must be written."""
    before = made.steps.count(), Change.objects.count()
    with pytest.raises(ValidationError) as error:
        take(made, kind, day, effective, **given)
    assert (made.steps.count(), Change.objects.count()) == before
    return " ".join(error.value.messages)


def stage_of(made: Agreement) -> str:
    return Agreement.objects.annotate(stage=queries.stage_today()).get(pk=made.pk).stage


BINDING = "considered 1.1, initiated 2.1, drafted 3.1, opinions 4.1, initialled 5.1, signed 6.1, procedures 7.1, consented 8.1, notified 9.1, in-force 10.1"


# -- the way from a first thought to the end -------------------------------------------------------------------------------


def test_a_treaty_from_a_first_thought_into_force_and_to_its_end():
    made, stages = agreement(), []
    assert stage_of(made) == "none"
    for words in BINDING.split(", "):
        take(made, *words.split())
        stages.append(stage_of(made))
    assert stages == [
        "considered", "initiated", "draft", "opinions", "initialled", "signed", "procedures", "procedures", "procedures", "in-force",
    ]  # fmt: skip
    for kind, day, stage in [
        ("amended", "1.2", "in-force"), ("extended", "2.2", "in-force"), ("suspended", "3.2", "suspended"), ("resumed", "4.2", "in-force"),
        ("terminated", "5.2", "terminated"),
    ]:  # fmt: skip
        take(made, kind, day)
        assert stage_of(made) == stage
    assert "nothing follows" in refused(made, "resumed", "6.2") and "«terminated»" in refused(made, "in-force", "6.2")


def test_a_memorandum_goes_from_the_signature_into_force():
    made = agreement("signed 6.1", kind="memorandum")
    for kind in ("procedures", "consented", "notified", "provisional"):
        assert "not legally binding" in refused(made, kind, "7.1")
    take(made, "in-force", "6.1")
    assert stage_of(made) == "in-force"


def test_another_text_that_does_not_bind_needs_no_consent_and_starts_to_need_it_when_it_binds():
    made = agreement("signed 6.1, in-force 7.1", legal_force="not-binding")
    made.legal_force = ""
    with pytest.raises(ValidationError, match="consent to be bound"):
        write.save(AGREEMENTS, SYSTEM_WRITER, made, version=made.version)


def test_we_accede_to_a_treaty_of_many_without_a_signature():
    made = agreement("initiated 1.1, consented 2.1, in-force 3.1", multilateral=True, kind="convention")
    assert stage_of(made) == "in-force"
    alone = agreement("initiated 1.1")
    assert "not been signed" in refused(alone, "consented", "2.1")


@pytest.mark.parametrize(
    ("steps", "kind", "why"),
    [
        ("drafted 1.1", "in-force", "not been signed"),
        ("signed 1.1", "in-force", "consent to be bound has not been expressed"),
        ("signed 1.1", "notified", "Consent to be bound has not been expressed"),
        ("signed 1.1, consented 2.1", "consented", "entered already"),
        ("signed 1.1, consented 2.1, in-force 3.1", "resumed", "in the stage «suspended», and by then the stage is «in force»"),
        ("signed 1.1, consented 2.1, in-force 3.1", "signed", "by then the stage is «in force»"),
        ("signed 1.1, consented 2.1, in-force 3.1, suspended 4.1", "suspended", "in the stage «in force»"),
        ("signed 1.1", "drafted", "by then the stage is «signed»"),
        ("signed 1.1", "suspended", "in the stage «in force»"),
        ("initiated 1.1", "opinions", "in the stage «draft», «opinions»"),
        ("initiated 1.1", "initiated", "by then the stage is «initiated»"),
        ("initiated 1.1", "terminated", "by then the stage is «initiated»"),
        ("initiated 1.1, superseded 2.1", "drafted", "nothing follows"),
        ("", "amended", "by then the stage is «no step entered»"),
    ],
)
def test_a_wrong_order_is_refused_with_its_reason(steps, kind, why):
    assert why in refused(agreement(steps), kind, "5.1")


def test_the_days_make_the_order_not_the_order_of_entering():
    made = agreement("signed 6.1, consented 8.1")
    take(made, "procedures", "7.1")
    take(made, "initiated", "1.1")
    assert "by then the stage is «no step entered»" in refused(made, "suspended", "1.1.2016")
    assert "not been signed" in refused(made, "in-force", "3.1")


def test_a_step_on_which_a_later_one_stands_cannot_be_taken_back_and_the_last_one_can():
    made = agreement("signed 6.1, consented 8.1, in-force 9.1")
    consent, force = made.steps.get(kind="consented"), made.steps.get(kind="in-force")
    with pytest.raises(ValidationError, match="«entered into force», 09.01.2017: .*consent to be bound"):
        write.delete(STEPS, SYSTEM_WRITER, consent, version=consent.version)
    consent = made.steps.get(kind="consented")
    consent.action_on = on("10.1")
    with pytest.raises(ValidationError, match="consent to be bound"):
        write.save(STEPS, SYSTEM_WRITER, consent, version=consent.version)
    with pytest.raises(ValidationError, match="consent to be bound"):
        write.revert(SYSTEM_WRITER, history.of_record(STEPS, consent.pk).first())
    write.revert(SYSTEM_WRITER, history.of_record(STEPS, force.pk).first())
    assert stage_of(made) == "procedures" and verify().ok


def test_a_step_is_not_moved_away_from_under_another_either():
    made, other = agreement("signed 6.1, consented 8.1, in-force 9.1"), agreement()
    signed = made.steps.get(kind="signed")
    signed.agreement = other
    with pytest.raises(ValidationError, match="not been signed"):
        write.save(STEPS, SYSTEM_WRITER, signed, version=signed.version)


def test_an_agreement_deleted_with_its_steps_comes_back_with_them_in_one_step():
    made = agreement("signed 6.1, consented 8.1, in-force 9.1")
    number = made.pk
    write.delete(AGREEMENTS, SYSTEM_WRITER, made, version=made.version)
    assert not AgreementStep.objects.exists()
    write.revert_all(SYSTEM_WRITER, list(Change.objects.filter(action="delete")))
    assert (stage_of(Agreement.objects.get(pk=number)), AgreementStep.objects.count()) == ("in-force", 3)


def test_what_follows_from_steps_is_no_change_of_the_agreement():
    made = agreement("signed 6.1")
    assert [c.action for c in Change.objects.filter(register="agreements", record_id=made.pk)] == ["create"]
    stale = Agreement.objects.get(pk=made.pk)
    take(made, "consented", "7.1")
    stale.notes = "სხვა"
    write.save(AGREEMENTS, SYSTEM_WRITER, stale, version=stale.version)
    assert stage_of(made) == "procedures"
    assert list(Change.objects.filter(register="agreements").latest("pk").after) == ["notes"]


def test_a_day_ahead_or_an_effect_before_the_deed_is_refused():
    made = agreement()
    assert "not come yet" in refused(made, "signed", "16.6")
    assert "before it is done" in refused(made, "signed", "15.6", "14.6")


def test_an_effect_ahead_counts_from_its_day(settings):
    made = agreement("signed 6.1, consented 8.1, in-force 9.1, terminated 1.6 1.9")
    assert stage_of(made) == "in-force"
    settings.TODAY = "2017-09-01"  # nobody wrote anything meanwhile
    assert stage_of(made) == "terminated"
    settings.TODAY = "2017-01-07"  # nor does what came later count for a day before it
    assert stage_of(made) == "signed"


def test_the_term_ends_unless_it_renews_itself(settings):
    ends, renews = (agreement("signed 6.1, consented 8.1, in-force 9.1", expires_on=on("14.6"), renews_years=n) for n in (None, 5))
    assert (stage_of(ends), stage_of(renews)) == ("expired", "in-force")
    settings.TODAY = "2017-06-14"
    assert stage_of(ends) == "in-force"  # the last day is one of it
    signed = agreement("signed 6.1", expires_on=on("1.2"))
    settings.TODAY = str(TODAY)
    assert stage_of(signed) == "signed"  # what never was in force does not expire


def test_a_round_of_negotiation_is_a_stage_until_a_later_step():
    made = agreement("initiated 1.1, drafted 5.1")

    def talk(day: str, **given):
        make("meetings", **{"agreement": made, "kind": "negotiation", "state": "held", "starts_on": on(day), **given})

    talk("4.1"), talk("6.1", state="planned"), talk("6.1", kind="visit"), talk("16.6")
    assert stage_of(made) == "draft"
    talk("5.1")
    assert stage_of(made) == "negotiation"
    take(made, "opinions", "6.1")
    assert stage_of(made) == "opinions"
    talk("7.1")
    take(made, "signed", "7.1")
    assert stage_of(made) == "signed"
    talked = agreement()
    make("meetings", agreement=talked, kind="negotiation", state="held", starts_on=on("4.1"))
    assert stage_of(talked) == "negotiation"


# -- parties -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def poland():
    return make("countries", code="ZZ", title_ka="პოლონია", title_en="Poland")


def test_a_partys_steps_are_its_own_and_the_stage_is_ours(poland):
    made = make(AGREEMENTS, m2m={"countries": [poland]}, kind="intergovernmental")
    take(made, "signed", "1.1")
    take(made, "consented", "2.1", country=poland)
    assert stage_of(made) == "signed"
    assert "consent to be bound" in refused(made, "in-force", "3.1")
    assert "agreement as a whole" in refused(made, "initialled", "3.1", country=poland)
    assert "must come first" in refused(made, "resumed", "3.1", country=poland)
    take(made, "terminated", "4.1", country=poland)
    assert "has left" in refused(made, "consented", "5.1", country=poland)
    stranger = make("countries", code="YY", title_ka="სხვა", title_en="Other")
    assert "Other is not a party" in refused(made, "signed", "3.1", country=stranger)
    organisation = make("organisations")
    assert "one party" in refused(made, "signed", "3.1", country=poland, organisation=organisation)
    made.refresh_from_db()
    with pytest.raises(ValidationError, match="Poland is not a party"):
        write.save(AGREEMENTS, SYSTEM_WRITER, made, m2m={"countries": []}, version=made.version)


# -- python and the database are one ------------------------------------------------------------------------------------


def _written(cases: list[tuple[dict, list[tuple[str, int, int]], list[int]]]) -> list[tuple[Agreement, list, list]]:
    """Agreements as an import might leave them, in any order: (columns, steps (kind, day, days until the effect), rounds)."""
    first = dt.date(2017, 6, 1)
    made = Agreement.objects.bulk_create([Agreement(kind="protocol", title_ka="x", **columns) for columns, _steps, _rounds in cases])
    steps, talks = [], []
    for row, (_columns, sequence, rounds) in zip(made, cases, strict=True):
        for kind, day, later in sequence:
            done = first + dt.timedelta(days=day)
            steps.append(AgreementStep(agreement=row, kind=kind, action_on=done, effective_on=done + dt.timedelta(days=later) if later else None))
        talks += [
            Meeting(title_ka="x", kind="negotiation", state="held", starts_on=first + dt.timedelta(days=day), agreement=row) for day in rounds
        ]
    AgreementStep.objects.bulk_create(steps)
    Meeting.objects.bulk_create(talks)
    found = []
    for row in Agreement.objects.prefetch_related("steps", "meetings"):
        own = list(row.steps.all())
        for name, value in domain.following(row, own).items():
            setattr(row, name, value)
        found.append((row, own, [m.starts_on for m in row.meetings.all()]))
    Agreement.objects.bulk_update([row for row, _s, _r in found], list(AGREEMENTS.follows), batch_size=500)
    return found


def _same_in_both(found: list, days) -> set[str]:
    """Compare the stage of each on each day; returns the stages that came up."""
    met = set()
    for day in days:
        in_database = dict(Agreement.objects.annotate(stage=queries.stage_on(day)).values_list("pk", "stage"))
        walked = dict(Agreement.objects.annotate(stage=queries._walked(day)).values_list("pk", "stage"))
        for row, steps, rounds in found:
            wanted = domain.stage(row, steps, rounds, day)
            told = [(s.kind, s.action_on, s.effective_on) for s in steps], rounds, row.expires_on, row.renews_years
            assert (in_database[row.pk], walked[row.pk]) == (wanted, wanted), (day, told)
            met.add(str(wanted))
    return met


def test_each_sequence_of_up_to_three_steps_has_the_same_stage_in_python_and_in_the_database():
    turns = [kind.value for kind in StepKind]
    sequences = [seq for n in range(3) for seq in itertools.product(turns, repeat=n)] + list(itertools.product(turns[2:15:2], repeat=3))
    cases = [({}, [(kind, 5 * place, 0) for place, kind in enumerate(seq)], []) for seq in sequences]
    same_day = [({}, [(kind, 3, 0) for kind in seq], []) for seq in itertools.product(turns, repeat=2)]
    met = _same_in_both(_written(cases + same_day), [TODAY, dt.date(2017, 6, 4)])
    assert met == set(Stage.values) - {"negotiation", "expired"}


def test_any_history_has_the_same_stage_in_python_and_in_the_database_on_any_day():
    draw, kinds, first = random.Random(2017), list(StepKind.values), dt.date(2017, 6, 1)
    cases = []
    for _number in range(700):
        columns = {
            "expires_on": draw.choice([None, None, first + dt.timedelta(days=draw.randint(0, 30))]),
            "renews_years": draw.choice([None, None, 0, 3]),
        }
        steps = [(draw.choice(kinds), draw.randint(0, 25), draw.choice([0, 0, draw.randint(1, 9)])) for _step in range(draw.randint(0, 6))]
        cases.append((columns, steps, [draw.randint(0, 25) for _round in range(draw.choice([0, 0, 1, 2]))]))
    days = [first - dt.timedelta(days=1), first + dt.timedelta(days=4), TODAY, TODAY + dt.timedelta(days=7), first + dt.timedelta(days=40)]
    assert _same_in_both(_written(cases), days) == set(Stage.values)


def test_every_order_that_the_rule_allows_keeps_what_law_asks():
    """All sequences of up to seven steps, as the rule lets them grow, for each kind of agreement."""
    checked = 0
    for binding, multilateral in itertools.product((True, False), repeat=2):
        made = Agreement(kind="protocol", legal_force="" if binding else "not-binding", multilateral=multilateral)
        grown: list[list[AgreementStep]] = [[]]
        for place in range(7):
            longer = []
            for before in grown:
                for kind in StepKind.values:
                    if kind in {"considered", "opinions", "amended", "extended"} or domain.refusal(made, before, kind):
                        continue
                    longer.append([*before, AgreementStep(kind=kind, action_on=dt.date(2017, 1, 1 + place))])
            grown = longer
            checked += len(grown)
            for steps in grown:
                kinds = [step.kind for step in steps]
                _lawful(kinds, binding, multilateral)
                assert not domain.faults(made, steps)
    assert checked > 1000


def _lawful(kinds: list[str], binding: bool, multilateral: bool) -> None:
    for place, kind in enumerate(kinds):
        before = kinds[:place]
        assert not {"terminated", "superseded"} & set(before)
        if kind == "in-force":
            assert "signed" in before or (multilateral and "consented" in before)
            assert not binding or "consented" in before
        if kind == "resumed":
            assert before.count("suspended") == before.count("resumed") + 1
        if kind in {"consented", "provisional"}:
            assert binding and ("signed" in before or multilateral)


# -- filters, what falls due ------------------------------------------------------------------------------------------------


def found(**params) -> set[int]:
    return {row.pk for row in AGREEMENTS.rows(SYSTEM_WRITER, params)}


def test_both_bounds_hold_for_one_and_the_same_step():
    inside, around = agreement("initiated 5.5"), agreement("signed 1.1, consented 10.5")
    take(around, "initiated", "31.12.2016")
    assert found(initiated_on__from="01.05.2017", initiated_on__to="31.05.2017") == {inside.pk}
    assert found(initiated_on__set="0") == set() and found(signed_on__set="1") == {around.pk}


def test_a_party_that_signs_does_not_make_it_signed_by_us(poland):
    made = make(AGREEMENTS, m2m={"countries": [poland]}, multilateral=True)
    take(made, "signed", "1.2", country=poland)
    assert found(signed_on__set="1") == set()
    take(made, "signed", "1.3")
    assert found(signed_on__from="01.03.2017", signed_on__to="01.03.2017") == {made.pk}


def test_an_amendment_signed_counts_for_what_it_amends_and_a_step_amended_too():
    old, other = agreement("signed 1.1.2010, consented 2.1.2010, in-force 3.1.2010"), agreement("signed 1.1.2010, consented 2.1.2010, in-force 3.1.2010")
    amendment = agreement("signed 5.5", parent=old)
    take(other, "amended", "6.5")
    year = {"concluded_on__from": "01.01.2017", "concluded_on__to": "31.12.2017"}
    assert found(**year) == {old.pk, amendment.pk, other.pk}
    assert found(amendment="0", **year) == {old.pk, other.pk} and found(parent=str(old.pk)) == {amendment.pk}


def test_in_force_on_a_day_and_at_some_time():
    made = agreement("signed 1.1, consented 2.1, in-force 3.1 10.1, suspended 1.3, resumed 1.4, terminated 1.5")
    for day, is_so in [("09.01", False), ("10.01", True), ("28.02", True), ("01.03", False), ("31.03", False), ("01.04", True), ("01.05", False)]:
        assert (found(in_force__on=f"{day}.2017") == {made.pk}) is is_so, day
    for first, last, is_so in [("01.01", "09.01", False), ("01.01", "10.01", True), ("01.03", "31.03", False), ("05.03", "01.04", True), ("01.05", "01.06", False)]:
        assert (found(in_force__from=f"{first}.2017", in_force__to=f"{last}.2017") == {made.pk}) is is_so, first


def test_what_binds_in_law_is_the_same_in_python_and_in_the_database():
    made = [agreement(kind=kind, legal_force=force) for kind in ("memorandum", "protocol") for force in ("", "not-binding")]
    assert [row.binds for row in made] == [False, False, True, False]
    assert found(binding="yes") == {row.pk for row in made if row.binds} and found(binding="no") == {row.pk for row in made if not row.binds}


def test_what_was_concluded_before_a_day_is_no_draft_of_it():
    before, on_it, acceded = agreement("signed 31.12.2016"), agreement("signed 1.1"), agreement("consented 31.12.2016", multilateral=True)
    bare = agreement()
    assert found(preparing__from="01.01.2017") == {on_it.pk, bare.pk}
    assert found(preparing__from="31.12.2016") == {before.pk, on_it.pk, acceded.pk, bare.pk}
    [clause] = AGREEMENTS.query({"preparing__from": "01.01.2017"}).clauses
    assert (clause.words, clause.missed) == ("not concluded before 01.01.2017", "concluded before 01.01.2017")


def test_expiring_within():
    for days in (0, 30, 31, 90, 91, 365, 366, -1):
        make(AGREEMENTS, title_ka=str(days), expires_on=TODAY + dt.timedelta(days=days))
    make(AGREEMENTS, title_ka="none")
    names = {key: {row.title_ka for row in AGREEMENTS.rows(SYSTEM_WRITER, {"expiry": key})} for key in ("30", "90", "365", "later", "past")}
    assert names == {"30": {"0", "30"}, "90": {"31", "90"}, "365": {"91", "365"}, "later": {"366"}, "past": {"-1"}}


def test_the_list_is_sorted_by_stage_in_the_order_of_its_life():
    made = [agreement(steps).pk for steps in ("", "considered 1.1", "initiated 1.1", "drafted 1.1", "initialled 1.1", "signed 1.1")]
    assert [row.pk for row in AGREEMENTS.rows(SYSTEM_WRITER, {"sort": "stage"})] == made
    assert [row.pk for row in AGREEMENTS.rows(SYSTEM_WRITER, {"sort": "-stage"})] == made[::-1]


def test_the_last_day_for_notice_and_the_end_of_the_term_are_due_until_it_is_terminated():
    made = agreement("signed 6.1, consented 8.1, in-force 9.1", expires_on=on("31.12"), notice_by=on("1.7"))

    def due() -> list[dt.date]:
        return [d.day for d in deadlines.between(SYSTEM_WRITER, TODAY, on("31.12")) if d.register == "agreements"]

    assert due() == [on("1.7"), on("31.12")]
    take(made, "terminated", "1.6", "1.12")
    assert due() == []


def test_days_of_the_agreement_itself():
    for columns, field in [
        ({"expires_on": on("1.7"), "notice_by": on("2.7")}, "notice_by"), ({"renews_years": 0}, "renews_years"),
    ]:  # fmt: skip
        with pytest.raises(ValidationError) as error:
            make(AGREEMENTS, **columns)
        assert list(error.value.message_dict) == [field]
    above = agreement()
    under = agreement(parent=above)
    above.parent = under
    with pytest.raises(ValidationError, match="cannot stand under itself"):
        write.save(AGREEMENTS, SYSTEM_WRITER, above, version=above.version)


# -- pages -------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def officer():
    unit = make("units")
    return User.objects.create_user("treaties@example.ge", name="ნინო", role="officer", unit=unit)


@pytest.fixture
def client(officer):
    made = Client()
    made.cookies["django_language"] = "en"
    made.force_login(officer)
    return made


def test_the_page_offers_what_may_follow_and_says_why_the_rest_may_not(client):
    made = agreement("signed 6.1")
    page = client.get(AGREEMENTS.record_url(made)).content.decode()
    offered = {kind for kind in StepKind.values if f'class="button small" href="{reverse("agreement_step", args=[made.pk, kind])}"' in page}
    assert offered == {"procedures", "consented", "provisional", "terminated", "superseded"}
    assert "It is binding, and consent to be bound has not been expressed yet." in page and ">Signed</b>" in page


def test_a_step_is_entered_by_its_small_form_and_undone(client):
    made = agreement("signed 6.1")
    url = reverse("agreement_step", args=[made.pk, "consented"])
    assert client.get(url).status_code == 200
    answer = client.post(url, {"action_on": "8.1.2017", "effective_on": "", "notes": "დადგენილება", "party": ""})
    assert answer.status_code == 302 and stage_of(made) == "procedures"
    step = made.steps.get(kind="consented")
    assert (step.action_on, step.notes, step.party) == (on("8.1"), "დადგენილება", None)
    client.post(reverse("change_revert", args=[history.of_record(STEPS, step.pk).first().pk]), {"step": "1"})
    assert stage_of(made) == "signed"


def test_the_small_form_refuses_with_the_reason(client):
    made = agreement("signed 6.1")
    url = reverse("agreement_step", args=[made.pk, "in-force"])
    assert "consent to be bound" in client.get(url).content.decode()
    answer = client.post(url, {"action_on": "8.1.2017"})
    assert answer.status_code == 409 and made.steps.count() == 1
    early = client.post(reverse("agreement_step", args=[made.pk, "consented"]), {"action_on": "5.1.2017", "party": ""})
    assert early.status_code == 200 and "It has not been signed yet." in early.content.decode() and made.steps.count() == 1
    ahead = client.post(reverse("agreement_step", args=[made.pk, "consented"]), {"action_on": "16.6.2017", "party": "country-1"})
    text = ahead.content.decode()
    assert 'class="error-summary"' in text and made.steps.count() == 1
    assert client.get(reverse("agreement_step", args=[made.pk, "nonsense"])).status_code == 404


def test_a_partys_step_is_entered_where_ours_may_not_follow(client, poland):
    made = make(AGREEMENTS, m2m={"countries": [poland]}, kind="intergovernmental")
    for words in BINDING.split(", ")[5:]:
        take(made, *words.split())
    url = reverse("agreement_step", args=[made.pk, "consented"])
    assert client.post(url, {"action_on": "9.1.2017", "party": ""}).status_code == 200 and made.steps.count() == 5
    assert client.post(url, {"action_on": "9.1.2017", "party": f"country-{poland.pk}"}).status_code == 302
    assert made.steps.get(country=poland).kind == "consented"


def test_an_extension_carries_the_new_term_and_one_undo_takes_both_back(client):
    made = agreement("signed 6.1, consented 8.1, in-force 9.1", expires_on=on("1.7"), notice_by=on("1.5"))
    answer = client.post(reverse("agreement_step", args=[made.pk, "extended"]), {"action_on": "1.6.2017", "expires_on": "1.7.2020", "notice_by": "1.1.2020"})
    assert answer.status_code == 302
    made.refresh_from_db()
    assert (made.expires_on, made.notice_by) == (dt.date(2020, 7, 1), dt.date(2020, 1, 1))
    assert (made.first_expires_on, made.first_notice_by) == (on("1.7"), on("1.5"))
    change = Change.objects.filter(register="agreement-steps").latest("pk")
    client.post(reverse("change_revert", args=[change.pk]), {"step": "1"})
    made.refresh_from_db()
    assert made.expires_on == on("1.7") and not made.steps.filter(kind="extended").exists()


def test_steps_are_mended_together_on_the_form_of_the_agreement(client, officer):
    made = agreement("signed 6.1, consented 8.1, in-force 9.1")
    data = form_data(AGREEMENTS, officer, made)
    rows = {data[f"agreement-steps-{n}-kind"]: n for n in range(3)}
    for kind, day in (("signed", "6.2.2017"), ("consented", "8.2.2017"), ("in-force", "9.2.2017")):  # no single one of them could move alone
        data[f"agreement-steps-{rows[kind]}-action_on"] = day
    assert client.post(f"{AGREEMENTS.url}{made.pk}/edit/", data).status_code == 302
    assert list(made.steps.values_list("action_on", flat=True)) == [on("6.2"), on("8.2"), on("9.2")]
    data = form_data(AGREEMENTS, officer, Agreement.objects.get(pk=made.pk))
    data[f"agreement-steps-{rows['signed']}-action_on"] = "10.2.2017"
    answer = client.post(f"{AGREEMENTS.url}{made.pk}/edit/", data)
    assert answer.status_code == 200 and "It has not been signed yet." in answer.content.decode()


def test_deleting_a_step_that_holds_another_says_why_it_stays(client):
    made = agreement("signed 6.1, consented 8.1, in-force 9.1")
    signed = made.steps.get(kind="signed")
    answer = client.post(reverse("record_delete", args=[STEPS.key, signed.pk]), {"version": "1"})
    page = answer.content.decode()
    assert answer.status_code == 409 and "It has not been signed yet." in page and STEPS.number(signed) in page
    assert made.steps.count() == 3


def test_the_course_holds_rounds_and_documents_that_the_person_may_see(client, officer):
    made = agreement("signed 6.1")
    make("meetings", title_ka="რაუნდი", title_en="", agreement=made, kind="negotiation", state="held", starts_on=on("2.1"))
    make("meetings", title_ka="ფარული რაუნდი", title_en="", agreement=made, starts_on=on("3.1"), confidentiality="restricted", owner_unit=make("units"))
    make("documents", title_ka="წინადადება", title_en="", agreement=made, ready_on=on("7.1"), state="ready")
    page = client.get(AGREEMENTS.record_url(made)).content.decode()
    course = page[page.index('id="course"') : page.index("</ol>", page.index('id="course"'))]
    assert course.index("რაუნდი") < course.index("Signed") < course.index("წინადადება") and "ფარული" not in page


def test_a_viewer_is_offered_no_step_and_enters_none(officer):
    made = agreement("signed 6.1")
    viewer = User.objects.create_user("viewer@example.ge", name="თამარ", role="viewer", unit=officer.unit)
    client = Client()
    client.force_login(viewer)
    url = reverse("agreement_step", args=[made.pk, "consented"])
    assert url not in client.get(AGREEMENTS.record_url(made)).content.decode()
    assert client.get(url).status_code == client.post(url, {"action_on": "8.1.2017"}).status_code == 403
    hidden = make(AGREEMENTS, confidentiality="restricted", owner_unit=make("units"))
    assert client.get(reverse("agreement_step", args=[hidden.pk, "signed"])).status_code == 404


def test_today_is_the_day_of_the_test():
    assert dates.today() == TODAY
