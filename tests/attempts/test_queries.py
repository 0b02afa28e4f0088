"""Who waits for a letter: new owners, and those to whom one was written in vain."""

import pytest
from sqlalchemy import select

from rockrobot import clock
from rockrobot.attempts.actions import notify
from rockrobot.attempts.queries import waiting_letters
from rockrobot.attempts.rules import ReplyKind
from rockrobot.case_letters.actions import LettersRefusedError
from rockrobot.comparisons.queries import compare
from rockrobot.contacts.models import Company
from rockrobot.contacts.rules import Language
from rockrobot.db import db
from rockrobot.devices.models import Device, Ownership
from rockrobot.devices.rules import OwnershipKind
from rockrobot.dispatches.actions import mark_posted
from rockrobot.follow_ups.actions import take_back
from rockrobot.letters.models import Letter, LetterKind
from rockrobot.merges.actions import merge
from rockrobot.recalls.models import CaseUnit, RecallCase
from rockrobot.replies.actions import Answer, record_reply
from tests import make
from tests.recalls import cases

TODAY = clock.today()


def notified(*, address: bool = True) -> tuple[RecallCase, Device]:
    """A case about one machine whose owner was written to, where they have an address."""
    cases.house()
    batch = make.batch()
    machine = cases.sold_machine(batch, model=cases.pictured_model(), address=address)
    case = cases.approved(cases.worded(cases.opened(batch), *Language))
    if address:
        notify(case)
        mark_posted(db.session.scalars(select(Letter)).all(), TODAY)
    db.session.commit()
    return case, machine


def waiting(case: RecallCase) -> list[tuple[str, LetterKind]]:
    return [(one.recipient.party.name, one.kind) for one in waiting_letters(case)]


def owner_of(machine: Device):
    return db.session.scalars(select(Ownership).where(Ownership.device_id == machine.id)).one()


def test_nobody_waits_who_was_told(database):
    case, _ = notified()

    assert waiting(case) == []


def test_a_machine_sold_in_the_register_makes_its_new_owner_wait(database):
    case, machine = notified()
    buyer = make.company("Ostaja Oy")
    make.address(buyer)
    owner_of(machine).to_on = TODAY
    make.ownership(machine, buyer, from_on=TODAY, kind=OwnershipKind.RESOLD)

    before, _ = waiting(case), notify(case)

    assert before == [("Ostaja Oy", LetterKind.NEW_OWNER)]
    assert waiting(case) == []


def test_an_owner_found_after_the_holder_was_told_waits(database):
    case, machine = notified(address=False)
    holder = make.company("Vuokraaja Oy")
    make.address(holder)
    make.ownership(machine, holder, kind=OwnershipKind.HIRED)
    notify(case)
    owner = owner_of_sale(machine)
    make.address(owner)
    db.session.commit()

    names = [name for name, _ in waiting(case)]

    assert names == [owner.name]


def owner_of_sale(machine: Device):
    sold = select(Ownership).where(Ownership.device_id == machine.id, Ownership.kind == OwnershipKind.SOLD)
    ownership = db.session.scalars(sold).one()
    return db.session.get_one(Company, ownership.company_id)


def test_who_gets_another_address_after_a_letter_came_back_waits_for_the_next(database):
    case, machine = notified()
    letter = db.session.scalars(select(Letter)).one()
    made = take_back(case, letter, TODAY, "moved")
    owner = owner_of_sale(machine)

    before = waiting(case)
    make.address(owner, street="Uusi tie 2")
    db.session.commit()

    assert made == before == []
    assert waiting(case) == [(owner.name, LetterKind.NEXT_ADDRESS)]
    notify(case)
    assert "Uusi tie 2" in db.session.scalars(select(Letter).order_by(Letter.id.desc())).first().address_lines


def test_a_letter_that_somebody_else_answered_was_in_vain(database):
    case, machine = notified()
    unit = db.session.scalars(select(CaseUnit)).one()
    record_reply(unit, Answer(ReplyKind.WRONG_CONTACT, TODAY))
    make.address(owner_of_sale(machine), street="Uusi tie 2")
    db.session.commit()

    assert [kind for _, kind in waiting(case)] == [LetterKind.NEXT_ADDRESS]


def test_a_letter_that_comes_back_when_nothing_may_be_written_waits(database):
    case, machine = notified()
    make.address(owner_of_sale(machine), street="Uusi tie 2")
    case.product_name = ""
    db.session.commit()

    letter = db.session.scalars(select(Letter)).one()
    with pytest.raises(LettersRefusedError):
        take_back(case, letter, TODAY, "moved")

    assert letter.returned_on == TODAY
    assert [kind for _, kind in waiting(case)] == [LetterKind.NEXT_ADDRESS]
    assert db.session.scalars(select(Letter)).all() == [letter]


def test_owners_merged_after_the_letter_are_not_written_to_again(database):
    case, machine = notified()
    twin = make.company("Kaksoiskappale Oy")
    make.address(twin)
    db.session.commit()

    merge(compare(twin, owner_of_sale(machine)), {}, {})
    db.session.commit()

    assert waiting(case) == []
