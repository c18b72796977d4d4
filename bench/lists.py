"""Pages of lists, and the bare SQL that somebody would write for the same rows: the count, and the fifty rows with their names.

{mine} is the unit of the person who asks: restricted records of other units stay hidden in both.
"""

from __future__ import annotations

from dataclasses import dataclass

ROWS = 50


@dataclass(frozen=True)
class Case:
    """address: of the page. rows_of: FROM … WHERE …; names: what is read beside the row; page: which page of the list."""

    name: str
    address: str
    rows_of: str
    order: str
    names: str = "{t}.*"
    joins: str = ""
    deep: bool = False


def seen(table: str) -> str:
    """What an officer may see."""
    return f"({table}.confidentiality <> 'restricted' OR {table}.owner_unit_id = {{mine}})"


NAMED_DOCUMENTS = "LEFT JOIN frameworks_framework f ON f.id = d.framework_id LEFT JOIN frameworks_body b ON b.id = d.body_id"
DOCUMENTS = f"documents_document d WHERE {seen('d')}"
MEETINGS = f"meetings_meeting m WHERE {seen('m')}"
NAMED_MEETINGS = "LEFT JOIN frameworks_framework f ON f.id = m.framework_id LEFT JOIN frameworks_body b ON b.id = m.body_id"
D, M = "d.*, f.title_ka, b.title_ka", "m.*, f.title_ka, b.title_ka"
IRD = (
    "w.person_id IN (SELECT s.id FROM directory_person s JOIN directory_unit u ON u.id = s.unit_id LEFT JOIN directory_unit u1"
    " ON u1.id = u.parent_id LEFT JOIN directory_unit u2 ON u2.id = u1.parent_id WHERE 'ird' IN (u.code, u1.code, u2.code))"
)
PARTICIPATIONS = "trainings_participation w JOIN trainings_training t ON t.id = w.training_id"
PEOPLE_DONE = "(SELECT sum(w.headcount) FROM trainings_participation w WHERE w.training_id = t.id AND w.state = 'completed')"

NAMED_REQUESTS = "JOIN directory_country n ON n.id = r.country_id LEFT JOIN directory_unit u ON u.id = r.unit_id"
R, OPEN = "r.*, n.title_ka, u.title_ka", "('registered', 'checked', 'forwarded', 'sent', 'in-execution', 'partly')"

