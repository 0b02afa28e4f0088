"""By which steps SQLite answers, and which large tables it reads from one end to the other."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

# What grows with the register and its years; parts, models, staff and settings stay few.
LARGE = {
    "addresses", "affiliations", "attempt_units", "attempts", "case_units", "companies", "contact_points",
    "device_fates", "devices", "duplicate_pairs", "event_companies", "event_devices", "event_people", "events",
    "fittings", "ledger_entries", "letters", "ownerships", "people", "replies", "search_entries", "taggings",
    "unit_steps", "worksite_stays", "worksites",
}  # fmt: skip
SCAN = re.compile(r"SCAN (\w+?)(_\d+)?\b")
IS_THE_NEWEST = re.compile(r"ORDER BY \w+\.id DESC\s+LIMIT", re.ASCII)


@contextmanager
def planned(engine: Engine) -> Iterator[list[str]]:
    """The steps by which SQLite does the statements inside: complete when the block is left."""
    said: list[tuple[str, Any]] = []
    steps: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> None:
        if statement.startswith(("SELECT", "WITH")) and not IS_THE_NEWEST.search(statement):
            said.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield steps
    finally:
        event.remove(engine, "before_cursor_execute", note)
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        for statement, values in said:
            steps += [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}", values)]


def read_through(steps: list[str]) -> set[str]:
    """The large tables that these steps read whole."""
    return {name[1] for step in steps if (name := SCAN.match(step))} & LARGE
