"""The commands that run the system: the demo, the web server and its workers, the background, the tables."""

from __future__ import annotations

import click

from .cli_common import ready, refuse


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, envvar="PORT", show_default=True, help="Port on 127.0.0.1.")
@click.option("--fresh", is_flag=True, help="Make the demo year anew, even where it is there already.")
@click.option("--no-serve", is_flag=True, help="Only make it; do not serve.")
def demo(port: int, fresh: bool, no_serve: bool):
    """Serve a system with the 2017 plan and a realistic invented year.

    Its data lie apart from yours, in the folder «demo» under the data folder. Prints who can sign in.
    """
    from . import serving

    try:
        serving.demo(port, fresh, serve=not no_serve)
    except serving.CannotServe as error:
        raise refuse(error)


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, envvar="PORT", show_default=True, help="Port to listen on.")
@click.option("--bind", "host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes.")
@click.option("--no-work", is_flag=True, help="Leave the background to «gegma work», run elsewhere.")
def serve(port: int, host: str, workers: int, no_work: bool):
    """Serve the system: brings the database up to date, then starts the web server and the worker of the background."""
    from . import serving

    try:
        ready()
        serving.serve(port, host, workers, background=not no_work)
    except serving.CannotServe as error:
        raise refuse(error)


@click.command()
@click.option("--once", is_flag=True, help="Make what waits, then end.")
def work(once: bool):
    """Make reports in the background: those that take long, and those that come by a schedule.

    «gegma serve» starts one by itself; on another machine, or for a second one, run this. Told to stop (SIGTERM, Ctrl+C), it gives
    back what it was making: the next worker takes it up.
    """
    ready("ka")
    from gegma.reports.jobs import worker

    worker.run(once)


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, envvar="PORT", show_default=True, help="Port of the server.")
def reload(port: int):
    """Have the running server start new workers, without refusing or breaking off a request: after an upgrade of the program.

    Returns when all workers are new. What stands in the environment is not read anew: for that, restart.
    """
    from . import serving

    ready()
    try:
        click.echo(f"{serving.reload(port)} new workers.")
    except serving.CannotServe as error:
        raise refuse(error)


@click.command()
def setup():
    """Make or update the tables, and add what every system starts with: codelists, countries; collect the static files. Safe to run again."""
    ready()
    from .serving import prepare

    added = prepare()
    click.echo(f"Ready. Added: {added['codes']} codes, {added['countries']} countries.")


COMMANDS = [demo, serve, work, reload, setup]
