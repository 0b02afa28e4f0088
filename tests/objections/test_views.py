"""Objections from the card to the list: in force at once, lifted by a newly recorded consent and by nothing else."""

from datetime import date, timedelta

import pytest
from sqlalchemy import event, func, select

from rockrobot import clock, ledger, undo
from rockrobot.chain import ChangeSet, LedgerEntry
from rockrobot.db import db
from rockrobot.objections import actions, queries
from rockrobot.objections.models import Consent, Objection, ObjectionLift, WrittenOnceError
from rockrobot.objections.rules import Channel, Reason, Told
from rockrobot.purposes.rules import PurposeCode
from tests import make

MARKETING, RELATIONS = PurposeCode.MARKETING, PurposeCode.RELATIONS
DAY = date(2026, 5, 1)


def objection(party, **rest):
    values = {"purpose": MARKETING, "channel": Channel.ALL, "told_on": DAY, "told": Told.PHONE}
    row = actions.record_objection(party, **(values | rest))
    db.session.commit()
    return row


def consent(party, **rest):
    values = {"purpose": MARKETING, "channel": Channel.ALL, "told_on": DAY, "told": Told.EMAIL, "wording": "Kyllä"}
    row = actions.record_consent(party, **(values | rest))
    db.session.commit()
    return row


def allowed(person, purpose=MARKETING, channel=Channel.LETTER):
    db.session.rollback()
    return queries.verdicts_of_people(purpose, channel, [person.id])[person.id].is_allowed


def test_the_card_leads_to_a_form_that_needs_no_more_than_its_button(office):
    person = make.person("Aino", "Aho")
    card = office.get(f"/people/{person.id}")
    form = office.get(f"/people/{person.id}/objections/new")

    answer = office.post(
        f"/people/{person.id}/objections/new",
        data={"purpose": "marketing", "channel": "all", "told": "phone", "told_on": "tänään"},
    )

    after = office.get(answer.location).text
    assert f"/people/{person.id}/objections/new" in card.text
    for chosen in ('value="marketing" checked', 'value="all" checked', f'value="{clock.today().day}.'):
        assert chosen in form.text
    assert "Kielto: Suoramarkkinointi" in after
    assert "Takaisinveto- ja turvallisuuskirje lähtee silti" in after
    assert "Kumoa" not in after.partition("<h1>")[0]


def test_an_objection_is_in_force_at_once_on_the_card_and_in_every_list(protection):
    person, company = make.person("Aino", "Aho"), make.company("Louhinta Oy")

    for kind, party in (("people", person), ("companies", company)):
        protection.post(
            f"/{kind}/{party.id}/objections/new",
            data={"purpose": "marketing", "channel": "email", "told": "letter", "told_on": "1.5.2026"},
        )

    badge = "Kielto: Suoramarkkinointi"
    assert badge in protection.get("/people/").text
    assert badge in protection.get("/companies/").text
    assert not allowed(person, channel=Channel.EMAIL)
    assert allowed(person, channel=Channel.LETTER)
    listed = protection.get("/objections/").text
    assert "Aino Aho" in listed
    assert "Louhinta Oy" in listed
    assert "1.5.2026" in listed


def test_the_list_is_narrowed_by_purpose_and_channel_and_logged(office):
    aino, eero = make.person("Aino", "Aho"), make.person("Eero", "Erkki")
    objection(aino, channel=Channel.SMS)
    objection(eero, purpose=None)

    by_sms = office.get("/objections/?channel=sms&purpose=marketing").text
    any_contact = office.get("/objections/?purpose=any").text
    none = office.get("/objections/?purpose=relations").text

    db.session.rollback()
    views = set(db.session.scalars(select(LedgerEntry.row_id).where(LedgerEntry.action == "view")))
    assert ("Aino Aho" in by_sms, "Eero Erkki" in by_sms) == (True, False)
    assert ("Aino Aho" in any_contact, "Eero Erkki" in any_contact) == (False, True)
    assert "Yhtään kieltoa ei löydy" in none
    assert views == {aino.id, eero.id}


