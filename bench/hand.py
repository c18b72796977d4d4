"""The measures of the 2017 plan as somebody who knows SQL and the tables would write them: one statement each.

{(activity, label, name): SQL}; a statement gives the figure, or for a share two numbers: how many, of how many. {start} and {end} are the
period. They run on SQLite and PostgreSQL alike. The measurement compares every number with the product's own: they must be equal.
"""

GROUPS = "('inter-agency-group', 'internal-group', 'bilateral-group')"
READY = "d.state IN ('ready', 'approved', 'delivered') AND d.ready_on BETWEEN '{start}' AND '{end}'"
HELD = "m.state = 'held' AND m.starts_on BETWEEN '{start}' AND '{end}'"
TRAINED = "t.state = 'held' AND t.ends_on BETWEEN '{start}' AND '{end}'"
RUNNING = (
    "p.state IN ('active', 'suspended', 'completed') AND p.starts_on <= '{end}' AND (p.ends_on IS NULL OR p.ends_on >= '{start}')"
)
DUE = "p.state IN ('active', 'suspended', 'completed') AND a.planned_to BETWEEN '{start}' AND '{end}'"
HANDED = "x.delivered_on BETWEEN '{start}' AND '{end}'"
COMPLETED = "w.state = 'completed' AND t.ends_on BETWEEN '{start}' AND '{end}'"
STAFF = (
    "SELECT s.id FROM directory_person s JOIN directory_unit u ON u.id = s.unit_id LEFT JOIN directory_unit u1 ON u1.id = u.parent_id"
    " LEFT JOIN directory_unit u2 ON u2.id = u1.parent_id WHERE (u.code = 'ird' OR u1.code = 'ird' OR u2.code = 'ird')"
    " AND s.staff_from <= '{end}' AND (s.staff_to IS NULL OR s.staff_to >= '{end}')"
)
SOME_AND_ALL = "count(CASE WHEN {some} THEN 1 END), count(*)"


def documents(where: str, dated: str = READY) -> str:
    """Documents made in the period."""
    return f"SELECT count(*) FROM documents_document d WHERE {where} AND {dated}"


def of_framework(where: str) -> str:
    """Documents made in the period, by their framework f and the one above it, g."""
    return (
        "SELECT count(*) FROM documents_document d JOIN frameworks_framework f ON f.id = d.framework_id"
        f" LEFT JOIN frameworks_framework g ON g.id = f.parent_id WHERE {where} AND {READY}"
    )


def of_body(where: str, dated: str = READY) -> str:
    """Documents by their body b."""
    return f"SELECT count(*) FROM documents_document d JOIN frameworks_body b ON b.id = d.body_id WHERE {where} AND {dated}"


def meetings(where: str, held: str = HELD) -> str:
    """Meetings held in the period."""
    return f"SELECT count(*) FROM meetings_meeting m WHERE {where} AND {held}"


def meetings_of_framework(where: str) -> str:
    """Meetings by their framework f and the one above it, g."""
    return (
        "SELECT count(*) FROM meetings_meeting m JOIN frameworks_framework f ON f.id = m.framework_id"
        f" LEFT JOIN frameworks_framework g ON g.id = f.parent_id WHERE {where} AND {HELD}"
    )


def meetings_of_body(where: str, what: str = "count(*)") -> str:
    """Meetings by their body b and the one above it, c."""
    return (
        f"SELECT {what} FROM meetings_meeting m JOIN frameworks_body b ON b.id = m.body_id"
        f" LEFT JOIN frameworks_body c ON c.id = b.parent_id WHERE {where} AND {HELD}"
    )


def with_partner(where: str) -> str:
    """A partner organisation o of the meeting."""
    return (
        "EXISTS (SELECT 1 FROM meetings_meeting_organisations mo JOIN directory_organisation o ON o.id = mo.organisation_id"
        f" WHERE mo.meeting_id = m.id AND {where})"
    )


def trainings(where: str, what: str = "count(*)") -> str:
    """Trainings held in the period."""
    return f"SELECT {what} FROM trainings_training t WHERE {where} AND {TRAINED}"


def organised(where: str) -> str:
    """An organiser o of the training."""
    return (
        "EXISTS (SELECT 1 FROM trainings_training_organisers org JOIN directory_organisation o ON o.id = org.organisation_id"
        f" WHERE org.training_id = t.id AND {where})"
    )


