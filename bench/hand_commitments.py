"""The measures over commitments and actions, as somebody who knows SQL and the tables would write them; see bench/hand.py."""

GOALS = "f.code = 'parp' AND c.kind = 'partnership-goal'"


def commitments(where: str, what: str = "count(*)") -> str:
    """Commitments c by their framework f."""
    return f"SELECT {what} FROM commitments_commitment c JOIN frameworks_framework f ON f.id = c.framework_id WHERE {where}"


INCLUDED = "count(CASE WHEN c.included_on IS NOT NULL THEN 1 END), count(*)"
PLANNED = "c.kind = 'planned-activity' AND c.proposed_on IS NOT NULL"

STATEMENTS = {
    ("3.1.4", "ბ", "PGs optimised"): commitments(
        f"{GOALS} AND c.state IN ('merged', 'revised', 'closed') AND c.ended_on BETWEEN '{{start}}' AND '{{end}}'"
    ),
    ("3.1.4", "ბ", "PGs in force"): commitments(f"{GOALS} AND c.received_on <= '{{end}}' AND (c.ended_on IS NULL OR c.ended_on > '{{end}}')"),
    ("3.2.1.1", "ა", "included"): commitments(f"f.code = 'aa-nap-2017' AND {PLANNED}", INCLUDED),
    ("3.2.4.1", "ბ", "included"): commitments(f"f.code = 'eu-comm' AND c.cycle = '2017' AND {PLANNED}", INCLUDED),
    ("3.2.2.2", "ა", "activities"): (
        "SELECT count(*) FROM actions_action a WHERE a.done_on BETWEEN '{start}' AND '{end}' AND EXISTS (SELECT 1 FROM actions_action_commitments ac"
        " JOIN commitments_commitment c ON c.id = ac.commitment_id JOIN frameworks_framework f ON f.id = c.framework_id"
        " LEFT JOIN frameworks_framework g ON g.id = f.parent_id WHERE ac.action_id = a.id AND (f.code = 'eap' OR g.code = 'eap'))"
    ),
}
