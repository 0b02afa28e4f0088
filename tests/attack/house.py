"""The app as the scanners meet it: a furnished register, one member of each role, in production settings."""

import io
import re
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from flask_migrate import upgrade

from rockrobot import clock, create_app, ledger
from rockrobot.access import Role
from rockrobot.cli.demo import machine_picture
from rockrobot.db import db
from tests import make
from tests.attack.gate import Gate, gate_to
from tests.attack.people import Somebody
from tests.conftest import Visitor, settings, visitor
from tests.register import write_zip
from tests.server import Server
from tests.walk import Walk, ok, work

OWN_NUMBERS = {role: number for number, role in enumerate(Role, 1)}
# What ends the scanner's own sign-in, or keeps everybody out, ends the scan: it is not passed on.
CLOSED = re.compile(
    r"POST (/sign-out|/sign-in(/.*)?|/account/sign-ins/.*|/networks/rules"
    rf"|/staff/{OWN_NUMBERS[Role.ADMINISTRATOR]}/.*)"
)
FRESH_EVERY_S = 60
VCARD = b"BEGIN:VCARD\r\nVERSION:3.0\r\nN:Dahl;Daavid;;;\r\nFN:Daavid Dahl\r\nTEL:040 1234567\r\nEND:VCARD\r\n"
LIST = b"Etunimi;Sukunimi;Matkapuhelin\r\nElsa;Ek;040 7654321\r\n"


def email_of(role: Role) -> str:
    return f"{role.value.replace('_', '.')}@rockrobot.example"


def furnish(folder: Path) -> None:
    """A database with the small register, a recall with letters under way, and one member of each role."""
    app = create_app(settings(folder, f"sqlite:///{folder / 'rockrobot.db'}"))
    app.test_client_class = Visitor
    with app.app_context(), ledger.change_set("furnish", actor="test"):
        upgrade()
        for role in Role:
            make.staff_member(role, name=role.value, email=email_of(role))
        walk = Walk(visitor(app, Role.CUSTOMER_CARE, "Olga Office"), visitor(app, Role.CUSTOMER_CARE, "Esa Esimies"))
        walk.import_register(write_zip(folder / "register.zip"))
        walk.open_case("PT-1", "Tiiviste Oy", "E001")
        walk.write_texts()
        walk.approve()
        walk.print_letters()
        walk.post_letters()
        fill_in(walk)
        db.session.remove()
        db.engine.dispose()


def fill_in(walk: Walk) -> None:
    """A row of each kind that the register and the recall leave out, so that every screen has something to attack."""
    office, today = walk.office, {"told_on": "tänään", "told": "phone", "purpose": "marketing"}
    _, reference, units = next(letter for letter in walk.letters() if letter[2])
    walk.reply(reference, "sold", units[:1], new_name="Uusi Oy", new_street="Tie 1", new_postcode="1", new_city="Pori")
    call = {"channel": "phone", "direction": "in", "on": "tänään", "at": "0.00", "text": "Soitti.", "people": ["1"]}
    photo = {"files": (io.BytesIO(machine_picture("KR-1")), "kuva.png")}
    sent = (
        ("/recalls/", {"origin": "batch", "batch_id": "4", "title": "Venttiili"}),
        (
            "/companies/1/worksites/new",
            {
                "name": "Louhos",
                "street": "Tie 1",
                "access_note": "",
                "postcode": "28100",
                "city": "Pori",
                "country": "FI",
                "position": "61.5, 21.8",
            },
        ),
        ("/people/1/consents/new", today | {"channel": "email", "wording": "Kyllä"}),
        ("/people/2/objections/new", today | {"channel": "all"}),
        ("/people/1/events/new", call | photo | {"due": "week", "assigned_to": str(OWN_NUMBERS[Role.CUSTOMER_CARE])}),
        ("/tags/people/1/new", {"names": "Messut"}),
        ("/saved-filters/people/new?language=fi", {"name": "Suomeksi", "is_shared": "y"}),
        ("/people/new", {"first_name": "Aino", "last_name": "Aho", "language": "fi", "mobile": "0405882755"}),
        ("/contact-files/", {"file": (io.BytesIO(VCARD), "kortti.vcf")}),
        ("/contact-files/", {"file": (io.BytesIO(LIST), "lista.csv")}),
        ("/duplicates/scan", {}),
    )
    for path, fields in sent:
        ok(office.post(path, data=fields))
    work()


@contextmanager
def opened(furnished: Path, folder: Path) -> Iterator[Server]:
    """The app on a copy of the furnished folder, without a proxy, as on a developer's machine."""
    shutil.copytree(furnished, folder)
    server = Server(folder, {"ROCKROBOT_DEMO": "0"})
    server.start_web()
    try:
        yield server
    finally:
        server.stop()


class Entered(NamedTuple):
    """A server of its own for one member, and the gate in front of it."""

    server: Server
    gate: Gate
    somebody: Somebody


@contextmanager
def entered(furnished: Path, folder: Path, role: Role) -> Iterator[Entered]:
    """The app on a copy of the furnished folder, behind TLS as it seems, with one member signed in and kept fresh."""
    shutil.copytree(furnished, folder)
    with gate_to(0) as gate:
        server = Server(folder, {"ROCKROBOT_ENV": "production", "ROCKROBOT_SECOND_FACTOR": "optional"} | behind(gate))
        gate.behind = server.port
        server.start_web()
        done = threading.Event()
        keeper = threading.Thread(target=keep_fresh, args=(folder / "rockrobot.db", done))
        keeper.start()
        try:
            somebody = Somebody(gate.base).sign_in(email_of(role), make.PASSWORD)
            gate.closed = CLOSED
            yield Entered(server, gate, somebody)
        finally:
            done.set()
            keeper.join()
            server.stop()


def behind(gate: Gate) -> dict[str, str]:
    """The settings of an app behind one proxy that ends TLS."""
    return {
        "ROCKROBOT_DEMO": "0",
        "ROCKROBOT_BASE_URL": gate.base.replace("http://", "https://"),
        "ROCKROBOT_PROXY_HOPS": "1",
    }


def keep_fresh(database: Path, done: threading.Event) -> None:
    """Let every sign-in count as just used and proved: weighty acts are attacked too, also on a machine that slept.

    By the database: whoever proves it on the screen gets another cookie, and the scanner has the old one.
    """
    while not done.wait(FRESH_EVERY_S):
        with closing(sqlite3.connect(database, timeout=10)) as connection, connection:
            connection.execute(
                "UPDATE sign_ins SET confirmed_at = :now, seen_at = :now", {"now": f"{clock.now():%F %T.%f}"}
            )
