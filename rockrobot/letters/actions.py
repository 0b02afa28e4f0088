"""Make letters, keep what was printed byte for byte, note copies."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from rockrobot import clock, ledger, paper
from rockrobot.contacts.rules import Language
from rockrobot.db import db, reading
from rockrobot.letters import queries
from rockrobot.letters.models import Letter, LetterBody, LetterCopy, LetterKind, PrintBatch
from rockrobot.letters.queries import Chunk
from rockrobot.letters.rules import AddressFault

WIDE = AddressFault.OUTSIDE_WINDOW.value


class LetterDraft(NamedTuple):
    """A letter about to be made; content has everything but its reference and the address of its code."""

    kind: LetterKind
    language: Language
    company_id: int | None
    person_id: int | None
    address_id: int | None
    recipient_name: str
    address_lines: list[str]
    address_faults: list[str]
    units: list[dict[str, Any]]
    content: dict[str, Any]
    text_version: int


class Printed(NamedTuple):
    """A rendered batch: its bytes, and those of each letter."""

    language: Language
    body: bytes
    letters: list[tuple[int, bytes]]
    wide: list[int]
    is_drill: bool


def make_letters(case_number: str, drafts: Sequence[LetterDraft], *, is_drill: bool, reply_url: str) -> list[int]:
    """Letters of a case, numbered on from those it has (TV-2026-001-0001); their ids, in the order of the drafts.

    reply_url: where the code on the reply slip leads; {unit} and {reference} are filled in, nothing personal.
    """
    now, taken = clock.now(), queries.numbers_taken(case_number)
    rows = []
    for number, draft in enumerate(drafts, taken + 1):
        reference = f"{case_number}-{number:04}"
        url = reply_url.format(unit=draft.units[0]["case_unit_id"], reference=reference)
        row = draft._asdict() | {"reference": reference, "case_number": case_number}
        row["content"] = draft.content | {"reference": reference, "qr_url": url}
        rows.append(row | {"is_drill": is_drill, "made_at": now})
    return ledger.bulk_insert(Letter.__table__, rows)


def render(chunk: Chunk, pictures: Mapping[str, bytes], *, is_duplex: bool) -> Printed:
    """Draw a batch and each of its letters; nothing is stored. A letter whose address leaves the window is told."""
    contents = queries.contents_of(chunk.letter_ids)
    batch = paper.render_batch([content for _, content in contents], pictures, is_duplex=is_duplex)
    letters, wide = [], []
    for id_, content in contents:
        body = paper.render_letter(content, pictures)
        letters.append((id_, body))
        if paper.window_faults(body, is_drill=content["is_drill"]):
            wide.append(id_)
    return Printed(chunk.language, batch, letters, wide, contents[0][1]["is_drill"])


def keep_printed(case_number: str, printed: Printed, *, is_duplex: bool) -> PrintBatch:
    """Store a rendered batch and its letters, each with its digest."""
    batch = PrintBatch(
        case_number=case_number,
        language=printed.language,
        letter_count=len(printed.letters),
        is_duplex=is_duplex,
        is_drill=printed.is_drill,
        made_at=clock.now(),
        sha256=paper.sha256_of(printed.body),
        body=printed.body,
    )
    db.session.add(batch)
    db.session.flush()
    digests = {id_: paper.sha256_of(body) for id_, body in printed.letters}
    bodies = [{"letter_id": id_, "sha256": digests[id_], "body": body} for id_, body in printed.letters]
    ledger.bulk_insert(LetterBody.__table__, bodies)
    letters = [db.session.get_one(Letter, id_) for id_ in digests]
    for letter in letters:
        letter.print_batch_id, letter.sha256 = batch.id, digests[letter.id]
        if letter.id in printed.wide and WIDE not in letter.address_faults:
            letter.address_faults = [*letter.address_faults, WIDE]
    db.session.flush()
    return batch


def print_waiting(
    case_number: str,
    chunks: Sequence[Chunk],
    pictures: Mapping[str, bytes],
    *,
    is_duplex: bool,
    progress: Callable[[int], None] | None = None,
) -> list[int]:
    """Print the chunks, one batch each; commits after each, since drawing takes long. Ids of the batches."""
    made, done = [], 0
    for chunk in chunks:
        db.session.commit()
        with reading():
            printed = render(chunk, pictures, is_duplex=is_duplex)
            db.session.rollback()
        made.append(keep_printed(case_number, printed, is_duplex=is_duplex).id)
        db.session.commit()
        done += len(chunk.letter_ids)
        if progress:
            progress(done)
    return made


def note_copy(letter: Letter) -> LetterCopy:
    """Write down that a letter is printed again as a copy; its bytes are those kept."""
    copy = LetterCopy(letter_id=letter.id, made_at=clock.now(), made_by=ledger.actor())
    db.session.add(copy)
    db.session.flush()
    return copy
