"""The numbers of a case: equations, notices, replies, corrections, ages and series."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import distinct, func, select

from rockrobot import clock
from rockrobot.attempts.models import Attempt, AttemptUnit, Reply
from rockrobot.attempts.rules import AttemptState, Channel, ReplyKind
from rockrobot.db import db
from rockrobot.effectiveness import rules
from rockrobot.effectiveness.rules import CloseFault, LetterSum, UnitFacts, UnitSum
from rockrobot.letters.models import Letter, LetterKind
from rockrobot.mailing.queries import sent_on
from rockrobot.parts.models import Batch
from rockrobot.parts.queries import batches_with
from rockrobot.recalls.models import CaseBatch, CaseTask, CaseUnit, PiecesExplanation, RecallCase, ScopeVersion
from rockrobot.recalls.rules import UnitState
from rockrobot.traces.queries import pieces_of
from rockrobot.traces.rules import Pieces, TraceClass

REACHED = (AttemptState.POSTED, AttemptState.REPLIED)
NO_ANSWER = (ReplyKind.WRONG_CONTACT,)


class BatchPieces(NamedTuple):
    """A recalled batch, where its pieces are, and whether what is unaccounted for has been explained."""

    batch: Batch
    pieces: Pieces
    is_explained: bool


@dataclass(frozen=True)
class Sums:
    """The three equations that hold at every moment."""

    units: UnitSum
    classes: Counter[TraceClass]
    letters: LetterSum
    pieces: list[BatchPieces]


class Notified(NamedTuple):
    """How many were reached through a channel, and since when."""

    units: int
    recipients: int
    first_on: date | None


@dataclass(frozen=True)
class Efforts:
    """What was done to reach people."""

    letters: int
    reminders: int
    returned: int
    emails: int
    calls: int
    visits: int
    addresses_tried_next: int
    new_owners: int


@dataclass(frozen=True)
class Numbers:
    """Everything that the report of a case counts, on one day."""

    on: date
    sums: Sums
    units: list[UnitFacts]
    channels: dict[Channel, Notified]
    efforts: Efforts
    open_tasks: int
    first_letter_on: date | None
    last_letter_on: date | None

    @cached_property
    def scope(self) -> list[UnitFacts]:
        """The units of the current scope."""
        return [unit for unit in self.units if not unit.is_released]

    @property
    def notified(self) -> int:
        """Units with at least one attempt posted and not returned."""
        return sum(1 for unit in self.scope if unit.notified_on)

    @property
    def responded(self) -> int:
        """Units about which somebody answered."""
        return sum(1 for unit in self.scope if unit.responded_on)

    @property
    def median_reply_days(self) -> Decimal | None:
        """Middle of the days from notice to reply."""
        both = [u for u in self.scope if u.notified_on and u.responded_on]
        return rules.median_days([(u.responded_on - u.notified_on).days for u in both])  # type: ignore[operator]

    def percentages(self) -> dict[str, Decimal | None]:
        """Notified, responded, corrected of all and of the reachable, returned mail; floored to one decimal."""
        units, letters = self.sums.units, self.sums.letters
        return {
            "notified": rules.percent(self.notified, units.affected),
            "responded": rules.percent(self.responded, units.affected),
            "corrected": rules.percent(units.corrected, units.affected),
            "corrected_of_reachable": rules.percent(units.corrected, units.reachable),
            "returned_mail": rules.percent(letters.undeliverable, letters.posted),
        }


def _rows(statement: Any) -> Sequence[Any]:
    return db.session.execute(statement).all()


# ---------- the equations ----------


def sums_of(case_id: int) -> Sums:
    """Units, letters and pieces of a case, counted in the database."""
    columns = select(CaseUnit.state, CaseUnit.trace_class, CaseUnit.released_in_version.is_(None), func.count())
    groups = (CaseUnit.state, CaseUnit.trace_class, CaseUnit.released_in_version.is_(None))
    by_state: Counter[UnitState] = Counter()
    classes: Counter[TraceClass] = Counter()
    for state, trace_class, is_in_scope, count in _rows(columns.where(CaseUnit.case_id == case_id).group_by(*groups)):
        by_state[state if is_in_scope else UnitState.RELEASED] += count
        classes[trace_class] += count if is_in_scope else 0
    return Sums(UnitSum(classes.total(), by_state), classes, _letters(case_id), pieces_of_case(case_id))


def _letters(case_id: int) -> LetterSum:
    """Posted is counted from the letters themselves, their ends from the attempts, so that the equation can fail."""
    counts = select(Attempt.state, func.count(), func.count(Letter.posted_on)).join(Attempt.letter)
    marked: Counter[AttemptState] = Counter()
    unmarked: Counter[AttemptState] = Counter()
    for state, count, with_day in _rows(counts.where(Attempt.case_id == case_id).group_by(Attempt.state)):
        marked[state] = with_day
        unmarked[state] = count - with_day
    ends = (marked[AttemptState.REPLIED], marked[AttemptState.RETURNED], marked[AttemptState.POSTED])
    early = unmarked[AttemptState.REPLIED] + unmarked[AttemptState.RETURNED]
    return LetterSum(unmarked[AttemptState.PRINTED], marked.total(), *ends, unmarked=early)


def pieces_of_case(case_id: int) -> list[BatchPieces]:
    """The recalled batches of a case with where their pieces are."""
    ids = list(
        db.session.scalars(select(CaseBatch.batch_id).where(CaseBatch.case_id == case_id).order_by(CaseBatch.id))
    )
    batches, pieces = batches_with(ids), pieces_of(ids)
    signed: dict[int, list[int]] = {}
    of_case = select(PiecesExplanation.batch_id, PiecesExplanation.unaccounted)
    for batch_id, unaccounted in _rows(of_case.where(PiecesExplanation.case_id == case_id)):
        signed.setdefault(batch_id, []).append(unaccounted)
    return [
        BatchPieces(batches[i], pieces[i], rules.is_explained(pieces[i].unaccounted, signed.get(i, []))) for i in ids
    ]


def why_not_close(case: RecallCase) -> list[CloseFault]:
    """Why the case may not be closed yet; empty when it may."""
    sums = sums_of(case.id)
    return rules.may_close(
        open_units=sums.units.open,
        unexplained_batches=sum(1 for row in sums.pieces if not row.is_explained),
        open_tasks=_open_tasks(case.id),
        authority_answer=case.authority_answer,
    )


def _open_tasks(case_id: int) -> int:
    waiting = select(func.count(CaseTask.id)).where(CaseTask.case_id == case_id, CaseTask.done_on.is_(None))
    return db.session.scalar(waiting) or 0


# ---------- all numbers ----------


def numbers_of(case_id: int) -> Numbers:
    """All numbers of a case today."""
    posted = select(func.min(Letter.posted_on), func.max(Letter.posted_on)).join(
        Attempt, Attempt.letter_id == Letter.id
    )
    emails, mailed = _mailed(case_id)
    first, last = db.session.execute(posted.where(Attempt.case_id == case_id)).one()
    return Numbers(
        on=clock.today(),
        sums=sums_of(case_id),
        units=units_of(case_id),
        channels=_channels(case_id) | ({Channel.EMAIL: mailed} if mailed.recipients else {}),
        efforts=_efforts(case_id, emails),
        open_tasks=_open_tasks(case_id),
        first_letter_on=first,
        last_letter_on=last,
    )


def units_of(case_id: int) -> list[UnitFacts]:
    """What the numbers need to know of every unit that is, or was, in scope."""
    frozen = {version: at.astimezone(clock.HOME).date() for version, at in _rows(_versions(case_id))}
    notified: dict[int, date] = dict(_rows(_notices(case_id)))
    responded: dict[int, date] = dict(_rows(_replies(case_id)))
    columns = (
        CaseUnit.id,
        CaseUnit.state,
        CaseUnit.trace_class,
        CaseUnit.released_in_version,
        CaseUnit.added_in_version,
        CaseUnit.state_on,
    )
    units = []
    for id_, state, trace_class, released, version, state_on in _rows(
        select(*columns).where(CaseUnit.case_id == case_id).order_by(CaseUnit.id)
    ):
        ended_on = state_on if state in rules.ENDED else None
        days = (frozen[version], notified.get(id_), responded.get(id_), ended_on)
        units.append(UnitFacts(id_, state, trace_class, released is not None, *days))
    return units


def _versions(case_id: int) -> Any:
    return select(ScopeVersion.version, ScopeVersion.frozen_at).where(ScopeVersion.case_id == case_id)


def reached_on() -> Any:
    """SQL of the day on which an attempt (left-joined with its letter) reached somebody."""
    return func.coalesce(Letter.posted_on, Attempt.reached_on)


def _notices(case_id: int) -> Any:
    """Per unit the first day on which an attempt reached somebody and did not come back."""
    columns = select(AttemptUnit.case_unit_id, func.min(reached_on())).select_from(AttemptUnit)
    statement = columns.join(Attempt, Attempt.id == AttemptUnit.attempt_id).outerjoin(Attempt.letter)
    good = statement.where(Attempt.case_id == case_id, Attempt.state.in_(REACHED), reached_on().is_not(None))
    return good.group_by(AttemptUnit.case_unit_id)


def _replies(case_id: int) -> Any:
    """Per unit the day of the first answer; that somebody else lives there is no answer."""
    statement = select(Reply.case_unit_id, func.min(Reply.received_on)).join(
        CaseUnit, CaseUnit.id == Reply.case_unit_id
    )
    return statement.where(CaseUnit.case_id == case_id, Reply.kind.not_in(NO_ANSWER)).group_by(Reply.case_unit_id)


def _channels(case_id: int) -> dict[Channel, Notified]:
    parties = func.count(distinct(Attempt.company_id)) + func.count(distinct(Attempt.person_id))
    columns = select(Attempt.channel, func.count(distinct(AttemptUnit.case_unit_id)), parties, func.min(reached_on()))
    statement = columns.select_from(Attempt).outerjoin(AttemptUnit).outerjoin(Attempt.letter)
    good = statement.where(Attempt.case_id == case_id, Attempt.state.in_(REACHED))
    return {row[0]: Notified(*row[1:]) for row in _rows(good.group_by(Attempt.channel))}


def _mailed(case_id: int) -> tuple[int, Notified]:
    """E-mails that were sent beside the paper, and whom they reached about which units."""
    columns = select(Attempt.letter_id, Attempt.company_id, Attempt.person_id, AttemptUnit.case_unit_id)
    of_case = columns.join(AttemptUnit).where(Attempt.case_id == case_id, Attempt.letter_id.is_not(None))
    rows = _rows(of_case)
    sent = sent_on({row.letter_id for row in rows})
    reached = [row for row in rows if row.letter_id in sent]
    parties = {(row.company_id, row.person_id) for row in reached}
    return len(sent), Notified(
        len({row.case_unit_id for row in reached}), len(parties), min(sent.values(), default=None)
    )


def _efforts(case_id: int, emails: int) -> Efforts:
    channels: Counter[Channel] = Counter()
    for channel, count in _rows(
        select(Attempt.channel, func.count())
        .where(Attempt.case_id == case_id, Attempt.state.not_in((AttemptState.QUEUED, AttemptState.PRINTED)))
        .group_by(Attempt.channel)
    ):
        channels[channel] = count
    kinds: Counter[LetterKind] = Counter()
    returned = 0
    columns = select(Letter.kind, func.count(Letter.posted_on), func.count(Letter.returned_on))
    of_case = columns.join(Attempt, Attempt.letter_id == Letter.id).where(Attempt.case_id == case_id)
    for kind, posted, back in _rows(of_case.group_by(Letter.kind)):
        kinds[kind] = posted
        returned += back
    return Efforts(
        letters=kinds.total(),
        reminders=kinds[LetterKind.REMINDER],
        returned=returned,
        emails=emails,
        calls=channels[Channel.PHONE],
        visits=channels[Channel.VISIT],
        addresses_tried_next=kinds[LetterKind.NEXT_ADDRESS],
        new_owners=kinds[LetterKind.NEW_OWNER],
    )
