"""How fast parties come in from a file, ledger on, and how much that costs over the driver's bare executemany.

python benchmarks/import.py [--parties 40000] [--rounds 3]; prints one line. Parties are companies, and as many people,
each employed by one; every party has a postal address and two contact points. SQLite, in a temporary folder,
one process; each round fills a database of its own. The floor puts the same rows into the same tables, already read.
"""

import argparse
import csv
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from floor import empty_register, insert

from rockrobot import ledger
from rockrobot.db import db, reading
from rockrobot.exchange.queries import read_register
from rockrobot.import_plans.rules import totals
from rockrobot.imports import actions, queries
from rockrobot.imports.rules import plan_import

HEADERS = {
    "companies": "customer_no,name,business_id,country,language,switchboard,email,contact_type",
    "people": "person_no,first_name,last_name,customer_no,title,direct_phone,email,language",
    "addresses": "customer_no,person_no,kind,street,postcode,city,country,valid_from",
}


def company(number: int) -> tuple[str, ...]:
    switchboard = f"+358 20 {number:07}"
    return (f"A{number:06}", f"Kivi {number} Oy", "", "FI", "fi", switchboard, f"info@kivi{number}.example", "asiakas")


def person(number: int) -> tuple[str, ...]:
    phone, email = f"+358 40 {number:07}", f"aino.{number}@kivi{number}.example"
    return (f"H{number:06}", "Aino", f"Louhija {number}", f"A{number:06}", "Toimitusjohtaja", phone, email, "fi")


def address(number: int) -> tuple[str, ...]:
    return (f"A{number:06}", "", "postal", f"Louhoskuja {number}", "33310", "Tampere", "FI", "2020-01-01")


def home(number: int) -> tuple[str, ...]:
    return ("", f"H{number:06}", "postal", f"Kotikuja {number}", "33310", "Tampere", "FI", "2020-01-01")


ROWS: dict[str, tuple[Callable[[int], tuple[str, ...]], ...]] = {
    "companies": (company,),
    "people": (person,),
    "addresses": (address, home),
}


def write_register(folder: Path, pairs: int) -> Path:
    folder.mkdir()
    for name, header in HEADERS.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header.split(","))
            writer.writerows(make(number) for number in range(1, pairs + 1) for make in ROWS[name])
    return folder


def take_in(path: Path) -> int:
    """What the command does: read, compare with what is stored, write with ledger."""
    register = read_register(path)
    with reading():
        stored = queries.stored_for(read.sheet.name for read in register.sheets)
        plans = plan_import(register.sheets, stored)
        db.session.rollback()
    with ledger.change_set("cli:import register", actor="cli:bench", is_import=True):
        actions.apply_plan(plans, stored)
    return totals(plans)["new"]


def bare_rows(pairs: int) -> dict[str, tuple[str, list[tuple[Any, ...]]]]:
    """The same rows as the tables keep them."""
    numbers = range(1, pairs + 1)
    return {
        "companies": (
            "customer_no, name, business_id, country, language, contact_type",
            [(*company(number)[:5], company(number)[7]) for number in numbers],
        ),
        "people": (
            "person_no, first_name, last_name, language, contact_type",
            [(*person(number)[:3], person(number)[7], "") for number in numbers],
        ),
        "affiliations": (
            "person_id, company_id, title, role, is_primary",
            [(number, number, person(number)[4], "", True) for number in numbers],
        ),
        "contact_points": (
            "company_id, person_id, kind, raw, normal, extension, note, source, is_primary",
            [row for number in numbers for row in points(number)],
        ),
        "addresses": (
            "company_id, person_id, kind, street, postcode, city, country, valid_from",
            [(*owner, *made[2:]) for n in numbers for owner, made in (((n, None), address(n)), ((None, n), home(n)))],
        ),
    }


def points(number: int) -> Iterator[tuple[Any, ...]]:
    """The four contact points of a party as their table keeps them."""
    _, _, _, _, _, switchboard, mail, _ = company(number)
    _, _, _, _, _, direct, own_mail, _ = person(number)
    for owner, kind, raw in (
        ((number, None), "switchboard", switchboard),
        ((number, None), "email", mail),
        ((None, number), "direct", direct),
        ((None, number), "email", own_mail),
    ):
        yield (*owner, kind, raw, raw, "", "", "file", True)


def put_in(rows: dict[str, tuple[str, list[tuple[Any, ...]]]]) -> int:
    driver = db.engine.raw_connection().driver_connection
    driver.execute("BEGIN IMMEDIATE")
    for table, (columns, values) in rows.items():
        insert(driver, table, columns, values)
    driver.execute("COMMIT")
    return sum(len(values) for _, values in rows.values())


def in_fresh_databases(work: Callable[[], int], rows: int, rounds: int) -> Iterator[float]:
    """Seconds that the work took in each of so many empty registers."""
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder, empty_register(Path(folder)).app_context():
            begin = time.perf_counter()
            made = work()
            yield time.perf_counter() - begin
            assert made == rows, f"{made} rows instead of {rows}"
            db.engine.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parties", type=int, default=40_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        pairs = asked.parties // 2
        path = write_register(Path(folder) / "register", pairs)
        rows, count = bare_rows(pairs), pairs * sum(len(make) for make in ROWS.values())
        stored = sum(len(values) for _, values in rows.values())
        ours = statistics.median(in_fresh_databases(lambda: take_in(path), count, asked.rounds))
        bare = statistics.median(in_fresh_databases(lambda: put_in(rows), stored, asked.rounds))
    print(
        f"import: {asked.parties} parties ({stored} rows) in {ours:.2f} s, {asked.parties / ours:.0f} parties/s; "
        f"{ours / bare:.1f} x bare executemany ({bare:.2f} s, {asked.parties / bare:.0f} parties/s)"
    )


if __name__ == "__main__":
    main()
