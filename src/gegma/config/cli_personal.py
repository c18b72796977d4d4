"""The commands about personal data: what is past its term, anonymising, the ledger of erasures, one person's file."""

from __future__ import annotations

from pathlib import Path

import click

FILE = click.Path(dir_okay=False, path_type=Path)


def _ready(language: str = "en"):
    from .cli_common import ready

    ready(language)


def _say(data, as_json: bool, text: str) -> None:
    from .cli_common import say

    say(data, as_json, text)


@click.group()
def personal():
    """Data on people: terms, anonymising, one person's file."""


@personal.command("due")
@click.option("--day", type=click.DateTime(["%Y-%m-%d", "%d.%m.%Y"]), help="As of this day; else today.")
@click.option("--json", "as_json", is_flag=True, help="As JSON: data, title, years, due, held, gone.")
def personal_due(day, as_json: bool):
    """Say what is past its term, by kind of data, and what of it is on hold. Changes nothing."""
    _ready()
    from gegma.registers.protection import retention

    dues = retention.due(day.date() if day else None)
    rows = [
        {"data": d.source.term_key, "title": d.source.title, "years": d.years, "due": d.records, "held": sorted(d.held), "gone": d.gone} for d in dues
    ]  # fmt: skip
    lines = [f"{d.source.term_key:24} {d.years:3} years  {len(d.records):6} past the term  {len(d.held):4} on hold  {len(d.gone):4} deleted" for d in dues]
    _say(rows, as_json, "\n".join(lines))


@personal.command("anonymise")
@click.argument("data", required=False)
@click.option("--person", default="", help="All data on one person instead, by number (P-12), whatever the term.")
@click.option("--reason", required=True, help="Stands in the ledger of erasures. No names.")
@click.option("--yes", is_flag=True, help="Do it; else only say what would be done.")
def personal_anonymise(data: str | None, person: str, reason: str, yes: bool):
    """Anonymise what is past its term: all kinds of data, or one (as «gegma personal due» names them). For good."""
    _ready()
    from django.core.exceptions import ValidationError

    from gegma.accounts.models import SYSTEM_WRITER
    from gegma.audit.context import origin
    from gegma.registers.protection import erasing, retention

    if person:
        found = _person(person)
        if not yes:
            click.echo(f"Would anonymise {person}. Add --yes to do it.")
            return
        try:
            with origin("command"):
                done = erasing.erase_person(found, actor=SYSTEM_WRITER, reason=reason)
        except (ValidationError, ValueError) as error:
            raise click.ClickException("; ".join(getattr(error, "messages", [str(error)])))
        click.echo(f"{person} is anonymised ({len(done)} kinds of data).")
        return
    dues = retention.due(only=data or "")
    if data and not dues:
        raise click.ClickException(f"There is no data «{data}» with a term: «gegma personal due» names what there is.")
    for one in dues:
        if not one.count:
            continue
        if yes:
            with origin("command"):
                erasing.anonymise(one.source, [*one.records, *one.gone], actor=SYSTEM_WRITER, reason=reason)
        click.echo(f"{one.source.term_key}: {one.count} {'anonymised' if yes else 'would be anonymised'}, {len(one.held)} on hold")
    if not yes:
        click.echo("Nothing was changed. Add --yes to do it.")


def _person(number: str):
    from gegma.accounts.models import SYSTEM
    from gegma.registers.protection import about

    found = about.find(SYSTEM, number) if "-" in number else []
    if len(found) != 1:
        raise click.ClickException(f"There is no person «{number}»: give a number such as P-12.")
    return found[0]


@personal.command("ledger")
def personal_ledger():
    """Print the ledger of erasures, one JSON object a line. Keep it outside the database and its backups: «replay» needs it."""
    _ready()
    import json

    from gegma.registers.protection.erasing import ledger

    for entry in ledger():
        click.echo(json.dumps(entry, ensure_ascii=False))


@personal.command("replay")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True)
def personal_replay(file: Path | None, as_json: bool):
    """Do again all erasures of the ledger, after an older backup was restored. FILE: the ledger; else the one of the data folder.

    Safe to run again. A record that is another one than was erased, under the same number, is let alone.
    """
    _ready()
    from gegma.accounts.models import SYSTEM_WRITER
    from gegma.audit.context import origin
    from gegma.registers.protection import erasing

    try:
        with origin("command"):
            told = erasing.replay(SYSTEM_WRITER, file)
    except erasing.BadLedger as error:
        raise click.ClickException(str(error))
    _say(vars(told), as_json, f"{told.done} erased again, {told.already} were erased already, {told.strange} not in this database, {told.unknown} unknown.")


@personal.command("export")
@click.argument("person")
@click.option("--lang", type=click.Choice(["ka", "en"]), default="ka", show_default=True)
@click.option("-o", "--output", type=FILE, required=True, help="The zip file to write.")
def personal_export(person: str, lang: str, output: Path):
    """Write everything kept on one person (P-12) into a zip file, restricted records too, and enter it in the log of disclosures."""
    _ready(lang)
    from gegma.accounts.models import SYSTEM_WRITER
    from gegma.audit.context import origin
    from gegma.registers.protection import about, export

    from .cli_common import write_whole

    found = about.everything(SYSTEM_WRITER, _person(person))
    with origin("command"):
        data, _entry = export.give_out(SYSTEM_WRITER, found)
    write_whole(output, data)
    output.chmod(0o600)
