"""The console command gegma: also the way in which scripts and administrators work.

Exit status: 0 done, 1 refused for a stated reason, 2 wrong usage.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path

import click

from gegma.accounts.keys import GROUPS, ROLES

from . import cli_keep, cli_run
from .cli_common import ready, refuse, say, write_whole
from .cli_personal import personal

FORMATS = ("docx", "xlsx", "pdf")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name=None, version="0.1.0", prog_name="gegma")
def main():
    """Gegma keeps the registers of a ministry's international relations department and counts its action plan from them.

    Start with «gegma demo». Exit status: 0 done, 1 refused for a stated reason, 2 wrong usage.
    """


# -- accounts -----------------------------------------------------------------------------------------------------------


@main.group()
def account():
    """People who may sign in."""


@account.command("add")
@click.argument("email")
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", type=click.Choice(ROLES), default="officer", show_default=True)
@click.option("--unit", default="", help="Code of the person's unit.")
@click.option("--reads", type=click.Choice(GROUPS), multiple=True, help="A group of fields that the person reads beyond the role; may be given twice.")
@click.password_option(help="The password; asked for where it is not given.")
def account_add(email: str, name: str, role: str, unit: str, reads: tuple[str, ...], password: str):
    """Make an account."""
    ready()
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.db import transaction

    from gegma.accounts.models import SYSTEM_WRITER, User
    from gegma.audit.context import origin
    from gegma.engine import registry
    from gegma.staff import people

    try:
        made = User(email=email.lower(), name=name, role=role, reads=list(reads))
        validate_password(password, made)
        if User.objects.filter(email=email.lower()).exists():
            raise ValidationError(f"{email} has an account already.")
        made.unit = registry.get("units").model.objects.filter(code=unit).first() if unit else None
        if unit and made.unit is None:
            raise ValidationError(f"There is no unit with the code «{unit}».")
        with origin("command"), transaction.atomic():
            people.make(SYSTEM_WRITER, made)
            people.set_password(SYSTEM_WRITER, made, password)
    except ValidationError as error:
        raise refuse(error)
    click.echo(f"{name} ({role}) can sign in as {email.lower()}.")


def find_account(email: str):
    """The account with this e-mail, or the end of the command with status 1."""
    from gegma.accounts.models import User

    found = User.objects.filter(email=email.lower()).first()
    if found is None:
        raise click.ClickException(f"There is no account «{email}».")
    return found


@account.command("end")
@click.argument("email")
@click.option("--to", "colleague", default="", help="E-mail of the colleague to whom everything open goes.")
def account_end(email: str, colleague: str):
    """End somebody's access, at once: their sessions, tokens and calendar address close. What they wrote stays."""
    ready()
    from django.core.exceptions import ValidationError
    from django.db import transaction

    from gegma.accounts.models import SYSTEM_WRITER
    from gegma.audit.context import origin
    from gegma.staff import handover, people

    found = find_account(email)
    try:
        with origin("command"), transaction.atomic():
            moved = handover.hand_over(SYSTEM_WRITER, found, find_account(colleague)) if colleague else 0
            closed = people.end_access(SYSTEM_WRITER, found)
    except ValidationError as error:
        raise refuse(error)
    click.echo(f"The access of {found.name} has ended. Closed: {closed}; records handed over: {moved}.")


@account.command("link")
@click.argument("email")
def account_link(email: str):
    """Print the link by which somebody sets a password: for the first administrator, or where no mail is sent."""
    ready()
    from gegma.staff import people

    found = find_account(email)
    if not found.is_active:
        raise click.ClickException(f"The access of {found.name} has ended.")
    click.echo(people.password_link(found))


