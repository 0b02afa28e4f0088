"""Room for files: what is left on the disk, and what one person has stored today; records are written in any case.

Rooms say what they store by count_bodies and count_stored.
"""

import shutil
from collections.abc import Callable
from datetime import datetime, time
from pathlib import Path
from typing import Any, NamedTuple

from flask import current_app
from sqlalchemy import func, select

from rockrobot import clock, ledger, shown
from rockrobot.chain import ChangeSet, LedgerEntry
from rockrobot.db import db, sqlite_file

FULL_SHARE = 10
SCARCE_FLOORS = 3
Counter = Callable[[str, datetime], int]
_counters: list[Counter] = []


class Room(NamedTuple):
    """Room on a disk in bytes: what is free, and what is kept free for records."""

    free: int
    kept: int

    @property
    def is_full(self) -> bool:
        """True when the disk takes no more files."""
        return self.free < self.kept

    @property
    def is_scarce(self) -> bool:
        """True when it is time to make room: three times what is kept free is left. Source: our choice."""
        return self.free < SCARCE_FLOORS * self.kept


def room_on(free: int, total: int, floor: int) -> Room:
    """The room on a disk, of which the floor or a tenth is kept free, whichever is smaller.

    free, total, floor: bytes; a floor of 0 is never gone below. The tenth keeps small disks usable. Source: our choice,
    so that records, the ledger and a backup still fit when files no longer do.
    """
    return Room(free, min(floor, total // FULL_SHARE))


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
    with shown.showing_nobody():
        stored = sum(counter(ledger.actor(), midnight) for counter in _counters)
    return left_of(current_app.config["DAILY_UPLOAD_BYTES"], stored)


def room_left() -> Room:
    """The room on the disk of the data folder, or on that of the database file where it is tighter."""
    folders = {Path(current_app.config["DATA_DIR"])}
    database = sqlite_file(current_app.config["SQLALCHEMY_DATABASE_URI"])
    if database is not None:
        folders.add(database.parent)
    disks, floor = [shutil.disk_usage(folder) for folder in folders], current_app.config["DISK_FLOOR_BYTES"]
    return min((room_on(disk.free, disk.total, floor) for disk in disks), key=lambda room: room.free - room.kept)
