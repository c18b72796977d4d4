"""The builders of the catalogue, one module for each kind of report."""

from . import activity, agreements, briefing, commitments, donors, meetings, projects, published, requests, trainings

REPORTS = (
    *published.REPORTS, *commitments.REPORTS, *trainings.REPORTS, *projects.REPORTS, *donors.REPORTS, *agreements.REPORTS, *requests.REPORTS, *meetings.REPORTS,
    *briefing.REPORTS, *activity.REPORTS,
)  # fmt: skip
