"""Keeps uploaded files, queues their reading and taking, and says how far each is."""

import os
import secrets
import shutil
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

from rockrobot import clock, jobs, ledger
from rockrobot.db import db
from rockrobot.uploads.models import ImportRun, ImportState
from rockrobot.uploads.queries import ROWS_TOLD, old_runs
from rockrobot.workbooks import FileError, write_zip

KEPT = timedelta(days=30)


class ImportStateError(ValueError):
    """The file was taken or left already."""


def keep_upload(files: Sequence[tuple[str, BinaryIO]], folder: Path, room: str) -> ImportRun:
    """Keep an uploaded file (several CSV files as one ZIP) under a name of our own and queue its reading.

    files: the name in its owner's words, which is only shown, and the content. room: whose jobs read and take it
    ("imports.read", "imports.apply"). Forgets what was kept too long.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    forget_old(folder)
    name = Path(files[0][0].replace("\\", "/")).name
    stored_name = secrets.token_hex(16)
    with open(os.open(folder / stored_name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        if len(files) == 1:
            shutil.copyfileobj(files[0][1], target)
        else:
            target.write(write_zip((other, stream.read()) for other, stream in files))
            name = f"{name} + {len(files) - 1}"
    run = ImportRun(
        file_name=name[-200:], stored_name=stored_name, made_at=clock.now(), made_by=ledger.actor(), room=room
    )
    db.session.add(run)
    db.session.flush()
    ask(run, ImportState.READING, "read")
    return run


def ask(run: ImportRun, state: ImportState, what: str, **payload: Any) -> None:
    """Queue a job of the file's room, and say how far the file is meanwhile."""
    kind = f"{run.room}.{what}"
    run.state = state
    run.job_id = jobs.enqueue(kind, {"run_id": run.id, **payload}, key=f"{kind}:{run.id}:{run.job_id or ''}").id


def forget_old(folder: Path) -> None:
    """Delete files kept too long, and what was told of their rows."""
    limit = clock.now() - KEPT
    for path in folder.iterdir():
        if path.stat().st_mtime < limit.timestamp():
            path.unlink(missing_ok=True)
    for run in old_runs(limit):
        run.report = {**run.report, **{name: [] for name in ROWS_TOLD}}
        run.choice = {}
        run.state = ImportState.LEFT if run.state is ImportState.CHOOSING else run.state


def forget_files(*paths: Path) -> None:
    """Delete uploaded files that nobody needs any more."""
    for path in paths:
        path.unlink(missing_ok=True)


def take(run: ImportRun, *, is_good_only: bool, **payload: Any) -> None:
    """Queue the taking of a read file; payload is for the room's own job.

    Raises ImportStateError when it was taken or left already.
    """
    if run.state is not ImportState.READ:
        raise ImportStateError
    ask(run, ImportState.APPLYING, "apply", good_only=is_good_only, **payload)


def try_again(run: ImportRun) -> None:
    """Read again a file whose job failed. Raises ImportStateError when it is not waiting for a job."""
    if run.state not in {ImportState.READING, ImportState.APPLYING}:
        raise ImportStateError
    ask(run, ImportState.READING, "read")


def leave(run: ImportRun) -> None:
    """Do not take a file. Raises ImportStateError when it was taken already."""
    if run.state not in {ImportState.CHOOSING, ImportState.READ, ImportState.BROKEN}:
        raise ImportStateError
    run.state = ImportState.LEFT


# ---------- what the jobs say ----------


def say_broken(run_id: int, error: FileError, folder: Path) -> None:
    """The file can't be read as a whole; it is not kept."""
    run = db.session.get_one(ImportRun, run_id)
    run.state, run.report = ImportState.BROKEN, {"code": error.code}
    db.session.commit()
    forget_files(folder / run.stored_name)


def let_choose(run_id: int, state: ImportState, report: dict[str, Any], choice: dict[str, Any] | None = None) -> None:
    """Say what was understood; a person decides."""
    run = db.session.get_one(ImportRun, run_id)
    run.state, run.report = state, report
    run.choice = run.choice if choice is None else choice
    db.session.commit()


def take_in_one_act(run_id: int, write: Callable[[], None], report: Callable[[], dict[str, Any]], folder: Path) -> None:
    """Write a file's rows in one change set, also when a first attempt was cut off on the way.

    write: writes and commits. report: what was understood, kept when this attempt is the first.
    """
    run = db.session.get_one(ImportRun, run_id)
    with ledger.change_set(f"{run.room}.apply", is_import=True) as act:
        is_first = run.change_set_id is None
        act.change_set_id = run.change_set_id
        run.change_set_id = ledger.open_change_set()
        db.session.commit()
        write()
        run = db.session.get_one(ImportRun, run_id)
        run.state = ImportState.APPLIED
        if is_first:
            run.report = report()
        db.session.commit()
        forget_files(folder / run.stored_name)
