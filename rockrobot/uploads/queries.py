"""Uploaded files: what was understood of them, which act took them, what an undo had to leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from rockrobot import storage
from rockrobot.chain import ChangeSet, LedgerEntry
from rockrobot.db import db
from rockrobot.jobs import Job
from rockrobot.search_hits import Line, lines_of_rows
from rockrobot.uploads.models import ImportRun

ROWS_TOLD = ("faults", "kept", "told")


def import_runs(room: str = "", *, limit: int = 50) -> Sequence[ImportRun]:
    """The latest imports of a room, or of all, newest first."""
    newest = select(ImportRun).order_by(ImportRun.id.desc()).limit(limit)
    return db.session.scalars(newest.where(ImportRun.room == room) if room else newest).all()


def run_with(run_id: int, room: str = "") -> ImportRun | None:
    """The import with this id; where a room is named, only one of that room."""
    run = db.session.get(ImportRun, run_id)
    return run if run is not None and room in ("", run.room) else None


def folder() -> Path:
    """Where uploaded files are kept until they are taken or left."""
    return Path(current_app.config["DATA_DIR"]) / "uploads"


def path_of(run: ImportRun) -> Path:
    """The uploaded file."""
    return folder() / run.stored_name


def refused_path(run: ImportRun) -> Path:
    """The workbook of an upload's refused rows, where some were refused."""
    return folder() / f"{run.stored_name}.refused.xlsx"


@storage.count_stored
def bytes_uploaded(by: str, since: datetime) -> int:
    """The size of the files that somebody uploaded since a moment and that are still kept."""
    runs = db.session.scalars(select(ImportRun).where(ImportRun.made_by == by, ImportRun.made_at >= since))
    return sum(path.stat().st_size for path in map(path_of, runs) if path.exists())


def old_runs(before: datetime) -> Sequence[ImportRun]:
    """Imports made before a moment that still tell of rows."""
    runs = db.session.scalars(select(ImportRun).where(ImportRun.made_at < before))
    return [run for run in runs if run.choice or any(run.report.get(name) for name in ROWS_TOLD)]


def undone_by(run: ImportRun) -> ChangeSet | None:
    """The act that undid this import."""
    return db.session.scalar(select(ChangeSet).where(ChangeSet.undoes_id == (run.change_set_id or 0)).limit(1))


def left_by_undo(change_set_id: int, undo_id: int) -> list[tuple[str, int]]:
    """(table, row) that the change set touched and its undo left as it was, since somebody had changed it."""
    touched, undone = (
        {
            (table, row_id)
            for table, row_id in db.session.execute(
                select(LedgerEntry.table_name, LedgerEntry.row_id).where(
                    LedgerEntry.change_set_id == id_, LedgerEntry.action != "view"
                )
            )
        }
        for id_ in (change_set_id, undo_id)
    )
    return sorted(touched - undone)


@dataclass(frozen=True)
class Left:
    """A row that the undo of an import left as it was; line: what is shown of it, None for parts of other rows."""

    table: str
    row_id: int
    line: Line | None


def left_shown(run: ImportRun, undo: ChangeSet) -> list[Left]:
    """What an undo of an import left, those that people know by a name first."""
    left = left_by_undo(run.change_set_id or 0, undo.id)
    lines = lines_of_rows(left)
    found = [Left(table, row_id, lines.get((table, row_id))) for table, row_id in left]
    return sorted(found, key=lambda one: one.line is None)


def job_of(run: ImportRun) -> Job | None:
    """The job that works on this import, or did last."""
    return db.session.get(Job, run.job_id) if run.job_id else None
