"""The command that imports contacts: what it says is what it does, twice changes nothing, undo leaves no trace."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from rockrobot import ledger, undo
from rockrobot.chain import ChangeSet, LedgerEntry, verify
from rockrobot.contact_columns.actions import keep_mapping
from rockrobot.contact_columns.queries import first_fields
from rockrobot.contact_columns.rules import Field
from rockrobot.contact_files.queries import plan_of
from rockrobot.contact_matches.models import ImportKey
from rockrobot.contact_rows.queries import read_contact_tables
from rockrobot.contacts import actions as contacts
from rockrobot.contacts.models import Address, Affiliation, Company, ContactPoint, Person
from rockrobot.contacts.rules import PointKind
from rockrobot.db import db
from rockrobot.duplicates.queries import waiting_pairs
from rockrobot.events.actions import delete_event
from rockrobot.events.models import Event, EventCompany, EventPerson
from rockrobot.events.queries import timeline_of
from rockrobot.events.rules import Channel
from rockrobot.exchange.queries import FILE_MESSAGES
from rockrobot.workbooks import FileError
from tests import make
from tests.conftest import SHARED
from tests.contact_files.lists import CARDS, table, write_all

TABLES = [Company, Person, Affiliation, ContactPoint, Address, ImportKey, Event, EventPerson, EventCompany]


def run(app: Flask, path: Path, *words: str) -> tuple[dict[str, int], str, int]:
    """The counts that the command printed last, all it printed, its exit code."""
    db.session.rollback()
    result = app.test_cli_runner().invoke(args=["import", "contacts", str(path), *words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    db.session.rollback()
    return json.loads(result.stdout.strip().splitlines()[-1]), result.output, result.exit_code


@contextmanager
def counted() -> Iterator[list[str]]:
    """The questions asked meanwhile."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def snapshot() -> dict[str, list[tuple[object, ...]]]:
    db.session.rollback()
    return {
        model.__tablename__: [tuple(row) for row in db.session.execute(select(model.__table__).order_by(model.id))]
        for model in TABLES
    }


def newest_change_set() -> int:
    return db.session.scalars(select(ChangeSet.id).order_by(ChangeSet.id.desc()).limit(1)).one()


def names() -> set[str]:
    db.session.rollback()
    return {person.name for person in db.session.scalars(select(Person))}


def points_of(person: Person) -> set[tuple[str, str]]:
    rows = db.session.scalars(select(ContactPoint).where(ContactPoint.person_id == person.id))
    return {(row.kind.value, row.normal) for row in rows}


def test_every_shape_of_file_says_what_it_does_changes_nothing_twice_and_is_undone_whole(app, database, tmp_path):
    for path in write_all(tmp_path):
        before = snapshot()

        planned, told, code = run(app, path, "--dry-run")
        assert snapshot() == before, path.name
        done, _, _ = run(app, path, "--take-good")
        act = newest_change_set()
        after = snapshot()
        again, _, _ = run(app, path, "--take-good")

        assert planned == done, path.name
        assert (done["new"] > 0, done["refused"], code) == (True, 0, 0), (path.name, told)
        assert (again["new"], again["changed"]) == (0, 0), path.name
        assert again["unchanged"] == sum(done.values()), path.name
        assert snapshot() == after, path.name
        undone = undo.undo(act)
        db.session.commit()
        assert undone.left == [], path.name
        assert snapshot() == before, path.name
    assert verify(db.session.connection()).fault is None


@pytest.mark.skipif(not SHARED.exists(), reason="the real files are not here")
def test_real_cards_say_what_they_do_and_change_nothing_twice(app, database):
    for path in sorted((SHARED / "data/real/vcard").glob("*.vcf")):
        planned, told, _ = run(app, path, "--dry-run")
        done, _, _ = run(app, path, "--take-good")
        again, _, _ = run(app, path, "--take-good")
        assert planned == done, (path.name, told)
        assert (again["new"], again["changed"]) == (0, 0), path.name


