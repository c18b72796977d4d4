"""The pages of the department's main tasks, and the bare SQL that somebody would write for what stands on each.

{mine} is the unit of the person who asks, {country} the country of the page, {framework} and {cycle} those of the report.
"""

from __future__ import annotations

from dataclasses import dataclass

from .lists import OPEN, ROWS, seen

TODAY = "'2017-12-11'"
MONTH = "BETWEEN '2017-11-27' AND '2017-12-31'"  # the weeks of the month from Monday to Sunday, as the page shows them
MOST = 400  # of each kind, as the calendar reads them


@dataclass(frozen=True)
class Page:
    """statements: what is read for it. rows: the statement with as many rows as the page's first table has, but for a sum (more); or none."""

    name: str
    address: str
    statements: list[str]
    rows: int | None = None
    more: int = 0


# -- the form of a request ---------------------------------------------------------------------------------------------

FORM = [
    "SELECT id, title_ka FROM directory_country ORDER BY title_ka LIMIT 261",
    f"SELECT a.id, a.title_ka FROM agreements_agreement a WHERE {seen('a')} ORDER BY a.title_ka LIMIT 261",
    "SELECT id, title_ka FROM directory_unit ORDER BY title_ka LIMIT 261",
    "SELECT max(serial) FROM requests_request WHERE direction = 'outgoing' AND year = 2017",
]

# -- the page of a country ---------------------------------------------------------------------------------------------

IN_EFFECT = f"a.reached IN ('in-force', 'provisional') AND (a.expires_on IS NULL OR a.expires_on >= {TODAY} OR a.renews_years > 0)"
WITH_AGREEMENT = "a.id IN (SELECT ac.agreement_id FROM agreements_agreement_countries ac WHERE ac.country_id = {country})"
WITH_MEETING = (
    "(m.id IN (SELECT mp.meeting_id FROM meetings_meeting_partner_countries mp WHERE mp.country_id = {country})"
    " OR m.body_id IN (SELECT b.id FROM frameworks_body b WHERE b.country_id = {country})"
    " OR m.id IN (SELECT mo.meeting_id FROM meetings_meeting_organisations mo JOIN directory_organisation o ON o.id = mo.organisation_id"
    " WHERE o.country_id = {country}))"
)
WITH_PROJECT = "(" + " OR ".join(
    f"p.id IN (SELECT po.project_id FROM projects_project_{name} po JOIN directory_organisation o ON o.id = po.organisation_id WHERE o.country_id = {{country}})"
    for name in ("donors", "implementers")
) + ")"  # fmt: skip
WITH_TRAINING = (
    "(t.country_id = {country} OR t.id IN (SELECT g.training_id FROM trainings_training_organisers g"
    " JOIN directory_organisation o ON o.id = g.organisation_id WHERE o.country_id = {country}))"
)
REQUESTS = "requests_request r WHERE " + seen("r") + " AND r.country_id = {country}"


def both(what: str, order: str, most: int = 6) -> list[str]:
    """The first of them, and how many there are."""
    table = what.split()[1]
    return [f"SELECT {table}.* FROM {what} ORDER BY {order} LIMIT {most}", f"SELECT count(*) FROM {what}"]


COUNTRY = [
    "SELECT * FROM directory_country WHERE id = {country}",
    *both(f"agreements_agreement a WHERE {seen('a')} AND {WITH_AGREEMENT} AND {IN_EFFECT}", "a.title_ka, a.id", 10),
    *both(f"agreements_agreement a WHERE {seen('a')} AND {WITH_AGREEMENT} AND NOT ({IN_EFFECT})", "a.title_ka, a.id"),
    *both(f"meetings_meeting m WHERE {seen('m')} AND {WITH_MEETING} AND m.state = 'planned' AND m.starts_on >= {TODAY}", "m.starts_on, m.id"),
    *both(f"meetings_meeting m WHERE {seen('m')} AND {WITH_MEETING} AND m.state = 'held'", "m.starts_on DESC, m.id"),
    *both(f"{REQUESTS} AND r.state IN {OPEN}", "r.due_on, r.id", 8),
    *both(f"{REQUESTS} AND r.state NOT IN {OPEN}", "r.answered_on DESC, r.id", 4),
    (
        f"SELECT count(CASE WHEN r.direction = 'outgoing' THEN 1 END), count(CASE WHEN r.direction = 'incoming' THEN 1 END),"
        f" count(CASE WHEN r.state IN {OPEN} AND r.due_on < {TODAY} THEN 1 END), count(CASE WHEN r.outcome IN ('answered', 'partly') THEN 1 END)"
        f" FROM {REQUESTS}"
    ),
    *both(f"projects_project p WHERE {seen('p')} AND {WITH_PROJECT}", "p.starts_on DESC, p.id", 8),
    *both(f"trainings_training t WHERE {seen('t')} AND {WITH_TRAINING}", "t.starts_on DESC, t.id"),
    *both(
        f"contacts_contact c WHERE {seen('c')} AND c.country_id = {{country}} AND (c.valid_to IS NULL OR c.valid_to >= {TODAY})", "c.title_ka, c.id", 12
    ),
    *both("directory_organisation o WHERE o.country_id = {country}", "o.title_ka, o.id", 10),
    *both(
        f"documents_delivery x JOIN documents_document d ON d.id = x.document_id JOIN directory_organisation o ON o.id = x.recipient_id WHERE {seen('d')}"
        " AND o.country_id = {country}", "x.delivered_on DESC, x.id",
    ),
]  # fmt: skip

