"""After an erasure nothing of a person is anywhere but what the keep list names, and the chain still holds."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, select

from rockrobot import chain, clock, forgetting, ledger, search, undo
from rockrobot.chain import ChangeSet, LedgerEntry
from rockrobot.comparisons.queries import compare
from rockrobot.contacts.models import Person
from rockrobot.db import Base, db, is_sqlite
from rockrobot.drafts.models import Draft
from rockrobot.erasures import actions, queries
from rockrobot.erasures.rules import ELSEWHERE, KEPT, stays_until
from rockrobot.events.models import Attachment, AttachmentBody, Event, EventCompany, EventPerson, EventTask
from rockrobot.events.rules import Channel, Direction
from rockrobot.jobs import Job
from rockrobot.keyed_hash import keyed_hash
from rockrobot.merges import actions as merging
from rockrobot.objections import actions as objecting
from rockrobot.objections.queries import remembered_of
from rockrobot.objections.rules import Channel as Way
from rockrobot.objections.rules import Told
from rockrobot.purposes.rules import PurposeCode
from rockrobot.recipients.queries import addresses_of as letter_addresses
from rockrobot.references import OnErase, pointing_at, reference_of
from rockrobot.saved_filters.models import SavedFilter
from rockrobot.sealing import seal
from rockrobot.tags.rules import Register
from rockrobot.trash.actions import remove
from rockrobot.uploads.models import ImportRun, ImportState
from tests import make

MARK = "Kanariini"


def event(text, person, *others):
    row = Event(
        channel=Channel.PHONE,
        direction=Direction.IN,
        happened_at=clock.now(),
        text=text,
        written_by="staff:1",
        written_at=clock.now(),
    )
    body = AttachmentBody(sha256="0" * 64, body=f"{MARK}-tiedosto".encode())
    db.session.add_all([row, body])
    db.session.flush()
    db.session.add_all(
        [
            EventPerson(event_id=row.id, person_id=person.id),
            *(EventCompany(event_id=row.id, company_id=one.id) for one in others),
        ]
    )
    db.session.add(
        Attachment(event_id=row.id, content_id=body.id, file_name=f"{MARK}.txt", media_type="text/plain", size_bytes=9)
    )
    db.session.add(
        EventTask(
            event_id=row.id,
            what=f"{MARK} soita",
            due_on=clock.today(),
            assigned_to_id=make.staff_member("customer_care").id,
        )
    )
    db.session.commit()
    return row


def plant(person):
    """The mark in every place where something of a person can be."""
    make.address(person, street=f"{MARK}katu 1", city=f"{MARK}la")
    make.worksite(person, name=f"{MARK}työmaa")
    twin = make.person(f"{MARK}kaksonen", "Tupla", email=f"{MARK}.kaksonen@example.com")
    merging.merge(compare(person, twin), {}, {})
    db.session.commit()
    event(f"{MARK} soitti", person)
    event(f"{MARK} tapasi", person, make.company("Louhinta Oy"))
    lost = event(f"{MARK} poistettu tapahtuma", person)
    remove(lost)
    db.session.commit()
    objecting.record_objection(
        person,
        purpose=PurposeCode.MARKETING,
        channel=Way.ALL,
        told_on=date(2026, 1, 1),
        told=Told.PHONE,
        told_by=MARK,
        note=MARK,
    )
    gone = make.address(person, street=f"{MARK} vanha katu")
    remove(gone)
    person.contact_type = f"{MARK}tyyppi"
    db.session.commit()
    person.contact_type = "asiakas"
    member = make.staff_member("customer_care")
    db.session.add(
        SavedFilter(
            register=Register.PEOPLE, name=f"{MARK}haku", words={"q": person.name}, sort="name", owner_id=member.id
        )
    )
    db.session.add(
        ImportRun(
            file_name="lista.csv",
            stored_name="x",
            state=ImportState.APPLIED,
            made_at=clock.now(),
            made_by="staff:1",
            report={"told": [person.name, MARK]},
        )
    )
    db.session.add(
        Job(
            kind="x", payload={}, idempotency_key="k", actor="staff:1", made_at=clock.now(), result={"who": person.name}
        )
    )
    db.session.add(
        Draft(
            staff_member_id=member.id,
            path=f"/people/{person.id}/edit",
            sealed=seal("draft", json.dumps([["x", MARK]]).encode()),
            had_files=False,
            made_at=clock.now(),
        )
    )
    db.session.commit()


def dump():
    """Every value of every table, as text."""
    found = []
    for table in Base.metadata.sorted_tables:
        for row in db.session.execute(select(table)).mappings():
            for name, value in row.items():
                plain = value.decode("latin-1") if isinstance(value, bytes) else str(value)
                found.append((table.name, name, plain))
    return found


def places_of(mark):
    return {(table, name) for table, name, value in dump() if mark.casefold() in value.casefold()}


def erase(person):
    actions.erase_person(person)
    db.session.commit()
    forgetting.clear_file()
    db.session.expire_all()


@pytest.fixture
def person(database):
    return make.person(
        f"{MARK}", f"{MARK}nen", email=f"{MARK}@example.com", direct_phone="+358 40 1234567", title=f"{MARK}tek"
    )


def test_nothing_of_a_person_is_left_anywhere(person):
    plant(person)
    before = places_of(MARK)

    erase(person)

    assert {
        "people",
        "addresses",
        "contact_points",
        "events",
        "attachment_bodies",
        "ledger_entries",
        "search_entries",
    } <= {table for table, _ in before}
    assert places_of(MARK) == set()
    assert places_of("1234567") == set()
    assert chain.verify(db.session.connection()).fault is None


def test_the_bytes_of_the_file_and_its_log_hold_nothing_either(person):
    if not is_sqlite():
        pytest.skip("PostgreSQL sees to it with VACUUM")
    plant(person)
    db.session.commit()

    erase(person)

    path = Path(db.engine.url.database)
    kept = b"".join(one.read_bytes() for one in path.parent.glob(path.name + "*"))
    for word in (MARK, MARK.lower(), "+358401234567"):
        assert word.encode() not in kept


def test_a_holder_of_a_machine_stays_for_recalls_and_in_nothing_else(person, office):
    machine = make.device(serial="SP-1", built_on=date(2020, 5, 1))
    make.ownership(machine, person)
    plant(person)
    make.address(person, street="Postikatu 7")
    number = person.person_no

    erase(person)

    stays = db.session.get(Person, person.id)
    assert (stays.name, stays.person_no, stays.erased_on) == (f"{MARK} {MARK}nen", f"erased-{person.id}", clock.today())
    addresses = letter_addresses({(None, person.id)}, clock.today())
    assert [one.street for one in addresses[None, person.id]] == ["Postikatu 7"]
    kept = {("people", "first_name"), ("people", "last_name")}
    assert places_of(MARK) == kept
    assert places_of(number) == set()
    assert search.find(MARK) == []
    assert MARK not in office.get("/people/").text
    assert MARK not in office.get("/search?q=" + MARK).text.partition("<main")[2].replace(
        f'value="{MARK}"', ""
    ).replace(f"«{MARK}»", "")
    assert office.get(f"/people/{person.id}/edit").status_code == 404
    assert queries.erasure_of(person.id).stays_until == date(2030, 5, 1)


def test_what_was_forbidden_is_known_again_by_its_hash(person):
    plant(person)

    erase(person)

    again = make.person("Uusi", "Nimi", email=f"{MARK}@example.com")
    assert [row.purpose for row in remembered_of(again)] == [PurposeCode.MARKETING]


def test_an_erasure_and_what_it_emptied_are_never_undone(person):
    plant(person)
    earlier = [one.id for one in db.session.scalars(select(ChangeSet))]

    with ledger.change_set("decisions.erase", actor="staff:1") as act:
        actions.erase_person(person)
        db.session.commit()

    emptied = set(db.session.scalars(select(LedgerEntry.change_set_id).where(LedgerEntry.salt.is_(None))))
    assert undo.undoable([act.change_set_id]) == set()
    assert emptied
    assert undo.undoable(sorted(emptied & set(earlier))) == set()
    assert "erasures" in undo.undoable_tables()["never"]


def test_a_restored_backup_forgets_again_whom_the_register_outside_names(app, person, tmp_path):
    other, kept = make.person("Aino", "Aho"), Path(app.config["DATA_DIR"]) / "erasures.jsonl"
    erased_digest = queries.digest_of(person)
    register = tmp_path / "erasures.jsonl"
    lines = [{"person_id": person.id, "digest": erased_digest}, {"person_id": other.id, "digest": "f" * 64}]
    register.write_text("".join(json.dumps(line) + "\n" for line in lines))
    kept.unlink(missing_ok=True)

    first, second = actions.replay(register), actions.replay(register)
    written = [actions.keep_register(), actions.keep_register()]

    db.session.expire_all()
    assert (first, second) == ((1, [other.id]), (0, [other.id]))
    assert written == [1, 0]
    assert db.session.get(Person, person.id).erased_on == clock.today()
    assert db.session.get(Person, other.id).erased_on is None
    assert MARK not in kept.read_text()
    assert next(iter(queries.read_register(kept))) == (person.id, erased_digest)
    kept.unlink()


def test_who_has_the_id_and_number_of_somebody_lost_with_a_restore_is_not_taken_for_them(app, person, tmp_path):
    register, kept = tmp_path / "erasures.jsonl", queries.register_path()
    lost = {"person_id": person.id, "digest": keyed_hash("erased person", f"{person.person_no} {'0' * 64}")}
    register.write_text(json.dumps(lost) + "\n")
    kept.write_text(register.read_text())

    erased_again = actions.replay(register)
    actions.erase_person(person)
    db.session.commit()
    written = actions.keep_register()

    assert (erased_again, written) == ((0, [person.id]), 1)
    assert {entry.person_id for entry in queries.read_register(kept)} == {person.id}
    assert len(queries.read_register(kept)) == 2
    kept.unlink()


def test_others_keep_what_is_theirs(person):
    other = make.person("Aino", "Aho", email="aino@example.com")
    company = make.company("Louhinta Oy")
    shared = event("Tavattu", person, company)
    own = event("Ainon tapahtuma", other)
    file = db.session.scalar(select(Attachment).where(Attachment.event_id == own.id))

    erase(person)

    assert db.session.get(Event, shared.id).text == ""
    assert db.session.scalar(select(EventCompany).where(EventCompany.event_id == shared.id))
    assert db.session.get(Event, own.id).text == "Ainon tapahtuma"
    assert db.session.get(AttachmentBody, file.content_id)
    assert db.session.get(Person, other.id).erased_on is None


def test_every_personal_table_is_erased_or_has_a_ground():
    reached, waiting = {"people", "events", "attachment_bodies", *ELSEWHERE}, ["people", "events"]
    while waiting:
        for column in pointing_at(Base.metadata.tables[waiting.pop()]):
            declared = reference_of(column)
            goes = declared is None or declared.on_erase is OnErase.ERASE
            if goes and column.table.name not in reached:
                reached.add(column.table.name)
                waiting.append(column.table.name)
    personal = {name for name, table in Base.metadata.tables.items() if table.info.get("personal")}

    assert personal - reached - set(KEPT) == set(), "declare it with references, or give it a ground in erasures.rules"


def test_no_text_of_a_personal_row_survives_that_is_not_declared():
    for name in ("people", "addresses", "worksites", "events"):
        table = Base.metadata.tables[name]
        blanked = forgetting.blank_values(table, 1)
        texts = {
            c.name
            for c in table.columns
            if not c.foreign_keys and (rule := reference_of(c)) and rule.on_erase is OnErase.ERASE
        }
        assert texts <= set(blanked)
        assert not any(isinstance(c.type, LargeBinary) for c in table.columns)


def test_machines_keep_their_holders_for_ten_years_after_the_last_of_the_model():
    assert stays_until([date(2020, 2, 29), date(2018, 1, 1)]) == date(2030, 2, 28)
    assert stays_until([date(2020, 1, 1), None]) is None
    assert stays_until([]) is None
    assert stays_until([clock.today() - timedelta(days=1)]) > clock.today()