def test_a_row_becomes_a_person_with_company_phones_mail_and_addresses(app, database, tmp_path):
    write_all(tmp_path)
    run(app, tmp_path / "outlook.csv")

    aapo = db.session.scalars(select(Person).where(Person.last_name == "Ahola")).one()
    work = db.session.scalars(select(Affiliation).where(Affiliation.person_id == aapo.id)).one()
    address = db.session.scalars(select(Address).where(Address.person_id == aapo.id)).one()
    company = work.company
    switchboard = db.session.scalars(select(ContactPoint).where(ContactPoint.company_id == company.id)).one()
    assert (aapo.first_name, aapo.language, work.title, company.name) == (
        "Aapo Johannes",
        "fi",
        "toimitusjohtaja",
        "Kivityö Ahola Oy",
    )
    assert points_of(aapo) == {
        ("direct", "+35821234567"),
        ("mobile", "+358405882755"),
        ("email", "aapo@kivityo.example"),
    }
    assert (switchboard.kind, switchboard.normal) == (PointKind.SWITCHBOARD, "+35821234000")
    assert (address.kind, address.street, address.postcode, address.country) == (
        "visiting",
        "Kivitie 1",
        "32800",
        "FI",
    )


def test_old_cards_with_quoted_printable_in_two_alphabets_are_read(app, database, tmp_path):
    write_all(tmp_path)
    run(app, tmp_path / "kortit2.vcf")

    urho = db.session.scalars(select(Person).where(Person.last_name == "Häkkinen")).one()
    address = db.session.scalars(select(Address).where(Address.person_id == urho.id)).one()
    assert points_of(urho) == {
        ("mobile", "+358401231234"),
        ("direct", "+35891231234"),
        ("email", "urho@hakkinen.example"),
    }
    assert (address.street, address.city, address.country) == ("Mäkitie 10", "Hanko", "FI")


def test_a_broken_card_is_a_refused_row_and_the_others_come_in(app, database, tmp_path):
    path = tmp_path / "rikki.vcf"
    path.write_text(CARDS["3.0"].replace("END:VCARD\n", "", 1) + CARDS["4.0"] + "BEGIN:VCARD\nN:Kesken;Jäi\n", "utf-8")

    counts, told, code = run(app, path, "--take-good")

    assert (counts["new"], counts["refused"], code) == (3, 2, 1)
    assert "kortti jää kesken" in told
    assert {"Toni Toivonen", "Venla Virta"} == names()


def test_numbers_that_a_spreadsheet_spoiled_are_told_and_kept_as_text(app, database, tmp_path):
    write_all(tmp_path)
    _, told, _ = run(app, tmp_path / "pilattu.csv")

    raws = {row.raw: row.note for row in db.session.scalars(select(ContactPoint))}
    assert "on pilannut numeron 4,05E+11" in told
    assert "alusta puuttuu ehkä nolla tai maatunnus: 405882755" in told
    assert "pilannut" in raws["4,05E+11"]
    assert raws["405882755"] == ""


def test_an_objection_column_is_ignored_with_a_hint(app, database, tmp_path):
    write_all(tmp_path)
    _, told, _ = run(app, tmp_path / "oma.csv", "--dry-run")

    assert "ohitettu sarake: Ei markkinointia kielto tai suostumus kirjataan henkilön kortille" in told
    assert "ohitettu sarake: Lisätietoja" not in told


def notes_of(subject: Person | Company) -> list[tuple[Channel, str, str]]:
    db.session.rollback()
    return [(event.channel, event.source.value, event.text) for event in timeline_of(subject).found.rows]


@pytest.mark.parametrize(
    ("name", "last_name", "told"),
    [
        ("outlook.csv", "Ahola", (Channel.NOTE, "outlook", "Tavattu messuilla")),
        ("kortit3.vcf", "Salo", (Channel.NOTE, "file", "Tavattu\nmessuilla")),
    ],
)
def test_a_note_of_a_list_stands_on_the_timeline(app, database, tmp_path, name, last_name, told):
    write_all(tmp_path)
    run(app, tmp_path / name, "--take-good")

    person = db.session.scalars(select(Person).where(Person.last_name == last_name)).one()

    assert notes_of(person) == [told]


