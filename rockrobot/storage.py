"""Room for files: what is left on the disk, and what one person has stored today; records are written in any case.

Rooms say what they store by count_bodies and count_stored.
"""

import shutil
from collections.abc import Callable
from datetime import datetime, time
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import func, select

from rockrobot import clock, ledger
from rockrobot.chain import ChangeSet, LedgerEntry
from rockrobot.db import db, sqlite_file

FULL_SHARE = 10
Counter = Callable[[str, datetime], int]
_counters: list[Counter] = []


def is_full(free: int, total: int, floor: int) -> bool:
    """True when a disk takes no more files: less is free than the floor or than a tenth of it, whichever is smaller.

    free, total, floor: bytes; a floor of 0 is never gone below. The tenth keeps small disks usable. Source: our choice,
    so that records, the ledger and a backup still fit when files no longer do.
    """
    return free < min(floor, total // FULL_SHARE)


def left_of(quota: int, stored: int) -> int | None:
    """How many bytes somebody may store yet, never below 0; None without end for a quota of 0. Source: our choice."""
    return max(quota - stored, 0) if quota else None


# ---------- what rooms store ----------


def count_stored(counter: Counter) -> Counter:
    """Count what a room stores. counter: who and since when (UTC) -> bytes of files that they stored and are there."""
    _counters.append(counter)
    return counter


def count_bodies(model: Any) -> None:
    """Count the bytes in the column body of a table that the ledger covers."""

    def stored(actor: str, since: datetime) -> int:
        touched = select(LedgerEntry.row_id).join(ChangeSet, ChangeSet.id == LedgerEntry.change_set_id)
        touched = touched.where(ChangeSet.actor == actor, ChangeSet.at >= since)
        touched = touched.where(LedgerEntry.table_name == model.__tablename__)
        size = select(func.sum(func.length(model.body))).where(model.id.in_(touched))
        return int(db.session.scalar(size) or 0)

    count_stored(stored)


# ---------- what is left ----------


def left_today() -> int | None:
    """How many bytes who is acting may store yet on this day in Finland; None without end."""
    midnight = clock.moment_of(clock.today(), time.min)
    stored = sum(counter(ledger.actor(), midnight) for counter in _counters)
    return left_of(current_app.config["DAILY_UPLOAD_BYTES"], stored)


def has_room() -> bool:
    """True while the disks of the data folder and of the database file take more files."""
    folders = {Path(current_app.config["DATA_DIR"])}
    database = sqlite_file(current_app.config["SQLALCHEMY_DATABASE_URI"])
    if database is not None:
        folders.add(database.parent)
    disks = [shutil.disk_usage(folder) for folder in folders]
    return not any(is_full(disk.free, disk.total, current_app.config["DISK_FLOOR_BYTES"]) for disk in disks)
