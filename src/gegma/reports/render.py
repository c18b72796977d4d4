"""One report context, three forms.

    render(context, "docx" | "xlsx" | "pdf") -> bytes

The context is plain JSON: strings, numbers, lists, dates as ISO texts. Percentages are in hundredths (75 is 75%).
An edition keeps the context, so the same report can be made again in any form; the same context gives the same bytes.
"""

import importlib
import json

FORMATS = ("docx", "xlsx", "pdf")


def render(context: dict, fmt: str) -> bytes:
    """The report as a file. ValueError for an unknown form, or for a context that lacks something needed."""
    if fmt not in FORMATS:
        raise ValueError(f"A report cannot be made as «{fmt}»: choose {', '.join(FORMATS)}.")
    # Through JSON and back: dates become texts, tuples lists, and the caller's context stays untouched.
    context = json.loads(json.dumps(context, default=str))
    # A maker is loaded when it is asked for: a page that offers a download need not load Word's library.
    make = importlib.import_module(f"gegma.reports.{fmt}").make
    try:
        return make(context)
    except KeyError as missing:
        raise ValueError(f"The report's context lacks {missing}.") from missing
