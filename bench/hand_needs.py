"""The measures over needs as somebody who knows SQL would write them; see hand.py."""


def needs(source: str) -> str:
    """Needs of one source, identified in the period."""
    return f"SELECT count(*) FROM needs_need n WHERE n.source = '{source}' AND n.identified_on BETWEEN '{{start}}' AND '{{end}}'"


STATEMENTS = {
    ("1.1.1", "ა", "from questionnaires"): needs("questionnaire"),
    ("1.1.1", "ა", "from obligations"): needs("commitment"),
}
