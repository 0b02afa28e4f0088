"""Backup of the running database and restore into an empty place."""

import os
import subprocess
from pathlib import Path

import pysqlite3
from sqlalchemy.engine import make_url

from rockrobot.db import sqlite_file


class BackupError(RuntimeError):
    """The backup or restore can't be done; the text says why and how to go on."""


def _postgresql(tool: str, url: str, *arguments: str) -> None:
    parsed = make_url(url)
    plain = parsed.set(drivername="postgresql", password=None).render_as_string()
    environment = {**os.environ, "PGPASSWORD": parsed.password or ""}
    try:
        subprocess.run([tool, *arguments, f"--dbname={plain}"], env=environment, check=True, capture_output=True)
    except FileNotFoundError as error:
        raise BackupError(f"{tool} is missing: install postgresql-client.") from error
    except subprocess.CalledProcessError as error:
        raise BackupError(f"{tool} ended with exit code {error.returncode}.") from error


def backup(url: str, target: Path) -> int:
    """Write the database to a new file; its size in bytes.

    SQLite: the online backup API, then an integrity check of the copy. PostgreSQL: pg_dump in its custom format.
    Raises BackupError when the file is there already or the copy is not sound.
    """
    if target.exists():
        raise BackupError(f"{target} is there already; name a new file.")
    target.parent.mkdir(parents=True, exist_ok=True)
    source = sqlite_file(url)
    if source is None:
        _postgresql("pg_dump", url, "--format=custom", f"--file={target}")
        target.chmod(0o600)
        return target.stat().st_size
    if not source.exists():
        raise BackupError(f"There is no database at {source}.")
    target.touch(mode=0o600)
    with pysqlite3.connect(str(source)) as live, pysqlite3.connect(str(target)) as copy:
        live.backup(copy, pages=2_000)
        copy.execute("PRAGMA journal_mode=DELETE")
        if not _is_sound(copy):
            raise BackupError("The copy is not sound; try again.")
    return target.stat().st_size


def restore(url: str, source: Path) -> None:
    """Put a backup into an empty place. Raises BackupError when something is there already or the backup is broken."""
    target = sqlite_file(url)
    if target is None:
        _postgresql("pg_restore", url, "--exit-on-error", "--no-owner", str(source))
        return
    if target.exists() and target.stat().st_size:
        raise BackupError(f"{target} is there already; restore into an empty folder (ROCKROBOT_DATA_DIR).")
    target.parent.mkdir(parents=True, exist_ok=True)
    with pysqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True) as saved:
        if not _is_sound(saved):
            raise BackupError(f"{source} is not a sound backup; take another one.")
        target.touch(mode=0o600)
        with pysqlite3.connect(str(target)) as fresh:
            saved.backup(fresh)
            fresh.execute("PRAGMA journal_mode=WAL")


def _is_sound(database: pysqlite3.Connection) -> bool:
    try:
        verdict = database.execute("PRAGMA integrity_check").fetchone()[0]
        names = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except pysqlite3.DatabaseError:
        return False
    return bool(verdict == "ok") and "alembic_version" in names
