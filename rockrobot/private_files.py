"""Keeps the data folder and the database file from other accounts of the machine."""

import os
import stat
from pathlib import Path

from rockrobot.log import log

OTHERS = 0o077
MADE_BY_US = frozenset({"secret-key", "uploads", "outbox", "erasures.jsonl"})


def is_open(path: Path) -> bool:
    """True when another account than its owner may do anything with this file or folder."""
    return bool(path.stat().st_mode & OTHERS)


def close_folder(folder: Path, database: Path | None) -> None:
    """Make the data folder for its owner alone, and narrow one that is there, with the database file.

    A folder of something else, one with the sticky bit (/tmp) and one of another owner are left as they are, and the
    log says so: they may be somebody else's to open.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if database is not None and database.exists():
        _narrow(database)
    if not is_open(folder):
        return
    if _is_ours(folder, database):
        _narrow(folder)
    if is_open(folder):
        log.warning("data_folder_open_to_others", folder=str(folder), mend=f"chmod 700 {folder}")


def _is_ours(folder: Path, database: Path | None) -> bool:
    """True where our database stands, or nothing but what we have made."""
    if folder.stat().st_mode & stat.S_ISVTX:
        return False
    has_database = database is not None and database.parent == folder and database.exists()
    return has_database or {path.name for path in folder.iterdir()} <= MADE_BY_US


def _narrow(path: Path) -> None:
    if is_open(path) and path.stat().st_uid == os.geteuid():
        path.chmod(path.stat().st_mode & ~OTHERS & 0o7777)
