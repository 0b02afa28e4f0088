"""The command that answers which machines a faulty batch reached, and who has them."""

import sys
from datetime import datetime

import click
from flask.cli import with_appcontext

from rockrobot import ledger
from rockrobot.cli.terminal import actor
from rockrobot.db import reading
from rockrobot.traces import queries
from rockrobot.traces.rules import csv_of

UNKNOWN_BATCH = 2


@click.command("trace")
@with_appcontext
@click.option("--part", "part_no", required=True, help="Part number.")
@click.option("--supplier", default="", help="Supplier of the batch; leave out where the batch has none.")
@click.option("--batch", "batch_no", required=True, help="Our batch number.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Day for owners and addresses; today when not given.")
def trace(part_no: str, supplier: str, batch_no: str, on: datetime | None) -> None:
    """Print as CSV every machine and loose delivery that a batch reached.

    Batches that contain the batch are followed to any depth. Each machine has one row, with the first class that
    applies: fitted_now, possibly (batch unknown, but it could be this one), removed_earlier, removed_possibly; each
    loose delivery has a row of class loose. The owner is the one on the day; reachable says whether they have an
    address, or that the machine is in our stock. Nothing is changed, but whose data was shown goes into the ledger.

    Exit code 2 and the nearest batch numbers when there is no such batch.
    """
    with reading(), ledger.change_set("recall.trace", actor=actor()):
        batch = queries.find_batch(part_no.strip(), supplier.strip(), batch_no.strip())
        if batch is None:
            say_nearest(part_no, supplier, batch_no)
            sys.exit(UNKNOWN_BATCH)
        rows = queries.trace_batches([batch.id], on=on.date() if on else None)
        ledger.log_view(row.person_id for row in rows if row.person_id)
    click.echo(csv_of(rows).encode(), nl=False)


def say_nearest(part_no: str, supplier: str, batch_no: str) -> None:
    """Name the batches nearest to one that does not exist."""
    nearest = queries.nearest_batches(part_no.strip(), supplier.strip(), batch_no.strip())
    click.echo(f'There is no batch "{batch_no}" of part "{part_no}" from supplier "{supplier}".', err=True)
    click.echo("Nearest:" if nearest else "The register has no batches yet.", err=True)
    for part, maker, number in nearest:
        click.echo(f'  --part "{part}" --supplier "{maker}" --batch "{number}"', err=True)
