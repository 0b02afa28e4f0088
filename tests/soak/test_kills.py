"""Power cuts: web and worker killed at any moment lose nothing that was acknowledged, and do nothing twice."""

import http.cookiejar
import os
import random
import re
import sqlite3
import threading
import time
import urllib.parse
import urllib.request
from collections import Counter
from pathlib import Path

import pytest

from tests.register import upload_of, write_zip
from tests.server import PASSWORD, Server

KILLS = int(os.environ.get("ROCKROBOT_SOAK_KILLS", "40"))
WRITERS = 4
PARTS = 20_000
FIELD = re.compile(r'name="(csrf_token|idempotency_key)"[^>]*value="([^"]+)"')


class Person:
    """Somebody at a browser who sends the same form again until an answer comes."""

    def __init__(self, base: str, stop: threading.Event) -> None:
        self.base, self.stop = base, stop
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)

    def get(self, path: str) -> str:
        return str(self.opener.open(self.base + path, timeout=5).read().decode())

    def send(self, page: str, path: str, **fields: str) -> str:
        """Send the form of a page; the address of the answer."""
        hidden = dict(FIELD.findall(page))
        body = urllib.parse.urlencode(hidden | fields).encode()
        request = urllib.request.Request(self.base + path, body, {"Origin": self.base})  # noqa: S310 (our own address)
        return str(self.opener.open(request, timeout=5).geturl())

    def until_answered(self, act):
        """Do something over again until the server answers; None when told to stop first."""
        while not self.stop.is_set():
            try:
                return act()
            except OSError:
                time.sleep(0.05)
        return None

    def sign_in(self) -> None:
        def act() -> str:
            self.send(self.get("/sign-in"), "/sign-in", email="asiakaspalvelu@demo.example", password=PASSWORD)
            return self.send(self.get("/purpose"), "/purpose", purpose="contact")

        self.until_answered(act)


def write_parts(base: str, name: str, acknowledged: list[str], stop: threading.Event) -> None:
    """Add parts one after the other; a number counts as acknowledged once the server has answered."""
    person = Person(base, stop)
    person.sign_in()
    for number in range(100_000):
        part_no = f"SOAK-{name}-{number}"
        page = person.until_answered(lambda: person.get("/parts/new"))
        if page is None:
            return
        sent = person.until_answered(
            lambda form=page, no=part_no: person.send(form, "/parts/new", part_no=no, name="x")
        )
        if sent is None:
            return
        assert re.search(r"/parts/\d+$", sent), sent
        acknowledged.append(part_no)


@pytest.fixture
def server(tmp_path):
    running = Server(tmp_path / "data")
    running.furnish()
    yield running
    running.stop()


def rows(folder: Path, statement: str, *values: str) -> list[tuple]:
    with sqlite3.connect(folder / "rockrobot.db") as connection:
        return connection.execute(statement, values).fetchall()


def test_a_killed_web_process_loses_nothing_that_was_acknowledged(server, tmp_path):
    chance, stop, acknowledged = random.Random(7), threading.Event(), []
    server.start_web()
    writers = [
        threading.Thread(target=write_parts, args=(server.base, str(n), acknowledged, stop)) for n in range(WRITERS)
    ]
    for writer in writers:
        writer.start()

    for _ in range(KILLS):
        time.sleep(chance.uniform(0.05, 1.5))
        server.kill("web")
        server.start_web()
    stop.set()
    for writer in writers:
        writer.join()

    statement = "SELECT p.part_no, e.id FROM parts p LEFT JOIN ledger_entries e ON e.table_name = 'parts'"
    kept = rows(
        tmp_path / "data", f"{statement} AND e.action = 'insert' AND e.row_id = p.id WHERE part_no LIKE 'SOAK%'"
    )
    counts = Counter(part_no for part_no, _ in kept)
    assert len(acknowledged) > KILLS
    assert [no for no in acknowledged if counts[no] != 1] == []
    assert [no for no, count in counts.items() if count != 1] == []
    assert [no for no, entry in kept if entry is None] == []
    server.flask("ledger", "verify")


def test_a_killed_worker_takes_an_import_up_again(server, tmp_path):
    chance, data = random.Random(8), tmp_path / "data"
    server.start_web()
    person = Person(server.base, threading.Event())
    person.sign_in()
    parts = [{"part_no": f"SOAK-{n}", "name": "x"} for n in range(PARTS)]
    run_page = upload(person, write_zip(tmp_path / "register.zip", {"parts": parts}))

    for state in ("read", "applied"):
        for _ in range(2):
            server.start_worker()
            time.sleep(chance.uniform(1.0, 3.5))
            server.kill("worker")
            with sqlite3.connect(data / "rockrobot.db") as connection:
                connection.execute("UPDATE jobs SET lease_until = '2020-01-01 00:00:00.000000' WHERE state = 'running'")
        server.start_worker()
        wait_for_state(data, state)
        server.kill("worker")
        if state == "read":
            person.send(person.get(run_page), upload_of(run_page) + "/apply")

    counts = rows(data, "SELECT count(*), count(DISTINCT part_no) FROM parts WHERE part_no LIKE 'SOAK%'")
    assert counts == [(PARTS, PARTS)]
    server.flask("ledger", "verify")


def upload(person: Person, path: Path) -> str:
    """Upload a file as the form of the imports page does; the path of the run's page."""
    hidden = dict(FIELD.findall(person.get("/imports/")))
    edge = "soak-soak-soak"
    fields = "".join(
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in hidden.items()
    )
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{path.name}"\r\n\r\n'
    body = fields.encode() + head.encode() + path.read_bytes() + f"\r\n--{edge}--\r\n".encode()
    kind = {"Content-Type": f"multipart/form-data; boundary={edge}", "Origin": person.base}
    request = urllib.request.Request(person.base + "/imports/", body, kind)  # noqa: S310 (our own address)
    answer = person.opener.open(request, timeout=20)
    return urllib.parse.urlparse(answer.geturl()).path


def wait_for_state(data: Path, state: str) -> None:
    for _ in range(600):
        if rows(data, "SELECT state FROM import_runs ORDER BY id DESC LIMIT 1") == [(state,)]:
            return
        time.sleep(0.2)
    raise AssertionError(f"the import never became {state}: {rows(data, 'SELECT state, fault FROM jobs')}")