def test_a_note_changed_in_its_source_is_one_more_and_one_deleted_here_does_not_come_back(app, database, tmp_path):
    row = {"nimi": "Aino Aho", "puhelin": "0405882755"}
    run(app, one_row(tmp_path, **row, muistiinpano="Soita aamulla", kommentti="soita  AAMULLA"))
    person = db.session.scalars(select(Person)).one()
    first = notes_of(person)
    counts, _, _ = run(app, one_row(tmp_path, **row, muistiinpano="Soita illalla"))
    both = notes_of(person)
    with ledger.change_set("test"):
        delete_event(db.session.scalars(select(Event).where(Event.text == "Soita illalla")).one())
        db.session.commit()

    again, _, _ = run(app, one_row(tmp_path, **row, muistiinpano="Soita illalla"))

    assert [text for *_, text in first] == ["Soita aamulla"]
    assert counts["changed"] == 1
    assert {text for *_, text in both} == {"Soita aamulla", "Soita illalla"}
    assert again["unchanged"] == 1
    assert [text for *_, text in notes_of(person)] == ["Soita aamulla"]


def test_the_same_note_from_another_program_is_no_second_one(app, database, tmp_path):
    run(app, one_row(tmp_path, Name="Aino Aho", **{"E-mail 1 - Value": "a@aho.example", "Notes": "Tavattu messuilla"}))
    path = one_row(tmp_path, nimi="Aino Aho", **{"Email Address": "a@aho.example", "Notes": "tavattu messuilla"})

    run(app, path)

    assert len(notes_of(db.session.scalars(select(Person)).one())) == 1


def test_the_note_of_a_row_without_a_person_is_its_companys(app, database, tmp_path):
    run(app, one_row(tmp_path, yritys="Louhinta Oy", muistiinpano="Maksaa hitaasti"))

    assert notes_of(db.session.scalars(select(Company)).one()) == [(Channel.NOTE, "file", "Maksaa hitaasti")]


def test_a_note_edited_since_stays_when_its_import_is_undone(app, database, tmp_path):
    run(app, one_row(tmp_path, nimi="Aino Aho", muistiinpano="Soita aamulla"))
    act = newest_change_set()
    with ledger.change_set("test"):
        db.session.scalars(select(Event)).one().text = "Soita illalla"
        db.session.commit()

    undone = undo.undo(act)
    db.session.commit()

    assert "events" in {table for table, _ in undone.left}
    assert [row.text for row in db.session.scalars(select(Event))] == ["Soita illalla"]


def one_row(tmp_path: Path, **cells: str) -> Path:
    path = tmp_path / "yksi.csv"
    path.write_text(table(list(cells), [list(cells.values())], ";"), "utf-8")
    return path


def test_a_row_that_fits_two_people_is_refused(app, database, tmp_path):
    for _ in range(2):
        make.person("Aino", "Aho", email="aino@aho.example")

    counts, told, code = run(app, one_row(tmp_path, nimi="aino aho", email="Aino@aho.example", puhelin="0401234567"))

    assert (counts["refused"], code) == (1, 1)
    assert "kirjoita henkilönumero" in told


def test_a_row_that_nearly_fits_somebody_waits_for_a_persons_word(app, database, tmp_path):
    known = make.person("Aino", "Aho", email="aino@aho.example")
    number = known.person_no

    waits, told, _ = run(app, one_row(tmp_path, nimi="Aino Aho", puhelin="0401234567"), "--take-good")
    said, _, _ = run(app, one_row(tmp_path, nimi="Aino Aho", puhelin="0401234567", henkilönumero=number))
    other, _, _ = run(app, one_row(tmp_path, nimi="Aino Aho", puhelin="0509999999", henkilönumero="uusi"))

    assert (waits["duplicate"], waits["new"]) == (1, 0)
    assert number in told
    assert (said["changed"], other["new"]) == (1, 1)