@main.command()
@click.option("--day", type=click.DateTime(["%Y-%m-%d", "%d.%m.%Y"]), help="The day to make reminders for; else today.")
@click.option("--no-mail", is_flag=True, help="Only make the reminders for the pages; send nothing.")
@click.option("--json", "as_json", is_flag=True, help="What was made, as JSON: day, since, notices, digests, failed, scheduled.")
def remind(day: dt.datetime | None, no_mail: bool, as_json: bool):
    """Make the day's reminders of deadlines, send each person their one e-mail, and ask for the reports that are due by a schedule.

    Meant for a timer, once a day early in the morning: docs/deadlines.md has one. A deadline is reminded of 30, 7 and 1 days before and
    1, 7 and 30 days after its day, as long as it is open. Safe to run again: nobody gets a second e-mail on a day. Days that were
    missed are caught up, each record once. Exit status 1 where an e-mail could not be sent; the next run tries again.

    \b
    gegma remind                     what a timer runs
    gegma remind --json              the same, for a program
    gegma remind --day 2017-12-11    for another day, to try it out
    """
    ready()
    from gegma.agenda.remind import run
    from gegma.reports import schedules

    told = run(day.date() if day else None, mail=not no_mail)
    scheduled = schedules.run(told.day)
    lines = [f"{told.day}: {told.notices} reminders, {len(told.digests)} e-mails, {scheduled} scheduled reports asked for."]
    lines += [f"  {email}: {n} records" for email, n in told.digests.items()]
    lines += [f"  not sent to {email}: {why}" for email, why in told.failed.items()]
    say({**vars(told), "scheduled": scheduled}, as_json, "\n".join(lines))
    if told.failed:
        sys.exit(1)


# -- plans -------------------------------------------------------------------------------------------------------------


@main.group()
def plan():
    """Read, import and compute action plans."""


def _column(ctx, param, values) -> dict:
    found = {}
    for value in values:
        header, sep, role = value.rpartition("=")
        if not sep:
            raise click.BadParameter(f"«{value}»: write HEADER=ROLE.")
        found[int(header) if header.isdecimal() else header] = role
    return found


COLUMN_HELP = "Say what a column is, where its header is not recognised: HEADER=ROLE. Repeat for more columns."


def read_file(file: Path, columns: dict):
    """The plan in the file; errors of the reader end the command with status 1."""
    from gegma.plan import readers

    try:
        return readers.read_plan(file, columns=columns or None)
    except ValueError as error:
        raise click.BadParameter(str(error))
    except readers.Refused as error:
        raise refuse(error)


@plan.command("read")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="The plan as JSON: title, year, sections, activities, warnings.")
@click.option("--column", "columns", multiple=True, callback=_column, help=COLUMN_HELP)
def plan_read(file: Path, as_json: bool, columns: dict):
    """Read a plan from text, Word, Excel, a web page or a PDF, and show it. Writes nothing.

    What could not be placed comes as a warning with its page or row.
    """
    found = read_file(file, columns).as_json()
    indicators = sum(len(a["indicators"]) for a in found["activities"])
    lines = [
        f"{found['title']} ({found['year'] or 'no year'})",
        f"{len(found['sections'])} sections, {len(found['activities'])} activities, {indicators} indicators",
    ]
    by_section: dict = {}
    for row in found["activities"]:
        by_section.setdefault(row["section"], []).append(row)
    for section in found["sections"]:
        lines.append(f"\n{section['code']} {section['title']}")
        for row in by_section.get(section["code"], []):
            lines.append(f"  {row['code']} {row['text'][:100]}  [{row['deadline']}]")
            lines += [f"      {i['label'] + ') ' if i['label'] else ''}{i['text'][:100]}" for i in row["indicators"]]
    lines += [f"\n{len(found['warnings'])} warnings"] + [f"  {w['where']}: {w['what']}" for w in found["warnings"]]
    say(found, as_json, "\n".join(lines))


