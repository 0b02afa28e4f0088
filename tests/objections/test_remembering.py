"""An objection outlives its party: as a keyed hash it stops whoever is the same, and a new consent lifts it."""

from datetime import date

import pytest
from sqlalchemy import func, select

from rockrobot import undo
from rockrobot.chain import ChangeSet
from rockrobot.contacts.models import Address, Affiliation, ContactPoint
from rockrobot.db import db
from rockrobot.keyed_hash import keyed_hash
from rockrobot.objections import actions, queries
from rockrobot.objections.models import Objection, RememberedObjection
from rockrobot.objections.rules import Channel, Reason, Told
from rockrobot.purposes.rules import PurposeCode
from tests import make

MARKETING = PurposeCode.MARKETING
DAY = date(2026, 5, 1)
KNOWN = {"direct_phone": "040 588 2755", "email": "aino@aho.example"}


def erased(party, **rest):
    """A party that objected, was remembered and is gone."""
    values = {"purpose": MARKETING, "channel": Channel.ALL, "told_on": DAY, "told": Told.PHONE}
    actions.record_objection(party, **(values | rest))
    actions.remember_after_erasure(party)
    for table in (Objection, ContactPoint, Address, Affiliation):
        for row in db.session.scalars(select(table)):
            db.session.delete(row)
    db.session.flush()
    db.session.delete(party)
    db.session.commit()


def verdict(person, purpose=MARKETING, channel=Channel.LETTER):
    db.session.rollback()
    return queries.verdicts_of_people(purpose, channel, [person.id])[person.id]


@pytest.mark.parametrize(
    ("first_name", "reached"),
    [("A.", {"email": "Aino@AHO.example"}), ("A.", {"direct_phone": "+358 (0)40 5882755"}), ("Aino", {})],
)
def test_who_comes_again_stands_under_the_old_objection(database, first_name, reached):
    first = make.person("Aino", "Aho", **KNOWN)
    make.address(first)
    erased(first)

    person = make.person(first_name, "Aho", **reached)
    make.address(person)

    assert verdict(person).reason is Reason.OBJECTION
    assert verdict(person, PurposeCode.RECALL).is_allowed


def test_somebody_else_does_not(database):
    first = make.person("Aino", "Aho", **KNOWN)
    make.address(first)
    erased(first)

    namesake, neighbour = make.person("Aino", "Aho", email="toinen@aho.example"), make.person("Eero", "Erkki")
    make.address(namesake, postcode="00100")
    make.address(neighbour)

    assert verdict(namesake).is_allowed
    assert verdict(neighbour).is_allowed


def test_what_is_kept_names_nobody_and_needs_the_secret(app, database):
    erased(make.person("Aino", "Aho", **KNOWN))

    kept = " ".join(str(value) for row in db.session.execute(select(RememberedObjection.__table__)) for value in row)

    assert not any(word in kept.lower() for word in ("aino", "aho", "5882755", "@"))
    assert db.session.scalar(select(func.count()).select_from(RememberedObjection)) == 2
    digest = keyed_hash("fingerprint of a party", "email aino@aho.example")
    assert digest in kept
    app.config["SECRET_KEY"], secret = "another secret altogether", app.config["SECRET_KEY"]
    assert keyed_hash("fingerprint of a party", "email aino@aho.example") != digest
    app.config["SECRET_KEY"] = secret
    assert keyed_hash("another label", "email aino@aho.example") != digest


def test_only_the_channels_that_stood_are_remembered(database):
    first = make.person("Aino", "Aho", **KNOWN)
    erased(first, channel=Channel.SMS)

    person = make.person("Aino", "Aho", **KNOWN)

    assert not verdict(person, channel=Channel.SMS).is_allowed
    assert verdict(person, channel=Channel.LETTER).is_allowed


def test_a_lifted_objection_is_not_remembered(database):
    person = make.person("Aino", "Aho", **KNOWN)
    values = {"purpose": MARKETING, "channel": Channel.ALL, "told_on": DAY, "told": Told.PHONE}
    actions.record_objection(person, **values)
    actions.record_consent(person, **values, wording="Kyllä")

    assert actions.remember_after_erasure(person) == 0


def test_adding_the_same_person_says_so_and_shows_it_everywhere(office):
    erased(make.person("Aino", "Aho", **KNOWN))

    added = office.post("/people/new", data={"first_name": "Aino", "last_name": "Aho", "email": "aino@aho.example"})

    card = office.get(added.location).text
    assert "Sama henkilö on aiemmin kieltänyt käytön." in card
    assert "Kielto ennen tietojen poistamista" in card
    assert "Kielto: Suoramarkkinointi" in office.get("/people/").text
    assert (
        "aino@aho.example"
        not in office.get("/exports/people/file?q=aho&purpose=marketing&channel=letter&file=csv").text
    )
    assert "aino@aho.example" in office.get("/exports/people/file?q=aho&purpose=recall&channel=letter&file=csv").text


def test_adding_the_same_company_says_so(office):
    erased(make.company("Louhinta Oy", email="info@louhinta.example"))

    added = office.post("/companies/new", data={"name": "Louhinta Oy", "email": "info@louhinta.example"})

    assert "Sama yritys on aiemmin kieltänyt käytön." in office.get(added.location).text
    assert "Kielto: Suoramarkkinointi" in office.get("/companies/").text


def test_an_imported_person_is_stopped_as_soon_as_they_are_there(app, office, tmp_path):
    erased(make.person("Aino", "Aho", **KNOWN))
    path = tmp_path / "henkilöt.csv"
    path.write_text("henkilönumero;etunimi;sukunimi;sähköposti\nP9;Aino;Aho;aino@aho.example\n", encoding="utf-8")

    result = app.test_cli_runner().invoke(args=["import", "register", str(path)])

    assert '"new": 1' in result.output
    assert "Kielto: Suoramarkkinointi" in office.get("/people/").text


def test_a_new_consent_lifts_what_was_remembered_and_names_it(database):
    erased(make.person("Aino", "Aho", **KNOWN))
    person = make.person("Aino", "Aho", **KNOWN)
    values = {"purpose": MARKETING, "channel": Channel.ALL, "told": Told.EMAIL, "wording": "Kyllä"}

    with pytest.raises(actions.OlderConsentError):
        actions.record_consent(person, told_on=date(2026, 4, 30), **values)
    assert not verdict(person).is_allowed
    actions.record_consent(person, told_on=date(2026, 5, 2), **values)
    db.session.commit()

    assert verdict(person).is_allowed
    lifted = queries.choices_of(person).lifted
    assert [(row.told_on, row.remembered_id is not None) for row, _ in lifted] == [(DAY, True)]


def test_what_is_remembered_can_not_be_undone(database):
    erased(make.person("Aino", "Aho", **KNOWN))

    assert not undo.may_undo(db.session.scalar(select(func.max(ChangeSet.id))))