CASES = [
    Case(
        "documents, none found: what a page costs by itself",
        "/r/documents/?ready_on__from=01.01.2900",
        f"{DOCUMENTS} AND d.ready_on >= '2900-01-01'", "d.ready_on DESC, d.id DESC", D, NAMED_DOCUMENTS,
    ),
    Case("documents, first page", "/r/documents/", DOCUMENTS, "d.ready_on DESC, d.id DESC", D, NAMED_DOCUMENTS),
    Case("documents, page in the middle", "/r/documents/", DOCUMENTS, "d.ready_on DESC, d.id DESC", D, NAMED_DOCUMENTS, deep=True),
    Case(
        "documents by type, state and year, sorted by title",
        "/r/documents/?type=legal-opinion&type=briefing&state=ready&state=approved&ready_on__from=01.01.2017&ready_on__to=31.12.2017&sort=title",
        f"{DOCUMENTS} AND d.type IN ('legal-opinion', 'briefing') AND d.state IN ('ready', 'approved')"
        " AND d.ready_on BETWEEN '2017-01-01' AND '2017-12-31'",
        "d.title_ka, d.id", D, NAMED_DOCUMENTS,
    ),
    Case(
        "documents of a framework and those under it",
        "/r/documents/?framework_within=aa",
        f"{DOCUMENTS} AND d.framework_id IN (SELECT f.id FROM frameworks_framework f LEFT JOIN frameworks_framework g"
        " ON g.id = f.parent_id WHERE 'aa' IN (f.code, g.code))",
        "d.ready_on DESC, d.id DESC", D, NAMED_DOCUMENTS,
    ),
    Case(
        "visits held in the year",
        "/r/meetings/?kind=visit&state=held&starts_on__from=01.01.2017&starts_on__to=31.12.2017",
        f"{MEETINGS} AND m.kind = 'visit' AND m.state = 'held' AND m.starts_on BETWEEN '2017-01-01' AND '2017-12-31'",
        "m.starts_on DESC, m.id", M, NAMED_MEETINGS,
    ),
    Case(
        "meetings with UN organisations",
        "/r/meetings/?organisation_kind=un",
        f"{MEETINGS} AND EXISTS (SELECT 1 FROM meetings_meeting_organisations mo JOIN directory_organisation o"
        " ON o.id = mo.organisation_id WHERE mo.meeting_id = m.id AND o.kind = 'un')",
        "m.starts_on DESC, m.id", M, NAMED_MEETINGS,
    ),
    Case(
        "trainings with the number of people",
        "/r/trainings/",
        f"trainings_training t WHERE {seen('t')}", "t.starts_on DESC, t.id", f"t.*, {PEOPLE_DONE}",
    ),
    Case(
        "people trained of a unit, sorted by name",
        "/r/participations/?unit_within=ird&state=completed&sort=person",
        f"{PARTICIPATIONS} WHERE {seen('t')} AND w.state = 'completed' AND {IRD}",
        "s.title_ka, w.id", "w.*, s.title_ka, t.title_ka", "LEFT JOIN directory_person s ON s.id = w.person_id",
    ),
    Case("people, page in the middle", "/r/people/", "directory_person s WHERE 1 = 1", "s.title_ka, s.id", "s.*", deep=True),
    Case(
        "requests, first page",
        "/r/requests/",
        f"requests_request r WHERE {seen('r')}", "r.registered_on DESC, r.id DESC", R, NAMED_REQUESTS,
    ),
    Case(
        "requests received in the year and answered, by day due",
        "/r/requests/?direction=incoming&state=answered&passed_on__from=01.01.2017&passed_on__to=31.12.2017&sort=due_on",
        f"requests_request r WHERE {seen('r')} AND r.direction = 'incoming' AND r.state = 'answered' AND r.passed_on BETWEEN '2017-01-01' AND '2017-12-31'",
        "r.due_on, r.id", R, NAMED_REQUESTS,
    ),
    Case(
        "requests late",
        "/r/requests/?attention=late",
        f"requests_request r WHERE {seen('r')} AND r.state IN {OPEN} AND r.due_on < '2017-12-11' AND NOT EXISTS"
        " (SELECT 1 FROM agreements_agreement g WHERE g.id = r.agreement_id AND g.reached = 'suspended')",
        "r.registered_on DESC, r.id DESC", R, NAMED_REQUESTS,
    ),
    Case("agreements, first page", "/r/agreements/", f"agreements_agreement a WHERE {seen('a')}", "a.title_ka, a.id", "a.*"),
    Case(
        "agreements in force",
        "/r/agreements/?stage=in-force",
        f"agreements_agreement a WHERE {seen('a')} AND a.reached = 'in-force'"
        " AND (a.expires_on IS NULL OR a.expires_on >= '2017-12-11' OR a.renews_years > 0)",
        "a.title_ka, a.id", "a.*",
    ),
    Case(
        "contacts that can be reached",
        "/r/contacts/?status=reachable",
        f"contacts_contact c WHERE {seen('c')} AND (c.valid_to IS NULL OR c.valid_to >= '2017-12-11') AND (c.valid_from IS NULL OR c.valid_from <= '2017-12-11')"
        " AND EXISTS (SELECT 1 FROM contacts_contactverification v WHERE v.contact_id = c.id AND v.\"on\" BETWEEN '2016-12-11' AND '2017-12-11')",
        "n.title_ka, c.title_ka, c.id",
        "c.*, n.title_ka, (SELECT max(v.\"on\") FROM contacts_contactverification v WHERE v.contact_id = c.id)",
        "LEFT JOIN directory_country n ON n.id = c.country_id",
    ),
    Case(
        "commitments of a framework and those under it",
        "/r/commitments/?framework_within=upr&state=in-progress",
        f"commitments_commitment c WHERE {seen('c')} AND c.state = 'in-progress' AND c.framework_id IN (SELECT f.id FROM frameworks_framework f"
        " LEFT JOIN frameworks_framework g ON g.id = f.parent_id WHERE 'upr' IN (f.code, g.code))",
        "c.id", "c.*, u.title_ka", "LEFT JOIN directory_unit u ON u.id = c.lead_unit_id",
    ),
    Case(
        "needs of high impact and urgency",
        "/r/needs/?impact=3&urgency=3",
        f"needs_need n WHERE {seen('n')} AND n.impact = 3 AND n.urgency = 3", "n.identified_on DESC, n.id DESC", "n.*, u.title_ka",
        "LEFT JOIN directory_unit u ON u.id = n.unit_id",
    ),
    Case("letters, page in the middle", "/r/letters/", f"office_letter l WHERE {seen('l')}", "l.registered_on DESC, l.id DESC", "l.*", deep=True),
    Case(
        "letters late to be answered",
        "/r/letters/?answer_state=late",
        f"office_letter l WHERE {seen('l')} AND l.answer_required AND l.answered_on IS NULL AND l.due_on < '2017-12-11'",
        "l.registered_on DESC, l.id DESC", "l.*",
    ),
    Case(
        "clearances that end soon",
        "/r/clearances/?validity=expiring",
        f"office_clearance c WHERE {seen('c')} AND c.since <= '2017-12-11' AND c.until BETWEEN '2017-12-11' AND '2018-03-11'",
        "c.until, c.id", "c.*, s.title_ka", "JOIN directory_person s ON s.id = c.person_id",
    ),
    Case(
        "actions done in the year",
        "/r/actions/?done_on__from=01.01.2017&done_on__to=31.12.2017",
        f"actions_action a WHERE {seen('a')} AND a.done_on BETWEEN '2017-01-01' AND '2017-12-31'", "a.done_on DESC, a.id DESC", "a.*, u.title_ka",
        "LEFT JOIN directory_unit u ON u.id = a.unit_id",
    ),
    Case(
        "replies to calls that did not come",
        "/r/call-replies/?reply_state=late",
        f"datacalls_callreply r JOIN datacalls_datacall k ON k.id = r.call_id WHERE {seen('k')} AND k.state = 'sent' AND r.replied_on IS NULL AND r.due_on < '2017-12-11'",
        "r.due_on, r.id", "r.*, k.title_ka",
    ),
]  # fmt: skip