def test_a_shared_address_alone_makes_nobody_the_same(app, database, tmp_path):
    make.person("Eero", "Erkki", email="info@kivi.example")

    counts, _, _ = run(app, one_row(tmp_path, nimi="Aino Aho", email="info@kivi.example"))

    assert counts["new"] == 1


def test_an_empty_cell_never_erases_and_a_new_number_takes_the_place_of_the_sources_old_one(app, database, tmp_path):
    run(app, one_row(tmp_path, nimi="Aino Aho", email="a@aho.example", matkapuhelin="040 111 1111", titteli="myyjä"))
    run(app, one_row(tmp_path, nimi="Aino Aho", email="a@aho.example", matkapuhelin="", titteli=""))
    kept = points_of(db.session.scalars(select(Person)).one())
    counts, _, _ = run(app, one_row(tmp_path, nimi="Aino Aho", email="a@aho.example", matkapuhelin="040 222 2222"))

    person = db.session.scalars(select(Person)).one()
    assert ("mobile", "+358401111111") in kept
    assert counts["changed"] == 1
    assert points_of(person) == {("mobile", "+358402222222"), ("email", "a@aho.example")}
    assert db.session.scalars(select(Affiliation)).one().title == "myyjä"


def test_what_a_person_changed_by_hand_wins_over_the_file(app, database, tmp_path):
    path = one_row(tmp_path, nimi="Aino Aho", email="a@aho.example", matkapuhelin="040 111 1111", titteli="myyjä")
    run(app, path)
    person = db.session.scalars(select(Person)).one()
    mobile = db.session.scalars(select(ContactPoint).where(ContactPoint.kind == PointKind.MOBILE)).one()
    contacts.change_point(mobile, raw="050 999 9999")
    contacts.change(person, last_name="Virtanen")
    db.session.commit()

    counts, _, _ = run(app, path, "--take-good")

    assert (counts["changed"], counts["new"]) == (0, 0)
    assert names() == {"Aino Virtanen"}
    assert points_of(person) == {("mobile", "+358509999999"), ("email", "a@aho.example")}


def test_undo_of_an_import_keeps_what_was_edited_since_and_names_it(app, database, tmp_path):
    write_all(tmp_path)
    run(app, tmp_path / "oma.csv")
    act = newest_change_set()
    jaana = db.session.scalars(select(Person).where(Person.last_name == "Järvi")).one()
    contacts.change(jaana, last_name="Lampi")
    db.session.commit()

    undone = undo.undo(act)
    db.session.commit()

    assert ("people", jaana.id) in undone.left
    assert names() == {"Jaana Lampi"}


def test_undo_of_an_import_takes_back_its_updates_too(app, database, tmp_path):
    run(app, one_row(tmp_path, nimi="Aino Aho", email="a@aho.example", puhelin="0401111111", katuosoite="Kivitie 1"))
    before = snapshot()
    cells = {"puhelin": "0402222222", "katuosoite": "Hiekkatie 2", "yritys": "Uusi Oy", "kieli": "sv"}
    counts, _, _ = run(app, one_row(tmp_path, nimi="Aino Aho", email="a@aho.example", **cells))

    undo.undo(newest_change_set())
    db.session.commit()

    assert counts["changed"] == 1
    assert snapshot() == before


def test_a_merged_person_is_found_as_the_one_that_was_kept(app, database, tmp_path):
    path = one_row(tmp_path, nimi="Aino Aho", email="a@aho.example")
    run(app, path)
    merged = db.session.scalars(select(Person)).one()
    kept = make.person("Aino", "Aho-Virtanen")
    contacts.change(merged, merged_into_id=kept.id)
    db.session.commit()

    counts, _, _ = run(app, path)

    assert (counts["new"], counts["duplicate"]) == (0, 0)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "vcf"])
