"""After the first letters: posting, returned mail, the new owner, reminders, e-mail."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from rockrobot import clock, ledger
from rockrobot.attempts.actions import print_letters
from rockrobot.attempts.models import Attempt
from rockrobot.attempts.rules import AttemptState, ReplyKind
from rockrobot.contacts.models import Address, Company
from rockrobot.contacts.rules import AddressKind
from rockrobot.db import db
from rockrobot.devices.models import Device, Ownership
from rockrobot.dispatches import actions as dispatches
from rockrobot.events.models import Event
from rockrobot.events.queries import timeline_of
from rockrobot.follow_ups import actions, queries
from rockrobot.letters.models import Letter, LetterKind, OutboxMessage
from rockrobot.recalls.models import CaseTask, CaseUnit
from rockrobot.recalls.rules import CaseState, TaskKind, UnitState
from rockrobot.replies import actions as replies
from rockrobot.replies.rules import Evidence, LadderStep
from rockrobot.undo import may_undo
from tests import make

TODAY = clock.today()


def letters(**conditions) -> list[Letter]:
    return list(db.session.scalars(select(Letter).filter_by(**conditions).order_by(Letter.id)))


def letter_to(customer_no: str) -> Letter:
    company = db.session.scalar(select(Company).where(Company.customer_no == customer_no))
    return letters(company_id=company.id)[-1]


def unit_of(serial: str, model_code: str | None = None) -> CaseUnit:
    statement = select(CaseUnit).join(Device, Device.id == CaseUnit.device_id).where(Device.serial == serial)
    return db.session.scalars(statement.order_by(CaseUnit.id)).first()


def units_of(letter: Letter) -> set[int]:
    return {unit["case_unit_id"] for unit in letter.units}


def post_all(days_ago: int = 0) -> None:
    dispatches.mark_posted(letters(), TODAY - timedelta(days=days_ago))
    db.session.commit()


def test_printing_is_not_posting(case):
    assert case.state is CaseState.APPROVED
    assert {attempt.state for attempt in db.session.scalars(select(Attempt))} == {AttemptState.PRINTED}
    assert unit_of("000100").state is UnitState.IDENTIFIED

    post_all()

    assert case.state is CaseState.NOTIFYING
    assert unit_of("000100").state is UnitState.NOTIFIED


def test_posting_twice_keeps_the_first_day(case):
    post_all(days_ago=3)

    count = dispatches.mark_posted(letters(), TODAY)

    assert count == 0
    assert {letter.posted_on for letter in letters()} == {TODAY - timedelta(days=3)}


def test_returned_mail_goes_to_the_next_address_the_same_day(case):
    post_all()
    letter = letter_to("A001")

    made = actions.take_back(case, letter, TODAY, "moved")
    print_letters(case)
    db.session.commit()

    fresh = db.session.get(Letter, made[0])
    assert "Louhostie 1" in letter.address_lines
    assert "Louhostie 3" in fresh.address_lines
    assert fresh.kind is LetterKind.NEXT_ADDRESS
    assert fresh.units == [u for u in letter.units if u["case_unit_id"] in {x["case_unit_id"] for x in fresh.units}]
    assert letter.returned_reason == "moved"


def test_without_a_next_address_one_is_looked_for_and_a_public_notice_made(case):
    post_all()
    letter = letter_to("A008")

    made = actions.take_back(case, letter, TODAY, "unknown")

    kinds = {task.kind for task in db.session.scalars(select(CaseTask))}
    assert made == []
    assert {TaskKind.FIND_ADDRESS, TaskKind.PUBLIC_NOTICE} <= kinds
    assert unit_of("SN-0109").state is UnitState.IDENTIFIED


def test_a_sold_machine_has_its_new_owner_and_letter_the_same_day(case):
    post_all()
    unit, buyer = unit_of("SN-0102"), make.company("Uusi Omistaja Oy", language="sv")
    make.address(buyer, kind=AddressKind.POSTAL, street="Nytie 1")

    replies.record_reply(unit, replies.Answer(ReplyKind.SOLD, TODAY, party=buyer))
    made = actions.write_to_new_owner(case, [unit.id])
    print_letters(case)
    db.session.commit()

    letter = db.session.get(Letter, made[0])
    chain = db.session.scalars(
        select(Ownership).where(Ownership.device_id == unit.device_id).order_by(Ownership.id)
    ).all()
    assert (chain[0].to_on, chain[-1].company_id, chain[-1].from_on) == (TODAY, buyer.id, TODAY)
    assert (letter.recipient_name, letter.kind, letter.language) == ("Uusi Omistaja Oy", LetterKind.NEW_OWNER, "sv")
    assert letter.sha256


def test_a_reminder_speaks_of_unsettled_units_only_and_not_of_answered_letters(case):
    post_all(days_ago=15)
    settled = unit_of("000100")
    replies.record_outcome(settled, replies.Outcome(UnitState.CORRECTED, TODAY, Evidence.SERVICE_REPORT, "vaihdettu"))
    answered = unit_of("000101")
    replies.record_reply(answered, replies.Answer(ReplyKind.STOPPED_USE, TODAY))
    silent = queries.silent_of(case, 1).rows

    made = actions.write_reminders(case, [line.letter for line in silent])

    units = {u["case_unit_id"] for id_ in made for u in db.session.get(Letter, id_).units}
    assert made
    assert settled.id not in units
    assert answered.id not in units
    assert all(db.session.get(Letter, id_).kind is LetterKind.REMINDER for id_ in made)


def test_a_few_letters_are_printed_at_once_and_others_go_on_waiting(case):
    post_all(days_ago=15)
    made = actions.write_reminders(case, [line.letter for line in queries.silent_of(case, 1).rows])

    silent = queries.silent_of(case, 1).rows
    actions.print_soon(case, made[:1])

    assert silent == []
    assert len(made) > 1
    assert [id_ for id_ in made if db.session.get(Letter, id_).print_batch_id] == made[:1]


def test_the_second_reminder_goes_to_another_address_and_those_without_one_are_phoned(case):
    post_all(days_ago=31)
    first = actions.write_reminders(case, [letter_to("A001"), letter_to("A008")])
    print_letters(case)
    for id_ in first:
        dispatches.mark_posted([db.session.get(Letter, id_)], TODAY - timedelta(days=16))
    db.session.commit()

    reminders = [db.session.get(Letter, id_) for id_ in first]
    steps = queries.steps_for_letters(case, reminders, queries.addresses_left(case.number, reminders))
    second = [db.session.get(Letter, id_) for id_ in actions.write_reminders(case, reminders)]

    assert list(steps.values()) == [LadderStep.OTHER_ADDRESS, LadderStep.PHONE]
    assert "Louhostie 1" in reminders[0].address_lines
    assert ["Louhostie 3" in letter.address_lines for letter in second] == [True]


def test_who_has_no_address_left_is_looked_for_once_instead_of_reminded(case):
    post_all(days_ago=15)
    letter = letter_to("A008")
    db.session.get(Address, letter.address_id).valid_to = TODAY - timedelta(days=1)
    db.session.commit()

    made = [actions.write_reminders(case, [letter]) for _ in range(2)]
    db.session.commit()

    kinds = Counter(task.kind for task in db.session.scalars(select(CaseTask)) if task.case_unit_id in units_of(letter))
    assert made == [[], []]
    assert kinds[TaskKind.FIND_ADDRESS] == len(units_of(letter))
    assert TaskKind.PUBLIC_NOTICE in {task.kind for task in db.session.scalars(select(CaseTask))}


def test_nobody_is_reminded_before_two_weeks(case):
    post_all(days_ago=13)

    assert queries.silent_of(case, 1).total == 0


def test_an_outcome_needs_its_proof_and_a_refusal_a_second_person(case):
    unit = unit_of("SN-0109")
    with pytest.raises(replies.OutcomeError):
        replies.record_outcome(unit, replies.Outcome(UnitState.CORRECTED, TODAY))

    with ledger.change_set("refuse", actor="staff:1"):
        step = replies.record_outcome(
            unit, replies.Outcome(UnitState.REFUSED, TODAY, Evidence.OWNER_STATEMENT, "ei halua")
        )
        db.session.commit()
        state_before = unit.state
        with pytest.raises(replies.SecondPersonError):
            replies.confirm_outcome(step, "itse")
    with ledger.change_set("confirm", actor="staff:2"):
        replies.confirm_outcome(step)
        db.session.commit()

    assert state_before is UnitState.IDENTIFIED
    assert unit.state is UnitState.REFUSED


def test_a_unit_is_not_corrected_with_a_recalled_batch(case):
    recalled = next(iter(replies.queries.recalled_batches()))
    outcome = replies.Outcome(UnitState.CORRECTED, TODAY, Evidence.SERVICE_REPORT, new_batch_id=recalled)

    with pytest.raises(replies.OutcomeError):
        replies.record_outcome(unit_of("000100"), outcome)


def test_going_back_from_a_settled_state_needs_the_reason(case):
    unit = unit_of("000100")
    replies.record_outcome(unit, replies.Outcome(UnitState.SCRAPPED, TODAY, Evidence.OWNER_STATEMENT))

    with pytest.raises(replies.OutcomeError):
        replies.record_outcome(unit, replies.Outcome(UnitState.IDENTIFIED, TODAY))
    replies.record_outcome(unit, replies.Outcome(UnitState.IDENTIFIED, TODAY, note="väärä laite"))

    assert unit.state is UnitState.IDENTIFIED


def test_letters_go_by_mail_too_where_an_address_is_known(case):
    count = actions.mail_letters(case)
    again = actions.mail_letters(case)

    assert count == len(db.session.scalars(select(OutboxMessage)).all()) > 0
    assert again == 0


def test_a_drill_writes_to_nobody_by_mail(case):
    case.is_drill = True

    assert actions.mail_letters(case) == 0


def test_a_posted_letter_stands_on_the_timelines_of_its_recipient_and_machines(case):
    company = db.session.scalar(select(Company).where(Company.customer_no == "A001"))
    letter = letters(company_id=company.id)[0]
    device_ids = {db.session.get(CaseUnit, id_).device_id for id_ in units_of(letter)}

    post_all(days_ago=3)
    post_all()

    told = [event for event in timeline_of(company).found.rows if event.reference == letter.reference]
    assert [(event.channel, event.direction) for event in told] == [("letter", "out")]
    assert told[0].happened_at.astimezone(clock.HOME).date() == TODAY - timedelta(days=3)
    assert letter.reference in told[0].text
    assert {device.id for device in told[0].devices} == device_ids
    for id_ in device_ids:
        assert letter.reference in [event.reference for event in timeline_of(db.session.get(Device, id_)).found.rows]
    assert db.session.scalar(select(func.count()).select_from(Event)) == len(letters())


def test_posting_today_is_not_told_as_still_to_come(case):
    post_all()

    assert all(event.happened_at <= clock.now() for event in db.session.scalars(select(Event)))


def test_a_drill_writes_nothing_on_anybodys_timeline(case):
    for letter in letters():
        letter.is_drill = True

    post_all()

    assert db.session.scalars(select(Event)).all() == []


def test_posting_can_not_be_undone_though_its_events_could(case):
    with ledger.change_set("follow_ups.mark_posted") as act:
        post_all()

    assert db.session.scalar(select(func.count()).select_from(Event)) > 0
    assert not may_undo(act.change_set_id)
