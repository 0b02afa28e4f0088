"""How much the trace costs over the bare SQL that fetches the same rows, and over the bare index read.

python benchmarks/trace.py [--devices 100000] [--rounds 7]; prints one line. SQLite, in a temporary folder, one process.
"""

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from floor import empty_register, insert

from rockrobot import collector
from rockrobot.db import db, reading
from rockrobot.traces import queries

DAY = date(2026, 11, 22)
FIRST = date(2016, 1, 1)
PARTS, PARTS_A_DEVICE, BATCHES_A_PART, SUBASSEMBLIES = 40, 10, 230, 8

CLOSURE = """WITH RECURSIVE bad(id) AS (SELECT id FROM batches WHERE id IN ({marks}) UNION
SELECT c.batch_id FROM batch_contents c JOIN bad ON c.contained_batch_id = bad.id) SELECT id FROM bad"""
BARE = """SELECT f.batch_id, f.fitted_on, f.removed_on, f.pieces, d.id, d.serial, m.model_code, t.fate, p.part_no,
b.supplier, b.batch_no, c.customer_no, c.name, c.country, c.language, a.id, a.country
FROM fittings f JOIN devices d ON d.id = f.device_id JOIN device_models m ON m.id = d.device_model_id
JOIN batches b ON b.id = f.batch_id JOIN parts p ON p.id = b.part_id
LEFT JOIN device_fates t ON t.device_id = d.id
LEFT JOIN ownerships o ON o.id = (SELECT id FROM ownerships WHERE device_id = d.id AND kind IN ('sold', 'resold')
  AND from_on <= ? AND (to_on IS NULL OR to_on > ?) ORDER BY from_on DESC LIMIT 1)
LEFT JOIN companies c ON c.id = o.company_id
LEFT JOIN addresses a ON a.id = (SELECT id FROM addresses WHERE company_id = c.id
  AND (valid_from IS NULL OR valid_from <= ?) AND (valid_to IS NULL OR valid_to > ?)
  ORDER BY CASE kind WHEN 'postal' THEN 0 WHEN 'visiting' THEN 1 ELSE 2 END, valid_from DESC LIMIT 1)
WHERE f.batch_id IN ({marks})"""
UNKNOWN = """SELECT f.device_id, f.fitted_on, f.removed_on, f.pieces FROM batches b JOIN fittings f
ON f.part_id = b.part_id AND f.batch_id IS NULL AND f.supplier IN ('', b.supplier)
AND f.fitted_on BETWEEN b.received_on AND b.used_up_on WHERE b.id IN ({marks})"""
INDEX = "SELECT batch_id, device_id, fitted_on, removed_on, pieces FROM fittings WHERE batch_id IN ({marks})"


def day(number: int) -> str:
    return (FIRST + timedelta(days=number)).isoformat()


def fittings(devices: int, chance: random.Random) -> Iterator[tuple[Any, ...]]:
    """Each machine has a part of ten kinds from the batch in use on its day; some are replaced, some lack the batch."""
    number = 0
    for device in range(1, devices + 1):
        built = chance.randrange(3600)
        for part in chance.sample(range(PARTS), PARTS_A_DEVICE):
            number += 1
            batch = part * BATCHES_A_PART + built * BATCHES_A_PART // 3600 + 1
            removed = day(built + 300) if chance.random() < 0.03 else None
            known = chance.random() > 0.01
            supplier = "Oy" if known else ""
            yield (number, device, part + 1, supplier, batch if known else None, day(built), removed, 1, "build")


def contents() -> Iterator[tuple[int, int, int]]:
    """The first parts go into the next ones: three levels over eight kinds of part."""
    for part in range(SUBASSEMBLIES - 2):
        for batch in range(BATCHES_A_PART):
            yield ((part + 2) * BATCHES_A_PART + batch + 1, part * BATCHES_A_PART + batch + 1, 1)


