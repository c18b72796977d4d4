"""The measures of contacts and memberships as somebody who knows SQL and the tables would write them; see hand.py."""

# The readings measured are those of 2017: twelve months before its end is 2016-12-31.
STATEMENTS = {
    ("2.2.10", "", "existing"): (
        "SELECT count(DISTINCT c.country_id) FROM contacts_contact c"
        " WHERE (c.valid_from IS NULL OR c.valid_from <= '{end}') AND (c.valid_to IS NULL OR c.valid_to >= '{end}')"
        " AND EXISTS (SELECT 1 FROM contacts_contactverification v WHERE v.contact_id = c.id AND v.\"on\" BETWEEN '2016-12-31' AND '{end}')"
    ),
    ("2.2.10", "", "new"): (
        "SELECT count(*) FROM (SELECT min(c.entered_on) AS first FROM contacts_contact c WHERE c.country_id IS NOT NULL"
        " GROUP BY c.country_id) f WHERE f.first BETWEEN '{start}' AND '{end}'"
    ),
    ("2.2.8", "", "memberships"): (
        "SELECT count(*) FROM contacts_membership m WHERE m.starts_on <= '{end}' AND (m.ends_on IS NULL OR m.ends_on >= '{start}')"
    ),
}
