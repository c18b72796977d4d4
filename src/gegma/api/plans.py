"""The plans and what their measures read."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from gegma.engine.filters import FilterError
from gegma.plan.figures import figures
from gegma.plan.models import Plan
from gegma.plan.views.common import choose_period, find_plan, knowing, known_day

from .views import Resource, only


class Readings(Resource):
    """Every figure of a plan in a period, with how many records stand behind it and how many were left out, by reason."""

    def get(self, request: Request, key: str) -> Response:
        """Computed as everybody's: hidden says how many of the counted records the caller may not open."""
        only(request, "period", "from", "to", "known")
        plan = find_plan(key)
        chosen = choose_period(request._request, plan)
        day, wrong = known_day(request._request)
        if chosen.error:
            raise FilterError("known" if wrong else "period", chosen.error)
        with knowing(day):
            if not Plan.objects.filter(key=key).exists():
                raise FilterError("known", _("The plan was not known on this day."))
            rows = [_told(row) for row in figures(plan, chosen.period, request.user)]
        facts = {"plan": plan.key, "period": chosen.period.key, "from": f"{chosen.period.start}", "to": f"{chosen.period.end}"}
        return Response({**facts, "known": f"{day}" if day else None, "readings": rows})


def _told(row: dict[str, Any]) -> dict[str, Any]:
    left = [{"reason": str(reason), "records": n} for reason, n in row["left_out"].items()]
    broken = [{"by": name, "rows": [{"label": str(k), "value": v} for k, v in found.items()]} for name, found in row["breakdown"].items()]
    return row | {"note": str(row["note"]), "left_out": left, "breakdown": broken, "lists": [_list(*pair) for pair in row["lists"]]}


def _list(key: str, word: str) -> dict[str, str]:
    """Where the records counted are listed."""
    return {"register": key, "url": f"{reverse(f'api_{key}')}?measure={quote(word, safe=':')}"}
