"""What the house says of itself while it works: a line of JSON each, and nothing that somebody typed."""

import io
import json
from collections.abc import Iterator

import pytest
import structlog
from flask import Response, request
from sqlalchemy.exc import OperationalError

from tests.abuse.house import app_with_door

MARK = "zq-somebodys-words"
FORGED = f'{MARK}\n{{"event": "forged"}}\r\n\x1b[31m{MARK}\u2028'


class StatementError(Exception):
    """What the database says of a fault of ours."""

    sqlite_errorname = "SQLITE_ERROR"


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """The app as people have it, with a door that breaks and says in its fault what was typed."""

    def breaks(words: str) -> str:
        if words == "database":
            raise OperationalError("INSERT INTO people (name) VALUES (?)", (FORGED,), StatementError(FORGED))
        if words == "late":
            return "a page"
        raise RuntimeError(words + FORGED)

    app = app_with_door(tmp_path_factory.mktemp("broken"), "/break/<words>", breaks)

    @app.after_request
    def breaks_late(answer: Response) -> Response:
        if request.path.endswith("/late"):
            raise ValueError(FORGED)
        return answer

    return app


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What is written into the log meanwhile."""
    usual, written = structlog.get_config(), io.StringIO()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(file=written))
    yield written
    structlog.configure(**usual)


def test_each_line_of_the_log_is_json_and_holds_nothing_typed(broken, log, capfd):
    """L3: words in the address, the question, a form, headers, cookies and the fault itself."""
    browser = broken.test_client()
    browser.set_cookie("rockrobot", MARK)
    capfd.readouterr()
    headers = {"User-Agent": MARK, "Referer": f"http://localhost/{MARK}", "X-Request-Id": MARK}

    for method in ("get", "post"):
        getattr(browser, method)(
            f"/break/{MARK}%0A", query_string={"q": FORGED}, data={"password": FORGED}, headers=headers
        )
    late = [browser.get(f"/break/{how}", headers=headers) for how in ("database", "late")]
    browser.post("/sign-in", data={"email": f"{MARK}@x.example", "password": FORGED}, headers=headers)
    browser.get(f"/no-such-page/{MARK}", headers=headers)
    said, lines = capfd.readouterr(), [json.loads(line) for line in log.getvalue().splitlines()]

    assert [line["kind"] for line in lines] == ["RuntimeError", "RuntimeError", "OperationalError", "ValueError"]
    assert [answer.status_code for answer in late] == [500, 500]
    assert MARK not in "".join(answer.text for answer in late)
    assert MARK not in log.getvalue() + said.err + said.out
