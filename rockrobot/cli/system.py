"""Commands about the installation: users, worker, ledger, backup and restore."""

import json
import signal
import sys
from pathlib import Path
from types import FrameType

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from rockrobot import backups, chain, jobs, ledger
from rockrobot.access import Role
from rockrobot.db import db, reading
from rockrobot.log import fault
from rockrobot.staff import actions as staff_actions
from rockrobot.staff.queries import member_with_email
from rockrobot.staff.rules import password_fault

users = AppGroup("user", help="Members of staff who may sign in.")
ledger_group = AppGroup("ledger", help="The change ledger.")


@users.command("add")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.password_option(help="Asked for when not given; at least 12 characters.")
def add_user(email: str, name: str, role: str, password: str) -> None:
    """Make a member of staff with a password."""
    wrong = password_fault(password, email=email)
    if wrong:
        raise click.ClickException(
            {"too_short": "The password needs at least 12 characters."}.get(wrong, "Too easy to guess.")
        )
    if member_with_email(email):
        raise click.ClickException("That e-mail address has a user already.")
    with ledger.change_set("user add", actor="cli:system"):
        staff_actions.make_member(name, email, Role(role), password)
        db.session.commit()
    click.echo(f"{email}: {role}")


@ledger_group.command("verify")
def verify_ledger() -> None:
    """Check the whole chain; exit code 1 and the first fault when it does not add up."""
    with reading():
        verdict = chain.verify(db.session.connection())
    click.echo(json.dumps({"entries": verdict.entries, "fault": verdict.fault, "head": verdict.head}))
    sys.exit(1 if verdict.fault else 0)


@click.command("worker")
@with_appcontext
@click.option("--once", is_flag=True, help="Do what waits and end.")
def worker(once: bool) -> None:
    """Do queued work: imports, print batches, e-mails. Ends after the running piece on SIGTERM or Ctrl-C."""
    stop = False

    def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stop
        stop = True

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    if once:
        click.echo(json.dumps({"done": jobs.run_waiting()}))
        return
    jobs.work_forever(should_stop=lambda: stop, on_fault=lambda error: fault(error, "worker"))


@click.command("backup")
@with_appcontext
@click.argument("path", type=click.Path(path_type=Path))
def backup(path: Path) -> None:
    """Write a backup of the running database to PATH (a new file), while others go on working."""
    try:
        size = backups.backup(current_app.config["SQLALCHEMY_DATABASE_URI"], path)
    except backups.BackupError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{path}: {size} bytes")


@click.command("restore")
@with_appcontext
@click.argument("path", type=click.Path(exists=True, path_type=Path))
def restore(path: Path) -> None:
    """Put a backup into the empty place that ROCKROBOT_DATA_DIR or ROCKROBOT_DATABASE_URL names, and check it."""
    try:
        backups.restore(current_app.config["SQLALCHEMY_DATABASE_URI"], path)
    except backups.BackupError as error:
        raise click.ClickException(str(error)) from error
    db.engine.dispose()
    with reading():
        verdict = chain.verify(db.session.connection())
    if verdict.fault:
        raise click.ClickException(f"The restored ledger does not add up: {verdict.fault}")
    click.echo(f"{path}: restored, {verdict.entries} ledger entries verified")


COMMANDS = (users, ledger_group, worker, backup, restore)
