"""The OpenAPI schema, made from the declarations of the registers. It is the same for everybody and holds no data."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view

from gegma.engine import registry
from gegma.engine.forms import can_enter
from gegma.engine.life import Move
from gegma.engine.spec import Register

from .columns import all_columns
from .given import move_columns

JSON = "application/json"
VERSION = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1, "description": "The version that you saw."}
TEXT = {"type": "string"}
# What any operation may answer, with the words for it.
COMMON = {401: "No token or session that works.", 403: "You may not do this.", 404: "No such thing, or not open to you.", 429: "Too many requests within the minute."}
REFUSED = {400: "What was sent cannot be understood: errors says where."}
LOST = {409: "Somebody saved it meanwhile, or other records point to it.", 428: "The version is missing."}


class Schema(AutoSchema):
    """Operations are grouped by register."""

    def get_tags(self) -> list[str]:
        """The key of the register."""
        spec = getattr(self.view, "spec", None)
        return [spec.key] if spec else ["plan readings" if "readings" in self.path else "about"]


def name_of(spec: Register) -> str:
    """The name of a register's records in the schema."""
    return "".join(part.title() for part in spec.key.split("-"))


def ref(name: str) -> dict[str, str]:
    """A reference to a component."""
    return {"$ref": f"#/components/schemas/{name}"}


def _answers(good: dict[int, Any], *more: dict[int, str]) -> dict:
    found: dict = dict(good)
    for code, words in {**COMMON, **REFUSED, **{k: v for part in more for k, v in part.items()}}.items():
        found[code] = OpenApiResponse(response=ref("Conflict" if code == 409 else "Problem"), description=words)
    return found


def _query(name: str, words: str, **schema) -> OpenApiParameter:
    kind = schema.pop("kind", OpenApiTypes.STR)
    return OpenApiParameter(name, {"type": "integer", **schema} if schema else kind, "query", description=words)


LANGUAGE = OpenApiParameter("lang", OpenApiTypes.STR, "query", enum=["ka", "en"], description="The language of words in the answer.")


def _filters(spec: Register) -> list[OpenApiParameter]:
    """The filters of the list, with the words of their fields. One key may come several times: any of the values."""
    found = [
        _query("q", "Search: records whose text contains all the words."),
        OpenApiParameter("sort", OpenApiTypes.STR, "query", enum=_sorts(spec), description="The order; with a minus, turned round."),
        _query("page", "Which page.", minimum=1, maximum=100_000),
        _query("page_size", "So many records on a page.", minimum=1, maximum=100),
        _query("measure", "The records behind a figure of the plan, as its readings name them."),
    ]
    for key, (name, _suffix) in spec.keys.items():
        found.append(OpenApiParameter(key, OpenApiTypes.STR, "query", many=True, description=str(spec.filters[name].label)))
    return found


def _sorts(spec: Register) -> list[str]:
    names = [name for name, bound in spec.all_fields.items() if bound.sort_path]
    return [*names, *(f"-{name}" for name in names)]


def collection(spec: Register):
    """Decorator: the schema of the list and of a new record."""
    name = name_of(spec)
    operations = {
        "get": extend_schema(operation_id=f"{spec.key}_list", summary=f"{spec.title}: list", parameters=[*_filters(spec), LANGUAGE], responses=_answers({200: ref(f"{name}Page")}))
    }
    if can_enter(spec):
        operations["post"] = extend_schema(
            operation_id=f"{spec.key}_create", summary=f"{spec.title}: new record", parameters=[LANGUAGE],
            request={JSON: ref(f"{name}New")}, responses=_answers({201: ref(name)}),
        )  # fmt: skip
    return extend_schema_view(**operations)


