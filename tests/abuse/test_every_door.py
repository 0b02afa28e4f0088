"""No door answers with a fault, whatever is sent to it, and one that refuses has changed nothing.

One database tries half of the doors with the first role that may open them, the other one the rest; make soak tries all
of them on both with every role, hundreds of times.
"""

import re
import zlib

import pytest
from flask import abort, request

from rockrobot.access import Role, allow
from rockrobot.db import db, is_sqlite
from rockrobot.parts.models import Part
from tests.abuse.fuzz import Door, Fuzz, doors_of, sign_in_again
from tests.abuse.house import House
from tests.test_access_table import digest

CARD = re.compile(r"_id>$|/$")  # pages of a row and of a list, on which most buttons stand


def is_ours(door: Door) -> bool:
    """True for the half of the doors that this database tries; what leads to one address goes together."""
    return zlib.crc32(door[0].encode()) % 2 == int(is_sqlite())


def test_no_door_has_a_fault_and_what_is_sent_to_a_closed_one_changes_nothing(app, house: House):
    """I7, L4, A5, C8, C13, C21: odd, huge, double, unreadable and missing values in every place of a request."""
    fuzz, tried = Fuzz(app), set[Door]()

    for role, visitor in house.items():
        open_, _closed = doors_of(app, role)
        cards = [door for door in open_ if door[1] == "GET" and CARD.search(door[0]) and door not in fuzz.tried]
        fuzz.try_doors(visitor, cards, examples=0)
        fuzz.try_doors(visitor, [door for door in open_ if is_ours(door) and door not in tried])
        tried.update(open_)
    for visitor in house.values():
        sign_in_again(visitor)  # so that nobody does while the closed doors are tried
    before = digest()
    for role, visitor in house.items():
        _open, closed = doors_of(app, role)
        forms = [door for door in closed if door[1] == "POST" and is_ours(door)]
        fuzz.try_doors(visitor, forms, **{"HX-Request": "true"})

    assert not fuzz.faults, "\n".join(fuzz.faults)
    assert {name for name, rows in digest().items() if rows != before[name]} == set()
    assert len([door for door, forms in fuzz.seen.forms.items() if forms and door[1] == "POST"]) > 60


def broken_page() -> str:
    """Breaks at what is no number, and at nothing else."""
    return str(int(request.args.get("q") or 0))


def hasty_form() -> str:
    """Writes first and asks then: what CVE-2026-41160 did."""
    db.session.add(Part(part_no=request.form.get("part_no", "")[:9] or "x", name="hasty"))
    db.session.commit()
    abort(403)


@pytest.mark.parametrize(
    ("view", "door", "told"),
    [
        (broken_page, ("/parts/", "GET"), "ValueError"),
        (hasty_form, ("/parts/new", "POST"), "403, but something was written"),
    ],
)
def test_a_door_that_breaks_or_writes_before_it_asks_is_found(app, workshop, monkeypatch, view, door, told):
    """The control: the same requests find a fault that was put there."""
    workshop.name, fuzz = "workshop", Fuzz(app)
    fuzz.try_doors(workshop, [("/parts/", "GET"), ("/parts/new", "GET")])
    assert not fuzz.faults, "\n".join(fuzz.faults)
    endpoint = "parts.index" if door[1] == "GET" else "parts.new"
    monkeypatch.setitem(app.view_functions, endpoint, allow(*Role, event="test.broken")(view))

    fuzz.try_doors(workshop, [door], examples=12)

    assert any(told in fault for fault in fuzz.faults)
