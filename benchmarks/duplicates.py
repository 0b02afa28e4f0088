"""How rightly likely duplicates are told, and how long a scan of the whole register takes over a bare scan.

python benchmarks/duplicates.py [--contacts 10000]; prints a line a batch of labelled pairs (tests/likeness) and one of
the scan. The register: as many people, a fifth as many companies, one in fifty typed twice with a typing error or
another writing; SQLite, in a temporary folder, one process. The floor, measured in the same run, reads the same rows
by the driver and puts those together that have the very same phone number, e-mail address or name: nothing is folded,
compared or stored.
"""

import argparse
import random
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from floor import empty_register, insert
from search import FIRST, surname

from rockrobot.db import db
from rockrobot.duplicates.actions import scan
from rockrobot.search_words import fold
from tests.likeness.pairs import BATCHES, Pair, measure, read

PEOPLE_A_COMPANY, ONE_TWICE_IN = 5, 50
TRADES = "Louhinta Sora Kivi Betoni Kaivuu Kone Murske Sahaus Kuljetus Pora".split()  # noqa: SIM905


def mistyped(word: str, chance: random.Random) -> str:
    place = chance.randrange(1, len(word) - 1)
    return word[:place] + chance.choice((word[place + 1 :], word[place] + word[place:]))


def fill(driver: Any, contacts: int, chance: random.Random) -> int:
    """People with a phone, an e-mail address and a company; how many of them are there twice."""
    companies = [f"{surname(chance)}n {chance.choice(TRADES)} Oy" for _ in range(contacts // PEOPLE_A_COMPANY)]
    rows = ((n, f"A{n:07}", name, f"{n:07}-1") for n, name in enumerate(companies, 1))
    insert(driver, "companies", "id, customer_no, name, business_id", rows)
    people: list[tuple[str, str, str, int]] = []
    twice = contacts // ONE_TWICE_IN
    for number in range(contacts - twice):
        phone = f"+35840{chance.randrange(10**7):07}"
        people.append((chance.choice(FIRST), surname(chance), phone, number % len(companies) + 1))
    for first, last, phone, company in chance.sample(people, twice):
        people.append((first, mistyped(last, chance), phone, company))
    insert(
        driver,
        "people",
        "id, person_no, first_name, last_name",
        ((n, f"H{n:07}", *one[:2]) for n, one in enumerate(people, 1)),
    )
    calls = ((n, "mobile", one[2], one[2], "file") for n, one in enumerate(people, 1))
    insert(driver, "contact_points", "person_id, kind, raw, normal, source", calls)
    mail = (
        (n, "email", m, m, "file")
        for n, one in enumerate(people, 1)
        for m in [f"{fold(one[0])}.{fold(one[1])}@k{one[3]}.fi"]
    )
    insert(driver, "contact_points", "person_id, kind, raw, normal, source", mail)
    insert(
        driver,
        "affiliations",
        "person_id, company_id, is_primary",
        ((n, one[3], True) for n, one in enumerate(people, 1)),
    )
    places = ((n, "postal", f"Kivitie {n % 97}", f"{n % 1000:05}") for n in range(1, contacts + 1))
    insert(driver, "addresses", "person_id, kind, street, postcode", places)
    driver.execute("ANALYZE")
    return twice


def bare(driver: Any) -> int:
    """Ids by each phone number, e-mail address and name, as they are stored; how many groups have several."""
    groups: defaultdict[Any, list[int]] = defaultdict(list)
    for id_, first, last in driver.execute("SELECT id, first_name, last_name FROM people"):
        groups[first, last].append(id_)
    for id_, normal in driver.execute("SELECT person_id, normal FROM contact_points WHERE person_id IS NOT NULL"):
        groups[normal].append(id_)
    for table in ("companies", "addresses", "affiliations"):
        driver.execute(f"SELECT * FROM {table}").fetchall()
    return sum(len(ids) > 1 for ids in groups.values())


def told(name: str, pairs: list[Pair]) -> str:
    found = measure(pairs)
    count = f"{len(pairs)} pairs, {sum(pair.is_same for pair in pairs)} of them one"
    return (
        f"duplicates, {name}: {count}: recall {found.recall_percent:.1f} %, precision {found.precision_percent:.1f} %"
    )


def scanned(contacts: int) -> str:
    with tempfile.TemporaryDirectory() as folder, empty_register(Path(folder)).app_context():
        driver = db.engine.raw_connection().driver_connection
        driver.execute("BEGIN IMMEDIATE")
        twice = fill(driver, contacts, random.Random(1))
        driver.execute("COMMIT")
        begin = time.perf_counter()
        bare(driver)
        floor = time.perf_counter() - begin
        begin = time.perf_counter()
        found = scan()
        taken = time.perf_counter() - begin
        planted = "SELECT count(*) FROM duplicate_pairs WHERE kind = 'people' AND second_id > ?"
        caught = driver.execute(planted, (contacts - twice,)).fetchone()[0]
        db.session.remove()
        db.engine.dispose()
    pairs = found["people"]["pairs"] + found["companies"]["pairs"]
    ratio = f"{taken / floor:.0f} x the bare scan by the driver ({floor:.2f} s)"
    counts = f"{contacts} contacts, {caught} of {twice} planted pairs among {pairs}"
    return f"duplicates, scan: {counts} in {taken:.2f} s, {ratio}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, nargs="+", default=[10_000])
    for batch in BATCHES:
        print(told(batch, read(batch)), flush=True)
    print(told("all", [pair for batch in BATCHES for pair in read(batch)]), flush=True)
    for contacts in parser.parse_args().contacts:
        print(scanned(contacts), flush=True)


if __name__ == "__main__":
    main()