# Words of the demo year: a word that many records have, two words together, and a number that few have.
SEARCHES = ["ტრენინგი", "პოლიციის ანგარიში", "(17)", "შე"]

SEARCHED = {
    "documents": ("documents_document d", seen("d"), "d.ready_on DESC, d.id DESC"),
    "meetings": ("meetings_meeting d", seen("d"), "d.starts_on DESC, d.id"),
    "trainings": ("trainings_training d", seen("d"), "d.starts_on DESC, d.id"),
    "projects": ("projects_project d", seen("d"), "d.starts_on DESC, d.id"),
    "people": ("directory_person d", "1 = 1", "d.title_ka, d.id"),
    "agreements": ("agreements_agreement d", seen("d"), "d.title_ka, d.id"),
    "decisions": ("meetings_decision d JOIN meetings_meeting m ON m.id = d.meeting_id", seen("m"), "d.due_on, d.id"),
    "project-activities": (
        "projects_projectactivity d JOIN projects_project p ON p.id = d.project_id",
        seen("p"),
        "d.planned_to, d.id",
    ),
    "participations": ("trainings_participation d JOIN trainings_training t ON t.id = d.training_id", seen("t"), "d.id DESC"),
    "deliveries": (
        "documents_delivery d JOIN documents_document x ON x.id = d.document_id",
        seen("x"),
        "d.delivered_on DESC, d.id DESC",
    ),
    "monitoring-entries": (
        "projects_monitoringentry d JOIN projects_project p ON p.id = d.project_id",
        seen("p"),
        'd."on" DESC, d.id',
    ),
    "organisations": ("directory_organisation d", "1 = 1", "d.title_ka, d.id"),
    "bodies": ("frameworks_body d", seen("d"), "d.title_ka, d.id"),
    "contacts": ("contacts_contact d", seen("d"), "d.title_ka, d.id"),
    "memberships": ("contacts_membership d", seen("d"), "d.title_ka, d.id"),
    "requests": ("requests_request d", seen("d"), "d.registered_on DESC, d.id DESC"),
    "request-reminders": ("requests_reminder d JOIN requests_request r ON r.id = d.request_id", seen("r"), "d.sent_on, d.id"),
    "commitments": ("commitments_commitment d", seen("d"), "d.id"),
    "needs": ("needs_need d", seen("d"), "d.identified_on DESC, d.id DESC"),
    "actions": ("actions_action d", seen("d"), "d.done_on DESC, d.id DESC"),
    "letters": ("office_letter d", seen("d"), "d.registered_on DESC, d.id DESC"),
    "inventory": ("office_inventoryitem d", seen("d"), "d.needed_on DESC, d.id DESC"),
    "posts": ("office_post d", seen("d"), "d.title_ka, d.id"),
    "clearances": ("office_clearance d", seen("d"), "d.until, d.id"),
    "curricula": ("office_curriculum d", seen("d"), "d.ready_on DESC, d.id DESC"),
    "web-publications": ("office_webpublication d", seen("d"), "d.published_on DESC, d.id DESC"),
    "data-calls": ("datacalls_datacall d", seen("d"), "d.id"),
    "call-replies": ("datacalls_callreply d JOIN datacalls_datacall k ON k.id = d.call_id", seen("k"), "d.due_on, d.id"),
    "frameworks": ("frameworks_framework d", seen("d"), "d.title_ka, d.id"),
    "units": ("directory_unit d", "1 = 1", "d.title_ka, d.id"),
    "countries": ("directory_country d", "1 = 1", "d.title_ka, d.id"),
}


