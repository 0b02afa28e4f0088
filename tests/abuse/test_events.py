"""Every class of event that matters is written down, under a name that the house knows."""

from sqlalchemy import select

from rockrobot.chain import ChangeSet
from rockrobot.db import db
from rockrobot.staff.models import SignInFact
from rockrobot.staff.rules import Outcome
from tests import make
from tests.access_table import kept_lines
from tests.conftest import ON_ONE_DATABASE

pytestmark = ON_ONE_DATABASE  # no matter of the database
CALL = {"channel": "phone", "direction": "in", "on": "eilen", "at": "12.00", "text": "Soitti", "people": 1}
ANOTHER = "ruosteinen vasara kolmas"
NEW_MEMBER = {"name": "Uusi", "email": "uusi@rockrobot.example", "role": "workshop"}
PURPOSE = {"purpose": "marketing", "channel": "letter", "file": "csv", "responsible": "none"}
CLASSES = {
    "reading": {"people.show", "desk.search", "prints.person"},
    "deletion": {"events.delete", "trash.delete_person"},
    "copies": {"exports.download"},
    "permissions": {"staff.new", "staff.deactivate", "networks.new"},
    "keys": {"passwords.make_link", "passwords.change", "second_factors.start"},
    "settings": {"organisation.edit"},
    "work": {"events.new", "people.new"},
}


def test_each_class_of_event_is_written_down_under_a_name_of_the_table(app, office, administrator, stranger):
    """L2: reading, deletion, copies, permissions, keys, settings, work; and how tries to sign in ended."""
    person = make.person("Aino", "Aho", email="aino@kivi.example")
    office.post("/people/new", data={"last_name": "Erkki", "language": "fi"})
    office.post(f"/people/{person.id}/events/new", data=CALL)
    for path in (f"/people/{person.id}", "/search?q=aho", f"/people/{person.id}/card.pdf"):
        office.get(path)
    office.get("/exports/people/file", query_string=PURPOSE)
    office.post("/events/1/delete")
    office.post(f"/people/{person.id + 1}/delete")
    office.post("/account/password", data={"password": make.PASSWORD, "new_password": ANOTHER, "again": ANOTHER})
    administrator.post("/staff/new", data=NEW_MEMBER)
    administrator.post(f"/staff/{office.member_id}/link")
    administrator.post("/account/second-factor/start")
    administrator.post("/networks/new", data={"name": "Toimisto", "cidr": "127.0.0.0/24"})
    administrator.post("/organisation/edit", data={"name": "Kivi Oy", "country": "FI"})
    administrator.post(f"/staff/{office.member_id}/deactivate")
    stranger.post("/sign-in", data={"email": "nobody@kivi.example", "password": "arvaus arvaus arvaus"})

    db.session.rollback()
    seen = set(db.session.scalars(select(ChangeSet.event)))
    missing = {name: wanted - seen for name, wanted in CLASSES.items() if wanted - seen}
    assert missing == {}, sorted(seen)
    assert seen - {line["event"] for line in kept_lines()} <= {"test"}
    assert Outcome.TURNED_AWAY in set(db.session.scalars(select(SignInFact.outcome)))