@pytest.mark.parametrize("subject", ["people", "companies"])
def test_what_went_out_comes_in_without_change(app, office, tmp_path, subject, kind):
    company = make.company("Louhinta, Oy", switchboard="02 123 4567", email="=info@louhinta.example", country="SE")
    make.address(company, street="-katu 1", country="SE")
    for _ in range(2):
        aino = make.person("Aino", "Aho", company=company, title="+myyjä", direct_phone="08-123 456")
        make.address(aino, country="SE")
    make.person("Eero", "Erkki")
    answer = office.get(f"/exports/{subject}/file?responsible=none&purpose=recall&channel=letter&file={kind}")
    path = tmp_path / f"ulos.{kind}"
    path.write_bytes(answer.data)
    before = snapshot()

    counts, told, _ = run(app, path, "--take-good")

    assert answer.status_code == 200
    assert counts == {"new": 0, "changed": 0, "unchanged": 3 if subject == "people" else 1} | {
        "duplicate": 0,
        "refused": 0,
    }, told
    assert snapshot() == before


@pytest.mark.skipif(not SHARED.exists(), reason="the real files are not here")
def test_real_workbooks_are_read_or_told(app, database):
    told, read = set(), 0
    for path in sorted((SHARED / "data/real/xlsx").glob("*.xlsx")):
        try:
            tables = read_contact_tables(path)
        except FileError as error:
            told.add(error.code)
            continue
        for one in tables:
            read += len(one.rows)
            assert len(plan_of(one, first_fields(one.header, one.texts())[0]).rows) == len(one.rows), path.name

    assert read
    assert told <= FILE_MESSAGES.keys()


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("tyhja.csv", b""),
        ("nulleja.csv", b"nimi;puhelin\r\nA\0ino Aho;0401234567\r\n"),
        ("leveä.csv", b",".join(b"a" for _ in range(1_000_000))),
        ("iso.csv", b"nimi\n" + b"x" * 200_000),
        ("ei-kortti.vcf", b"\x89PNG\r\n\x1a\n"),
        ("kesken.vcf", b"BEGIN:VCARD\nBEGIN:VCARD\nBEGIN:VCARD"),
        ("kuva.png", b"\x89PNG"),
        ("pommi.xlsx", b"PK\x03\x04 broken"),
    ],
)
def test_hostile_files_are_told_and_nothing_lands(app, database, tmp_path, name, body):
    (tmp_path / name).write_bytes(body)

    counts, told, code = run(app, tmp_path / name)

    assert (counts["new"], counts["changed"]) == (0, 0)
    assert (code, "Traceback" in told) == (1, False)


def test_formulas_stay_text(app, database, tmp_path):
    formula = '=HYPERLINK("http://evil.example";1)'
    run(app, one_row(tmp_path, nimi=formula, yritys="@SUM(1)", email="a@aho.example"))

    assert names() == {formula}


def test_a_long_list_is_planned_and_taken_in_a_constant_number_of_questions(app, database, tmp_path):
    counts = []
    for size in (50, 500):
        rows = [[f"Testi{n} Henkilö{size}x{n}", f"t{n}@s{size}.example", f"Oy {n % 20}"] for n in range(size)]
        path = tmp_path / f"{size}.csv"
        path.write_text(table(["Nimi", "Email", "Yritys"], rows), "utf-8")
        with counted() as asked:
            run(app, path)
        counts.append(len(asked))

    assert counts[1] <= counts[0] + 5


def test_a_kept_mapping_is_used_by_name_and_offered_for_the_same_header(app, database, tmp_path):
    header = ["Kuka", "Mistä", "Mihin soitan"]
    keep_mapping("messut", header, [Field.FULL_NAME, Field.COMPANY, Field.MOBILE])
    db.session.commit()
    path = tmp_path / "messut.csv"
    path.write_text(table(header, [["Aino Aho", "Kivi Oy", "0401234567"]]), "utf-8")

    counts, told, _ = run(app, path, "--mapping", "messut", "--dry-run")
    offered, name = first_fields(header, [])

    assert counts["new"] == 1
    assert "Mihin soitan: mobile" in told
    assert (offered, name) == ([Field.FULL_NAME, Field.COMPANY, Field.MOBILE], "messut")


# ---------- possible duplicates ----------


def queued() -> set[tuple[str, int, int]]:
    db.session.rollback()
    return {(pair.kind.value, *pair.ids) for pair in waiting_pairs().rows}