# -- the calendar ------------------------------------------------------------------------------------------------------


def due(table: str, day: str, where: str = "1 = 1", kept: str = "d") -> str:
    """What is due in the weeks of the month. kept: the table that says who may see it."""
    return f"SELECT d.* FROM {table} WHERE {seen(kept)} AND d.{day} {MONTH} AND {where} ORDER BY d.{day}, d.id LIMIT {MOST}"


NOT_ENDED = "NOT EXISTS (SELECT 1 FROM agreements_agreementstep s WHERE s.agreement_id = d.id AND s.kind IN ('terminated', 'superseded'))"
CALENDAR = [
    due("contacts_contact d", "verify_by", "(d.valid_to IS NULL OR d.valid_to >= d.verify_by)"),
    due("contacts_membership d", "fee_due_on"),
    due("agreements_agreement d", "notice_by", NOT_ENDED),
    due("agreements_agreement d", "expires_on", NOT_ENDED),
    due("requests_request d", "due_on", f"d.state IN {OPEN}"),
    due("requests_request d", "confirm_by", f"d.state IN {OPEN} AND d.confirmed_on IS NULL"),
    due("requests_request d", "next_check_on", f"d.state IN {OPEN}"),
    due("commitments_commitment d", "due_on", "d.state IN ('received', 'accepted', 'in-progress')"),
    due("projects_projectactivity d JOIN projects_project p ON p.id = d.project_id", "planned_to", "d.done_on IS NULL", "p"),
    due("trainings_training d", "ends_on", "d.state = 'planned'"),
    due("meetings_meeting d", "starts_on", "d.state = 'planned'"),
    due("meetings_decision d JOIN meetings_meeting m ON m.id = d.meeting_id", "due_on", "d.state = 'open'", "m"),
    due("office_letter d", "due_on", "d.answer_required AND d.answered_on IS NULL AND d.direction = 'in'"),
    due("office_letter d", "due_on", "d.answer_required AND d.answered_on IS NULL AND d.direction = 'out'"),
    due("office_inventoryitem d", "needed_on", "d.quantity_provided < d.quantity_needed"),
    due("office_clearance d JOIN directory_person s ON s.id = d.person_id", "until"),
    due("office_webpublication d", "published_on", "d.state = 'planned'"),
    due("datacalls_datacall d", "due_on", "d.state = 'sent'"),
    due("datacalls_callreply d JOIN datacalls_datacall k ON k.id = d.call_id", "due_on", "d.replied_on IS NULL AND k.state = 'sent'", "k"),
]

# -- balance, matrix, report, chase ------------------------------------------------------------------------------------

OF_YEAR = f"{seen('r')} AND r.passed_on BETWEEN '2017-01-01' AND '2017-12-31'"
ANSWERED = f"r.outcome IN ('answered', 'partly') AND r.state NOT IN {OPEN}"
LATE = f"requests_request r WHERE {seen('r')} AND r.state IN {OPEN} AND r.due_on < {TODAY}"


def counted(*conditions: str) -> str:
    """How many rows fulfil each."""
    return ", ".join(f"count(CASE WHEN {condition} THEN 1 END)" for condition in conditions)


