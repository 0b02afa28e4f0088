"""Against a server that speaks clamd's protocol, and against none."""

import io
import socketserver
import struct
import threading
from hashlib import sha256

import pytest
from sqlalchemy import func, select

import config
from rockrobot import clock, virus_scan
from rockrobot.db import db
from rockrobot.events.actions import add_event
from rockrobot.events.models import Attachment, AttachmentBody
from rockrobot.events.rules import Channel
from rockrobot.uploads.models import ImportRun
from rockrobot.virus_scan import ScanError, TooLargeError, harm_in, read_address
from tests import make

HARMFUL = b"%PDF-1.7 the harmful one"
CLEAN = b"%PDF-1.7 a clean one"
LARGEST = 3 * virus_scan.CHUNK


class Clamd(socketserver.StreamRequestHandler):
    """Answers INSTREAM as clamd 1.x does."""

    def handle(self) -> None:
        if self.rfile.read(10) != b"zINSTREAM\0":
            return
        body = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            body += self.rfile.read(size)
        if len(body) > LARGEST:
            self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
        else:
            self.wfile.write(b"stream: Test.Harm FOUND\0" if b"harmful" in body else b"stream: OK\0")


class Strict(socketserver.StreamRequestHandler):
    """Hangs up as clamd does as soon as it was sent too much, with more on the way to it."""

    def handle(self) -> None:
        self.rfile.read(20)
        self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")


class Silent(socketserver.StreamRequestHandler):
    """Hangs up without a word."""

    def handle(self) -> None:
        self.rfile.read(10)


@pytest.fixture
def serving(tmp_path):
    servers = []

    def start(handler: type, *, is_unix: bool = False) -> virus_scan.Address:
        kind = socketserver.ThreadingUnixStreamServer if is_unix else socketserver.ThreadingTCPServer
        server = kind(str(tmp_path / "clamd.ctl") if is_unix else ("127.0.0.1", 0), handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        servers.append(server)
        return server.server_address

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def send(office, body: bytes):
    made = add_event({"people": [make.person().id]}, channel=Channel.PHONE, happened_at=clock.now(), text="x")
    db.session.commit()
    sent = {"files": (io.BytesIO(body), "tarjous.pdf")}
    return office.post(f"/events/{made.id}/attachments/new", data=sent, content_type="multipart/form-data")


def count(model: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


@pytest.mark.parametrize("is_unix", [True, False])
def test_harm_is_named_and_what_is_clean_is_not(serving, is_unix):
    address = serving(Clamd, is_unix=is_unix)

    found = [harm_in(body, address) for body in (HARMFUL, CLEAN, b"", b"x" * LARGEST)]

    assert found == ["Test.Harm", "", "", ""]


@pytest.mark.parametrize("case", ["nobody listens", "no socket file", "hangs up"])
def test_without_a_verdict_there_is_an_error(serving, tmp_path, case):
    address = {
        "nobody listens": lambda: ("127.0.0.1", 1),
        "no socket file": lambda: str(tmp_path / "none.ctl"),
        "hangs up": lambda: serving(Silent),
    }[case]()

    with pytest.raises(ScanError) as caught:
        harm_in(b"x" * LARGEST, address)

    assert caught.type is ScanError


@pytest.mark.parametrize("is_unix", [True, False])
@pytest.mark.parametrize("handler", [Clamd, Strict])
def test_more_than_the_scanner_takes_is_told_from_silence(serving, handler, is_unix):
    address = serving(handler, is_unix=is_unix)

    with pytest.raises(TooLargeError):
        harm_in(b"x" * (LARGEST + 1), address)


def test_a_harmful_file_is_refused_and_never_kept(office, app, serving, monkeypatch):
    monkeypatch.setitem(app.config, "CLAMD", serving(Clamd))

    refused, taken = send(office, HARMFUL), send(office, CLEAN)
    listed = office.post("/imports/", data={"file": (io.BytesIO(b"part_no\nharmful\n"), "parts.csv")})

    assert [answer.status_code for answer in (refused, listed, taken)] == [422, 422, 303]
    assert all("haittaohjelma (Test.Harm)" in answer.text for answer in (refused, listed))
    assert list(db.session.scalars(select(AttachmentBody.sha256))) == [sha256(CLEAN).hexdigest()]
    assert count(ImportRun) == 0


def test_nothing_comes_in_while_the_scanner_is_dead(office, app, monkeypatch):
    monkeypatch.setitem(app.config, "CLAMD", ("127.0.0.1", 1))

    answer = send(office, CLEAN)

    assert answer.status_code == 422
    assert "Virustarkistus ei vastaa" in answer.text
    assert count(Attachment) == 0


def test_a_file_too_large_for_the_scanner_is_refused_beside_its_field_with_what_to_do(
    office, app, serving, monkeypatch
):
    monkeypatch.setitem(app.config, "CLAMD", serving(Strict))

    answer = send(office, CLEAN)
    listed = office.post("/imports/", data={"file": (io.BytesIO(b"part_no\n1\n"), "parts.csv")})

    for page in (answer, listed):
        assert page.status_code == 422
        assert "suurempi kuin virustarkistus ottaa" in page.text
        assert "ei vastaa" not in page.text
    assert (count(Attachment), count(ImportRun)) == (0, 0)


@pytest.mark.parametrize(
    ("words", "address"),
    [
        ("/run/clamav/clamd.ctl", "/run/clamav/clamd.ctl"),
        ("127.0.0.1:3310", ("127.0.0.1", 3310)),
        ("[::1]:3310", ("::1", 3310)),
    ],
)
def test_an_address_is_a_path_or_a_host_with_a_port(words, address):
    assert read_address(words) == address


@pytest.mark.parametrize("words", ["clamd", "clamd:", ":3310", "clamd:99999", "clamd:x"])
def test_an_address_that_leads_nowhere_stops_the_start(words):
    with pytest.raises(config.ConfigError, match="ROCKROBOT_CLAMD"):
        config.from_environment({"ROCKROBOT_SECRET_KEY": "k" * 40, "ROCKROBOT_CLAMD": words})
