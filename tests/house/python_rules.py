"""The rules about Python code, as functions from a syntax tree to what breaks them."""

import ast
from collections.abc import Iterable, Iterator

SIGNAL_MODULES = (
    "django.dispatch",
    "django.db.models.signals",
    "django.core.signals",
    "django.contrib.auth.signals",
)

# What writes rows. The value says when a call of that name is a row's: `dict.update(other)`,
# `hash.update(data)`, `document.save(file)` and `storage.delete(name)` take a positional argument, which no
# manager or model does.
WRITES = {
    "save": "no positional",
    "delete": "no positional",
    "update": "keywords only",
    "create": "keywords only",
    "get_or_create": "always",
    "update_or_create": "always",
    "bulk_create": "always",
    "bulk_update": "always",
    "asave": "always",
    "adelete": "always",
    "aupdate": "always",
    "acreate": "always",
    "save_base": "always",
    "save_m2m": "always",
    "_raw_delete": "always",
}
LINK_WRITES = {"add", "set", "remove", "clear"}


def imported_modules(tree: ast.AST, package: str = "") -> Iterator[tuple[str, int]]:
    """(module, line) of every import, wherever in the file; `from a import b` gives both a and a.b.

    `package` is the dotted package of the file, to resolve relative imports.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield name.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, base] if base else above)
            yield base, node.lineno
            for name in node.names:
                yield f"{base}.{name.name}", node.lineno


def imports_of(tree: ast.AST, prefixes: Iterable[str], package: str = "") -> list[tuple[int, str]]:
    """Imports of any of these modules or of what is in them."""
    prefixes = tuple(prefixes)
    return sorted(
        {
            (line, f"imports {module}")
            for module, line in imported_modules(tree, package)
            if any(module == p or module.startswith(p + ".") for p in prefixes)
        }
    )


def strings_among(tree: ast.AST, words: set[str]) -> list[tuple[int, str]]:
    """String literals that are one of these words."""
    return [
        (node.lineno, f"names {node.value!r}")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in words
    ]


def row_writes(tree: ast.AST, link_fields: set[str] = frozenset()) -> list[tuple[int, str]]:
    """Calls that write rows: save, delete, update, create and their kin, and changes of a many-to-many field.

    `link_fields` are the names of many-to-many fields and their reverse sides. `super().save(...)` inside a
    method of the same name only passes on what its caller decided, so it is no write of its own.
    """
    found = []
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        name, receiver = node.func.attr, node.func.value
        if isinstance(receiver, ast.Call) and getattr(receiver.func, "id", "") == "super":
            continue
        when = WRITES.get(name)
        keywords_only = bool(node.keywords) and not node.args
        if (
            when == "always"
            or (when == "no positional" and not node.args)
            or (when == "keywords only" and keywords_only)
            or (name in LINK_WRITES and getattr(receiver, "attr", None) in link_fields)
        ):
            found.append((node.lineno, f"writes rows: {ast.unparse(node.func)}(…)"))
    return sorted(found)


def uses(
    tree: ast.AST, attributes: set[str] = frozenset(), names: set[str] = frozenset()
) -> list[tuple[int, str]]:
    """Where `x.attribute` or a bare name is used: called, or passed on as a value (`key=str.upper`)."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in attributes:
            found.add((node.lineno, f"uses .{node.attr}"))
        elif isinstance(node, ast.Name) and node.id in names and isinstance(node.ctx, ast.Load):
            found.add((node.lineno, f"uses {node.id}"))
    return sorted(found)


def raw_markup(tree: ast.AST) -> list[tuple[int, str]]:
    """Text declared safe for the page, or markup put together before format_html could escape its parts."""
    found = uses(tree, {"mark_safe"}, {"mark_safe"})
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in {"SafeString", "SafeText"}:
            found.append((node.lineno, f"makes a {name}"))
        elif name == "format_html" and node.args and not isinstance(node.args[0], ast.Constant):
            found.append((node.lineno, f"format_html of {ast.unparse(node.args[0])[:50]}, no plain string"))
    return sorted(found)


def undocumented(tree: ast.Module) -> list[tuple[int, str]]:
    """Public functions, classes and methods without a docstring.

    Not public: a nested function, a name that begins with _, what stands in a class whose name does. The
    declaration of a register (@register) is data and speaks for itself.
    """
    found = []

    def look(body: list[ast.stmt], inside: str = "") -> None:
        for node in body:
            if not isinstance(
                node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
            ) or node.name.startswith("_"):
                continue
            decorators = {ast.unparse(d).split("(")[0].rsplit(".", 1)[-1] for d in node.decorator_list}
            if {"overload", "setter", "register"} & decorators or (
                isinstance(node, ast.ClassDef) and node.name in {"Meta", "Media"}
            ):
                continue
            if ast.get_docstring(node) is None:
                found.append((node.lineno, f"{inside}{node.name} has no docstring"))
            if isinstance(node, ast.ClassDef):
                look(node.body, f"{node.name}.")

    look(tree.body)
    return found


def cycles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Every way back to where one started, each once; an edge from a node to itself does not count."""
    found: dict[frozenset[str], list[str]] = {}

    def walk(start: str, node: str, path: list[str]) -> None:
        for target in sorted(graph.get(node, ())):
            if target == start and len(path) > 1:
                found.setdefault(frozenset(path), [*path, start])
            elif target not in path and target in graph and target > start:
                walk(start, target, [*path, target])

    for start in sorted(graph):
        walk(start, start, [start])
    return list(found.values())