def test_the_workshop_sees_no_objections(workshop):
    assert workshop.get("/objections/").status_code == 403


def test_a_persons_stops_include_those_of_their_company(database):
    company = make.company()
    person, stranger = make.person(company=company), make.person("Eero")

    objection(company)

    assert not allowed(person)
    assert allowed(stranger)


def test_a_marketing_objection_leaves_the_contract_and_the_recall_alone(database):
    person = make.person()

    objection(person)

    assert allowed(person, PurposeCode.RECALL, Channel.EMAIL)
    assert allowed(person, PurposeCode.CONTRACT, Channel.EMAIL)
    assert allowed(person, RELATIONS)


def test_a_new_consent_names_the_objection_that_it_lifts(office):
    person = make.person("Aino", "Aho")
    row = objection(person)

    answer = office.post(
        f"/people/{person.id}/consents/new",
        data={"purpose": "marketing", "channel": "all", "told": "email", "told_on": "2.5.2026", "wording": "Haluan."},
    )

    db.session.rollback()
    lift = db.session.scalars(select(ObjectionLift)).one()
    assert (lift.objection_id, lift.consent_id, lift.is_whole) == (row.id, db.session.scalar(select(Consent.id)), True)
    assert allowed(person)
    assert "kielto päättyi suostumukseen" in office.get(answer.location).text
    assert "Aino Aho" not in office.get("/objections/").text


def test_a_company_objects_and_consents_as_well(office):
    company = make.company()
    said = {"purpose": "marketing", "channel": "all", "told": "email", "told_on": "2.5.2026"}

    office.post(f"/companies/{company.id}/objections/new", data=said | {"told_on": "1.5.2026"})
    office.post(f"/companies/{company.id}/consents/new", data=said | {"wording": "Haluamme."})

    db.session.rollback()
    lift = db.session.scalars(select(ObjectionLift)).one()
    assert db.session.get(Objection, lift.objection_id).company_id == company.id
    assert db.session.get(Consent, lift.consent_id).company_id == company.id


def test_a_consent_older_than_the_objection_lifts_nothing(office):
    person = make.person()
    objection(person)

    answer = office.post(
        f"/people/{person.id}/consents/new",
        data={"purpose": "marketing", "channel": "all", "told": "email", "told_on": "30.4.2026", "wording": "Haluan."},
    )

    assert answer.status_code == 422
    assert "Vanhempi suostumus ei poista sitä" in answer.text
    assert not allowed(person)


def test_a_consent_to_one_channel_leaves_the_others_stopped(office):
    person = make.person()
    objection(person)

    consent(person, channel=Channel.EMAIL)

    assert allowed(person, channel=Channel.EMAIL)
    assert not allowed(person, channel=Channel.LETTER)
    assert office.get("/objections/?channel=letter").text.count('scope="row"') == 1
    assert office.get("/objections/?channel=email").text.count('scope="row"') == 0


def test_four_consents_to_four_channels_lift_the_whole_objection(database):
    person = make.person()
    objection(person)

    for channel in sorted(set(Channel) - {Channel.ALL}):
        consent(person, channel=channel)

    assert queries.find_objections()[0].total == 0
    assert allowed(person, channel=Channel.ALL)


def test_a_consent_to_marketing_does_not_lift_an_objection_to_contact(database):
    person = make.person()
    objection(person, purpose=None)

    consent(person)

    assert not allowed(person)
    consent(person, purpose=None)
    assert allowed(person)


def test_a_consent_taken_back_stops_at_once_and_a_new_one_opens_again(office):
    person = make.person()
    row = consent(person)

    answer = office.post(f"/consents/{row.id}/withdraw", data={"told": "phone", "told_on": "3.5.2026"})

    assert answer.status_code == 303
    verdict = queries.verdicts_of_people(MARKETING, Channel.EMAIL, [person.id])[person.id]
    assert (verdict.is_allowed, verdict.reason) == (False, Reason.CONSENT_WITHDRAWN)
    assert office.post(f"/consents/{row.id}/withdraw", data={"told": "phone", "told_on": "3.5.2026"}).status_code == 404
    consent(person, told_on=date(2026, 5, 4))
    assert allowed(person, channel=Channel.EMAIL)


