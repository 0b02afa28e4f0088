"""The command that imports contacts."""

import json
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import click

from rockrobot import clock, ledger
from rockrobot.cli.terminal import actor
from rockrobot.contact_changes.rules import Outcome
from rockrobot.contact_columns.queries import fields_of, first_fields, mapping_named
from rockrobot.contact_columns.rules import Target
from rockrobot.contact_files import actions
from rockrobot.contact_files.queries import (
    alike_text,
    further_alike,
    ignored_columns,
    people_told,
    plan_of,
    reason_of,
    remark_text,
)
from rockrobot.contact_files.rules import ContactPlan
from rockrobot.contact_rows.queries import ContactTable, read_contact_tables
from rockrobot.db import db, reading
from rockrobot.exchange.queries import FILE_MESSAGES
from rockrobot.workbooks import FileError


@click.command("contacts")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--sheet", default="", help="Name of the sheet, where the file has several.")
@click.option("--mapping", default="", help="Name of a kept column mapping; else as the headers say.")
@click.option("--dry-run", is_flag=True, help="Say what would happen and change nothing; holds no lock.")
@click.option("--take-good", is_flag=True, help="Take the good rows although others are refused or may be duplicates.")
def import_contacts(path: Path, sheet: str, mapping: str, dry_run: bool, take_good: bool) -> None:
    """Import contacts: a CSV of Outlook, Google, Thunderbird or your own, a sheet of an XLSX, or vCards.

    Of whom it tells that they may be in the register already, a view is logged, on a dry run too.

    Nothing lands while a row is refused or may be a duplicate, unless --take-good. The last line is one JSON object
    with the counts of new, changed, unchanged, duplicate and refused rows. Exit code 0 when nothing was left, else 1.
    """
    try:
        tables = read_contact_tables(path)
    except FileError as error:
        click.echo(f"{error.name}: {FILE_MESSAGES[error.code]}", err=True)
        click.echo(json.dumps(dict.fromkeys(Outcome, 0)))
        sys.exit(1)
    table = _chosen(tables, sheet)
    act = partial(ledger.change_set, "cli:import contacts", actor=actor())
    with reading(), act():
        fields = _fields(table, mapping)
        plan = plan_of(table, fields)
        db.session.rollback()
        ledger.log_view(people_told(plan))
    _tell(table, fields, plan)
    counts = plan.counts()
    is_whole = not counts["refused"] and not counts["duplicate"]
    if not dry_run and (take_good or is_whole):
        with act(is_import=True):
            actions.apply_contacts(plan, on=clock.today())
    click.echo(json.dumps(counts))
    sys.exit(0 if is_whole else 1)


def _chosen(tables: Sequence[ContactTable], sheet: str) -> ContactTable:
    chosen = [table for table in tables if not sheet or table.title == sheet]
    if len(chosen) != 1:
        titles = ", ".join(table.title for table in tables)
        raise click.UsageError(f"Choose one sheet with --sheet: {titles}")
    return chosen[0]


def _fields(table: ContactTable, mapping: str) -> list[Target]:
    if not mapping:
        return first_fields(table.header, table.texts())[0]
    kept = mapping_named(mapping)
    if kept is None:
        raise click.UsageError(f"No mapping is called {mapping}")
    return fields_of(kept, table.header)


def _tell(table: ContactTable, fields: list[Target], plan: ContactPlan) -> None:
    for title, field in zip(table.header, fields, strict=True):
        if field:
            click.echo(f"{title}: {field}")
    for title, hint in ignored_columns(table, fields):
        click.echo(f"ohitettu sarake: {title} {hint}".rstrip())
    for row in plan.rows:
        reason = reason_of(row)
        alike, doubts = map(alike_text, further_alike(row)), map(remark_text, row.contact.doubts)
        for text in (*filter(None, [reason]), *alike, *doubts):
            click.echo(f"rivi {row.contact.number}: {text}")
