"""Where a record could show itself: each surface as a request, what it must answer, and how one sees that the record is there."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO

from django.db import transaction
from django.http import HttpResponse

from gegma.engine.forms import can_enter
from gegma.engine.spec import Register

from .world import WORD, Kept, Somebody, World

OLD = 2**31 - 1  # a version that no record has: a write that is allowed answers 409 and writes nothing


def body_of(response: HttpResponse) -> str:
    """What was answered, as text; of a workbook all its parts."""
    raw = b"".join(response.streaming_content) if response.streaming else response.content
    if raw[:2] == b"PK":
        with zipfile.ZipFile(BytesIO(raw)) as archive:
            return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    return raw.decode("utf-8", "replace")


# -- the records of a register, all confidentialities in one request ---------------------------------------------------


@dataclass(frozen=True)
class Many:
    """A surface that shows many records. ask: the request; shows: whether this record stands in the text."""

    name: str
    ask: Callable[[Somebody, Register, World], HttpResponse]
    shows: Callable[[str, Kept], bool]


def _columns(spec: Register, one: Somebody) -> str:
    return ",".join(spec.readable_fields(one.user))


def _link(text: str, kept: Kept) -> bool:
    return f'href="{kept.spec.record_url(kept.record)}"' in text


def _cell(text: str, kept: Kept) -> bool:
    return re.search(rf"(?m)^\ufeff?{kept.spec.number(kept.record)}[,\r]", text) is not None


def _sheet(text: str, kept: Kept) -> bool:
    return f">{kept.spec.number(kept.record)}</t>" in text


def _id(text: str, kept: Kept) -> bool:
    return re.search(rf'"id": ?{kept.record.pk}[,}}]', text) is not None


def _canary(text: str, kept: Kept) -> bool:
    return f"{WORD}{kept.canary:03d}q" in text


def _order(spec: Register) -> dict[str, str]:
    return {"sort": "-" + next(name for name, bound in spec.all_fields.items() if bound.sort_path)}


MANY = [
    Many("list page", lambda one, spec, w: one.client.get(spec.url, {"cols": _columns(spec, one)}), _link),
    Many("list part", lambda one, spec, w: one.client.get(spec.url, {"cols": _columns(spec, one)}, headers={"hx-request": "true", "hx-target": "list"}), _link),
    Many("csv", lambda one, spec, w: one.client.get(f"{spec.url}export.csv", {"cols": _columns(spec, one)}), _cell),
    Many("xlsx", lambda one, spec, w: one.client.get(f"{spec.url}export.xlsx", {"cols": _columns(spec, one)}), _sheet),
    Many("API list", lambda one, spec, w: one.client.get(f"/api/v1/{spec.key}/", {"page_size": "100"}), _id),
    Many("suggestions", lambda one, spec, w: one.client.get(f"{spec.url}pick/", {"q": WORD}), _id),
    Many("search in the list", lambda one, spec, w: one.client.get(spec.url, {"q": WORD}), _link),
    Many("list in another order", lambda one, spec, w: one.client.get(spec.url, _order(spec)), _link),
    Many("filters", lambda one, spec, w: one.client.get(f"{spec.url}filters/", headers={"hx-request": "true"}), _canary),
    Many("own report", lambda one, spec, w: one.client.get(f"/reports/own/{w.own[spec.key]}/", {"format": "xlsx"}), _canary),
]
# Surfaces on which a record that may be read need not stand: not every register has the canary there, or it comes after the first rows.
MAY_LACK = {"filters", "own report", "suggestions", "search in the list"}


# -- one record --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Single:
    """A surface of one record: its action, the request for a number, and what is answered where it is allowed."""

    name: str
    action: str
    ask: Callable[[Somebody, Kept, int], HttpResponse]
    good: tuple[int, ...]


def _page(part: str, **data) -> Callable[[Somebody, Kept, int], HttpResponse]:
    return lambda one, kept, pk: one.client.get(f"{kept.spec.url}{pk}/{part}", data)


def _api(part: str = "") -> Callable[[Somebody, Kept, int], HttpResponse]:
    return lambda one, kept, pk: one.client.get(f"/api/v1/{kept.spec.key}/{pk}/{part}")


def _send(method: str, part: str = "", **body) -> Callable[[Somebody, Kept, int], HttpResponse]:
    return lambda one, kept, pk: one.client.generic(method, f"/api/v1/{kept.spec.key}/{pk}/{part}", json.dumps(body), "application/json")


def _post(part: str, **data) -> Callable[[Somebody, Kept, int], HttpResponse]:
    return lambda one, kept, pk: taken_back(one, lambda: one.client.post(f"{kept.spec.url}{pk}/{part}", data))


def taken_back(one: Somebody, ask: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer to a request whose writes, if any, are undone, and whose notice does not stand on the next page."""
    with transaction.atomic():
        response = ask()
        transaction.set_rollback(True)
    one.client.cookies.pop("messages", None)
    return response