def test_three_toggles_leave_three_rows(database):
    person = make.person()

    consent(person)
    objection(person)
    consent(person)

    counts = [db.session.scalar(select(func.count()).select_from(table)) for table in (Consent, Objection)]
    assert counts == [2, 1]


def test_electronic_marketing_to_a_prospect_waits_for_a_consent(database):
    prospect, customer = make.person(), make.person(contact_type="asiakas")

    assert not allowed(prospect, channel=Channel.EMAIL)
    assert allowed(prospect, channel=Channel.LETTER)
    assert allowed(customer, channel=Channel.EMAIL)
    assert allowed(prospect, PurposeCode.RECALL, Channel.EMAIL)
    consent(prospect, channel=Channel.EMAIL)
    assert allowed(prospect, channel=Channel.EMAIL)


# ---------- nothing else lifts it ----------


def newest_act():
    return db.session.scalar(select(func.max(ChangeSet.id)))


def test_an_objection_can_not_be_undone(office):
    person = make.person()
    office.post(
        f"/people/{person.id}/objections/new",
        data={"purpose": "marketing", "channel": "all", "told": "phone", "told_on": "1.5.2026"},
    )
    db.session.rollback()
    act = newest_act()

    answer = office.post(f"/history/{act}/undo", data={})

    assert answer.status_code == 303
    assert not undo.may_undo(act)
    assert not allowed(person)


def test_undoing_that_a_person_was_added_leaves_who_has_an_objection(office):
    office.post("/people/new", data={"first_name": "Aino", "last_name": "Aho"})
    db.session.rollback()
    added = newest_act()
    office.post(
        "/people/1/objections/new",
        data={"purpose": "marketing", "channel": "all", "told": "phone", "told_on": "1.5.2026"},
    )

    office.post(f"/history/{added}/undo", data={})

    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Objection)) == 1
    assert office.get("/people/1").status_code == 200


def test_a_change_of_what_was_recorded_is_refused(database):
    person = make.person()
    rows = [objection(person), consent(person)]

    for row in rows:
        row.told_on = DAY - timedelta(days=1)
        with pytest.raises(WrittenOnceError):
            db.session.flush()
        db.session.rollback()


def test_another_party_may_take_an_objection_over(database):
    one, other = make.person("Aino"), make.person("Aino")
    row = objection(one)

    row.person_id = other.id
    db.session.commit()

    assert allowed(one)
    assert not allowed(other)


def test_editing_a_person_lifts_nothing(office):
    person = make.person("Aino", "Aho")
    objection(person)

    office.post(
        f"/people/{person.id}/edit", data={"first_name": "Aino", "last_name": "Berg", "contact_type": "asiakas"}
    )

    assert not allowed(person)


def test_stops_of_many_cost_a_fixed_number_of_queries(database):
    def count(ids):
        seen = []
        watch = lambda *args: seen.append(args[2])  # noqa: E731 (the listener is taken off again by its name)
        event.listen(db.engine, "before_cursor_execute", watch)
        queries.verdicts_of_people(MARKETING, Channel.EMAIL, ids)
        event.remove(db.engine, "before_cursor_execute", watch)
        return len(seen)

    company = make.company()
    people = [make.person(f"P{n}", company=company) for n in range(12)]
    objection(company)
    for person in people[:6]:
        objection(person)

    few, many = count([people[0].id]), count([person.id for person in people])

    assert few == many


def test_every_objection_stands_in_the_ledger(database):
    with ledger.change_set("test.object", actor="staff:1"):
        row = objection(make.person())

    entry = db.session.scalars(select(LedgerEntry).where(LedgerEntry.table_name == "objections")).one()
    assert (entry.action, entry.row_id, entry.changes["purpose"]) == ("insert", row.id, [None, "marketing"])
