"""The measures of agreements as SQL by hand; see hand.py for how."""

OURS = "s.country_id IS NULL AND s.organisation_id IS NULL"
IN_PERIOD = "s.action_on BETWEEN '{start}' AND '{end}'"


def initiated(where: str = "true") -> str:
    """Agreements initiated in the period."""
    return (
        "SELECT count(*) FROM agreements_agreement a WHERE "
        f"{where} AND EXISTS (SELECT 1 FROM agreements_agreementstep s WHERE s.agreement_id = a.id AND s.kind = 'initiated' AND {OURS} AND {IN_PERIOD})"
    )


STATEMENTS = {
    ("2.1.1", "", "drafts"): (
        f"SELECT count(DISTINCT s.agreement_id) FROM agreements_agreementstep s WHERE s.kind = 'initiated' AND {OURS} AND {IN_PERIOD}"
    ),
    ("2.1.3", "", "treaties"): initiated("a.multilateral"),
    ("4.1.2", "ბ", "agreements"): (
        "SELECT count(*) FROM agreements_agreement a WHERE a.parent_id IS NULL"
        " AND EXISTS (SELECT 1 FROM agreements_agreement_organisations ao JOIN directory_organisation o ON o.id = ao.organisation_id"
        " WHERE ao.agreement_id = a.id AND o.kind = 'eu-agency')"
        f" AND (EXISTS (SELECT 1 FROM agreements_agreementstep s WHERE s.agreement_id = a.id AND s.kind IN ('signed', 'amended') AND {OURS}"
        f" AND {IN_PERIOD}) OR EXISTS (SELECT 1 FROM agreements_agreement c JOIN agreements_agreementstep s ON s.agreement_id = c.id"
        f" WHERE c.parent_id = a.id AND s.kind = 'signed' AND {OURS} AND {IN_PERIOD}))"
    ),
}
