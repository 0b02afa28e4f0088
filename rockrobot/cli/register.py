"""Commands about the register as files: import, export, template."""

import json
import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from rockrobot import ledger
from rockrobot.cli.contacts import import_contacts
from rockrobot.cli.terminal import actor
from rockrobot.db import db, reading, see_one_moment
from rockrobot.exchange.queries import FILE_MESSAGES, fault_text, read_register
from rockrobot.exchange.rules import LABELS, SHEETS, header_of
from rockrobot.import_plans.rules import totals
from rockrobot.imports import actions, queries
from rockrobot.imports.rules import plan_import
from rockrobot.workbooks import FileError, write_csv, write_workbook, write_zip

NOTHING = {"new": 0, "changed": 0, "unchanged": 0, "refused": 0}
LANGUAGE = click.option("--language", type=click.Choice(sorted(LABELS)), default="en", help="Language of the headers.")

imports = AppGroup("import", help="Files in.")
imports.add_command(import_contacts)
exports = AppGroup("export", help="Files out.")


@imports.command("register")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen and change nothing; holds no lock.")
@click.option("--take-good", is_flag=True, help="Take the good rows although others are refused.")
def import_register(path: Path, dry_run: bool, take_good: bool) -> None:
    """Import the device register: one XLSX, a folder of CSV files, or a ZIP of them.

    Nothing lands while a row is refused, unless --take-good. The last line is one JSON object with the counts of new,
    changed, unchanged and refused rows. Exit code 0 when nothing was refused, else 1.
    """
    try:
        register = read_register(path)
    except FileError as error:
        click.echo(f"{error.name}: {FILE_MESSAGES[error.code]}", err=True)
        click.echo(json.dumps(NOTHING))
        sys.exit(1)
    with reading():
        stored = queries.stored_for(read.sheet.name for read in register.sheets)
        plans = plan_import(register.sheets, stored)
        db.session.rollback()
    counts = totals(plans)
    _tell(register.ignored, plans)
    if not dry_run and (take_good or not counts["refused"]):
        with ledger.change_set("cli:import register", actor=actor(), is_import=True):
            actions.apply_plan(plans, stored)
    click.echo(json.dumps(counts))
    sys.exit(1 if counts["refused"] else 0)


def _tell(ignored: list[str], plans: list) -> None:  # type: ignore[type-arg]
    for name in ignored:
        click.echo(f"Ohitettu taulukko: {name}")
    if ignored:
        click.echo(f"Rekisterin taulukot: {', '.join(LABELS['fi'][name] for name in SHEETS)}")
    for plan in plans:
        counts = plan.counts()
        numbers = ", ".join(f"{label} {counts[k]}" for k, label in _WORDS.items())
        click.echo(f"{plan.read.title}: {numbers}")
        for column in plan.read.ignored:
            click.echo(f"  ohitettu sarake: {column}")
        for row in plan.rows:
            if row.fault:
                click.echo(f"  {fault_text(row.fault)}")
            elif row.kept:
                kept = ", ".join(plan.read.labels.get(column, column) for column in row.kept)
                click.echo(f"  rivi {row.number}: käsin muutettu arvo pidettiin: {kept}")


_WORDS = {"new": "uusia", "changed": "muuttuneita", "unchanged": "ennallaan", "refused": "hylättyjä"}


@exports.command("register")
@click.argument("path", type=click.Path(path_type=Path))
@LANGUAGE
def export_register(path: Path, language: str) -> None:
    """Write the whole register to PATH: .xlsx, .zip, or else a folder of CSV files; importing it changes nothing."""
    with reading():
        see_one_moment()
        sheets = [(name, header, rows) for name, header, rows in queries.export_sheets(language)]
        people, companies = queries.people_ids(), queries.company_ids()
        db.session.rollback()
        with ledger.change_set("cli:export register", actor=actor()):
            ledger.log_views({"people": people, "companies": companies})
    _write(path, sheets)
    click.echo(f"{path}: {sum(len(rows) for _, _, rows in sheets)} rows")


@exports.command("template")
@click.argument("path", type=click.Path(path_type=Path))
@LANGUAGE
def export_template(path: Path, language: str) -> None:
    """Write an empty register to fill in: .xlsx, .zip, or else a folder of CSV files."""
    _write(path, [(LABELS[language][name], header_of(sheet, language), []) for name, sheet in SHEETS.items()])
    click.echo(str(path))


def _write(path: Path, sheets: list) -> None:  # type: ignore[type-arg]
    if path.suffix.lower() == ".xlsx":
        path.write_bytes(write_workbook(sheets))
        return
    files = [(f"{name}.csv", write_csv(header, rows)) for name, header, rows in sheets]
    if path.suffix.lower() == ".zip":
        path.write_bytes(write_zip(files))
        return
    path.mkdir(parents=True, exist_ok=True)
    for name, body in files:
        (path / name).write_bytes(body)


COMMANDS = (imports, exports)
