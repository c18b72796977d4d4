"""Runs typst in a process of its own.

typst keeps threads and caches: a server that forks after importing it hangs, and one that sets a large plan keeps
the memory. So typst is imported only by the short-lived child below; the caller gets bytes or a TypesettingError.
"""

import json
import subprocess
import sys
from pathlib import Path

TEMPLATES = Path(__file__).parent / "templates"
SECONDS = 180


class TypesettingError(RuntimeError):
    """typst refused the document or ran out of time; the message is typst's own."""


def typeset(template: str, data: dict, *, form: str, standards: tuple[str, ...] = (), ppi: int = 200,
            made_on: str = "") -> list[bytes]:
    """Set `data` with templates/`template`; returns one PDF, or one PNG for each page.

    form: pdf or png. The data travels as a value, never as typst source. made_on (ISO date) becomes the date of
    the file, so that the same report gives the same bytes.
    """
    from gegma.kernel import fonts

    order = {
        "template": str(TEMPLATES / template),
        "root": str(TEMPLATES),
        "fonts": str(fonts.folder()),
        "form": form,
        "standards": list(standards),
        "ppi": ppi,
        "made_on": made_on,
        "inputs": {"data": json.dumps(data, ensure_ascii=False)},
    }
    try:
        child = subprocess.run(
            [sys.executable, "-I", str(Path(__file__).resolve())],
            input=json.dumps(order).encode(), capture_output=True, timeout=SECONDS, check=False,
        )
    except subprocess.TimeoutExpired:
        raise TypesettingError(f"The document was not set within {SECONDS} seconds.") from None
    if child.returncode != 0:
        told = child.stderr.decode("utf-8", "replace").strip()
        raise TypesettingError(f"typst could not set {template}: {told[-2000:] or child.returncode}")
    return _unpack(child.stdout)


def _unpack(stream: bytes) -> list[bytes]:
    """Each file is preceded by its length in ten digits."""
    files, at = [], 0
    while at < len(stream):
        length = int(stream[at:at + 10])
        files.append(stream[at + 10:at + 10 + length])
        at += 10 + length
    return files


def _child() -> None:
    """Read the order from standard input, write the files to standard output."""
    import datetime
    import resource

    import typst

    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    order = json.load(sys.stdin.buffer)
    stamp = None
    if order["made_on"]:
        stamp = datetime.datetime.fromisoformat(order["made_on"][:10]).replace(tzinfo=datetime.UTC)
    more = {"pdf_standards": order["standards"]} if order["form"] == "pdf" else {"ppi": order["ppi"]}
    try:
        made, warnings = typst.compile_with_warnings(
            order["template"], root=order["root"], font_paths=[order["fonts"]], ignore_system_fonts=True,
            sys_inputs=order["inputs"], format=order["form"], timestamp=stamp, **more,
        )
    except typst.TypstError as error:
        sys.exit("\n".join([error.message, *error.hints]))
    # typst only warns where it leaves something out; a report that lacks a line is not a report.
    if warnings:
        sys.exit("\n".join(warning.message for warning in warnings))
    for data in made if isinstance(made, list) else [made]:
        sys.stdout.buffer.write(b"%010d" % len(data) + data)


if __name__ == "__main__":
    _child()
