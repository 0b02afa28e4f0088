"""The effectiveness report of a case, on any day and at its close, as plain data."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import distinct, exists, func, or_, select

from rockrobot import clock
from rockrobot.attempts.models import Attempt, AttemptUnit, Reply
from rockrobot.checks.queries import CheckResult, checks_of
from rockrobot.contacts.queries import companies_with, people_with
from rockrobot.db import db
from rockrobot.effectiveness import rules
from rockrobot.effectiveness.queries import (
    NO_ANSWER,
    REACHED,
    BatchPieces,
    Numbers,
    numbers_of,
    reached_on,
    why_not_close,
)
from rockrobot.recalls.models import Approval, CaseText, CaseUnit, PiecesExplanation, RecallCase, UnitStep
from rockrobot.recalls.queries import (
    authorities_told,
    case_for,
    countries_of,
    fresh_trace,
    key_of,
    scope_units,
    tasks_of,
    versions_of,
)
from rockrobot.recalls.rules import OPEN_STATES, TaskKind, UnitState
from rockrobot.reports.rules import minutes_between
from rockrobot.staff.queries import names_of_actors
from rockrobot.traces.rules import Reachable, TraceClass

Report = dict[str, Any]
LETTER_SUM = ("posted", "replied", "undeliverable", "silent", "adds_up", "printed", "unmarked")


class SilentParty(NamedTuple):
    """A recipient who was written to and has not answered."""

    number: str
    name: str
    company_id: int | None
    person_id: int | None
    units: int
    since: date | None


def silent_parties(case_id: int) -> list[SilentParty]:
    """Recipients reached about units that are open and unanswered, longest silence first; people, so log the view."""
    units = func.count(distinct(CaseUnit.id))
    columns = select(Attempt.company_id, Attempt.person_id, units, func.min(reached_on()))
    statement = (
        columns.select_from(Attempt)
        .join(AttemptUnit, AttemptUnit.attempt_id == Attempt.id)
        .join(CaseUnit, CaseUnit.id == AttemptUnit.case_unit_id)
        .outerjoin(Attempt.letter)
        .where(
            Attempt.case_id == case_id,
            Attempt.state.in_(REACHED),
            or_(Attempt.company_id.is_not(None), Attempt.person_id.is_not(None)),
            CaseUnit.state.in_(OPEN_STATES),
            CaseUnit.released_in_version.is_(None),
            ~exists().where(Reply.case_unit_id == CaseUnit.id, Reply.kind.not_in(NO_ANSWER)),
        )
        .group_by(Attempt.company_id, Attempt.person_id)
    )
    return _named([tuple(row) for row in db.session.execute(statement)])


def _named(found: Sequence[tuple[Any, ...]]) -> list[SilentParty]:
    companies = companies_with(row[0] for row in found if row[0])
    people = people_with(row[1] for row in found if row[1])
    parties = []
    for company_id, person_id, count, since in found:
        company, person = companies.get(company_id), people.get(person_id)
        number = company.customer_no if company else person.person_no if person else ""
        party = company or person
        parties.append(SilentParty(number, party.name if party else "", company_id, person_id, count, since))
    return sorted(parties, key=lambda party: (party.since or date.max, party.name))


def report_of(case: RecallCase) -> Report:
    """The whole report as JSON can carry it; the keys are described in docs/report.md."""
    numbers, names = numbers_of(case.id), names_of_actors()
    return {
        "report_on": _plain(numbers.on),
        "case": _case(case),
        "dates": _dates(case, numbers),
        "scope": _scope(case, numbers, names),
        "batches": [_batch(row, case.id, names) for row in numbers.sums.pieces],
        "units": _units(numbers),
        "letters": _sum(
            numbers.sums.letters, "printed", "posted", "replied", "undeliverable", "silent", "unmarked", "adds_up"
        ),
        "percent": {k: None if v is None else float(v) for k, v in numbers.percentages().items()},
        "notified": _notified(numbers),
        "responses": _responses(case.id, numbers),
        "reach": _reach(case),
        "efforts": vars(numbers.efforts),
        "quarters": _quarters(numbers),
        "expected_finish_on": _plain(_finish(numbers)),
        "checks": [_check(row) for row in checks_of(case.id)],
        "tasks": _tasks(case.id, names),
        "authorities": [_authority(entry, names) for entry in authorities_told(case.id)],
        "approvals": _approvals(case.id, names),
        "own_confirmations": _own_confirmations(case.id, names),
        "incidents": case.incidents,
        "closing": _closing(case, names),
        "drill": _drill(case) if case.is_drill else None,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(clock.HOME).isoformat(timespec="minutes")
    return value.isoformat() if isinstance(value, date) else value


def _sum(thing: Any, *names: str) -> Report:
    return {name: _plain(getattr(thing, name)) for name in names}


def _case(case: RecallCase) -> Report:
    texts = db.session.scalars(select(CaseText).where(CaseText.case_id == case.id).order_by(CaseText.language))
    facts = _sum(case, "number", "title", "is_drill", "state", "origin", "origin_text", "product_name", "brand")
    hazards = {str(text.language): text.hazard for text in texts if text.hazard}
    return facts | {"is_serious": case.is_serious, "hazard": hazards, "countries": sorted(countries_of(case.id))}


def _dates(case: RecallCase, numbers: Numbers) -> Report:
    told = [entry.told_on for entry in authorities_told(case.id)]
    return _sum(case, "known_on", "decided_on", "opened_at", "listed_at", "letters_ready_at", "closed_at") | {
        "authority_told_on": _plain(min(told, default=None)),
        "first_letter_on": _plain(numbers.first_letter_on),
        "last_letter_on": _plain(numbers.last_letter_on),
    }


def _scope(case: RecallCase, numbers: Numbers, names: dict[str, str]) -> Report:
    classes = numbers.sums.classes
    versions = [
        _sum(v, "version", "frozen_at", "reason", "unit_count", "added_count", "removed_count")
        | {"frozen_by": names.get(v.frozen_by, v.frozen_by)}
        for v in reversed(versions_of(case.id))
    ]
    possibly = classes[TraceClass.POSSIBLY] + classes[TraceClass.REMOVED_POSSIBLY]
    return {
        "affected": numbers.sums.units.affected,
        "determined_by": str(case.origin),
        "by_class": {str(name): classes[name] for name in TraceClass},
        "possibly_affected": possibly,
        "versions": versions,
    }


def _batch(row: BatchPieces, case_id: int, names: dict[str, str]) -> Report:
    explained = select(PiecesExplanation).where(
        PiecesExplanation.case_id == case_id, PiecesExplanation.batch_id == row.batch.id
    )
    return {
        "part_no": row.batch.part.part_no,
        "part_name": row.batch.part.name,
        **_sum(row.batch, "supplier", "batch_no", "supplier_batch_no"),
        "pieces": row.pieces._asdict() | {"unaccounted": row.pieces.unaccounted},
        "is_explained": row.is_explained,
        "explanations": [
            _sum(e, "unaccounted", "explanation", "signed_at") | {"signed_by": names.get(e.signed_by, e.signed_by)}
            for e in db.session.scalars(explained.order_by(PiecesExplanation.id))
        ],
    }


def _units(numbers: Numbers) -> Report:
    units = numbers.sums.units
    ages = rules.ages(numbers.units, numbers.on)
    return _sum(units, "affected", "open", "ended", "released", "corrected", "reachable", "adds_up") | {
        "by_state": {str(state): units.by_state.get(state, 0) for state in UnitState},
        "open_by_age": {str(b): {str(s): n for s, n in sorted(counts.items())} for b, counts in ages.items()},
    }


def _notified(numbers: Numbers) -> Report:
    channels = {
        str(channel): {"units": row.units, "recipients": row.recipients, "first_on": _plain(row.first_on)}
        for channel, row in numbers.channels.items()
    }
    return {"units": numbers.notified, "by_channel": channels}


def _responses(case_id: int, numbers: Numbers) -> Report:
    median = numbers.median_reply_days
    silent = [
        {"owner_no": p.number, "owner_name": p.name, "units": p.units, "since": _plain(p.since)}
        for p in silent_parties(case_id)
    ]
    days = None if median is None else float(median)
    return {"units": numbers.responded, "median_days": days, "silent_recipients": silent}


def _reach(case: RecallCase) -> Report:
    """Who of the scope could be written to today."""
    here = {key_of(unit) for unit in scope_units(case.id)}
    rows = [row for row in fresh_trace(case_for(case.id) or case) if key_of(row) in here]
    missing = [row for row in rows if row.reachable is Reachable.NO]
    return {str(word): sum(1 for row in rows if row.reachable is word) for word in Reachable} | {
        "without_owner": sum(1 for row in missing if not row.owner_no),
        "without_address": sum(1 for row in missing if row.owner_no),
    }


def _quarters(numbers: Numbers) -> list[Report]:
    return [quarter._asdict() | {"last_day": _plain(quarter.last_day)} for quarter in _series(numbers)]


def _series(numbers: Numbers) -> list[rules.Quarter]:
    first = numbers.first_letter_on
    return rules.quarters(numbers.units, first, numbers.on) if first else []


def _finish(numbers: Numbers) -> date | None:
    return rules.expected_finish(_series(numbers), numbers.sums.units.open)


def _tasks(case_id: int, names: dict[str, str]) -> Report:
    tasks = tasks_of(case_id)
    return {
        "open": sum(1 for task in tasks if task.done_on is None),
        "done": sum(1 for task in tasks if task.done_on),
        "public_notices": [
            {"done_on": _plain(task.done_on), "done_by": names.get(task.done_by, task.done_by), "note": task.note}
            for task in tasks
            if task.kind is TaskKind.PUBLIC_NOTICE
        ],
    }


def _check(row: CheckResult) -> Report:
    facts = _sum(row.check, "subject", "level", "seed", "population", "drawn_at")
    return facts | {"drawn": row.drawn, "checked": row.checked, "wrong": row.wrong}


def _authority(entry: Any, names: dict[str, str]) -> Report:
    facts = _sum(entry, "authority", "country", "told_on", "reference", "note")
    return facts | {"recorded_by": names.get(entry.recorded_by, entry.recorded_by)}


def _approvals(case_id: int, names: dict[str, str]) -> list[Report]:
    rows = db.session.scalars(select(Approval).where(Approval.case_id == case_id).order_by(Approval.id))
    return [
        _sum(row, "scope_version", "approved_at", "own_approval_reason", "confirmed_headings")
        | {"approved_by": names.get(row.approved_by, row.approved_by)}
        for row in rows
    ]


def _own_confirmations(case_id: int, names: dict[str, str]) -> list[Report]:
    """Outcomes that a person confirmed alone, with the reason why no second person did."""
    steps: Sequence[UnitStep] = db.session.scalars(
        select(UnitStep)
        .join(CaseUnit, CaseUnit.id == UnitStep.case_unit_id)
        .where(CaseUnit.case_id == case_id, UnitStep.own_confirmation_reason != "")
        .order_by(UnitStep.id)
    ).all()
    return [
        {
            "to_state": str(s.to_state),
            "on": _plain(s.on),
            "by": names.get(s.by, s.by),
            "reason": s.own_confirmation_reason,
        }
        for s in steps
    ]


def _closing(case: RecallCase, names: dict[str, str]) -> Report:
    texts = {"statement": case.closing_statement, "authority_answer": case.authority_answer, "lessons": case.lessons}
    closed = {"closed_at": _plain(case.closed_at), "closed_by": names.get(case.closed_by, case.closed_by)}
    return closed | texts | {"faults": [str(fault) for fault in why_not_close(case)]}


def _drill(case: RecallCase) -> Report:
    return {
        "minutes_to_list": minutes_between(case.opened_at, case.listed_at),
        "minutes_to_letters": minutes_between(case.opened_at, case.letters_ready_at),
    }
