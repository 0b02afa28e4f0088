"""One typing error is forgiven: measured over a set that the test makes itself."""

import random

from rockrobot import ledger, search
from rockrobot.contacts.models import Company, Person
from rockrobot.db import db
from rockrobot.devices.models import Device
from rockrobot.search_words import fold
from tests import make

FIRST = tuple("Aino Matti Liisa Eero Sofia Olavi Helmi Juhani Kaarina Mikko Anna Antti Päivi Søren Ærø".split())  # noqa: SIM905
SYLLABLES = tuple("ka ki ko la le li ma me mi na ne pa pe ra ri sa se si ta te ti to va vi hä pö sy tö kø".split())  # noqa: SIM905
ENDS = ("nen", "la", "mäki", "joki", "salo")
TYPINGS, WANTED, SHOWN = 240, 0.95, 10


def register(chance: random.Random) -> list[tuple[str, str, int]]:
    """What is called how: people, companies and machines; (text, kind, id)."""
    model = make.device_model()
    stems = ["".join(chance.choice(SYLLABLES) for _ in range(chance.choice((2, 3)))) for _ in range(900)]
    names = [stem.capitalize() + chance.choice(ENDS) for stem in stems]
    people = [(chance.choice(FIRST), name) for name in names[:400]]
    rows = [{"person_no": f"P{n}", "first_name": f, "last_name": s} for n, (f, s) in enumerate(people)]
    ids = ledger.bulk_insert(Person.__table__, rows)
    called = [(f"{f} {s}", "person", id_) for (f, s), id_ in zip(people, ids, strict=True)]
    firms = [f"{name} {chance.choice(('Oy', 'Louhinta Oy', 'Kiviurakointi'))}" for name in names[400:700]]
    ids = ledger.bulk_insert(Company.__table__, [{"customer_no": f"A{n}", "name": f} for n, f in enumerate(firms)])
    called += zip(firms, ["company"] * len(firms), ids, strict=True)
    serials = [f"SP{chance.randrange(1, 9)}-{chance.randrange(10**6):06}" for _ in range(300)]
    serials = list(dict.fromkeys(serials))
    ids = ledger.bulk_insert(Device.__table__, [{"device_model_id": model.id, "serial": s} for s in serials])
    called += zip(serials, ["device"] * len(serials), ids, strict=True)
    db.session.commit()
    return called


def mistyped(text: str, chance: random.Random) -> str:
    """The text with one error: a sign left out, added, replaced, or two neighbours swapped."""
    signs = "0123456789" if any(sign.isdigit() for sign in text) else "abcdefghijklmnopqrstuvwxyzäö"
    while True:
        place, sign = chance.randrange(len(text)), chance.choice(signs)
        made = (
            text[:place] + text[place + 1 :],
            text[:place] + sign + text[place:],
            text[:place] + sign + text[place + 1 :],
            text[:place] + text[place + 1 : place + 2] + text[place] + text[place + 2 :],
        )[chance.randrange(4)]
        if fold(made) != fold(text):
            return made


def test_the_right_row_is_among_the_first_ten_in_nineteen_of_twenty(database):
    chance = random.Random(7)
    called = register(chance)
    missed = []

    for text, kind, id_ in chance.sample(called, TYPINGS):
        typed = mistyped(text, chance)
        found = [(hit.kind, hit.row_id) for hit in search.find(typed, limit=SHOWN)[:SHOWN]]
        if (kind, id_) not in found:
            missed.append((text, typed))

    assert len(missed) <= TYPINGS * (1 - WANTED), missed


def test_a_surname_alone_is_found_with_one_error(database):
    person = make.person("Mika", "Häkkinen")

    for typed in ("hakkinn", "häkkinenn", "häkkimen", "häkknien", "häkiknen"):
        assert [(hit.row_id, hit.is_near) for hit in search.find(typed, only=["person"])] == [(person.id, True)], typed


def test_two_errors_in_a_word_are_not_forgiven(database):
    make.person("Mika", "Häkkinen")

    assert search.find("häkimen") == []


def test_what_is_exactly_so_hides_what_is_only_nearly_so(database):
    exact = make.company("Aho")
    make.company("Aro")

    assert [hit.row_id for hit in search.find("aho")] == [exact.id]
