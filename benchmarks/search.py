"""How long a search takes while one types, page and query, and how much the query costs over a bare trigram query.

python benchmarks/search.py [--contacts 100000 1000000] [--samples 40]; prints one line a size. As many machines as
contacts; SQLite, in a temporary folder, one process, views logged. Each sample is one of the classes of queries in
turn: name, surname, beginning, company, phone in many writings, four digits, e-mail, serial, one typing error, two
words, nothing. The bare query asks the trigram index for the same words and reads 50 rows, nothing ranked.
"""

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from flask import Flask
from floor import empty_register, insert, look

from rockrobot import collector, ledger, search, search_upkeep
from rockrobot.access import Role
from rockrobot.db import db, reading
from rockrobot.search_words import fold
from rockrobot.staff import actions as staff
from rockrobot.staff.queries import row_of_key

SYLLABLES = "ka ki ko la le li ma me mi na ne ni pa pe ra ri ro sa se si ta te ti to va ve vi ja ju hä pö sy".split()  # noqa: SIM905
FIRST = "Aino Matti Liisa Eero Sofia Olavi Helmi Juhani Kaarina Mikko Anna Antti Päivi Timo".split()  # noqa: SIM905
PEOPLE_A_COMPANY, SHOWN = 5, 50
BARE = """SELECT e.kind, e.row_id FROM search_fts f JOIN search_entries e ON e.id = f.rowid
WHERE search_fts MATCH ? AND instr(e.words, ?) > 0 LIMIT 50"""


def surname(chance: random.Random) -> str:
    stem = "".join(chance.choice(SYLLABLES) for _ in range(chance.choice((2, 2, 3, 3, 4))))
    return stem.capitalize() + chance.choice(("nen", "nen", "la", "lä", "mäki", "joki", ""))


def fill(driver: Any, contacts: int, chance: random.Random) -> list[tuple[str, str, str]]:
    """People with a phone, an e-mail address and a company that some have left, and machines; (first, last, phone)."""
    companies = contacts // PEOPLE_A_COMPANY
    names = [(f"{surname(chance)} {chance.choice(('Oy', 'Louhinta Oy', 'Kivi Oy'))}",) for _ in range(companies)]
    rows = ((n, f"A{n:07}", names[n - 1][0], f"{n:07}-1") for n in range(1, companies + 1))
    insert(driver, "companies", "id, customer_no, name, business_id", rows)
    people = [(chance.choice(FIRST), surname(chance), f"+35840{chance.randrange(10**7):07}") for _ in range(contacts)]
    rows = ((n, f"H{n:07}", first, last) for n, (first, last, _) in enumerate(people, 1))
    insert(driver, "people", "id, person_no, first_name, last_name", rows)
    mail = (
        (n, "email", m, m, "file")
        for n, (f, s, _) in enumerate(people, 1)
        for m in [f"{fold(f)}.{fold(s)}@{n % 5000}.fi"]
    )
    insert(driver, "contact_points", "person_id, kind, raw, normal, source", mail)
    calls = ((n, "direct", phone, phone, "file") for n, (_, _, phone) in enumerate(people, 1))
    insert(driver, "contact_points", "person_id, kind, raw, normal, source", calls)
    left = ((n, n % companies + 1, "2024-01-01" if n % 3 else None, bool(n % 3)) for n in range(1, contacts + 1))
    insert(driver, "affiliations", "person_id, company_id, to_on, is_primary", left)
    insert(driver, "device_models", "id, model_code", ((n, f"KR{n}00") for n in range(1, 6)))
    machines = ((n, n % 5 + 1, f"SP{n % 5 + 1}-{n:07}") for n in range(1, contacts + 1))
    insert(driver, "devices", "id, device_model_id, serial", machines)
    driver.execute("ANALYZE")
    return people


def spelled(phone: str, chance: random.Random) -> str:
    rest = phone[4:]
    home = f"0{rest[:2]} {rest[2:5]} {rest[5:]}"
    return chance.choice((phone, home, home.replace(" ", ""), f"+358 (0){rest[:2]}-{rest[2:]}", f"00358{rest}"))


