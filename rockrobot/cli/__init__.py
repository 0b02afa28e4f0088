"""The commands: flask --app wsgi … Each module holds one group; this package and create_app know the rooms."""

from flask import Flask

from rockrobot.cli import demo, recall, register, search, system


def init_app(app: Flask) -> None:
    """Register every command."""
    for command in (*system.COMMANDS, *recall.COMMANDS, *register.COMMANDS, *demo.COMMANDS, *search.COMMANDS):
        app.cli.add_command(command)