def one(spec: Register):
    """Decorator: the schema of one record."""
    name = name_of(spec)
    return extend_schema_view(
        get=extend_schema(operation_id=f"{spec.key}_read", summary=f"{spec.title}: one record", parameters=[LANGUAGE], responses=_answers({200: ref(name)})),
        patch=extend_schema(
            operation_id=f"{spec.key}_change", summary=f"{spec.title}: change what is sent", parameters=[LANGUAGE],
            request={JSON: ref(f"{name}Change")}, responses=_answers({200: ref(name)}, LOST),
        ),
        delete=extend_schema(
            operation_id=f"{spec.key}_delete", summary=f"{spec.title}: delete", parameters=[OpenApiParameter("version", VERSION, "query", required=True), LANGUAGE],
            responses=_answers({204: OpenApiResponse(description="It is deleted.")}, LOST),
        ),
    )  # fmt: skip


def moved(spec: Register, move: Move):
    """Decorator: the schema of a move."""
    return extend_schema_view(
        post=extend_schema(
            operation_id=f"{spec.key}_move_{move.name}", summary=f"{spec.title}: {move.label}", parameters=[LANGUAGE],
            request={JSON: ref(f"{name_of(spec)}Move{move.name.title().replace('-', '')}")}, responses=_answers({200: ref(name_of(spec))}, LOST),
        )
    )  # fmt: skip


def listed(spec: Register, part: str, summary: str, component: str):
    """Decorator: the schema of the history or of the files."""
    words = f"{spec.title}: {summary}"
    return extend_schema_view(get=extend_schema(operation_id=f"{spec.key}_{part}", summary=words, parameters=[LANGUAGE], responses=_answers({200: ref(component)})))


def files(spec: Register):
    """Decorator: the schema of the files at a record, and of adding some."""
    body = _object({"version": VERSION, "files": {**_list_of({"type": "string", "format": "binary"}), "minItems": 1}}, ["version", "files"], closed=True)
    added = extend_schema(
        operation_id=f"{spec.key}_files_add", summary=f"{spec.title}: add files", parameters=[LANGUAGE], request={"multipart/form-data": body},
        responses=_answers({201: ref("Files"), 200: ref("Files")}, LOST, {415: "Files are sent as multipart/form-data."}),
    )  # fmt: skip
    return lambda view: listed(spec, "files", "its files", "Files")(extend_schema_view(post=added)(view))


def file(spec: Register):
    """Decorator: the schema of one file."""
    good = {(200, "*/*"): OpenApiTypes.BINARY}
    return extend_schema_view(get=extend_schema(operation_id=f"{spec.key}_file", summary=f"{spec.title}: one file", parameters=[LANGUAGE], responses=_answers(good)))


def readings(view):
    """Decorator: the schema of the readings of a plan."""
    parameters = [
        _query("period", "2017, 2017-H1, 2017-Q3, 2017-05 or 2017-01-10..2017-02-03."),
        _query("from", "The first day."), _query("to", "The last day."),
        _query("known", "As known at the end of this day."), LANGUAGE,
    ]  # fmt: skip
    return extend_schema_view(
        get=extend_schema(operation_id="plan_readings", summary="What the measures of a plan read", parameters=parameters, responses=_answers({200: ref("Readings")}))
    )(view)


# -- components --------------------------------------------------------------------------------------------------------


def _object(properties: dict, required: list[str] | None = None, closed: bool = False) -> dict:
    made = {"type": "object", "properties": properties}
    return made | ({"required": required} if required else {}) | ({"additionalProperties": False} if closed else {})


def _list_of(what: dict) -> dict:
    return {"type": "array", "items": what}


def _record(spec: Register, whole: bool = True) -> dict:
    head = {"id": {"type": "integer"}, "number": TEXT, "version": {"type": "integer"}}
    fields = {c.name: {**c.schema(), "title": str(c.bound.label)} for c in all_columns(spec)}
    children = {child.key: _list_of(ref(name_of(child))) for child in (registry.get(i.register) for i in spec.inlines)}
    more = {"children": _object(children)} if children and whole else {}
    return _object({**head, **fields, **more}, list(head))


