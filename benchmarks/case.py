"""What a recall case costs from the batch number to printable letters, and how long its pages take then.

python benchmarks/case.py [--affected 1000] [--devices 10000]; prints one line. A drill of one batch, each machine with
an owner of its own; SQLite, in a temporary folder, letters drawn by as many processes as there are cores, pages signed
in and logged. CPU seconds are those of this process and of the drawing ones.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from floor import empty_register, insert, look
from search import signed_in

from rockrobot import ledger
from rockrobot.attempts.actions import notify
from rockrobot.case_letters.actions import prepare_drill
from rockrobot.db import db
from rockrobot.recalls.actions import open_case
from rockrobot.recalls.models import RecallCase
from rockrobot.recalls.rules import CaseOpening, CaseOrigin
from rockrobot.traces.queries import find_batch

PAGES = {"case": "/recalls/1", "letters": "/recalls/1/letters", "texts": "/recalls/1/approval"}


def fill(driver: Any, devices: int, affected: int) -> None:
    """Machines with one part each, the first ones from the bad batch; a company and an address a machine."""
    numbers = range(1, devices + 1)
    insert(driver, "device_models", "id, model_code", [(1, "KR200")])
    insert(driver, "parts", "id, part_no", [(1, "PT-1")])
    insert(driver, "batches", "id, part_id, batch_no, quantity", ((n, 1, f"E{n}", devices) for n in (1, 2)))
    insert(driver, "devices", "id, device_model_id, serial", ((n, 1, f"SP-{n:06}") for n in numbers))
    fitted = "device_id, part_id, batch_id, fitted_on, pieces, reason"
    rows = ((n, 1, 1 if n <= affected else 2, "2023-01-01", 1, "build") for n in numbers)
    insert(driver, "fittings", fitted, rows)
    firms = ((n, f"A{n:06}", f"Kivi {n} Oy", "FI", "fi", "asiakas") for n in numbers)
    insert(driver, "companies", "id, customer_no, name, country, language, contact_type", firms)
    homes = ((n, "postal", f"Louhostie {n}", "33310", "Tampere", "FI", "2016-01-01") for n in numbers)
    insert(driver, "addresses", "company_id, kind, street, postcode, city, country, valid_from", homes)
    insert(
        driver, "ownerships", "device_id, company_id, from_on, kind", ((n, n, "2023-02-01", "sold") for n in numbers)
    )
    driver.execute("ANALYZE")


def letters() -> int:
    """From the batch number to letters that can be printed; how many batches of them."""
    batch = find_batch("PT-1", "", "E1")
    if batch is None:
        raise SystemExit("the batch is not there")
    with ledger.change_set("benchmark"):
        case = open_case(CaseOpening(CaseOrigin.BATCH, "Benchmark", is_drill=True, batch_ids=[batch.id]))
        prepare_drill(case)
        db.session.commit()
        return len(notify(db.session.get_one(RecallCase, case.id)))


def milliseconds(client: Any, address: str, samples: int) -> float:
    """The median of some requests after one that warms up."""
    taken = []
    for _ in range(samples + 1):
        begin = time.perf_counter()
        look(client, address)
        taken.append((time.perf_counter() - begin) * 1000)
    return statistics.median(taken[1:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=10_000)
    parser.add_argument("--affected", type=int, default=1_000)
    parser.add_argument("--samples", type=int, default=9)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, (app := empty_register(Path(folder))).app_context():
        driver = db.engine.raw_connection().driver_connection
        driver.execute("BEGIN")
        fill(driver, asked.devices, asked.affected)
        driver.execute("COMMIT")
        begin, own = time.perf_counter(), time.process_time()
        batches = letters()
        wall, own = time.perf_counter() - begin, time.process_time() - own
        db.session.remove()
        client = signed_in(app)
        pages = {name: milliseconds(client, address, asked.samples) for name, address in PAGES.items()}
        db.session.remove()
        db.engine.dispose()
    told = ", ".join(f"{name} {taken:.0f} ms" for name, taken in pages.items())
    print(
        f"case: {asked.affected} machines of {asked.devices}: {batches} batches of letters in {wall:.0f} s "
        f"({own:.0f} s of CPU in this process); pages {told}"
    )


if __name__ == "__main__":
    main()
