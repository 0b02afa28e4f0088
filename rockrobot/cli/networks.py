"""The command for those who locked themselves out."""

import click
from flask.cli import AppGroup

from rockrobot import ledger
from rockrobot.cli.terminal import actor
from rockrobot.db import db
from rockrobot.networks.actions import set_rules
from rockrobot.networks.rules import Unlisted

networks = AppGroup("networks", help="Known networks and devices.")


@networks.command("open")
def open_() -> None:
    """Let people in from any network and device again; the lists stay."""
    with ledger.change_set("networks open", actor=actor()):
        set_rules(Unlisted.ALLOW, Unlisted.ALLOW)
        db.session.commit()
    click.echo("Any network and device is let in until an administrator sets the rules anew.")


COMMANDS = (networks,)