def trainings_of_framework(code: str, where: str) -> str:
    """Trainings by their framework."""
    return (
        "SELECT count(*) FROM trainings_training t JOIN frameworks_framework f ON f.id = t.framework_id"
        f" WHERE f.code = '{code}' AND {where} AND {TRAINED}"
    )


def projects(where: str, what: str = "count(*)") -> str:
    """Projects that ran in the period."""
    return f"SELECT {what} FROM projects_project p WHERE {where} AND {RUNNING}"


def deliveries(where: str, what: str = "count(*)", joins: str = "") -> str:
    """Deliveries in the period, x, of documents d."""
    return f"SELECT {what} FROM documents_delivery x JOIN documents_document d ON d.id = x.document_id {joins} WHERE {where} AND {HANDED}"


def people_trained(where: str) -> str:
    """Named people once each, and the numbers of those without names."""
    return (
        "SELECT count(DISTINCT w.person_id) + coalesce(sum(CASE WHEN w.person_id IS NULL THEN w.headcount END), 0)"
        f" FROM trainings_participation w JOIN trainings_training t ON t.id = w.training_id WHERE {where} AND {COMPLETED}"
    )


def partner_kind(table: str) -> str:
    """A UN or regional organisation among the project's donors or implementers."""
    return (
        f"EXISTS (SELECT 1 FROM {table} po JOIN directory_organisation o ON o.id = po.organisation_id"
        " WHERE po.project_id = p.id AND o.kind IN ('un', 'regional'))"
    )


def exists(table: str, condition: str) -> str:
    """A row of a child table."""
    return f"EXISTS (SELECT 1 FROM {table} z WHERE {condition})"


FRAMEWORK_OF_DOCUMENT = (
    "JOIN frameworks_framework f ON f.id = d.framework_id JOIN directory_organisation o ON o.id = x.recipient_id"
)
BODY_OF_DOCUMENT = "JOIN frameworks_body b ON b.id = d.body_id"

