"""One person's data as a file: a zip with a page to be read and the same as JSON."""

from __future__ import annotations

import io
import json
import zipfile

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from gegma.engine import registry, write
from gegma.kernel import dates

from .about import Everything, as_data
from .models import Disclosure, To


def as_zip(found: Everything) -> bytes:
    """The file itself."""
    moment = timezone.localtime()
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("personal-data.json", json.dumps(as_data(found, moment), ensure_ascii=False, indent=1))
        archive.writestr("personal-data.html", render_to_string("protection/export.html", {"found": found, "moment": moment}))
    return data.getvalue()


def give_out(user, found: Everything) -> tuple[bytes, Disclosure]:
    """The file, and the entry in the log of disclosures that it was made: both or neither. Raises what engine.write.save raises."""
    people, disclosures = registry.get("people"), registry.get("disclosures")
    entry = Disclosure(
        title_ka=_("All data kept on the person, %(number)s") % {"number": people.number(found.person)}, to=To.PERSON, basis="own-request",
        category="identity", persons_count=1, disclosed_on=dates.today(), decided_by=str(user)[:200],
        # whoever is of no unit would not see what is restricted to none
        confidentiality="restricted" if user.unit_id or user.pk is None else "named", owner_unit_id=user.unit_id, officer_id=user.pk,
        details=_("%(n)s records of %(registers)s registers.") % {"n": found.count, "registers": len({p.key for p in [*found.parts, *found.mentions]})},
    )  # fmt: skip
    with transaction.atomic():
        write.save(disclosures, user, entry, m2m={"persons": [found.person]})
        return as_zip(found), entry
