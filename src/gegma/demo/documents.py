"""The demo's documents, and to whom they were delivered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from gegma.registers.documents.models import Delivery, Document

from .meetings import COUNCILS, DONORS, OURS, QUARTERS
from .needs import PACKAGE_DAYS, areas_of
from .projects import RUNNING, phrase
from .words import Phrase
from .year import TODAY, Year

MONITORS = ("upr", "cat", "cpt", "fcnm", "unodc", "iccpr", "ecri", "cerd", "incb", "crc", "cedaw")
CJR = ("cjr-council", "juvenile-justice", "dv-council")
# Agreement proposals end, stretch or change one.
CHANGES = ("suspension", "termination", "extension", "amendment")


@dataclass(frozen=True)
class Batch:
    """Documents of one kind: how many, who keeps and writes them, what they are about, to whom they go (codes of organisations)."""

    type: str
    n: int
    owner: str
    to: tuple[str, ...] = ()
    frameworks: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    words: str = ""
    topics: tuple[str, ...] = ()
    about: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


BATCHES = [
    Batch("needs-package", 5, "ird-projects", (*DONORS, "embassy-de"), facts={"least": 8}),
    Batch("project-proposal", 14, "ird-projects", about="proposal"),
    Batch("project-report", 24, "ird-projects", about="implements"),
    Batch("project-report", 10, "ird-projects", about="coordinates"),
    Batch("training-evaluation", 15, "ird-projects", about="training"),
    Batch("cooperation-digest", 5, "ird-projects"),
    Batch("strategy", 8, "ird-projects", ("moj",), bodies=CJR),
    Batch("action-plan", 9, "ird-projects", ("moj", "government-administration"), bodies=CJR),
    Batch("action-plan", 5, "ird", ("government-administration",), bodies=COUNCILS),
    Batch("action-plan", 6, "ird", bodies=OURS),
    Batch("action-plan", 3, "ird-nato", ("state-minister", "nac"), ("anp",)),
    Batch("action-plan", 3, "ird-eu", ("state-minister",), ("eu-comm",)),
    Batch("results-framework", 4, "ird-eu", ("state-minister",), ("aa-nap-2016", "aa-nap-2017")),
    Batch("activity-report", 8, "ird-projects", ("moj",), bodies=CJR),
    Batch("activity-report", 7, "ird", ("government-administration",), bodies=COUNCILS),
    Batch("implementation-report", 15, "ird-treaties", ("mfa",), words="agreement-report", about="agreement"),
    Batch("implementation-report", 6, "ird-nato", ("state-minister", "state-minister", "mfa"), ("anp",)),
    Batch("implementation-report", 5, "ird-nato", ("mod",), ("parp",)),
    Batch("implementation-report", 7, "ird-eu", ("state-minister",), ("aa", "aa-nap-2017", "aa-nap-2016")),
    Batch("implementation-report", 7, "ird-eu", ("mfa", "eu-delegation"), ("vlap",)),
    Batch("implementation-report", 4, "ird-eu", ("state-minister",), ("eap",)),
    Batch("implementation-report", 4, "ird-eu", ("state-minister",), ("eu-comm",)),
    Batch("periodic-report", 13, "ird", ("mfa", "ohchr", "coe"), MONITORS),
    Batch("information-update", 24, "ird", ("mfa", "public-defender", "unodc"), MONITORS),
    Batch("monitoring-report", 4, "ird-eu", (), ("eap",), facts={"author": "european-commission"}),
    Batch("monitoring-report", 3, "ird-eu", ("state-minister",), ("eap", "vlap")),
    Batch("legal-opinion", 62, "ird-treaties", ("mfa", "moj", "parliament")),
    Batch("agreement-proposal", 15, "ird-treaties", ("mfa",), topics=CHANGES, about="agreement"),
    Batch("recommendation", 11, "ird-treaties", words="recommendation-harmonisation", topics=("harmonisation",)),
    Batch("recommendation", 8, "ird-cooperation", words="recommendation-renewing-agreement", topics=("renewing-agreement",), about="agreement"),
    Batch("recommendation", 8, "ird-cooperation", words="recommendation-new-agreement", topics=("new-agreement",)),
    Batch("cooperation-programme", 10, "ird-cooperation", ("fa-de", "fa-pl", "fa-ua", "fa-ee"), about="agreement"),
    Batch("comments", 6, "ird-eu", ("mod", "security-council"), ("csdp",)),
    Batch("comments", 9, "ird", ("mfa",), ("us-charter", "enp", "un")),
    Batch("briefing", 56, "ird"),
    Batch("best-practice", 12, "ird-cooperation"),
    Batch("web-update", 5, "ird-treaties", ("osce",), facts={"channel": "osce-polis"}),
    Batch("web-update", 5, "ird", facts={"channel": "department-page"}),
]  # fmt: skip


def make_documents(year: Year) -> list[Document]:
    """Documents, minutes of meetings among them, then their deliveries. Returns the documents."""
    rows = [(_document(year, batch, i), batch.to, batch.facts) for batch in BATCHES for i in range(year.number(batch.n))]
    rows += [(_minutes(year, meeting), ("mfa",), {}) for meeting in year.meetings if _has_minutes(year, meeting)]
    packages = [document for document, _to, _facts in rows if document.type == "needs-package"]
    held = {id(document): year.packaged[index] for index, document in enumerate(packages)}
    documents = year.put("documents", [(document, {"needs": held.get(id(document), [])}) for document, _to, _facts in rows])
    year.put("deliveries", [row for document, to, facts in rows for row in _deliveries(year, document, to, facts)])
    return documents + _presentations(year)


def _document(year: Year, batch: Batch, index: int) -> Document:
    document = Document(type=batch.type, author_unit=year.units[batch.owner], **year.keeping(batch.owner))
    names: dict[str, Phrase] = {"country": year.partners[year.rng.choice(list(year.partners))]}
    if batch.frameworks:
        document.framework = year.frameworks[batch.frameworks[index % len(batch.frameworks)]]
        names["framework"] = phrase(document.framework)
    if batch.bodies:
        document.body = year.bodies[year.rng.choice(batch.bodies)]
        document.framework = document.framework or document.body.framework
        names |= {"body": phrase(document.body), "topic": year.words.topic(year.about[document.body.code])}
    if batch.topics:
        document.topic = "" if index == 2 and batch.type == "agreement-proposal" else year.rng.choice(batch.topics)
    _about(year, batch.about, document, names)
    document.channel = batch.facts.get("channel", "")
    if author := batch.facts.get("author"):
        # One report is entered without its author: it is left out, and so found.
        document.author_organisation = None if index == 2 else year.organisations[author]
        document.author_unit = None
    offered = year.packaged[index] if batch.type == "needs-package" else []
    if offered:
        names["topic"] = areas_of(offered)
    title = year.words.title("documents", batch.words or batch.type, **names)
    document.title_ka, document.title_en = title.ka, title.en
    ready = year.past_day() if index == 0 else year.some_day()
    if ready > TODAY and year.chance(0.65):  # few begin in December what is due in spring
        ready = year.past_day()
    wanted = "delivered" if index == 0 else "drafting" if index == 1 and batch.n >= 8 else ""
    if batch.type == "needs-package":
        ready = PACKAGE_DAYS[index] if index < len(PACKAGE_DAYS) else ready
        wanted = ("delivered", "delivered", "delivered", "ready")[index] if index < len(PACKAGE_DAYS) else "drafting"
    _live(year, document, ready, wanted)
    if batch.type.endswith(("-report", "-update", "-digest")) and batch.type != "web-update":
        _cover(document)
    return document


def _about(year: Year, about: str, document: Document, names: dict[str, Phrase]) -> None:
    """The project, training or agreement that a document is about."""
    if about == "agreement":
        document.agreement = year.rng.choice(year.agreements)
        names["agreement"] = phrase(document.agreement)
        parties = [c.code for c in document.agreement.countries.all() if c.code in year.partners]
        if parties:
            names["country"] = year.partners[parties[0]]
    elif about == "training":
        held = [t for t in year.trainings if t.state == "held"]
        document.training = year.rng.choice(held or year.trainings)
        names["training"] = phrase(document.training)
    elif about:
        fitting = [
            p for p in year.projects if (p.drafted_by_us if about == "proposal" else p.role == about and p.state in RUNNING)
        ]
        document.project = year.rng.choice(fitting or year.projects)
        names["project"] = phrase(document.project)


def _live(year: Year, document: Document, ready: dt.date, wanted: str = "") -> None:
    """State and dates; what would be ready after the day of the demo is still being drafted."""
    started = year.working(ready - dt.timedelta(days=year.rng.randint(7, 45)))
    state = wanted or year.rng.choices(["drafting", "ready", "approved", "delivered"], [7, 17, 24, 52])[0]
    document.started_on = min(started, TODAY - dt.timedelta(days=2))
    if state == "drafting" or ready > TODAY:
        document.state = "drafting"
        return
    document.ready_on, document.state = ready, state
    approved = year.working(ready + dt.timedelta(days=year.rng.randint(1, 12)))
    if state in {"approved", "delivered"} and approved <= TODAY:
        document.approved_on = approved
        document.approved_by = year.rng.choice(["დეპარტამენტის დირექტორი", "მინისტრის მოადგილე", "სამმართველოს უფროსი"])
    elif state == "approved":
        document.state = "ready"
    if year.chance(0.65):
        document.number = f"MIA {year.rng.randint(1, 9)} {ready:%y} {year.rng.randint(10_000, 3_200_000):08d}"


def _cover(document: Document) -> None:
    """Reports cover the months before they were ready, and say so in the title."""
    end = (document.ready_on or document.started_on).replace(day=1) - dt.timedelta(days=1)
    document.covers_from, document.covers_to = (end - dt.timedelta(days=80)).replace(day=1), end
    covered = f" ({document.covers_from:%m.%Y}–{end:%m.%Y})"
    document.title_ka, document.title_en = document.title_ka[:480] + covered, document.title_en[:480] + covered


def _has_minutes(year: Year, meeting) -> bool:
    if meeting.state != "held" or meeting.body is None:
        return False
    always = meeting.body.kind == "bilateral-group"
    return year.chance(0.78 if always else 0.25)


def _minutes(year: Year, meeting) -> Document:
    document = Document(
        type="minutes", meeting=meeting, body=meeting.body, framework=meeting.framework, agreement=meeting.agreement,
        author_unit=meeting.owner_unit, owner_unit=meeting.owner_unit, officer=meeting.officer, confidentiality=meeting.confidentiality,
    )  # fmt: skip
    title = year.words.title("documents", "minutes", meeting=phrase(meeting))
    document.title_ka, document.title_en = title.ka[:500], title.en[:500]
    _live(year, document, year.working(meeting.starts_on + dt.timedelta(days=year.rng.randint(1, 21))))
    document.started_on = meeting.starts_on
    return document


def _deliveries(year: Year, document: Document, to: Sequence[str], facts: dict[str, Any]) -> list[Delivery]:
    if document.state != "delivered":
        return []
    day = document.approved_on or document.ready_on
    recipients: list[tuple[Any, Any]] = [(organisation, None) for organisation in _recipients(year, document, to, facts)]
    if not recipients:
        recipients = [(None, unit) for unit in _units(year, document)]
    rows = []
    for organisation, unit in recipients:
        row = Delivery(
            document=document, recipient=organisation, recipient_unit=unit, method=year.rng.choice(["letter", "letter", "e-mail"])
        )
        delivered = year.working(day + dt.timedelta(days=year.rng.randint(0, 14)))
        if not year.chance(0.04):  # somebody forgot to enter when
            row.delivered_on = min(delivered, TODAY)
        rows.append(row)
    return rows


def _recipients(year: Year, document: Document, to: Sequence[str], facts: dict[str, Any]) -> list[Any]:
    if document.project_id:
        return year.donors[document.project_id]
    least = facts.get("least", 1)
    return year.orgs(dict.fromkeys(year.some(to, least, max(least, min(2, len(to))) + (5 if least > 1 else 0)))) if to else []


def _units(year: Year, document: Document) -> list[Any]:
    if document.type == "briefing":
        return [year.units["leadership"]]
    if document.type == "training-evaluation":
        return [year.units["hr"], year.units["academy"]]
    return [year.units[year.rng.choice(["leadership", "administration", "legal", "information-centre"])]]


def _presentations(year: Year) -> list[Document]:
    """The quarterly activity report, handed over at the police working group's meeting."""
    body = year.bodies["cjr-police-group"]
    meetings = {m.starts_on: m for m in year.meetings if m.body_id == body.pk and m.kind == "session"}
    documents = []
    for quarter, day in enumerate((dt.date(2016, 12, 6), *QUARTERS)):
        ready = year.working(day - dt.timedelta(days=year.rng.randint(8, 20)))
        ka = f"სამინისტროს საქმიანობის ანგარიში პოლიციის რეფორმის სამუშაო ჯგუფისთვის, {(quarter - 1) % 4 + 1} კვარტალი {day.year}"
        en = f"Activity report of the Ministry for the Police Reform Working Group, quarter {(quarter - 1) % 4 + 1} of {day.year}"
        document = Document(
            type="activity-report", title_ka=ka, title_en=en, body=body, author_unit=year.units["ird-projects"],
            meeting=meetings.get(day), **year.keeping("ird-projects"),
        )  # fmt: skip
        _live(year, document, ready, "delivered" if day <= TODAY else "ready")
        documents.append(document)
    made = year.put("documents", documents)
    handed = [Delivery(document=d, method="meeting", meeting=d.meeting, recipient=year.organisations["moj"]) for d in made]
    for row in handed:
        row.delivered_on = row.meeting.starts_on if row.meeting.state == "held" else None
    year.put("deliveries", handed)
    return made
