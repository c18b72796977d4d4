"""Lines of log for programs: JSON without anything about people beyond the number of an account.

What others' code logs may hold names, addresses or typed words in its values, so of that only the fixed words are kept; of an error its
kind and the places in the code, never its text.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import traceback

OWN = "gegma"
# The messages of these are about processes; where one is about a request, its address comes last.
FIXED = ("gunicorn.error",)
FRAMES = 12


class JsonFormatter(logging.Formatter):
    """One JSON object for each line: time, level, logger, words; the facts of a request under names of their own."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        told = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(), "logger": record.name, "words": _words(record), **getattr(record, "facts", {}),
        }  # fmt: skip
        if status := getattr(record, "status_code", None):
            told["status"] = status
        if record.exc_info and record.exc_info[0]:
            told["error"], told["at"] = record.exc_info[0].__qualname__, _places(record.exc_info[2])
        return json.dumps(told, ensure_ascii=False, default=str)


def _words(record: logging.LogRecord) -> str:
    if record.name.split(".")[0] == OWN:
        return record.getMessage()
    if record.args:
        return str(record.msg)  # with %s where values would stand
    return str(record.msg).split(" from ip=")[0] if record.name in FIXED else ""


def _places(trace) -> list[str]:
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)[-FRAMES:]]