def viewed() -> list[int]:
    """Ids of the people of whom a view stands in the ledger, the first first."""
    db.session.rollback()
    views = select(LedgerEntry.row_id).where(LedgerEntry.action == "view", LedgerEntry.table_name == "people")
    return list(db.session.scalars(views.order_by(LedgerEntry.id)))


def test_a_row_that_is_likely_somebody_is_told_with_the_reason_and_queued_at_once(app, database, tmp_path):
    known = make.person("Matti", "Virtanen", direct_phone="+358 40 588 2755", company=make.company("Louhinta Oy"))
    path = one_row(tmp_path, nimi="Matti Virtnen", yritys="Louhinta Oy")

    _, tried, code = run(app, path, "--dry-run")
    before = queued()
    counts, _, _ = run(app, path)
    new = db.session.scalars(select(Person).where(Person.last_name == "Virtnen")).one()

    told = f"mahdollinen kaksoiskappale: Matti Virtanen ({known.person_no}), lähes sama nimi, sama yritys"
    assert told in tried
    assert (code, before, counts["new"]) == (0, set(), 1)
    assert viewed() == [known.id, known.id]
    assert queued() == {("people", known.id, new.id)}


def test_a_new_company_that_is_likely_one_is_told_and_queued_too(app, database, tmp_path):
    known = make.company("Louhinta Virta Oy", switchboard="020 123 4567")
    row = {"nimi": "Aino Aho", "yritys": "Virta Louhinta", "vaihde": "020 123 4567"}

    _, told, _ = run(app, one_row(tmp_path, **row))
    new = db.session.scalars(select(Company).where(Company.id != known.id)).one()

    assert f"mahdollinen kaksoiskappale: Louhinta Virta Oy ({known.customer_no}), sama puhelin" in told
    assert queued() == {("companies", known.id, new.id)}


def test_a_row_that_is_nobody_is_not_told_and_undo_of_the_import_empties_the_queue(app, database, tmp_path):
    make.person("Matti", "Virtanen", direct_phone="+358 40 588 2755", company=make.company("Louhinta Oy"))

    _, told, _ = run(app, one_row(tmp_path, nimi="Raija Salo", puhelin="040 588 2755"))
    nobody = queued()
    run(app, one_row(tmp_path, nimi="Virtanen Matti", yritys="Louhinta Oy"))
    somebody = queued()
    undo.undo(newest_change_set())
    db.session.commit()

    assert "kaksoiskappale" not in told
    assert (nobody, len(somebody), queued()) == (set(), 1, set())


def test_one_who_waits_for_a_word_is_told_with_the_reason_and_queued_when_taken_as_new(app, database, tmp_path):
    known = make.person("Matti", "Virtanen", direct_phone="+358 40 588 2755")
    path = one_row(tmp_path, nimi="M. Virtanen", puhelin="040 588 2755", henkilönumero="")

    _, told, code = run(app, path)
    run(app, one_row(tmp_path, nimi="M. Virtanen", puhelin="040 588 2755", henkilönumero="uusi"))

    assert f"ehkä jo rekisterissä: Matti Virtanen ({known.person_no}), sama puhelin, nimi lyhennettynä." in told
    assert code == 1
    assert viewed()[0] == known.id
    assert [ids[0] for _, *ids in queued()] == [known.id]


def test_in_a_long_list_likely_rows_are_told_as_in_a_short_one(app, database, tmp_path):
    known = make.person("Matti", "Virtanen")
    strangers = [[f"{letter}{other}inen Raija", ""] for letter in "BCDFGHJKLM" for other in "aeiouyäörstv"]
    path = tmp_path / "pitka.csv"
    path.write_text(table(["nimi", "puhelin"], [*strangers, ["Virtanen Matti", ""]], ";"), "utf-8")

    with counted() as asked:
        planned = plan_of(tables := read_contact_tables(path)[0], first_fields(tables.header, tables.texts())[0])
    alike = [(row.contact.number, [one.id for one in row.alike]) for row in planned.rows if row.alike]

    assert alike == [(122, [known.id])]
    assert len(asked) < 40
