"""What the benchmarks share: an empty register in a folder, rows put in by the driver alone, a look at a page."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from flask import Flask, g
from flask_migrate import upgrade

from config import Config
from rockrobot import collector, create_app


def empty_register(folder: Path) -> Flask:
    """An app on a new SQLite database in the folder, its tables made."""
    url = f"sqlite:///{folder / 'bench.db'}"
    app = create_app(Config(secret_key="b" * 40, data_dir=folder, database_url=url, environment="development"))
    with app.app_context():
        upgrade()
    collector.settle()  # as wsgi.py does
    return app


def insert(driver: Any, table: str, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Rows put in by the driver's executemany, without ledger. Texts not named are empty."""
    named = columns.split(", ")
    empty: dict[str, str] = {}
    for _, name, kind, required, default, key in driver.execute(f"PRAGMA table_info({table})").fetchall():
        if name not in named and required and default is None and not key:
            empty[name] = "'[]'" if name == "hand_changed" else "''" if kind == "TEXT" else "0"
    marks = ", ".join(["?"] * len(named) + list(empty.values()))
    driver.executemany(f"INSERT INTO {table} ({', '.join([*named, *empty])}) VALUES ({marks})", rows)


def look(client: Any, address: str, **words: Any) -> Any:
    """The answer to a request whose sign-in is looked up as in any other: an outer context would keep the last one."""
    g.pop("_login_user", None)
    answer = client.get(address, **words)
    if answer.status_code != 200:
        raise SystemExit(f"{address} answers {answer.status_code}")
    return answer
