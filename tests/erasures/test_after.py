"""What goes out and what comes back once somebody was erased: the register's export, and the trash."""

from sqlalchemy import func, select

from rockrobot.chain import ChangeSet
from rockrobot.contacts.models import Person
from rockrobot.contacts.queries import person_with
from rockrobot.db import db
from rockrobot.erasures.actions import erase_person
from rockrobot.imports.queries import export_sheets
from tests import make


def sheets() -> dict[str, list[dict[str, object]]]:
    return {name: [dict(zip(header, row, strict=True)) for row in rows] for name, header, rows in export_sheets("en")}


def erase(person_id: int) -> None:
    erase_person(person_with(person_id))
    db.session.commit()
    db.session.expire_all()


def deleted_together(office, people: list[Person]) -> int:
    """Delete these people from the list, in one act; its id."""
    seen = f"{len(people)}/{len(people)}"
    office.post("/bulk/people", data={"act": "delete", "step": "confirm", "seen": seen, "ids": [p.id for p in people]})
    return db.session.scalar(select(func.max(ChangeSet.id)).where(ChangeSet.event == "bulk.delete"))


def test_the_export_says_nothing_of_who_was_erased_though_recalls_keep_them(database):
    machine, holder = make.device(serial="SP5-0147"), make.person("Aino", "Kanarinen")
    make.address(holder, street="Postikatu 7")
    make.ownership(machine, holder)
    number = holder.person_no

    erase(holder.id)
    told = sheets()

    text = str(told)
    assert not any(word in text for word in ("Aino", "Kanarinen", "Postikatu", number, "erased"))


def test_one_of_many_deleted_comes_back_though_another_of_them_was_erased_since(office):
    aino, eero = (make.person(first, "Aho") for first in ("Aino", "Eero"))
    aino_id, eero_id = aino.id, eero.id
    act = deleted_together(office, [aino, eero])
    office.post(f"/trash/{act}/{aino_id}/restore")

    erase(aino_id)
    page = office.get(f"/trash/{act}").text
    listed = office.get("/trash").text
    refused = office.post(f"/trash/{act}/{aino_id}/restore", follow_redirects=True).text
    answer = office.post(f"/trash/{act}/{eero_id}/restore", follow_redirects=True).text

    assert f"/trash/{act}/{eero_id}/restore" in page
    assert f"/trash/{act}/{aino_id}/restore" not in page
    assert "Palauta kaikki" not in page + listed
    assert "Palautettu." in answer
    assert "Palautettu" not in refused
    assert [person.first_name for person in db.session.scalars(select(Person).order_by(Person.id))] == ["", "Eero"]