@plan.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", required=True, help="Key of the plan, such as mia-ird-2017. A plan that is there gets its next version.")
@click.option(
    "--measures", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Bind measures from this YAML file."
)
@click.option(
    "--english", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Add English texts from this JSON file."
)
@click.option("--year", type=click.IntRange(1900, 2200), help="The plan's year, where the file names none.")
@click.option("--column", "columns", multiple=True, callback=_column, help=COLUMN_HELP)
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@click.option("--json", "as_json", is_flag=True, help="What changed, as JSON.")
def plan_import(file: Path, key: str, measures: Path, english: Path, year: int, columns: dict, dry_run: bool, as_json: bool):
    """Import a plan, or the next version of one. All or nothing."""
    ready()
    from django.core.exceptions import ValidationError

    from gegma.accounts.models import SYSTEM_WRITER
    from gegma.audit.context import origin
    from gegma.plan import binding, importing
    from gegma.plan.models import Plan

    read = read_file(file, columns).as_json()
    read["year"] = read["year"] or year
    present = Plan.objects.filter(key=key).first()
    changes = importing.differences(present, read) if present else []
    found: dict = {"key": key, "new": present is None, "changes": [vars(c) for c in changes], "warnings": read["warnings"]}
    try:
        if not dry_run:
            from django.db import transaction

            with bar(3, "Import") as shown, origin("import"), transaction.atomic():
                stored = importing.store(read, SYSTEM_WRITER, key=key, plan=present)
                shown.update(1)
                if english:
                    importing.add_english(stored, json.loads(english.read_text(encoding="utf-8")), SYSTEM_WRITER)
                shown.update(1)
                if measures:
                    found["bound"] = binding.bind(stored, binding.load(measures), SYSTEM_WRITER)
                shown.update(1)
    except (ValidationError, json.JSONDecodeError) as error:
        raise refuse(error)
    lines = [f"{'Would import' if dry_run else 'Imported'} {key}: {len(read['activities'])} activities."]
    lines += [f"  {c.kind}: {c.what} {c.code}" for c in changes] if present else []
    lines += [f"  warning, {w['where']}: {w['what']}" for w in read["warnings"]]
    if "bound" in found:
        lines.append(f"Measures: {found['bound']['measures']}, of them without a register yet: {found['bound']['unbound']}.")
    say(found, as_json, "\n".join(lines))


def bar(length: int, label: str):
    """A progress bar on the error stream, so that what the command prints stays clean; silent where nobody looks."""
    return click.progressbar(length=length, label=label, file=sys.stderr)


def find_plan(key: str):
    """The plan with this key, or the end of the command with status 1."""
    from gegma.plan.models import Plan

    found = Plan.objects.filter(key=key).first()
    if found is None:
        known = ", ".join(Plan.objects.values_list("key", flat=True)) or "none"
        raise click.ClickException(f"There is no plan «{key}». Known: {known}.")
    return found


def period_of(found, start: dt.datetime | None, end: dt.datetime | None):
    """The period from the options, else the plan's own."""
    from gegma.kernel.periods import Period

    try:
        return Period(start.date() if start else found.starts_on, end.date() if end else found.ends_on)
    except ValueError as error:
        raise click.BadParameter(str(error))


DAY = click.DateTime(["%Y-%m-%d", "%d.%m.%Y"])
KEY = click.option("--plan", "key", required=True, help="Key of the plan.")
FROM = click.option("--from", "start", type=DAY, help="First day of the period; else the plan's first.")
TO = click.option("--to", "end", type=DAY, help="Last day of the period; else the plan's last.")


@plan.command("measures")
@KEY
@FROM
@TO
@click.option("--known", type=DAY, help="As the registers were known at the end of this day; else as they are now.")
@click.option("--lang", type=click.Choice(["ka", "en"]), default="en", show_default=True, help="Language of the reasons.")
@click.option("--json", "as_json", is_flag=True, help="Everything as JSON.")
def plan_measures(key: str, start, end, known, lang: str, as_json: bool):
    """Compute every measure of a plan from the registers.

    JSON: [{activity, label, measure, value, numerator, denominator, breakdown, records, left_out: {reason: n}, note}].
    """
    ready(lang)
    from gegma.plan.figures import figures
    from gegma.plan.models import Measure
    from gegma.plan.views.common import knowing

    found = find_plan(key)
    period = period_of(found, start, end)
    rows = []
    with knowing(known.date() if known else None), bar(Measure.objects.filter(indicator__activity__plan=found).count(), "Measures") as shown:
        for row in figures(found, period):
            rows.append(row)
            shown.update(1)
    if as_json:
        say(rows, True, "")
        return
    for row in rows:
        value = row["note"] if row["value"] is None else f"{row['value']:g}" + (" %" if row["percent"] else "")
        left = ", ".join(f"{n} {reason}" for reason, n in row["left_out"].items())
        click.echo(
            f"{row['activity']:9} {row['label']:2} {row['measure'][:34]:34} {value:>22}"
            + (f"   left out: {left}" if left else "")
        )


