"""Commands about records that may be one."""

import json

import click
from flask.cli import AppGroup

from rockrobot.duplicates.actions import scan as scan_register

duplicates = AppGroup("duplicates", help="Records that may be one person or company.")


@duplicates.command("scan")
def scan() -> None:
    """Search the whole register for likely duplicates now; prints as JSON how many records and pairs of each kind."""
    click.echo(json.dumps(scan_register()))


COMMANDS = (duplicates,)
