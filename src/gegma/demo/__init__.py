"""A plausible year of the department, invented by chance from the named world of an example folder. Same seed, same year."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gegma.plan.models import Plan


def generate(seed: int = 2017, size: float = 1.0, folder: Path | None = None, files: bool = True) -> dict[str, int]:
    """Make the year's records and accounts; returns how many of each register.

    size multiplies the records: 0.2 makes a fifth of a year, 100 a hundred years' worth, one after the other so that memory stays
    bounded. files: also small files at a share of the records (of the first round). folder: the example that names the world.
    """
    from django.conf import settings

    from gegma.audit.context import origin

    from . import (
        actions,
        agreements,
        commitments,
        contacts,
        datacalls,
        documents,
        meetings,
        needs,
        office,
        projects,
        protection,
        requests,
        trainings,
        world,
    )
    from . import files as evidence
    from .year import Year

    year = Year(folder or settings.BASE_DIR / "examples" / "mia-ird-2017", seed)
    with origin("demo"):
        world.make_world(year)
        world.make_department(year)
        for number in range(math.ceil(size)):
            year.round, year.scale = number, min(1.0, size - number)
            world.make_people(year)
            contacts.make_contacts(year)
            agreements.make_agreements(year)
            commitments.make_commitments(year)
            needs.make_needs(year)
            projects.make_projects(year)
            trainings.make_trainings(year)
            meetings.make_meetings(year)
            made = documents.make_documents(year)
            actions.make_actions(year)
            requests.make_requests(year)
            office.make_office(year)
            datacalls.make_datacalls(year)
            if files and number == 0:
                evidence.attach_files(year, made)
        protection.make_protection(year)
    return dict(year.counts)


def decorate(plan: Plan) -> None:
    """Give the imported plan what people would have added by now: steps, what was done, who is responsible, their reports by quarter."""
    from .cycle import make_cycle
    from .narrative import decorate as add

    add(plan)
    make_cycle(plan)