@plan.command("lint")
@KEY
@click.option("--lang", type=click.Choice(["ka", "en"]), default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True)
def plan_lint(key: str, lang: str, as_json: bool):
    """What the plan leaves open: no deadline, no owner, no measure, no denominator, no register."""
    ready(lang)
    from gegma.plan.lint import lint

    found = lint(find_plan(key))
    rows = [{"code": f.code, "where": f.where, "what": f.what} for f in found]
    say(rows, as_json, "\n".join(f"{f.where}: {f.what}" for f in found) or "Nothing is left open.")


@plan.command("dump")
@KEY
def plan_dump(key: str):
    """Print the plan's measures as YAML, to be kept in a file and edited."""
    ready()
    import yaml

    from gegma.plan import binding

    click.echo(yaml.safe_dump(binding.dump(find_plan(key)), allow_unicode=True, sort_keys=False, width=120))


# -- reports -----------------------------------------------------------------------------------------------------------


@main.group()
def report():
    """Make reports."""


BUILT_IN = click.option("--built-in", is_flag=True, help="Word in the built-in form, where the department has a template of its own.")


@report.command("progress")
@KEY
@FROM
@TO
@click.option("--format", "fmt", type=click.Choice(FORMATS), required=True)
@click.option("--lang", type=click.Choice(["ka", "en"]), default="ka", show_default=True)
@BUILT_IN
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, writable=True, path_type=Path), required=True, help="File to write."
)
def report_progress(key: str, start, end, fmt: str, lang: str, built_in: bool, output: Path):
    """The plan with its figures, verdicts and evidence, in Word, Excel or PDF."""
    ready(lang)
    from gegma.reports.context import progress
    from gegma.reports.render import render

    found = find_plan(key)
    period, activities = period_of(found, start, end), found.activities.filter(withdrawn=False).count()
    with bar(activities + activities // 2 + 1, "Report") as shown:
        context = progress(found, period, lang, tick=lambda: shown.update(1))
        data = with_template("progress", lang, fmt, built_in, lambda store: store.of_progress(context, period)) or render(context, fmt)
        shown.update(activities // 2 + 1)
    write_whole(output, data)


def with_template(key: str, lang: str, fmt: str, built_in: bool, made) -> bytes | None:
    """The Word file made with the template that is in use; None where none is. A broken one ends the command."""
    from gegma.reports.word_templates import store, texts

    template = store.in_use(key, lang) if fmt == "docx" and not built_in else None
    if template is None:
        return None
    try:
        return store.fill(template, made(store))
    except store.Broken as broken:
        raise click.ClickException(f"{template}: {texts.say(broken.refused)} Nothing was made; --built-in makes the built-in form.")


@report.command("list")
@click.option("--lang", type=click.Choice(["ka", "en"]), default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The reports as JSON: key, title, sentence, params.")
def report_list(lang: str, as_json: bool):
    """The reports of the catalogue, each with its sentence and its parameters."""
    ready(lang)
    from gegma.reports import catalogue

    rows, lines = [], []
    for found in catalogue.everything():
        params = [{"name": p.name, "label": str(p.label), "kind": p.kind, "required": p.required} for p in found.params]
        rows.append({"key": found.key, "title": str(found.title), "sentence": str(found.sentence), "params": params})
        lines += [f"{found.key}: {found.title}", f"    {found.sentence}"]
        lines += [f"    --param {p['name']}=…  {p['label']}{', needed' if p['required'] else ''}" for p in params]
    say(rows, as_json, "\n".join(lines))


def _param(ctx, param, values) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for value in values:
        name, sep, words = value.partition("=")
        if not sep:
            raise click.BadParameter(f"«{value}»: write NAME=VALUE.")
        found.setdefault(name, []).append(words)
    return found


@report.command("make")
@click.argument("key")
@click.option("--from", "start", type=DAY, help="First day of the period; else the first of the year.")
@click.option("--to", "end", type=DAY, help="Last day of the period; else the last of the year.")
@click.option("--lang", type=click.Choice(["ka", "en"]), default="ka", show_default=True)
@click.option("--format", "fmt", type=click.Choice(FORMATS), required=True)
@click.option("--param", "given", multiple=True, callback=_param, help="A parameter: NAME=VALUE; a record by its number or code. Repeat for more.")
@BUILT_IN
@click.option("--as", "email", default="", help="Make it with the rights of this account; else with what everybody may see.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, writable=True, path_type=Path), required=True, help="File to write."
)
def report_make(key: str, start, end, lang: str, fmt: str, given: dict, built_in: bool, email: str, output: Path):
    """Make a report of the catalogue. «gegma report list» tells the keys and their parameters.

    \b
    gegma report make trainings --from 2017-01-01 --to 2017-12-31 --format pdf -o trainings.pdf
    gegma report make briefing --param country=DE --param sections=agreements --format docx -o briefing.docx
    """
    ready(lang)
    from gegma.accounts.models import PLAIN, User
    from gegma.reports import catalogue
    from gegma.reports.catalogue import asking, base

    found = catalogue.find(key)
    if found is None:
        known = ", ".join(one.key for one in catalogue.everything())
        raise click.ClickException(f"There is no report «{key}». Known: {known}.")
    user = User.objects.filter(email=email.lower(), is_active=True).first() if email else PLAIN
    if user is None:
        raise click.ClickException(f"There is no account «{email}».")
    words = {name: f"{day:%Y-%m-%d}" for name, day in (("from", start), ("to", end)) if day}
    try:
        with bar(2, "Report") as shown:
            period = asking.period_of(words)
            made = base.make(found, user, period, lang, asking.cleaned(found, user, given))
            shown.update(1)
            data = with_template(key, lang, fmt, built_in, lambda store: store.of_paper(made, period)) or catalogue.render(made, fmt)
            shown.update(1)
    except asking.Wrong as error:
        raise click.BadParameter(str(error))
    write_whole(output, data)


@report.command("freeze")
@KEY
@FROM
@TO
@click.option("--json", "as_json", is_flag=True)
def report_freeze(key: str, start, end, as_json: bool):
    """Freeze the progress report of a period as an edition: figures, records, texts and files, with one hash over all of it."""
    ready("ka")
    from gegma.accounts.models import SYSTEM_WRITER
    from gegma.reports import editions

    found = find_plan(key)
    period, activities = period_of(found, start, end), found.activities.filter(withdrawn=False).count()
    with bar(activities, "Edition") as shown:
        made = editions.freeze(found, period, SYSTEM_WRITER, tick=lambda: shown.update(1))
    facts = {"edition": made.number, "sha256": made.sha256, "files": made.content["files"]}
    say(facts, as_json, f"{made.number}: {made.title_ka}\nSHA-256 {made.sha256}, {len(facts['files'])} files")


@report.command("verify")
@click.argument("what")
@click.option("--json", "as_json", is_flag=True)
def report_verify(what: str, as_json: bool):
    """Say whether a file is one that was frozen, or whether an edition (E-12) is as it was. Status 1 where it is not."""
    ready()
    from gegma.reports import editions
    from gegma.reports.models import Edition

    path = Path(what)
    number = what.casefold().removeprefix("e-")
    if path.is_file():
        checked = editions.verify_file(path.read_bytes())
    elif number.isdecimal() and len(number) < 19:
        found = Edition.objects.filter(pk=int(number)).first()
        if found is None:
            raise click.ClickException(f"There is no edition E-{number}.")
        checked = editions.verify(found)
    else:
        raise click.BadParameter(f"«{what}» is neither a file nor an edition such as E-12.")
    edition = checked.edition
    say({"ok": checked.ok, "edition": edition.number if edition else None, "why": checked.why}, as_json, checked.why)
    if not checked.ok:
        sys.exit(1)


for command in (*cli_run.COMMANDS, *cli_keep.COMMANDS):
    main.add_command(command)


main.add_command(personal)

if __name__ == "__main__":
    main()
