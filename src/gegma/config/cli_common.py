"""What all commands share: starting Django, refusing, saying."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click


def ready(language: str = "en") -> None:
    """Start Django, with the words of the command line in the given language."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gegma.config.settings")
    import django
    from django.utils import translation

    django.setup()
    translation.activate(language)


def refuse(error: Exception) -> click.ClickException:
    """An error of the domain as one that ends the command with status 1."""
    messages = getattr(error, "messages", None)
    return click.ClickException("; ".join(messages) if messages else str(error))


def say(data, as_json: bool, text: str) -> None:
    """Print data for a program, or text for a person."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=1, default=str) if as_json else text)


def write_whole(output: Path, data: bytes) -> None:
    """The file, all of it or nothing: a broken disk leaves no half report under its name."""
    partial = output.with_name(output.name + ".part")
    try:
        partial.write_bytes(data)
        partial.replace(output)
    except OSError as error:
        raise refuse(error)
    click.echo(f"{output}: {len(data) // 1024 + 1} KB")
