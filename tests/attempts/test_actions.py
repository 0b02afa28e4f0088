from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import event, update

from rockrobot.attempts.actions import notify, write_waiting
from rockrobot.attempts.models import Attempt, AttemptUnit
from rockrobot.attempts.queries import Waiting, waiting_letters
from rockrobot.attempts.rules import AttemptState
from rockrobot.case_letters.actions import LettersRefusedError, prepare_drill
from rockrobot.case_letters.queries import studio_of
from rockrobot.case_letters.rules import LettersFault
from rockrobot.contacts.rules import ContactType, Language
from rockrobot.db import db
from rockrobot.devices.models import DeviceFate, ModelPicture, Ownership
from rockrobot.devices.rules import Fate, OwnershipKind
from rockrobot.letters import queries as letters
from rockrobot.letters.actions import print_waiting
from rockrobot.letters.models import Letter, LetterBody, LetterKind
from rockrobot.letters.queries import Chunk
from rockrobot.paper import sha256_of
from rockrobot.parts.models import LooseDelivery
from rockrobot.recalls.models import CaseUnit
from rockrobot.recalls.queries import tasks_of
from rockrobot.recalls.rules import TaskKind
from rockrobot.recipients.queries import units_with
from rockrobot.scopes.actions import freeze_scope
from tests import make
from tests.recalls import cases


def all_letters():
    return db.session.scalars(db.select(Letter).order_by(Letter.reference)).all()


def test_one_letter_goes_to_each_recipient_with_all_their_units(database):
    cases.house()
    batch, model = make.batch(), cases.pictured_model()
    first, second = cases.sold_machine(batch, model=model), make.device(model)
    make.fitting(second, batch)
    owner = db.session.scalars(db.select(Ownership)).one().company_id
    db.session.add(Ownership(device_id=second.id, company_id=owner, kind=OwnershipKind.SOLD))
    db.session.add(LooseDelivery(batch_id=batch.id, company_id=owner, quantity=3))
    case = cases.approved(cases.worded(cases.opened(batch)))

    batches = notify(case)

    [letter] = all_letters()
    body = letters.body_of(letter.id)
    assert len(batches) == 1
    assert letter.reference == f"{case.number}-0001"
    assert [unit["serial"] for unit in letter.units] == [first.serial, second.serial, ""]
    assert letter.units[2]["pieces"] == 3
    assert letter.sha256 == body.sha256 == sha256_of(body.body)
    assert db.session.scalars(db.select(Attempt)).one().state is AttemptState.PRINTED
    assert len(db.session.scalars(db.select(AttemptUnit)).all()) == 3


def test_run_again_nothing_is_made_twice_and_a_new_unit_gets_its_letter(database):
    cases.house()
    batch, model = make.batch(), cases.pictured_model()
    cases.sold_machine(batch, model=model)
    case = cases.opened(batch, is_drill=True)
    prepare_drill(case)

    first, again = notify(case), notify(case)
    cases.sold_machine(batch, model=model)
    freeze_scope(case, "uusi kone")
    prepare_drill(case)
    later = notify(case)

    assert (len(first), again, len(later)) == (1, [], 1)
    assert len(all_letters()) == 2


def test_who_gets_which_letter(database):
    cases.house()
    batch, model = make.batch(), cases.pictured_model()
    scrapped = cases.sold_machine(batch, model=model)
    db.session.add(DeviceFate(device_id=scrapped.id, fate=Fate.SCRAPPED))
    exported = cases.sold_machine(batch, model=model)
    db.session.add(DeviceFate(device_id=exported.id, fate=Fate.EXPORTED))
    removed = cases.sold_machine(batch, model=model)
    for fitting in db.session.scalars(db.select(cases.Fitting).where(cases.Fitting.device_id == removed.id)):
        fitting.removed_on = date(2025, 1, 1)
    holder = make.company("Vuokraaja Oy")
    make.address(holder)
    make.ownership(exported, holder, kind=OwnershipKind.HIRED)
    importer = make.company("Import AS", language="nb", contact_type=ContactType.IMPORTER)
    make.address(importer, street="Veien 1", postcode="9008", city="Tromsø", country="NO")
    imported = make.device(model)
    make.fitting(imported, batch)
    make.ownership(imported, importer)
    cases.sold_machine(batch, model=model, address=False)
    case = cases.approved(cases.worded(cases.opened(batch), Language.FI, Language.NB))

    notify(case)

    kinds = {letter.recipient_name: letter.kind for letter in all_letters()}
    by_name = {letter.recipient_name: letter for letter in all_letters()}
    assert kinds == {
        f"Omistaja {exported.serial} Oy": LetterKind.FIRST,
        "Vuokraaja Oy": LetterKind.HOLDER_COPY,
        "Import AS": LetterKind.IMPORTER,
    }
    assert by_name["Import AS"].address_lines == ["Import AS", "Veien 1", "9008 TROMSØ", "NORWAY"]
    assert TaskKind.IMPORTER_LIST in {task.kind for task in tasks_of(case.id)}