def fill(driver: Any, devices: int) -> None:
    chance = random.Random(1)
    insert(driver, "device_models", "id, model_code", ((n, f"RR-{n}") for n in range(1, 6)))
    insert(driver, "parts", "id, part_no", ((n, f"PT-{n}") for n in range(1, PARTS + 1)))
    insert(driver, "batches", "id, part_id, supplier, batch_no, received_on, used_up_on, quantity", batches())
    insert(driver, "batch_contents", "batch_id, contained_batch_id, pieces", contents())
    machines = ((n, n % 5 + 1, f"SN-{n:06}") for n in range(1, devices + 1))
    insert(driver, "devices", "id, device_model_id, serial", machines)
    fitted = "id, device_id, part_id, supplier, batch_id, fitted_on, removed_on, pieces, reason"
    insert(driver, "fittings", fitted, fittings(devices, chance))
    owners = devices // 3
    companies = ((n, f"A{n:06}", f"Kivi {n} Oy", "FI", "fi", "asiakas") for n in range(1, owners + 1))
    insert(driver, "companies", "id, customer_no, name, country, language, contact_type", companies)
    kept = ((n, kind, "FI", "2016-01-01") for n in range(1, owners + 1) for kind in ("postal", "visiting"))
    insert(driver, "addresses", "company_id, kind, country, valid_from", kept)
    insert(driver, "ownerships", "device_id, company_id, from_on, to_on, kind", chains(devices, owners, chance))
    driver.execute("ANALYZE")


def batches() -> Iterator[tuple[Any, ...]]:
    span = 3600 / BATCHES_A_PART
    for part in range(PARTS):
        for n in range(BATCHES_A_PART):
            began, ended = day(int(n * span)), day(int((n + 1) * span))
            yield (part * BATCHES_A_PART + n + 1, part + 1, "Oy", f"E{n:04}", began, ended, 1000)


def chains(devices: int, owners: int, chance: random.Random) -> Iterator[tuple[Any, ...]]:
    """Every machine is sold once; four in ten are resold."""
    for device in range(1, devices + 1):
        sold, owner = chance.randrange(3500), chance.randrange(owners) + 1
        resold = day(sold + 200) if chance.random() < 0.4 else None
        yield (device, owner, day(sold), resold, "sold")
        if resold:
            yield (device, owner % owners + 1, resold, None, "resold")


def closure(driver: Any, recalled: list[int]) -> tuple[list[int], str]:
    bad = [row[0] for row in driver.execute(CLOSURE.format(marks=",".join("?" * len(recalled))), recalled)]
    return bad, ",".join("?" * len(bad))


def bare(driver: Any, recalled: list[int]) -> int:
    """The same rows by plain statements of the driver, nothing decided."""
    bad, marks = closure(driver, recalled)
    on = DAY.isoformat()
    rows = driver.execute(BARE.format(marks=marks), (on, on, on, on, *bad)).fetchall()
    return len(rows) + len(driver.execute(UNKNOWN.format(marks=marks), bad).fetchall())


def index_read(driver: Any, recalled: list[int]) -> int:
    bad, marks = closure(driver, recalled)
    return len(driver.execute(INDEX.format(marks=marks), bad).fetchall())


def trace(recalled: list[int]) -> int:
    with reading():
        rows = queries.trace_batches(recalled, on=DAY)
        db.session.rollback()
    return len(rows)


def rounds(jobs: dict[str, Callable[[], int]], count: int) -> dict[str, float]:
    """Median seconds of each job, taken in turns so that noise falls on all alike."""
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(count):
        for name, job in jobs.items():
            begin = time.perf_counter()
            job()
            times[name].append(time.perf_counter() - begin)
    return {name: statistics.median(taken) for name, taken in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=100_000)
    parser.add_argument("--batches", type=int, default=30, help="how many are recalled at once")
    parser.add_argument("--rounds", type=int, default=9)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, empty_register(Path(folder)).app_context():
        driver = db.engine.raw_connection().driver_connection
        driver.execute("BEGIN")
        fill(driver, asked.devices)
        driver.execute("COMMIT")
        recalled = list(range(100, 100 + asked.batches))
        jobs = {
            "trace": lambda: trace(recalled),
            "bare": lambda: bare(driver, recalled),
            "index": lambda: index_read(driver, recalled),
        }
        rounds(jobs, 2)
        collector.settle()  # as wsgi.py does, now with the rows put in
        found, taken = trace(recalled), rounds(jobs, asked.rounds)
        made = driver.execute("SELECT count(*) FROM fittings").fetchone()[0]
    print(
        f"trace: {found} machines of {asked.devices} ({made} fittings) in {taken['trace'] * 1000:.1f} ms; "
        f"{taken['trace'] / taken['bare']:.2f} x bare SQL ({taken['bare'] * 1000:.1f} ms), "
        f"{taken['trace'] / taken['index']:.1f} x bare index read ({taken['index'] * 1000:.1f} ms)"
    )


if __name__ == "__main__":
    main()