def mistyped(word: str, chance: random.Random) -> str:
    place = chance.randrange(1, len(word) - 1)
    swapped = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    left_out, added = word[:place] + word[place + 1 :], word[:place] + chance.choice("aeiklnst") + word[place:]
    return chance.choice((swapped, left_out, added, word[:place] + "x" + word[place + 1 :]))


def typings(people: list[tuple[str, str, str]], chance: random.Random) -> Iterator[str]:
    """What somebody types, one class of query after the other."""
    while True:
        (first, last, phone), number = chance.choice(people), chance.randrange(1, len(people))
        yield f"{first} {last}"
        yield last
        yield last[: max(3, len(last) - 2)]
        yield f"{last[1:]} louh"
        yield spelled(phone, chance)
        yield phone[-4:]
        yield f"{fold(first)}.{fold(last)}@"
        yield f"SP{number % 5 + 1}-{number:07}"
        yield f"{number:07}"[-5:]
        yield mistyped(last, chance)
        yield f"{mistyped(last, chance)} {first}"
        yield f"{surname(chance)} kivi"
        yield "xqzw" + last


def bare(driver: Any, typed: str) -> int:
    needle = max(fold(typed).split(), key=len)
    grams = dict.fromkeys(needle[place : place + 3] for place in range(len(needle) - 2))
    return len(driver.execute(BARE, (" AND ".join(f'"{gram}"' for gram in grams), needle)).fetchall())


def query(typed: str) -> int:
    with reading():
        found = len(search.find(typed, limit=8))
        db.session.rollback()
    return found


def signed_in(app: Flask) -> Any:
    with ledger.change_set("benchmark"):
        key = staff.sign_in(staff.make_member("B", "b@bench.example", Role.CUSTOMER_CARE, "benchmark password"))
        staff.say_purpose(row_of_key(key), "contact")
        db.session.commit()
    client = app.test_client()
    with client.session_transaction() as session:
        session["sign_in"] = key
    return client


def timed(job: Callable[[str], object], typed: str) -> float:
    begin = time.perf_counter()
    job(typed)
    return (time.perf_counter() - begin) * 1000


def line(contacts: int, samples: int) -> str:
    chance = random.Random(1)
    with tempfile.TemporaryDirectory() as folder, (app := empty_register(Path(folder))).app_context():
        driver = db.engine.raw_connection().driver_connection
        driver.execute("BEGIN IMMEDIATE")
        people = fill(driver, contacts, chance)
        driver.execute("COMMIT")
        begin = time.perf_counter()
        search_upkeep.rebuild(db.session.connection())
        db.session.commit()
        built, client = time.perf_counter() - begin, signed_in(app)
        jobs: dict[str, Callable[[str], object]] = {
            "bare": lambda typed: bare(driver, typed),
            "query": query,
            "page": lambda typed: look(client, "/search", query_string={"q": typed}),
        }
        texts, taken = typings(people, chance), {name: [] for name in jobs}  # type: dict[str, list[float]]
        for typed in [next(texts) for _ in range(26)]:
            [job(typed) for job in jobs.values()]
        collector.settle()  # as wsgi.py does, now with the rows put in
        for typed in [next(texts) for _ in range(13 * samples)]:
            for name, job in jobs.items():
                taken[name].append(timed(job, typed))
        db.session.remove()
        db.engine.dispose()
    cuts = {name: statistics.quantiles(times, n=20) for name, times in taken.items()}
    told = ", ".join(f"{name} p50 {cut[9]:.1f} p95 {cut[18]:.1f} ms" for name, cut in cuts.items())
    ratio = cuts["query"][9] / cuts["bare"][9]
    return f"search: {contacts} contacts, {contacts} machines: {told}; query {ratio:.1f} x bare; built in {built:.0f} s"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--samples", type=int, default=40, help="of each class of query")
    asked = parser.parse_args()
    for contacts in asked.contacts:
        print(line(contacts, asked.samples), flush=True)


if __name__ == "__main__":
    main()