def _file(url: str) -> Callable[[Somebody, Kept, int], HttpResponse]:
    return lambda one, kept, pk: one.client.get(url.format(key=kept.spec.key, pk=pk, file=kept.file))


def _revert(one: Somebody, kept: Kept, pk: int) -> HttpResponse:
    number = kept.change if pk == kept.record.pk else pk
    return taken_back(one, lambda: one.client.post(f"/r/changes/{number}/undo/"))


def _move_name(spec: Register) -> str:
    return next((move.name for move in spec.life.moves if move.may is None), "") if spec.life else ""


def _move_page(one: Somebody, kept: Kept, pk: int) -> HttpResponse:
    return one.client.get(f"{kept.spec.url}{pk}/move/{_move_name(kept.spec)}/")


def _move_api(one: Somebody, kept: Kept, pk: int) -> HttpResponse:
    return _send("POST", f"move/{_move_name(kept.spec)}/", version=OLD)(one, kept, pk)


SINGLE = [
    Single("page", "view", _page(""), (200, 302)),
    Single("API", "view", _api(), (200,)),
    Single("page", "history", _page("history/"), (200,)),
    Single("API", "history", _api("history/"), (200,)),
    Single("file", "file", _file("/r/{key}/{pk}/files/{file}/"), (200,)),
    Single("API", "file", _file("/api/v1/{key}/{pk}/files/{file}/"), (200,)),
    Single("API list", "file", _api("files/"), (200,)),
    Single("page", "change", _page("edit/"), (200,)),
    Single("API", "change", _send("PATCH", version=OLD), (409,)),
    Single("page", "delete", _post("delete/", version="0"), (409,)),
    Single("API", "delete", lambda one, kept, pk: one.client.delete(f"/api/v1/{kept.spec.key}/{pk}/?version={OLD}"), (409,)),
    Single("page", "revert", _revert, (302,)),
    Single("page", "upload", _post("files/"), (302,)),
    Single("page", "remove file", lambda one, kept, pk: one.client.get(f"{kept.spec.url}{pk}/files/{kept.file}/delete/"), (200,)),
    Single("page", "move", _move_page, (200,)),
    Single("API", "move", _move_api, (400, 409)),
]


def singles(kept: Kept) -> list[Single]:
    """The surfaces that a record has: no moves without a life, no writing where the rules leave it to the row."""
    found = [s for s in SINGLE if s.action != "move" or _move_name(kept.spec)]
    return [s for s in found if kept.access != "by-row" or s.action in {"view", "history", "file"}]


# -- a new record ------------------------------------------------------------------------------------------------------


def adding(one: Somebody, spec: Register) -> Iterator[tuple[str, HttpResponse, int]]:
    """(surface, answer, status where it is allowed) of entering a new record."""
    enters = can_enter(spec)
    yield "page", one.client.get(f"{spec.url}new/"), 200 if enters else 404
    yield "API", one.client.post(f"/api/v1/{spec.key}/", {"no such field": 1}, content_type="application/json"), 400 if enters else 405


# -- everything at once ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Whole:
    """A surface over all registers. due: only what falls due stands there."""

    name: str
    ask: Callable[[Somebody, World], HttpResponse]
    due: bool = False
    own_only: bool = False


WHOLE = [
    Whole("search", lambda one, w: one.client.get("/search/", {"q": WORD, "all": "1"})),
    Whole("calendar", lambda one, w: one.client.get("/agenda/", {"view": "list", "of": "all"}), due=True),
    Whole("calendar of the month", lambda one, w: one.client.get("/agenda/", {"of": "all"})),
    Whole("feed", lambda one, w: one.client.get(f"/agenda/feed/{one.feed}.ics"), due=True, own_only=True),
    Whole("notifications", lambda one, w: one.client.get("/agenda/reminders/"), due=True),
    Whole("home", lambda one, w: one.client.get("/")),
    Whole("country", lambda one, w: one.client.get(f"/partners/{w.country.lower()}/", follow=True)),
]
