"""The commands: flask --app wsgi … Each module holds one group; this package and create_app know the rooms."""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

import click
from flask import Flask
from flask.cli import with_appcontext

from rockrobot.cli import demo, duplicates, networks, recall, register, search, staff, system
from rockrobot.db import is_made

NEEDS_NO_DATABASE = (system.backup, system.restore, register.export_template)
NOT_MADE = "There is no database here yet. Make it with: flask --app wsgi db upgrade"


GROUPS = (system, staff, networks, recall, register, demo, search, duplicates)
COMMANDS = tuple(command for group in GROUPS for command in group.COMMANDS)


def init_app(app: Flask) -> None:
    """Register every command."""
    for command in COMMANDS:
        app.cli.add_command(command)


def _leaves(command: click.Command) -> Iterator[click.Command]:
    if isinstance(command, click.Group):
        for part in command.commands.values():
            yield from _leaves(part)
    else:
        yield command


def _with_database(callback: Callable[..., Any]) -> Callable[..., Any]:
    @with_appcontext
    @wraps(callback)
    def checked(*arguments: Any, **options: Any) -> Any:
        if not is_made():
            raise click.ClickException(NOT_MADE)
        return callback(*arguments, **options)

    return checked


for _one in (leaf for command in COMMANDS for leaf in _leaves(command)):
    if _one.callback and _one not in NEEDS_NO_DATABASE:
        _one.callback = _with_database(_one.callback)
