"""How long a report will take, from how much it holds: what is expected to take long is made in the background.

The seconds are measured (docs/reports.md says on what); they need not be right, only tell a long report from a short one.
"""

from __future__ import annotations

from gegma.engine.filters import FilterError
from gegma.kernel import periods
from gegma.plan.models import Activity

from ..catalogue import base
from ..catalogue.layout import ROWS_MAX
from . import Order, making

# A person waits so long for a page, in seconds; above it the report is made in the background.
LONGEST_WAIT = 10
# Seconds for each activity of a plan: reading its figures and evidence, and setting it.
ACTIVITY_READ, ACTIVITY_SET = 0.0075, {"docx": 0.0095, "pdf": 0.02, "xlsx": 0.0035}
# Seconds for each record of a report of the catalogue; Word and PDF hold so many rows of a table at most.
RECORD_READ, RECORD_SET = 0.0003, {"docx": 0.003, "pdf": 0.006, "xlsx": 0.0002}


def seconds(order: Order, user) -> float:
    """About how long it takes to make the report. Raises making.Refused."""
    if order.what == making.PROGRESS:
        activities = Activity.objects.filter(plan=making.plan_of(order), withdrawn=False)
        # all figures are read, whichever division is set
        return activities.count() * (ACTIVITY_READ + ACTIVITY_SET[order.form])
    report, values = making.checked(order, user)
    try:
        n = base.size(report, user, periods.parse(order.period), values)
    except FilterError:  # making it says why
        return 0
    return n * RECORD_READ + (n if order.form == "xlsx" else min(n, ROWS_MAX)) * RECORD_SET[order.form]


def takes_long(order: Order, user) -> bool:
    """Whether nobody should wait for it."""
    return seconds(order, user) > LONGEST_WAIT
