"""Runs migrations with the app's own engine; foreign keys are off while tables are re-made, and checked after."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection, Integer, String, Text, text

from rockrobot import chain, search_upkeep
from rockrobot.db import Moment, Word, db, is_sqlite

config = context.config


def _set_foreign_keys(connection: Connection, on: bool) -> None:
    """SQLite's batch mode re-makes tables; with foreign keys on, dropping the old one deletes the children."""
    if is_sqlite(connection):
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _check_foreign_keys(connection: Connection) -> None:
    if is_sqlite(connection):
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise RuntimeError(f"the migration left {len(broken)} rows without what they point to")


def _render(kind: str, thing: object, _context: object) -> str | bool:
    """Migrations name plain types, so that they go on working when our own types change."""
    if kind == "type" and isinstance(thing, Moment):
        return "sa.DateTime()"
    if kind == "type" and isinstance(thing, Word):
        return "sa.String(length=40)"
    return False


def _same_type(
    _context: object,
    _reflected: object,
    _column: object,
    reflected: object,
    meant: object,
) -> bool | None:
    """STRICT tables keep days, moments, JSON and text as TEXT; what is kept alike is no difference."""
    if is_sqlite(db.engine) and isinstance(reflected, Text | String | Integer):
        return str(meant.compile(db.engine.dialect)) != str(reflected)
    return None


def _is_ours(name: str | None, _kind: str, _parents: object) -> bool:
    """The search index is no table of the models: rockrobot.search_upkeep makes it itself."""
    return not (name and (name == "search_words" or name.startswith(("search_fts", "search_terms"))))


def run() -> None:
    """Upgrade or downgrade online."""
    options = current_app.extensions["migrate"].configure_args
    with db.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        _set_foreign_keys(connection, on=False)
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=_render,
            compare_type=_same_type,
            include_name=_is_ours,
            **{name: value for name, value in options.items() if name != "compare_type"},
        )
        with context.begin_transaction():
            context.run_migrations()
        _check_foreign_keys(connection)
        if connection.dialect.has_table(connection, "change_sets"):
            chain.make_triggers(connection)
        search_upkeep.make_index(connection)
        if set(context.get_context().get_current_heads()) == set(context.script.get_heads()):
            search_upkeep.fill(connection)
        connection.commit()
        _set_foreign_keys(connection, on=True)
        connection.commit()


run()
