"""The commands that keep what is there: the history and its heads, backup, restore, check."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from .cli_common import ready, refuse, say

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


# -- history -----------------------------------------------------------------------------------------------------------


@click.group()
def audit():
    """The history of changes, and of who read or took out what."""


def _known(words: str, key: str) -> tuple[str, dict | None]:
    """What --head names: a head as printed («12:ab…»), or a signed one in a file."""
    from gegma.audit import heads

    path = Path(words)
    if not words or (not path.is_file() and ":" in words):
        return words, None
    try:
        head = heads.read(path.read_text(encoding="utf-8"))
        heads.check_signature(head, key)
    except (OSError, UnicodeDecodeError, heads.BadHead) as error:
        raise click.ClickException(f"{words}: {error}")
    return "", head


@audit.command("verify")
@click.option("--head", default="", metavar="FILE", help="A head kept elsewhere («gegma audit head»): also finds rows cut off or all rewritten.")
@click.option("--key", default="", help="The public key that the head must be signed with; else our own.")
@click.option("--json", "as_json", is_flag=True)
def audit_verify(head: str, key: str, as_json: bool):
    """Walk the chain of hashes; name the first row changed, removed or added. Status 1 where there is one."""
    ready()
    from gegma.audit import heads
    from gegma.audit.record import verify

    words, signed = _known(head, key)
    found = heads.verify_against(signed) if signed else verify(words)
    lines = f"{found.count} changes in order, {found.erased} of them lawfully erased. Head: {found.head}"
    if signed:
        lines += f"\nThey begin as they were on {signed['at']}, when there were {signed['count']}; the signature is right."
    say(vars(found), as_json, lines if found.ok else f"Broken at row {found.row or 'the end'}: {found.why}.")
    if not found.ok:
        sys.exit(1)


@audit.command("head")
@click.option("--keep", is_flag=True, help="Also keep it in the folder heads of the data folder, by its day.")
@click.option("--mail", "address", default="", help="Also send it to this address.")
def audit_head(keep: bool, address: str):
    """Verify the history, then print its signed head: to be kept where nobody who can write to the database can reach it.

    Meant for a timer, once a day: docs/audit.md has one.
    """
    ready()
    from gegma.audit import heads
    from gegma.audit.record import verify

    found = verify()
    if not found.ok:
        raise click.ClickException(f"The history is broken at row {found.row or 'the end'}: {found.why}. No head is signed.")
    head = heads.signed(found.count, found.head.partition(":")[2])
    text = json.dumps(head, indent=1)
    if keep:
        click.echo(f"Kept in {heads.keep(head)}", err=True)
    if address:
        from django.core.mail import send_mail

        send_mail(f"Gegma: head of the history {head['at'][:10]}", text, None, [address])
    click.echo(text)


@audit.command("protect")
@click.option("--role", default="", help="PostgreSQL: the role that the application works as; else GEGMA_DATABASE_ROLE.")
def audit_protect(role: str):
    """Have the database itself refuse changes to the history. «gegma setup» does it too; run it as the owner of the tables."""
    ready()
    from django.conf import settings

    from gegma.audit import protect

    role = role or settings.DATABASE_ROLE
    try:
        if not protect.protect(role):
            raise protect.CannotProtect("Only the owner of the tables can do that: run it with the owner's DATABASE_URL.")
    except protect.CannotProtect as error:
        raise refuse(error)
    click.echo("The database refuses changes to the history." + (f" «{role}» has the rights that the application needs, and no others." if role else ""))


@audit.command("erase")
@click.argument("row", type=click.IntRange(1))
@click.option("--reason", required=True, help="Why, with the number of the letter or decision.")
def audit_erase(row: int, reason: str):
    """Lawfully remove what one row of the history says. Its place in the chain stays; the ledger of erasures says why."""
    ready()
    from gegma.accounts.models import SYSTEM_WRITER
    from gegma.audit.models import Change
    from gegma.audit.record import erase

    change = Change.objects.filter(pk=row).first()
    if change is None:
        raise click.ClickException(f"There is no row {row} in the history.")
    try:
        erase(SYSTEM_WRITER, change, reason)
    except ValueError as error:
        raise refuse(error)
    click.echo(f"What row {row} said is removed. Keep the ledger with your backups: gegma audit erasures > FILE")


@audit.command("erasures")
@click.option("--replay", type=FILE, help="Erase again what this ledger names: after an older backup was restored.")
def audit_erasures(replay: Path | None):
    """Print the ledger of erasures as JSON, or replay one."""
    ready()
    from gegma.accounts.models import SYSTEM_WRITER
    from gegma.audit.record import erase_again, erasures

    if replay is None:
        say(erasures(), True, "")
        return
    try:
        ledger = json.loads(replay.read_text(encoding="utf-8"))
        done = erase_again(SYSTEM_WRITER, ledger)
    except (ValueError, KeyError, TypeError) as error:
        raise click.ClickException(f"{replay} is no ledger of erasures: {error}")
    click.echo(f"{done} rows are erased again.")


# -- backups -----------------------------------------------------------------------------------------------------------

PASSPHRASE = click.option("--passphrase-file", type=FILE, help="The passphrase stands in this file's first line.")


def _key(make, *given):
    """A key of a backup, or the end of the command."""
    from gegma.keep import archive

    try:
        return make(*given)
    except (archive.Damaged, OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"The key cannot be used: {error}.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--age-recipient", "recipients", multiple=True, metavar="KEY", help="Encrypt for this recipient (age1…). Repeat for more.")
@PASSPHRASE
@click.option("--json", "as_json", is_flag=True)
def backup(file: Path, recipients: tuple[str, ...], passphrase_file: Path | None, as_json: bool):
    """Write everything into one file: data, uploads, version, hashes. While people work.

    Readable by its owner only; whole or not there at all. The keys (GEGMA_SECRET_KEY, GEGMA_AUDIT_KEY) are not in it: keep them apart.

    \b
    gegma backup /backups/gegma-$(date +%F-%H).zip
    gegma backup /backups/gegma-$(date +%F-%H).age --age-recipient age1…
    """
    ready()
    from gegma.keep import archive
    from gegma.keep import backup as backups

    if recipients and passphrase_file:
        raise click.UsageError("Give either --age-recipient or --passphrase-file.")
    key = None
    if recipients:
        key = _key(archive.recipient_key, recipients)
    elif passphrase_file:
        key = _key(lambda path: archive.passphrase_key(path.read_text(encoding="utf-8")), passphrase_file)
    try:
        with click.progressbar(length=backups.steps(), label="Backup", file=sys.stderr) as shown:
            made = backups.make(file, key, shown.update)
    except backups.CannotBackUp as error:
        raise refuse(error)
    facts = {"file": str(made.path), "bytes": made.size, "rows": made.rows, "files": made.files, "changes": made.changes, "history": made.history.ok}
    say(facts, as_json, f"{made.path}: {made.size // 1024 + 1} KB, {made.rows} rows, {made.files} files, {made.changes} changes.")
    if not made.history.ok:
        click.echo(f"WARNING: the history is broken at row {made.history.row or 'the end'}: {made.history.why}. The backup is made all the same.", err=True)
        sys.exit(1)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--age-identity", type=FILE, help="The file of age-keygen with the secret key.")
@PASSPHRASE
@click.option("--accept-faults", is_flag=True, help="Restore also where something in the backup did not stand when it was made, and say what.")
@click.option("--json", "as_json", is_flag=True)
def restore(file: Path, age_identity: Path | None, passphrase_file: Path | None, accept_faults: bool, as_json: bool):
    """Restore a backup into an empty place, on SQLite or PostgreSQL, whichever it came from.

    The place is GEGMA_DATA and DATABASE_URL. Everything is checked before it says done; where anything is wrong nothing stays. Afterwards
    replay the erasures that were made since: «gegma audit erasures --replay FILE».
    """
    ready()
    from gegma.keep import archive
    from gegma.keep import restore as restoring

    key = None
    if age_identity:
        key = _key(lambda path: archive.identity_key(path.read_text(encoding="utf-8")), age_identity)
    elif passphrase_file:
        key = _key(lambda path: archive.passphrase_key(path.read_text(encoding="utf-8")), passphrase_file)
    try:
        done = restoring.restore(file, key, accept_faults=accept_faults)
    except restoring.CannotRestore as error:
        raise refuse(error)
    for words in done.warnings:
        click.echo(f"WARNING: {words}", err=True)
    say(vars(done), as_json, f"Done: the backup of {done.made_at} is restored and checked: {done.rows} rows, {done.files} files, {done.changes} changes.")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON: [{where, what, do}].")
def check(as_json: bool):
    """Check that everything stands: every file with its hash, every reference, the search, editions, the history. Status 1 where not."""
    ready()
    from gegma.keep import check as checks

    found = list(checks.everything())
    rows = [{"where": p.where, "what": p.what, "do": p.do} for p in found]
    say(rows, as_json, "\n".join(f"{p.where}: {p.what}\n    {p.do}" for p in found) or "Everything stands.")
    if found:
        sys.exit(1)


COMMANDS = [audit, backup, restore, check]
