"""The measures over requests, by hand."""


def requests(where: str, day: str) -> str:
    """Requests whose day lies in the period."""
    return f"SELECT count(*) FROM requests_request r WHERE {where} AND r.{day} BETWEEN '{{start}}' AND '{{end}}'"


RESTING = "r.basis IN ('agreement', 'reciprocity')"

STATEMENTS = {
    ("2.2.1", "", "sent"): requests("r.direction = 'outgoing' AND r.unit_id IS NOT NULL", "sent_on"),
    ("2.2.1", "", "received"): requests("r.direction = 'incoming'", "received_on"),
    ("2.2.2", "", "sent"): requests(f"r.direction = 'outgoing' AND {RESTING}", "sent_on"),
    ("2.2.2", "", "received"): requests(f"r.direction = 'incoming' AND {RESTING}", "received_on"),
}
