"""Make letters, keep what was printed byte for byte, note copies."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from rockrobot import clock, ledger, paper
from rockrobot.contacts.rules import Language
from rockrobot.db import db, reading
from rockrobot.letters import queries
from rockrobot.letters.models import Letter, LetterBody, LetterCopy, LetterKind, PrintBatch
from rockrobot.letters.queries import Chunk
from rockrobot.letters.rules import AddressFault

MANY = 60


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


def keep_printed(case_number: str, chunk: Chunk, drawn: paper.Drawn, *, is_duplex: bool) -> PrintBatch | None:
    """Store a drawn batch and its letters, each with its digest and what is wrong with its address on the page.

    None, and nothing is stored, when one of the letters was printed by somebody else while this batch was drawn.
    """
    letters = queries.letters_to_print(chunk.letter_ids)
    if len(letters) < len(chunk.letter_ids):
        return None
    batch = PrintBatch(
        case_number=case_number,
        language=chunk.language,
        letter_count=len(letters),
        is_duplex=is_duplex,
        is_drill=letters[0].is_drill,
        made_at=clock.now(),
        sha256=paper.sha256_of(drawn.batch),
        body=drawn.batch,
    )
    db.session.add(batch)
    db.session.flush()
    bodies = []
    for letter, one in zip(letters, drawn.letters, strict=True):
        letter.print_batch_id, letter.sha256 = batch.id, paper.sha256_of(one.body)
        new = [fault for fault in one.faults if fault in set(AddressFault) and fault not in letter.address_faults]
        letter.address_faults = [*letter.address_faults, *new]
        bodies.append({"letter_id": letter.id, "sha256": letter.sha256, "body": one.body})
    ledger.bulk_insert(LetterBody.__table__, bodies)
    return batch


def print_waiting(
    case_number: str,
    chunks: Sequence[Chunk],
    pictures: Mapping[str, bytes],
    *,
    is_duplex: bool,
    progress: Callable[[int], None] | None = None,
) -> list[int]:
    """Print the chunks, one batch each; commits after each, since drawing takes long. Ids of the batches.

    Of a chunk of which somebody else printed a letter meanwhile, those left are drawn anew.
    """
    made, done, left = [], 0, list[Chunk]()
    db.session.commit()
    with reading():
        groups = [queries.contents_of(chunk.letter_ids) for chunk in chunks]
        db.session.rollback()
    for chunk, drawn in zip(chunks, _drawn(groups, pictures, is_duplex=is_duplex), strict=True):
        batch = keep_printed(case_number, chunk, drawn, is_duplex=is_duplex)
        if batch is None:
            still = [letter.id for letter in queries.letters_to_print(chunk.letter_ids)]
            left += [Chunk(chunk.language, still)] if still else []
        else:
            made.append(batch.id)
        db.session.commit()
        done += len(chunk.letter_ids)
        if progress:
            progress(done)
    return made + (print_waiting(case_number, left, pictures, is_duplex=is_duplex) if left else [])


def _drawn(
    groups: Sequence[Sequence[dict[str, Any]]], pictures: Mapping[str, bytes], *, is_duplex: bool
) -> Iterable[paper.Drawn]:
    """Each batch drawn, in order; many letters by several processes, which few are not worth."""
    if sum(map(len, groups)) < MANY:
        return (paper.draw(group, pictures, is_duplex=is_duplex) for group in groups)
    return paper.draw_batches(groups, pictures, is_duplex=is_duplex)


def note_copy(letter: Letter) -> LetterCopy:
    """Write down that a letter is printed again as a copy; its bytes are those kept."""
    copy = LetterCopy(letter_id=letter.id, made_at=clock.now(), made_by=ledger.actor())
    db.session.add(copy)
    db.session.flush()
    return copy