def bare(case: Case, mine: int, page: int) -> tuple[str, str]:
    """The two statements for a page: count, rows."""
    table, _where, conditions = case.rows_of.partition(" WHERE ")
    count = f"SELECT count(*) FROM {table} WHERE {conditions}"
    rows = f"SELECT {case.names} FROM {table} {case.joins} WHERE {conditions} ORDER BY {case.order} LIMIT {ROWS} OFFSET {ROWS * (page - 1)}"
    return count.format(mine=mine), rows.format(mine=mine)


def entries(words: str, vendor: str) -> str:
    """A condition on engine_searchentry e: it has all the words, found through the same index as ours."""
    found = []
    for word in words.split():
        if vendor == "sqlite" and len(word) > 2:
            found.append(f"e.id IN (SELECT rowid FROM engine_search_fts WHERE engine_search_fts MATCH '\"{word}\"')")
        else:
            found.append(f"e.text LIKE '%{word}%'")
    return " AND ".join(found)


def bare_search(words: str, vendor: str, mine: int, register: str, limit: int, page: int = 1) -> tuple[str, str]:
    """Count and rows of one register that have the words."""
    table, visible, order = SEARCHED[register]
    where = (
        f"{visible.format(mine=mine)} AND d.id IN (SELECT e.record_id FROM engine_searchentry e"
        f" WHERE e.register = '{register}' AND {entries(words, vendor)})"
    )
    return (
        f"SELECT count(*) FROM {table} WHERE {where}",
        f"SELECT d.* FROM {table} WHERE {where} ORDER BY {order} LIMIT {limit} OFFSET {limit * (page - 1)}",
    )
