"""Which letters and print batches there are, what they weigh, what waits for print."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Text, cast, func, select
from sqlalchemy.orm import defer, selectinload, undefer

from rockrobot import search_index
from rockrobot.contacts.rules import Language
from rockrobot.db import among, db
from rockrobot.letters.models import Letter, LetterBody, LetterCopy, LetterKind, OutboxMessage, PrintBatch
from rockrobot.letters.rules import AddressFault, reference_in
from rockrobot.lists import Listing, listing
from rockrobot.paper import USUAL_BATCH

search_index.declare(search_index.Kind("letter", Letter.__table__, codes=("reference",)))
_FAULTS = cast(Letter.address_faults, Text)


class Light(StrEnum):
    """How a letter stands before print: go, look at it first, or not before it is mended."""

    GO = "go"
    CHECK = "check"
    STOP = "stop"


def light_of(faults: Collection[str]) -> Light:
    """How a letter with these address faults stands: stop without an address, check with any other fault."""
    if AddressFault.EMPTY in faults:
        return Light.STOP
    return Light.CHECK if faults else Light.GO


class Chunk(NamedTuple):
    """Letters of one language that will be printed as one batch."""

    language: Language
    letter_ids: list[int]


def letter_for(letter_id: int) -> Letter | None:
    """The letter with its parties, or None."""
    statement = select(Letter).where(Letter.id == letter_id)
    return db.session.scalar(statement.options(selectinload(Letter.company), selectinload(Letter.person)))


def letters_with(ids: Iterable[int]) -> dict[int, Letter]:
    """Letters by id, without what they say."""
    statement = select(Letter).where(Letter.id.in_(list(ids))).options(defer(Letter.content), defer(Letter.units))
    return {row.id: row for row in db.session.scalars(statement)}


def letter_with_reference(reference: str) -> Letter | None:
    """The letter with this reference, typed in whatever way or read from its code, or None."""
    return db.session.scalar(select(Letter).where(Letter.reference == reference_in(reference)))


def body_of(letter_id: int) -> LetterBody | None:
    """The exact bytes of a letter, or None before print."""
    return db.session.scalar(
        select(LetterBody).where(LetterBody.letter_id == letter_id).options(undefer(LetterBody.body))
    )


def copies_of(letter_id: int) -> Sequence[LetterCopy]:
    """When a letter was printed again, the newest first."""
    return db.session.scalars(
        select(LetterCopy).where(LetterCopy.letter_id == letter_id).order_by(LetterCopy.id.desc())
    ).all()


def count_copies(letter_ids: Collection[int]) -> dict[int, int]:
    """How often each of these letters was printed again; those never are absent."""
    mine = among(LetterCopy.__table__.c.letter_id, letter_ids)
    counted = select(LetterCopy.letter_id, func.count(LetterCopy.id)).where(mine).group_by(LetterCopy.letter_id)
    return {row[0]: row[1] for row in db.session.execute(counted)}


def message_of(letter_id: int) -> OutboxMessage | None:
    """The e-mail that carries a letter, or None."""
    return db.session.scalar(select(OutboxMessage).where(OutboxMessage.letter_id == letter_id))


def numbers_taken(case_number: str) -> int:
    """The highest running number among the letters of a case; letters stay, so it is that of the newest."""
    mine = select(Letter.reference).where(Letter.case_number == case_number)
    newest = db.session.scalar(mine.order_by(Letter.id.desc()).limit(1))
    return int(newest.rpartition("-")[2]) if newest else 0


def letters_of(
    case_number: str, *, kind: LetterKind | None = None, light: Light | None = None, number: int = 1
) -> Listing[Letter]:
    """Letters of a case in the order of their numbers, those of a kind or light where asked."""
    statement = select(Letter).where(Letter.case_number == case_number)
    if kind is not None:
        statement = statement.where(Letter.kind == kind)
    if light is not None:
        kinds = _count_by_faults(Letter.case_number == case_number)
        statement = statement.where(_FAULTS.in_([text for text in kinds if light_of(json.loads(text)) is light]))
    return listing(statement.order_by(Letter.id), number)


def lights_of(case_number: str) -> Counter[Light]:
    """How many letters of a case stand at each light."""
    return _lights(Letter.case_number == case_number)


def count_unprinted(case_number: str) -> int:
    """How many letters of a case are not printed yet and not stopped."""
    lights = _lights(Letter.case_number == case_number, Letter.print_batch_id.is_(None))
    return lights.total() - lights[Light.STOP]


def _lights(*wanted: ColumnElement[bool]) -> Counter[Light]:
    lights: Counter[Light] = Counter()
    for text, count in _count_by_faults(*wanted).items():
        lights[light_of(json.loads(text))] += count
    return lights


def _count_by_faults(*wanted: ColumnElement[bool]) -> dict[str, int]:
    """How many letters have the same faults, by these as they are stored: few kinds, however many letters."""
    rows = db.session.execute(select(_FAULTS, func.count()).where(*wanted).group_by(_FAULTS))
    return {row[0]: row[1] for row in rows}


# ---------- print ----------


def waiting_chunks(case_number: str, *, only: Collection[int] | None = None) -> list[Chunk]:
    """Letters not printed yet and not stopped, by language, as many together as one batch holds; only: these ids."""
    statement = (
        select(Letter.id, Letter.language, Letter.address_faults)
        .where(Letter.case_number == case_number, Letter.print_batch_id.is_(None))
        .order_by(Letter.language, Letter.id)
    )
    if only is not None:
        statement = statement.where(among(Letter.__table__.c.id, only))
    by_language: dict[Language, list[int]] = {}
    for id_, language, faults in db.session.execute(statement):
        if light_of(faults) is not Light.STOP:
            by_language.setdefault(language, []).append(id_)
    return [
        Chunk(language, ids[start : start + USUAL_BATCH])
        for language, ids in by_language.items()
        for start in range(0, len(ids), USUAL_BATCH)
    ]


def letters_to_print(letter_ids: Collection[int]) -> list[Letter]:
    """Those of these letters that are not printed yet, in the order of the ids, held until the transaction ends."""
    mine = select(Letter).where(among(Letter.__table__.c.id, letter_ids), Letter.print_batch_id.is_(None))
    fresh = mine.with_for_update().execution_options(populate_existing=True)
    found = {letter.id: letter for letter in db.session.scalars(fresh)}
    return [found[id_] for id_ in letter_ids if id_ in found]


def contents_of(letter_ids: Sequence[int]) -> list[dict[str, Any]]:
    """The frozen contents of letters, in the order of the ids."""
    statement = select(Letter.id, Letter.content).where(Letter.id.in_(letter_ids))
    contents = {row[0]: row[1] for row in db.session.execute(statement)}
    return [contents[id_] for id_ in letter_ids]


def batches_of(case_number: str) -> Sequence[PrintBatch]:
    """Print batches of a case in the order in which they were made, without their bytes."""
    return db.session.scalars(
        select(PrintBatch).where(PrintBatch.case_number == case_number).order_by(PrintBatch.id)
    ).all()


def all_batches(*, is_drill: bool, number: int = 1) -> Listing[PrintBatch]:
    """Print batches of real cases, or of drills, the newest first."""
    return listing(select(PrintBatch).where(PrintBatch.is_drill.is_(is_drill)).order_by(PrintBatch.id.desc()), number)


def batch_with_body(batch_id: int) -> PrintBatch | None:
    """A print batch with its bytes, or None."""
    return db.session.scalar(select(PrintBatch).where(PrintBatch.id == batch_id).options(undefer(PrintBatch.body)))


def people_in(letter_ids: Collection[int]) -> set[int]:
    """The people to whom these letters are written."""
    statement = select(Letter.person_id).where(Letter.id.in_(list(letter_ids)), Letter.person_id.is_not(None))
    return set(db.session.scalars(statement))


def people_in_batch(batch_id: int) -> set[int]:
    """The people to whom the letters of a print batch are written."""
    statement = select(Letter.person_id).where(Letter.print_batch_id == batch_id, Letter.person_id.is_not(None))
    return set(db.session.scalars(statement))


def counts_of_batches(batch_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Letters posted and letters in all, by print batch."""
    posted = func.count(Letter.posted_on)
    statement = (
        select(Letter.print_batch_id, posted, func.count(Letter.id))
        .where(Letter.print_batch_id.in_(list(batch_ids)))
        .group_by(Letter.print_batch_id)
    )
    return {row[0] or 0: (row[1], row[2]) for row in db.session.execute(statement)}