def _new(spec: Register) -> dict:
    columns = {c.name: c for c in all_columns(spec) if c.editable}
    filled = {*spec.starts_with, "owner_unit", "officer"}
    needed = [n for n, c in columns.items() if n not in filled and not (c.column.blank or c.column.has_default() or c.bound.kind == "bool")]
    return _object({n: c.schema(write=True) for n, c in columns.items()}, needed, closed=True)


def _change(spec: Register, names: list[str] | None = None) -> dict:
    state = spec.life.field if spec.life and names is None else ""
    fields = {c.name: c.schema(write=True) for c in all_columns(spec) if c.editable and c.name != state and (names is None or c.name in names)}
    return _object({"version": VERSION, **fields}, ["version"], closed=True)


def components() -> dict[str, dict]:
    """All that the operations refer to."""
    found = {
        "Problem": _object({"detail": TEXT, "errors": {"type": "object", "additionalProperties": _list_of(TEXT)}}, ["detail", "errors"]),
        "Conflict": _object(
            {
                "detail": TEXT, "errors": {"type": "object", "additionalProperties": _list_of(TEXT)}, "version": {"type": "integer"},
                "conflicts": _list_of(_object({"field": TEXT, "yours": {}, "theirs": {}}, ["field", "yours", "theirs"])),
            },
            ["detail", "errors"],
        ),
        "History": _object({"results": _list_of(_object(
            {"at": {**TEXT, "format": "date-time"}, "who": TEXT, "what": TEXT, "about": TEXT, "fields": _list_of(_object({"field": TEXT, "before": TEXT, "after": TEXT}))},
            ["at", "who", "what", "about", "fields"],
        ))}, ["results"]),
        "Files": _object({"results": _list_of(_object(
            {"id": {"type": "integer"}, "name": TEXT, "size": {"type": "integer"}, "content_type": TEXT, "sha256": TEXT, "uploaded_at": TEXT, "url": TEXT},
            ["id", "name", "size", "content_type", "sha256", "uploaded_at", "url"],
        ))}, ["results"]),
        "Readings": _readings(),
    }  # fmt: skip
    for spec in registry.everything():
        found |= _of_register(spec)
    return found


def _of_register(spec: Register) -> dict[str, dict]:
    name = name_of(spec)
    counts = {n: {"type": "integer"} for n in ("count", "page", "pages")}
    found = {
        name: _record(spec),
        f"{name}Change": _change(spec),
        f"{name}Page": _object({**counts, "results": _list_of(ref(name))}, [*counts, "results"]),
    }
    if can_enter(spec):
        found[f"{name}New"] = _new(spec)
    for move in spec.life.moves if spec.life else ():
        found[f"{name}Move{move.name.title().replace('-', '')}"] = _change(spec, list(move_columns(spec, None, move)))
    return found


def _readings() -> dict:
    number, text = {"type": ["number", "null"]}, {"type": ["string", "null"]}
    reading = {
        "activity": TEXT, "label": TEXT, "indicator": {"type": "integer"}, "measure": TEXT, "title": TEXT, "register": text,
        "value": number, "numerator": number, "denominator": number, "percent": {"type": "boolean"}, "records": {"type": "integer"},
        "hidden": {"type": "integer", "description": "How many of the records counted you may not open."},
        "left_out": _list_of(_object({"reason": TEXT, "records": {"type": "integer"}}, ["reason", "records"])),
        "breakdown": _list_of(_object({"by": TEXT, "rows": _list_of(_object({"label": TEXT, "value": number}))}, ["by", "rows"])),
        "lists": _list_of(_object({"register": TEXT, "url": TEXT}, ["register", "url"])), "note": TEXT,
    }  # fmt: skip
    facts = {"plan": TEXT, "period": TEXT, "from": TEXT, "to": TEXT, "known": text}
    return _object({**facts, "readings": _list_of(_object(reading, list(reading)))}, [*facts, "readings"])


def with_components(result: dict, generator, request, public) -> dict:
    """A hook of the schema's maker: the components, which no serializer declares."""
    kept = result.setdefault("components", {})
    kept["schemas"] = {**kept.get("schemas", {}), **components()}
    return result
