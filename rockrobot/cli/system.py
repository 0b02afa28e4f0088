"""Commands about the installation: worker, ledger, backup and restore."""

import json
import signal
import sys
from pathlib import Path
from types import FrameType

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from flask_migrate import upgrade

from rockrobot import backups, chain, jobs, ledger
from rockrobot.cli.terminal import actor
from rockrobot.db import db, reading
from rockrobot.erasures.actions import replay
from rockrobot.evidence import queries as evidence
from rockrobot.evidence.actions import check_chain
from rockrobot.evidence.rules import SealError, read_seal, seal_text
from rockrobot.log import fault as log_fault
from rockrobot.sealed_backups import BackupError, read_identities
from rockrobot.staff.actions import end_all_sign_ins
from rockrobot.staff.rules import Ending

ledger_group = AppGroup("ledger", help="The change ledger.")


@ledger_group.command("verify")
@click.option("--seal", metavar="TEXT", help="What stands on a sheet of the cabinet, as its code holds it or typed.")
def verify_ledger(seal: str | None) -> None:
    """Check the whole chain; exit code 1 and the first fault when it does not add up, or does not bear the seal."""
    try:
        sealed = read_seal(seal) if seal else None
    except SealError as error:
        raise click.BadParameter("a seal is: last entry, entries, hash", param_hint="--seal") from error
    with reading():
        verdict = chain.verify(db.session.connection())
        fault = verdict.fault or (evidence.fault_of(sealed) if sealed else None)
    click.echo(json.dumps({"entries": verdict.entries, "fault": fault, "head": verdict.head}))
    sys.exit(1 if fault else 0)


@ledger_group.command("seal")
def seal_ledger() -> None:
    """Check the chain and print its seal, which finds a cut or rewritten chain when kept elsewhere."""
    with ledger.change_set("evidence.check", actor=actor()):
        check = check_chain()
    if check.fault:
        raise click.ClickException(f"The ledger does not add up: {check.fault}")
    click.echo(seal_text(check.seal))


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
    jobs.work_forever(should_stop=lambda: stop, on_fault=lambda error: log_fault(error, "worker"))


@click.command("backup")
@with_appcontext
@click.argument("path", type=click.Path(path_type=Path))
def backup(path: Path) -> None:
    """Write a backup of the running database to PATH (a new file), while others go on working.

    Where ROCKROBOT_BACKUP_RECIPIENT names a public key of age, it is sealed to that key.
    """
    recipient = current_app.config["BACKUP_RECIPIENT"]
    try:
        size = backups.backup(current_app.config["SQLALCHEMY_DATABASE_URI"], path, recipient)
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{path}: {size} bytes{f', sealed to {recipient}' if recipient else ''}")


@click.command("restore")
@with_appcontext
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--erasures", type=click.Path(exists=True, path_type=Path), help="The register of erasures (erasures.jsonl)."
)
@click.option(
    "--identity", type=click.Path(exists=True, path_type=Path), help="The file of the key that opens a sealed backup."
)
def restore(path: Path, erasures: Path | None, identity: Path | None) -> None:
    """Put a backup into the empty place that ROCKROBOT_DATA_DIR or ROCKROBOT_DATABASE_URL names, and check it.

    The database is upgraded; sign-ins, unused links and calendar addresses end, since they may have ended since. With
    the register of erasures, whoever was erased after the backup is erased again before the app opens.
    """
    try:
        keys = read_identities(identity) if identity else []
        backups.restore(current_app.config["SQLALCHEMY_DATABASE_URI"], path, keys)
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    db.engine.dispose()
    with reading():
        verdict = chain.verify(db.session.connection())
    if verdict.fault:
        raise click.ClickException(f"The restored ledger does not add up: {verdict.fault}")
    click.echo(f"{path}: restored, {verdict.entries} ledger entries verified")
    db.session.remove()
    upgrade()
    with ledger.change_set("restore", actor=actor()):
        end_all_sign_ins(Ending.RESTORED)
        db.session.commit()
    click.echo("Sign-ins, unused links and calendar addresses are ended; members and devices are as in the backup.")
    if erasures is None:
        click.echo("No register of erasures was given (--erasures): people erased since the backup are back.")
    else:
        _erase_again(erasures)


def _erase_again(erasures: Path) -> None:
    with ledger.change_set("erasures replay", actor=actor()):
        replayed = replay(erasures)
    click.echo(f"{erasures}: {replayed.erased} people erased again")
    if replayed.unknown:
        numbers = ", ".join(map(str, replayed.unknown))
        click.echo(f"Not recognised as the people that were erased, look at each by hand: {numbers}")


COMMANDS = (ledger_group, worker, backup, restore)