def test_letters_of_several_kinds_are_all_made_whatever_changes_while_they_are(database):
    cases.house()
    batch, model = make.batch(), cases.pictured_model()
    for _ in range(2):
        cases.sold_machine(batch, model=model)
    case = cases.approved(cases.worded(cases.opened(batch)))
    first, second = (one.recipient for one in waiting_letters(case))

    with after_the_first_insert("letters", update(ModelPicture).values(sha256="1" * 64)):
        made = write_waiting(case, [Waiting(first, LetterKind.NEW_OWNER), Waiting(second, LetterKind.FIRST)])
    letters_made = [(letter.id, letter.kind) for letter in all_letters()]

    assert letters_made == list(zip(made, (LetterKind.FIRST, LetterKind.NEW_OWNER), strict=True))
    with pytest.raises(LettersRefusedError):
        write_waiting(case, [Waiting(first, LetterKind.REMINDER)])


@contextmanager
def after_the_first_insert(table, change):
    """Somebody else changes something as soon as rows of a table were made."""
    waiting = [change]

    def hear(connection, _cursor, statement, *_):
        if waiting and statement.startswith(f"INSERT INTO {table} "):
            connection.execute(waiting.pop())

    event.listen(db.engine, "after_cursor_execute", hear)
    yield
    event.remove(db.engine, "after_cursor_execute", hear)
    assert not waiting


def test_a_real_case_is_refused_before_approval_and_says_why(database):
    cases.house()
    batch = make.batch()
    cases.sold_machine(batch, model=make.device_model())
    case = cases.opened(batch)
    freeze_scope(case)

    with pytest.raises(LettersRefusedError) as error:
        notify(case)

    assert set(error.value.faults) == {LettersFault.MISSING_ELEMENTS, LettersFault.NOT_APPROVED}
    assert all_letters() == []


def test_an_address_that_does_not_fit_is_flagged_and_gets_a_task(database):
    batch = make.batch()
    machine = cases.sold_machine(batch, model=make.device_model())
    owner = db.session.scalars(db.select(Ownership).where(Ownership.device_id == machine.id)).one()
    for address in db.session.scalars(db.select(cases.Address).where(cases.Address.company_id == owner.company_id)):
        address.street = "Todella erittäin pitkän ja leveän kadunnimen esimerkkipolku 123 B rappu C asunto 45"
    case = cases.opened(batch, is_drill=True)
    prepare_drill(case)

    notify(case)

    [letter] = all_letters()
    assert letter.address_faults == ["outside_window"]
    assert letters.light_of(letter.address_faults) is letters.Light.CHECK
    assert TaskKind.PLAIN_ENVELOPE in {task.kind for task in tasks_of(case.id)}


def test_each_language_is_a_batch_of_its_own_and_bytes_stay(database):
    cases.house()
    batch, model = make.batch(), cases.pictured_model()
    for language in ("fi", "sv", "en", "nb", "da"):
        cases.sold_machine(batch, model=model, language=language)
    case = cases.opened(batch, is_drill=True)
    prepare_drill(case)

    made = notify(case)

    stored = [letters.batch_with_body(id_) for id_ in made]
    assert {row.language for row in stored} == set(Language)
    assert all(row.sha256 == sha256_of(row.body) for row in stored)
    assert len(db.session.scalars(db.select(LetterBody)).all()) == 5
    assert len(db.session.scalars(db.select(CaseUnit)).all()) == 5


def test_a_letter_that_somebody_else_printed_meanwhile_is_printed_once(database):
    cases.house()
    batch, model = make.batch(), cases.pictured_model()
    for language in ("fi", "sv", "sv"):
        cases.sold_machine(batch, model=model, language=language)
    case = cases.approved(cases.worded(cases.opened(batch), Language.FI, Language.SV))
    write_waiting(case, waiting_letters(case))
    pictures = studio_of(case, units_with(case.id)).album.bodies
    chunks = letters.waiting_chunks(case.number)
    taken = Chunk(Language.SV, chunks[1].letter_ids[:1])

    def somebody_else(done):
        if done == 1:
            print_waiting(case.number, [taken], pictures, is_duplex=False)

    made = print_waiting(case.number, chunks, pictures, is_duplex=False, progress=somebody_else)

    assert [batch.letter_count for batch in letters.batches_of(case.number)] == [1, 1, 1]
    assert len(made) == 2
    assert len({letter.print_batch_id for letter in all_letters()}) == 3
    assert len(db.session.scalars(db.select(LetterBody)).all()) == 3