BALANCE = [
    (
        "SELECT r.country_id, "
        + counted(
            "r.direction = 'outgoing'", "r.direction = 'incoming'", f"r.state IN {OPEN}", f"r.state IN {OPEN} AND r.due_on < {TODAY}", ANSWERED,
            "r.outcome = 'refused'", "r.outcome = 'withdrawn'", f"{ANSWERED} AND r.answered_on <= r.due_on",
        )
        + f" FROM requests_request r WHERE {OF_YEAR} GROUP BY r.country_id"
    ),
    f"SELECT r.country_id, r.passed_on, r.answered_on FROM requests_request r WHERE {OF_YEAR} AND {ANSWERED}",
    f"SELECT r.country_id, r.refusal_ground, count(*) FROM requests_request r WHERE {OF_YEAR} AND r.outcome = 'refused' GROUP BY 1, 2",
    "SELECT * FROM directory_country",
]  # fmt: skip
PLACED = f"needs_need n WHERE {seen('n')} AND n.impact IS NOT NULL AND n.urgency IS NOT NULL"
MATRIX = [
    f"SELECT n.impact, n.urgency, count(*) FROM {PLACED} GROUP BY 1, 2",
    (
        "SELECT * FROM (SELECT n.*, row_number() OVER (PARTITION BY n.impact, n.urgency ORDER BY n.feasibility DESC, n.id) AS place"
        f" FROM {PLACED}) named JOIN directory_unit u ON u.id = named.unit_id WHERE named.place <= 3"
    ),
    f"SELECT count(*) FROM needs_need n WHERE {seen('n')}",
]
OF_CYCLE = "commitments_commitment c WHERE " + seen("c") + " AND c.framework_id = {framework} AND c.cycle = '{cycle}'"
REPORT = [
    f"SELECT c.id, c.paragraph FROM {OF_CYCLE}",
    f"SELECT c.*, u.title_ka FROM commitments_commitment c LEFT JOIN directory_unit u ON u.id = c.lead_unit_id WHERE c.id IN (SELECT c.id FROM {OF_CYCLE} ORDER BY c.paragraph LIMIT 150)",
    (
        "SELECT ac.commitment_id, a.* FROM actions_action a JOIN actions_action_commitments ac ON ac.action_id = a.id"
        f" WHERE {seen('a')} AND ac.commitment_id IN (SELECT c.id FROM {OF_CYCLE} ORDER BY c.paragraph LIMIT 150) ORDER BY a.done_on, a.id"
    ),
    f"SELECT c.declared, count(*) FROM {OF_CYCLE} GROUP BY c.declared",
]
CHASE = [
    f"SELECT count(*) FROM {LATE}",
    (
        "SELECT r.*, n.title_ka, u.title_ka, (SELECT count(*) FROM requests_reminder q WHERE q.request_id = r.id),"
        " (SELECT max(q.sent_on) FROM requests_reminder q WHERE q.request_id = r.id) FROM requests_request r JOIN directory_country n ON n.id = r.country_id"
        f" LEFT JOIN directory_unit u ON u.id = r.unit_id WHERE {LATE.partition(' WHERE ')[2]} ORDER BY r.due_on, r.id LIMIT {ROWS}"
    ),
    f"SELECT DISTINCT r.country_id FROM {LATE}",
    f"SELECT DISTINCT r.unit_id FROM {LATE}",
]
INDEX = [
    "SELECT * FROM directory_country",
    f"SELECT ac.country_id, count(*) FROM agreements_agreement_countries ac JOIN agreements_agreement a ON a.id = ac.agreement_id WHERE {seen('a')} AND {IN_EFFECT} GROUP BY 1",
    f"SELECT r.country_id, count(*) FROM requests_request r WHERE {seen('r')} AND r.state IN {OPEN} GROUP BY 1",
    f"SELECT mp.country_id, count(*) FROM meetings_meeting_partner_countries mp JOIN meetings_meeting m ON m.id = mp.meeting_id WHERE {seen('m')} GROUP BY 1",
    f"SELECT c.country_id, count(*) FROM contacts_contact c WHERE {seen('c')} GROUP BY 1",
]

PAGES = [
    Page("request, the quick form", "/r/requests/quick/", FORM),
    Page("country with the most requests", "/r/countries/{country}/", COUNTRY),
    Page("all countries", "/partners/", INDEX),
    Page("calendar of the month, everybody's", "/agenda/?of=all", CALENDAR),
    Page("balance of requests, the year", "/r/requests/balance/", BALANCE, rows=0, more=1),
    Page("requests to chase", "/r/requests/chase/", CHASE, rows=1),
    Page("needs by impact and urgency", "/r/needs/matrix/", MATRIX),
    Page("report on the largest cycle", "/r/commitments/report/?framework={framework}&cycle={cycle}", REPORT),
]

# -- entering a request ------------------------------------------------------------------------------------------------

ENTRY = {
    "direction": "outgoing", "title_ka": "საზღვრის კვეთის მონაცემების გადამოწმება", "title": "საზღვრის კვეთის მონაცემების გადამოწმება",
    "registered_on": "11.12.2017", "urgency": "normal",
}  # fmt: skip
# What keeping one comes to at the least: its number, the row, its text for the search, the line of its history.
ENTRY_SQL = [
    "SELECT max(serial) FROM requests_request WHERE direction = 'outgoing' AND year = 2017",
    "INSERT INTO requests_request ({columns}) SELECT {values} FROM requests_request WHERE id = (SELECT max(id) FROM requests_request)",
    "INSERT INTO engine_searchentry (register, record_id, text) SELECT 'requests', max(id), 'საზღვრის კვეთის მონაცემების გადამოწმება' FROM requests_request",
]
