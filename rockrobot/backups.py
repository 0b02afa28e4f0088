"""Backup of the running database and restore into an empty place."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any

import pysqlite3
from pyrage.x25519 import Identity, Recipient
from sqlalchemy.engine import make_url

from rockrobot.db import sqlite_file
from rockrobot.sealed_backups import BackupError, is_sealed, seal, unseal

MEMORY = Path("/dev/shm")  # noqa: S108 (private to this account by the mode of the file)


def backup(url: str, target: Path, recipient: Recipient | None = None) -> int:
    """Write the database to a new file; its size in bytes.

    SQLite: the online backup API, then an integrity check of the copy. PostgreSQL: pg_dump in its custom format.
    recipient: the key to which it is sealed; then nothing of it ever stands on a disk as it is.
    Raises BackupError when the file is there already or the copy is not sound; then no new file is left.
    """
    if target.exists():
        raise BackupError(f"{target} is there already; name a new file.")
    source = sqlite_file(url)
    if source and not source.exists():
        raise BackupError(f"There is no database at {source}.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with _new_file(target):
        if source is None:
            _dump(url, target, recipient)
        elif recipient is None:
            _copy(source, target)
        else:
            _copy_sealed(source, target, recipient)
    return target.stat().st_size


def restore(url: str, source: Path, identities: Sequence[Identity] = ()) -> None:
    """Put a backup into an empty place.

    identities: the keys of which one opens a sealed backup; a plain one needs none.
    Raises BackupError when something is there already, no key fits or the backup is broken; then nothing is left.
    """
    if is_sealed(source) and not identities:
        raise BackupError(f"{source} is sealed; name the file of its key (--identity).")
    target = sqlite_file(url)
    if target is None:
        _load(url, source, identities)
        return
    if target.exists() and target.stat().st_size:
        raise BackupError(f"{target} is there already; restore into an empty folder (ROCKROBOT_DATA_DIR).")
    target.parent.mkdir(parents=True, exist_ok=True)
    if not is_sealed(source):
        _put_back(source, target)
        return
    with NamedTemporaryFile(dir=target.parent, prefix="restoring-") as opened:
        unseal(source, opened, identities)
        opened.flush()
        _put_back(Path(opened.name), target)


@contextmanager
def _new_file(path: Path) -> Iterator[None]:
    """A file for this account alone, which is gone again when what is to fill it fails."""
    path.touch(mode=0o600)
    try:
        yield
    except BaseException:
        path.unlink()
        raise


# ---------- SQLite ----------


def _copy(source: Path, target: Path) -> None:
    with pysqlite3.connect(str(source)) as live, pysqlite3.connect(str(target)) as copy:
        live.backup(copy, pages=2_000)
        copy.execute("PRAGMA journal_mode=DELETE")
        if not _is_sound(copy):
            raise BackupError("The copy is not sound; try again.")


def _copy_sealed(source: Path, target: Path, recipient: Recipient) -> None:
    """By way of memory: SQLite writes its copy here and there in a file, and a seal is written from start to end."""
    needed = sum(file.stat().st_size for file in source.parent.glob(f"{source.name}*"))
    if shutil.disk_usage(MEMORY).free < needed:
        raise BackupError(f"A sealed backup needs {needed // 1024**2 + 1} MB free at {MEMORY} while it is written.")
    with NamedTemporaryFile(dir=MEMORY, prefix="rockrobot-") as copy, target.open("wb") as sealed:
        _copy(source, Path(copy.name))
        seal(copy, sealed, recipient)


def _put_back(source: Path, target: Path) -> None:
    with pysqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True) as saved:
        if not _is_sound(saved):
            raise BackupError(f"{source} is not a sound backup; take another one.")
        with _new_file(target), pysqlite3.connect(str(target)) as fresh:
            saved.backup(fresh)
            fresh.execute("PRAGMA journal_mode=WAL")


def _is_sound(database: pysqlite3.Connection) -> bool:
    try:
        verdict = database.execute("PRAGMA integrity_check").fetchone()[0]
        names = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except pysqlite3.DatabaseError:
        return False
    return bool(verdict == "ok") and "alembic_version" in names


# ---------- PostgreSQL ----------


@contextmanager
def _postgresql(tool: str, url: str, *arguments: str, **streams: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A tool of PostgreSQL while it runs on this database. Raises BackupError when it is missing or fails."""
    parsed = make_url(url)
    plain = parsed.set(drivername="postgresql", password=None).render_as_string()
    environment = {**os.environ, "PGPASSWORD": parsed.password or ""}
    command = [tool, *arguments, f"--dbname={plain}"]
    try:
        process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL, **streams)
    except FileNotFoundError as error:
        raise BackupError(f"{tool} is missing: install postgresql-client.") from error
    try:
        with process:
            yield process
    except BrokenPipeError:
        pass  # it ended before it had read everything; its exit code says so
    if process.returncode:
        raise BackupError(f"{tool} ended with exit code {process.returncode}.")


def _dump(url: str, target: Path, recipient: Recipient | None) -> None:
    with target.open("wb") as file, _postgresql("pg_dump", url, "--format=custom", stdout=subprocess.PIPE) as dump:
        if recipient is None:
            shutil.copyfileobj(_stream(dump.stdout), file)
        else:
            seal(_stream(dump.stdout), file, recipient)


def _load(url: str, source: Path, identities: Sequence[Identity]) -> None:
    """In one transaction, of a sealed file only once it is known to be whole."""
    arguments = ("pg_restore", url, "--single-transaction", "--no-owner")
    if not is_sealed(source):
        with source.open("rb") as file, _postgresql(*arguments, stdin=file):
            return
    with Path(os.devnull).open("wb") as nowhere:
        unseal(source, nowhere, identities)
    with _postgresql(*arguments, stdin=subprocess.PIPE) as load:
        unseal(source, _stream(load.stdin), identities)


def _stream(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise TypeError("a pipe that was asked for")
    return pipe
