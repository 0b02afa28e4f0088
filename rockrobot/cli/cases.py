"""The commands that open a recall case and print its letters."""

import sys
from collections import Counter
from pathlib import Path

import click
from flask.cli import with_appcontext

from rockrobot import ledger
from rockrobot.approvals.queries import readiness_of
from rockrobot.attempts.actions import notify
from rockrobot.case_letters.actions import LettersRefusedError, prepare_drill
from rockrobot.case_letters.rules import LettersFault
from rockrobot.cli.terminal import actor
from rockrobot.cli.trace import UNKNOWN_BATCH, say_nearest
from rockrobot.db import db
from rockrobot.letters.queries import batch_with_body, batches_of, people_in_batch
from rockrobot.recalls.actions import open_case
from rockrobot.recalls.models import RecallCase
from rockrobot.recalls.queries import find_case, fresh_trace
from rockrobot.recalls.rules import CaseOpening, CaseOrigin
from rockrobot.traces.queries import find_batch

UNKNOWN_CASE = 2
REFUSED = 1
FAULTS = {
    LettersFault.NO_SCOPE: "the scope is not frozen",
    LettersFault.NOT_APPROVED: "a second person has not approved the scope and the texts",
    LettersFault.MISSING_ELEMENTS: "elements of the notice are missing",
    LettersFault.NO_SENDER: "the controller's name and address are missing",
    LettersFault.NO_RECIPIENTS: "nobody can be reached by letter",
    LettersFault.CLOSED: "the case is closed",
}


@click.command("open")
@with_appcontext
@click.option("--part", "part_no", required=True, help="Part number.")
@click.option("--supplier", default="", help="Supplier of the batch; leave out where the batch has none.")
@click.option("--batch", "batch_no", required=True, help="Our batch number.")
@click.option("--title", required=True, help="What the case is called.")
@click.option(
    "--drill", is_flag=True, help="A drill: a number series of its own, watermarked letters, nothing blocked."
)
def open_recall(part_no: str, supplier: str, batch_no: str, title: str, drill: bool) -> None:
    """Open a recall case from a batch; the last line is the case's number.

    A real case blocks the batch, and every batch that contains it, from being fitted and delivered. It stays a draft:
    its scope is frozen, its texts are written and a second person approves on the screens. A drill gets its scope
    frozen, sample texts in five languages and its approval at once, so that `recall letters` prints its letters.

    Exit code 2 and the nearest batch numbers when there is no such batch.
    """
    batch = find_batch(part_no.strip(), supplier.strip(), batch_no.strip())
    if batch is None:
        say_nearest(part_no, supplier, batch_no)
        sys.exit(UNKNOWN_BATCH)
    with ledger.change_set("recall open", actor=actor()):
        case = open_case(CaseOpening(CaseOrigin.BATCH, title.strip()[:200], is_drill=drill, batch_ids=[batch.id]))
        rows = fresh_trace(case)
        if drill:
            prepare_drill(case)
        db.session.commit()
        number = case.number
    for name, count in sorted(Counter(row.trace_class.value for row in rows).items()):
        click.echo(f"{name}: {count}")
    click.echo(number)


@click.command("letters")
@with_appcontext
@click.argument("case_id")
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Where the PDF goes; further ones get -2, -3."
)
def letters(case_id: str, out: Path) -> None:
    """Make and print the letters of the case CASE_ID (its number or id), and write them to PDF files.

    One letter goes to each recipient, with all their units, in their language. Each batch of up to 125 letters in one
    language is a file: FILE.pdf, FILE-2.pdf, …; their names are printed. Run again, it makes no new letters but for
    units that entered the scope since, and writes the very same stored batches. Printing is not posting.

    A drill needs nothing else: what is missing is filled from sample texts and pictures, and every page carries a
    watermark. A real case is refused (exit code 1) until a second person has approved it; what is missing is named.
    Exit code 2 when there is no such case.
    """
    case = find_case(case_id)
    if case is None:
        click.echo(f'There is no case "{case_id}".', err=True)
        sys.exit(UNKNOWN_CASE)
    with ledger.change_set("recall letters", actor=actor()):
        if case.is_drill:
            prepare_drill(case)
            db.session.commit()
        try:
            notify(case)
        except LettersRefusedError as error:
            db.session.rollback()
            _refuse(case, error)
        _write(case, out)


def _refuse(case: RecallCase, error: LettersRefusedError) -> None:
    for fault in error.faults:
        click.echo(f"No letters: {FAULTS[fault]}.", err=True)
    readiness = readiness_of(case)
    for language, elements in readiness.missing.items():
        click.echo(f"  {language}: missing {', '.join(elements)}", err=True)
    for what, codes in (("picture", readiness.without_picture), ("plate", readiness.without_plate)):
        if codes:
            click.echo(f"  models without {what}: {', '.join(codes)}", err=True)
    sys.exit(REFUSED)


def _write(case: RecallCase, out: Path) -> None:
    """Write each batch to its file, once the view of whom it names is stored."""
    for position, batch_id in enumerate([row.id for row in batches_of(case.number)], 1):
        batch = batch_with_body(batch_id)
        if batch is None:
            continue
        body = batch.body
        ledger.log_view(sorted(people_in_batch(batch_id)))
        db.session.commit()
        path = out if position == 1 else out.with_name(f"{out.stem}-{position}{out.suffix}")
        path.write_bytes(body)
        click.echo(str(path))
