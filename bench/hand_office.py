"""The measures of the office and of the data calls, as hand.py has those of the other registers: one statement each."""

from __future__ import annotations

from .hand import SOME_AND_ALL

# From the lowest on: a clearance opens secrets of its own grade and of those before it.
RANK = "CASE {grade} WHEN 'restricted' THEN 1 WHEN 'secret' THEN 2 WHEN 'top-secret' THEN 3 ELSE 4 END"
CLEARED = (
    "EXISTS (SELECT 1 FROM office_clearance c WHERE c.person_id = p.holder_id AND c.since <= '{end}'"
    " AND (c.until IS NULL OR c.until >= '{end}')"
    f" AND {RANK.replace('{grade}', 'c.grade')} >= {RANK.replace('{grade}', 'p.grade')})"
)


def replies(where: str) -> str:
    """Replies to calls that were sent, due in the period: those that came, of all asked."""
    return (
        f"SELECT {SOME_AND_ALL.format(some='r.replied_on IS NOT NULL')} FROM datacalls_callreply r"
        f" JOIN datacalls_datacall k ON k.id = r.call_id LEFT JOIN frameworks_framework f ON f.id = k.framework_id"
        f" WHERE {where} AND k.state IN ('sent', 'closed') AND r.due_on BETWEEN '{{start}}' AND '{{end}}'"
    )


STATEMENTS = {
    ("1.2.8", "", "replies received"): replies("k.kind = 'cooperation'"),
    ("3.2.3.1", "ბ", "replies received"): replies("f.code = 'vlap'"),
    ("4.1.10", "", "programmes and modules"): (
        "SELECT count(*) FROM office_curriculum k JOIN directory_unit u ON u.id = k.drafted_with_id"
        " WHERE u.code = 'academy' AND k.state IN ('ready', 'approved') AND k.ready_on BETWEEN '{start}' AND '{end}'"
    ),
    ("4.1.11", "", "materials"): (
        "SELECT count(*) FROM office_webpublication w WHERE w.channel IN ('ministry-page', 'department-page')"
        " AND w.state IN ('published', 'withdrawn') AND (w.published_on BETWEEN '{start}' AND '{end}' OR EXISTS"
        " (SELECT 1 FROM office_webupdate n WHERE n.publication_id = w.id AND n.\"on\" BETWEEN '{start}' AND '{end}'))"
    ),
    ("4.1.12", "ა", "letters"): "SELECT count(*) FROM office_letter l WHERE l.registered_on BETWEEN '{start}' AND '{end}'",
    ("4.1.12", "ა", "answered in time"): (
        f"SELECT {SOME_AND_ALL.format(some='l.answered_on <= l.due_on')} FROM office_letter l"
        " WHERE l.direction = 'in' AND l.answer_required AND l.due_on BETWEEN '{start}' AND '{end}'"
    ),
    ("4.1.12", "ბ", "provided"): (
        "SELECT sum(CASE WHEN i.quantity_provided < i.quantity_needed THEN i.quantity_provided ELSE i.quantity_needed END),"
        " sum(i.quantity_needed) FROM office_inventoryitem i WHERE i.needed_on BETWEEN '{start}' AND '{end}'"
    ),
    ("4.1.12", "გ", "cleared staff"): (
        f"SELECT count(DISTINCT CASE WHEN {CLEARED} THEN p.holder_id END), count(DISTINCT p.holder_id) FROM office_post p"
        " WHERE p.since <= '{end}' AND (p.until IS NULL OR p.until >= '{end}')"
    ),
}
