"""How long a page of a list takes, by filter and sort, and how much that is over a page of the usual order.

python benchmarks/lists.py [--contacts 100000] [--samples 20]; prints one line a list. As many machines as contacts, a
fifth as many companies, a tag on every tenth row; SQLite, in a temporary folder, one process, views logged. A page is
asked for as a browser does: counted, cut to 50 rows, with the row of kept filters over it.
"""

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from floor import empty_register, insert, look
from search import fill, signed_in

from rockrobot.db import db

ASKED = {
    "people": ("", "sort=-name", "sort=number", "sort=type", "sort=-added", "tag=1", "type=asiakas", "page=1500"),
    "companies": ("", "sort=-name", "sort=number", "sort=country", "tag=1", "type=asiakas", "page=300"),
    "devices": ("", "sort=serial", "sort=-built", "model=1", "tag=1", "owner=unknown", "page=1500"),
}


def add_tags(driver: Any, contacts: int) -> None:
    """A tag on every tenth person, company and machine, and a kind on every second party."""
    insert(driver, "tags", "id, name, name_key", [(1, "VIP", "vip")])
    for key, count in (("person_id", contacts), ("company_id", contacts // 5), ("device_id", contacts)):
        insert(driver, "taggings", f"tag_id, {key}", ((1, n) for n in range(10, count + 1, 10)))
    for table in ("people", "companies"):
        driver.execute(f"UPDATE {table} SET contact_type = 'asiakas' WHERE id % 2")


def milliseconds(client: Any, address: str, samples: int) -> float:
    """The median of some requests after two that warm up."""
    taken = []
    for _ in range(samples + 2):
        begin = time.perf_counter()
        look(client, address)
        taken.append((time.perf_counter() - begin) * 1000)
    return statistics.median(taken[2:])


def lines(contacts: int, samples: int) -> Iterator[str]:
    """One line a list: the usual page, and the others as its multiples."""
    with tempfile.TemporaryDirectory() as folder, (app := empty_register(Path(folder))).app_context():
        driver = db.engine.raw_connection().driver_connection
        driver.execute("BEGIN IMMEDIATE")
        fill(driver, contacts, random.Random(1))
        add_tags(driver, contacts)
        driver.execute("COMMIT")
        client = signed_in(app)
        for place, asked in ASKED.items():
            usual, *others = ((words, milliseconds(client, f"/{place}/?{words}", samples)) for words in asked)
            told = ", ".join(f"{words} {taken / usual[1]:.1f} x" for words, taken in others)
            yield f"lists: {contacts} contacts: {place} p50 {usual[1]:.0f} ms; {told}"
        db.session.remove()
        db.engine.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--samples", type=int, default=20)
    asked = parser.parse_args()
    for line in lines(asked.contacts, asked.samples):
        print(line, flush=True)


if __name__ == "__main__":
    main()