HAND = {
    ("1.1.1", "ბ", "packages"): documents("d.type = 'needs-package'"),
    ("1.1.2", "ა", "meetings"): meetings("m.kind = 'donor-coordination'"),
    ("1.1.2", "ბ", "donors supplied"): deliveries(
        "d.type = 'needs-package' AND o.donor",
        "count(DISTINCT x.recipient_id)",
        "JOIN directory_organisation o ON o.id = x.recipient_id",
    ),
    ("1.1.3", "", "proposals"): (
        "SELECT count(*) FROM projects_project p WHERE p.drafted_by_us AND p.proposal_on BETWEEN '{start}' AND '{end}'"
    ),
    ("1.2.1", "", "projects"): projects("p.role = 'implements'"),
    ("1.2.1", "ა", "activities done"): (
        f"SELECT {SOME_AND_ALL.format(some='a.done_on IS NOT NULL')} FROM projects_projectactivity a"
        f" JOIN projects_project p ON p.id = a.project_id WHERE p.role = 'implements' AND {DUE}"
    ),
    ("1.2.1", "ბ", "projects monitored"): projects(
        "p.role = 'implements'",
        SOME_AND_ALL.format(
            some="EXISTS (SELECT 1 FROM projects_monitoringentry e WHERE e.project_id = p.id AND e.\"on\" BETWEEN '{start}' AND '{end}')"
        ),
    ),
    ("1.2.1", "გ", "reports"): (
        "SELECT count(*) FROM documents_document d JOIN projects_project p ON p.id = d.project_id"
        f" WHERE d.type = 'project-report' AND p.role = 'implements' AND {READY}"
    ),
    ("1.2.2", "", "projects"): projects("p.role = 'coordinates'"),
    ("1.2.3", "", "complete records"): "SELECT "
    + SOME_AND_ALL.format(
        some="p.starts_on IS NOT NULL AND p.ends_on IS NOT NULL AND p.budget IS NOT NULL AND (p.goal_ka > '' OR p.goal_en > '') AND "
        + " AND ".join(
            exists(f"projects_project_{name}", "z.project_id = p.id") for name in ("donors", "implementers", "beneficiaries")
        )
    )
    + " FROM projects_project p WHERE p.state IN ('active', 'completed')",
    ("1.2.4", "", "people"): people_trained("t.audience = 'ministry-staff'"),
    ("1.2.5", "", "reports"): documents("d.type = 'training-evaluation'"),
    ("1.2.6", "", "complete records"): trainings(
        "true",
        SOME_AND_ALL.format(
            some="(t.title_ka > '' OR t.title_en > '') AND t.starts_on IS NOT NULL AND t.hours IS NOT NULL AND "
            + " AND ".join(
                [
                    exists("trainings_training_organisers", "z.training_id = t.id"),
                    exists("trainings_participation", "z.training_id = t.id AND z.state = 'completed'"),
                    "NOT " + exists("trainings_participation", "z.training_id = t.id AND z.state = 'completed' AND z.sex = ''"),
                ]
            )
        ),
    ),
    ("1.2.7", "", "published"): projects("p.publishable", SOME_AND_ALL.format(some="p.publication = 'published'")),
    ("1.2.8", "", "documents"): documents("d.type = 'cooperation-digest'"),
    ("1.3.1", "ა", "documents"): of_body(
        "d.type IN ('strategy', 'action-plan') AND b.code IN ('cjr-council', 'juvenile-justice', 'dv-council')"
    ),
    ("1.3.1", "ბ", "reports"): of_body(
        "d.type = 'activity-report' AND b.code IN ('cjr-council', 'juvenile-justice', 'dv-council')",
        "EXISTS (SELECT 1 FROM documents_delivery x WHERE x.document_id = d.id AND x.delivered_on BETWEEN '{start}' AND '{end}')",
    ),
    ("1.3.2", "", "presentations"): deliveries(
        "d.type = 'activity-report' AND b.code = 'cjr-police-group'",
        joins="JOIN meetings_meeting m ON m.id = x.meeting_id JOIN frameworks_body b ON b.id = m.body_id",
    ),
    ("2.1.2", "", "rounds"): meetings("m.kind IN ('negotiation', 'consultation') AND m.agreement_id IS NOT NULL"),
    ("2.1.4", "", "proposals"): documents(
        "d.type = 'agreement-proposal' AND d.topic IN ('suspension', 'termination', 'extension', 'amendment')"
    ),
    ("2.1.5", "", "reports"): documents("d.type = 'implementation-report' AND d.agreement_id IS NOT NULL"),
    ("2.1.6", "", "recommendations"): documents("d.type = 'recommendation' AND d.topic = 'harmonisation'"),
    ("2.1.7", "", "opinions"): documents("d.type = 'legal-opinion'"),
    ("2.1.8", "", "updates"): documents("d.type = 'web-update' AND d.channel = 'osce-polis'"),
    ("2.2.3", "", "recommendations"): documents("d.type = 'recommendation' AND d.topic = 'renewing-agreement'"),
    ("2.2.4", "", "recommendations"): documents("d.type = 'recommendation' AND d.topic = 'new-agreement'"),
    ("2.2.5", "", "sessions"): meetings_of_body("b.kind = 'bilateral-group'"),
    ("2.2.5", "", "with minutes"): meetings_of_body(
        "b.kind = 'bilateral-group'",
        SOME_AND_ALL.format(some=exists("documents_document", "z.meeting_id = m.id AND z.type = 'minutes'")),
    ),
    ("2.2.5", "", "decisions carried out"): (
        f"SELECT {SOME_AND_ALL.format(some='''e.state IN ('done', 'confirmed')''')} FROM meetings_decision e"
        " JOIN meetings_meeting m ON m.id = e.meeting_id JOIN frameworks_body b ON b.id = m.body_id"
        " WHERE b.kind = 'bilateral-group' AND e.due_on BETWEEN '{start}' AND '{end}'"
    ),
    ("2.2.6", "", "programmes"): documents("d.type = 'cooperation-programme'"),
    ("2.2.6", "", "visits"): meetings("m.kind = 'visit' AND m.agreement_id IS NOT NULL"),
    ("2.2.7", "", "projects"): projects("p.attache_id IS NOT NULL"),
    ("2.2.7", "", "trainings and courses"): trainings("t.attache_id IS NOT NULL"),
    ("2.2.7", "", "seminars"): meetings("m.kind = 'seminar' AND m.attache_id IS NOT NULL"),
    ("2.2.8", "", "projects"): projects(
        f"({partner_kind('projects_project_donors')} OR {partner_kind('projects_project_implementers')})"
    ),
    ("2.2.8", "", "trainings and courses"): trainings(organised("o.kind IN ('un', 'regional')")),
    ("2.2.8", "", "seminars"): meetings(f"m.kind = 'seminar' AND {with_partner('''o.kind IN ('un', 'regional')''')}"),
    ("2.2.9", "", "studies"): documents("d.type = 'best-practice'"),
    ("3.1.1", "ა", "meetings"): meetings_of_body("(b.code = 'anp-commission' OR c.code = 'anp-commission') AND m.attended"),
    ("3.1.1", "ბ", "consultations"): meetings_of_body("b.code = 'ngc'"),
    ("3.1.2", "ა", "reports"): deliveries(
        "f.code = 'anp' AND d.type = 'implementation-report' AND o.code = 'state-minister'", joins=FRAMEWORK_OF_DOCUMENT
    ),
    ("3.1.2", "ბ", "approved"): (
        "SELECT count(*) FROM documents_document d JOIN frameworks_framework f ON f.id = d.framework_id WHERE f.code = 'anp'"
        " AND d.type = 'action-plan' AND d.state IN ('approved', 'delivered') AND d.approved_on BETWEEN '{start}' AND '{end}'"
    ),
    ("3.1.3", "", "events"): (
        f"SELECT ({meetings_of_framework('''f.code = 'pcm' AND m.approved_on IS NOT NULL''')})"
        f" + ({trainings_of_framework('pcm', 't.approved_on IS NOT NULL')})"
    ),
    ("3.1.4", "ა", "reports"): deliveries(
        "f.code = 'parp' AND d.type = 'implementation-report' AND o.code = 'mod'", joins=FRAMEWORK_OF_DOCUMENT
    ),
    ("3.1.5", "", "working groups"): (
        f"SELECT count(*) FROM frameworks_body b JOIN frameworks_framework f ON f.id = b.framework_id WHERE b.kind IN {GROUPS}"
        " AND f.code IN ('anp', 'parp') AND b.established_on <= '{end}' AND (b.closed_on IS NULL OR b.closed_on >= '{start}')"
    ),
    ("3.1.6", "", "on schedule"): (
        f"SELECT {SOME_AND_ALL.format(some='a.done_on <= a.planned_to')} FROM projects_projectactivity a"
        " JOIN projects_project p ON p.id = a.project_id JOIN frameworks_framework f ON f.id = p.framework_id"
        f" WHERE f.code = 'sngp' AND {DUE}"
    ),
    ("3.1.7", "", "events"): meetings(with_partner("o.code = 'nato-marcom'"), HELD.replace("= 'held'", "IN ('planned', 'held')")),
    ("3.1.8", "", "events"): meetings(with_partner("o.code = 'nato-info-centre'")),
    ("3.2.1.1", "ბ", "documents"): of_framework("(f.code = 'aa' OR g.code = 'aa') AND d.type = 'results-framework'"),
    ("3.2.1.2", "ა", "reports"): of_framework("(f.code = 'aa' OR g.code = 'aa') AND d.type = 'implementation-report'"),
    ("3.2.1.2", "ბ", "meetings"): meetings_of_framework("(f.code = 'aa' OR g.code = 'aa')"),
    ("3.2.2.1", "ა", "meetings"): meetings_of_body("b.kind = 'eap-platform' AND m.attended"),
    ("3.2.2.1", "ბ", "reports"): (
        "SELECT count(*) FROM documents_document d JOIN frameworks_framework f ON f.id = d.framework_id"
        " JOIN directory_organisation o ON o.id = d.author_organisation_id"
        f" WHERE f.code = 'eap' AND d.type = 'monitoring-report' AND o.code = 'european-commission' AND {READY}"
    ),
    ("3.2.2.2", "ბ", "reports"): of_framework("f.code = 'eap' AND d.type = 'implementation-report'"),
    ("3.2.3.1", "ა", "reports"): of_framework("f.code = 'vlap' AND d.type = 'implementation-report'"),
    ("3.2.3.1", "ბ", "coordination meetings"): meetings_of_framework("f.code = 'vlap' AND m.kind = 'internal-coordination'"),
    ("3.2.3.2", "ა", "meetings"): meetings_of_framework(
        "f.code = 'vlap' AND m.kind IN ('internal-coordination', 'inter-agency-coordination')"
    ),
    ("3.2.3.2", "ბ", "reports"): of_framework("f.code = 'vlap' AND d.type = 'implementation-report'"),
    ("3.2.3.2", "გ", "trainings"): trainings_of_framework("vlap", "t.purpose = 'awareness'"),
    ("3.2.3.2", "გ", "meetings"): meetings_of_framework("f.code = 'vlap' AND m.kind = 'awareness'"),
    ("3.2.4.1", "ა", "action plans"): of_framework("f.code = 'eu-comm' AND d.type = 'action-plan'"),
    ("3.2.4.1", "გ", "reports"): of_framework("f.code = 'eu-comm' AND d.type = 'implementation-report'"),
    ("3.2.5.1", "ა", "submissions"): of_framework("f.code = 'csdp' AND d.type = 'comments'"),
    ("3.2.5.1", "ბ", "trainings"): trainings(organised("o.kind = 'eu-institution'")),
    ("3.2.5.1", "ბ", "staff trained"): people_trained(organised("o.kind = 'eu-institution'")),
    ("4.1.1", "", "periodic reports"): of_framework("f.kind = 'monitoring-body' AND d.type = 'periodic-report'"),
    ("4.1.1", "", "updates"): of_framework("f.kind = 'monitoring-body' AND d.type = 'information-update'"),
    ("4.1.2", "ა", "events"): meetings(f"{with_partner('''o.kind = 'eu-agency' ''')} AND m.attended"),
    ("4.1.2", "ა", "programmes and trainings"): trainings(organised("o.kind = 'eu-agency'")),
    ("4.1.3", "ა", "working groups"): (
        f"SELECT count(*) FROM frameworks_body b WHERE b.kind IN {GROUPS} AND b.initiated_by_us"
        " AND b.established_on BETWEEN '{start}' AND '{end}'"
    ),
    ("4.1.3", "ბ", "meetings"): meetings_of_body(f"b.kind IN {GROUPS} AND b.initiated_by_us"),
    ("4.1.3", "გ", "documents"): of_body(f"d.type IN ('strategy', 'action-plan') AND b.kind IN {GROUPS} AND b.initiated_by_us"),
    ("4.1.4", "", "minutes"): of_framework("f.code = 'us-charter' AND d.type = 'minutes'"),
    ("4.1.5", "ა", "documents"): deliveries(
        "d.type IN ('strategy', 'action-plan') AND b.kind = 'council'", "count(DISTINCT x.document_id)", BODY_OF_DOCUMENT
    ),
    ("4.1.5", "ბ", "reports"): of_body("d.type = 'activity-report' AND b.kind = 'council'"),
    ("4.1.6", "ა", "events"): meetings("m.purpose = 'sharing-reforms'"),
    ("4.1.6", "ბ", "meetings"): meetings("m.purpose = 'sharing-reforms' AND m.thematic"),
    ("4.1.7", "", "visits"): meetings("m.kind = 'visit' AND m.level IN ('minister', 'deputy-minister')"),
    ("4.1.7", "", "meetings"): meetings("m.kind <> 'visit' AND m.international AND m.level IN ('minister', 'deputy-minister')"),
    ("4.1.8", "", "briefings"): documents("d.type = 'briefing'"),
    ("4.1.9", "ა", "staff trained"): (
        f"WITH staff AS ({STAFF}) SELECT (SELECT count(DISTINCT w.person_id) FROM trainings_participation w"
        f" JOIN trainings_training t ON t.id = w.training_id WHERE w.person_id IN (SELECT id FROM staff) AND {COMPLETED}),"
        " (SELECT count(*) FROM staff)"
    ),
    ("4.1.9", "ბ", "courses"): trainings("t.audience = 'department-staff'"),
    ("4.1.9", "გ", "complete records"): "SELECT "
    + SOME_AND_ALL.format(
        some="w.person_id IS NOT NULL AND t.title_ka > '' AND t.starts_on IS NOT NULL AND t.hours IS NOT NULL AND "
        + exists("trainings_training_organisers", "z.training_id = t.id")
    )
    + " FROM trainings_participation w JOIN trainings_training t ON t.id = w.training_id"
    f" WHERE t.audience = 'department-staff' AND {COMPLETED}",
    ("4.1.13", "", "meetings"): meetings("m.kind = 'civil-society'"),
}
HAND[("3.2.2.2", "გ", "reports")] = HAND[("3.2.2.1", "ბ", "reports")]
