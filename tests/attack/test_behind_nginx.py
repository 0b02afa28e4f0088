"""The app behind the nginx of our documentation: forged addresses, hidden requests, slow and huge bodies, a cache.

Everybody comes from loopback: the office is a listed network, elsewhere is none, and whoever is not listed is refused.
"""

import http.client
import re
import secrets
import shutil
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from sqlalchemy import select

from rockrobot import create_app, ledger
from rockrobot.access import Role
from rockrobot.db import db
from rockrobot.networks.actions import set_rules
from rockrobot.networks.models import KnownNetwork
from rockrobot.networks.rules import Unlisted
from rockrobot.staff.models import StaffMember
from tests import make
from tests.attack.front import BASE, NAME, STATUS, Front, fronted, heard
from tests.attack.house import email_of
from tests.conftest import settings
from tests.postgres import free_port
from tests.server import Server
from tests.test_origin import DOUBTFUL

OFFICE, OFFICE_TOO, ELSEWHERE = "127.0.0.2", "127.0.0.3", "127.0.0.9"
MARKER = "Zqolga Zqmarkkeri"
HOST = f"Host: {NAME}\r\n".encode()
ASKED, SENT = b"GET /sign-in HTTP/1.1\r\n" + HOST, b"POST /sign-in HTTP/1.1\r\n" + HOST
OF_OURS = re.compile(r"/static/[^\"]+\?v=\w+")
LAST = b"Connection: close\r\n\r\n"
HIDDEN = b"GET /hidden HTTP/1.1\r\n" + HOST + LAST
CACHED = """
    proxy_cache_path {folder}/kept keys_zone=kept:10m; proxy_cache kept; proxy_cache_valid any 10m;
    add_header X-Kept $upstream_cache_status always;
"""


@pytest.fixture(scope="module")
def server(furnished, tmp_path_factory) -> Iterator[Server]:
    """The app as in an installation: one proxy, its name, networks that are refused; it logs what it is asked."""
    folder = tmp_path_factory.mktemp("behind") / "data"
    shutil.copytree(furnished, folder)
    app = create_app(settings(folder, f"sqlite:///{folder / 'rockrobot.db'}"))
    with app.app_context(), ledger.change_set("test", actor="test"):
        db.session.add(KnownNetwork(name="Toimisto", cidr=f"{OFFICE}/31"))
        set_rules(Unlisted.REFUSE, Unlisted.ALLOW)
        office = select(StaffMember).where(StaffMember.email == email_of(Role.CUSTOMER_CARE))
        db.session.scalars(office).one().name = MARKER
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    installed = {"ROCKROBOT_ENV": "production", "ROCKROBOT_BASE_URL": BASE, "ROCKROBOT_PROXY_HOPS": "1"}
    told = {"ROCKROBOT_DEMO": "0", "ROCKROBOT_SECOND_FACTOR": "optional", "GRANIAN_LOG_ACCESS_ENABLED": "1"}
    server = Server(folder, installed | told)
    server.start_web()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def front(server, tmp_path_factory) -> Iterator[Front]:
    with fronted(tmp_path_factory.mktemp("nginx") / "front", server.port) as front:
        yield front


def asked(front: Front, server: Server) -> str:
    """What the app was asked so far: its log comes after its answers, so a page of this moment is waited for in it."""
    moment = f"/{secrets.token_hex(8)}"
    front.get(OFFICE_TOO, moment)
    for _ in range(200):
        if moment in server.log:
            return server.log
        time.sleep(0.1)
    raise AssertionError("the log stands still")


# ---------- C10: forged addresses ----------

CLAIMED = (
    OFFICE, f"{OFFICE}, {OFFICE}", f"{OFFICE}, 127.0.0.1", f"::ffff:{OFFICE}", f"::ffff:{OFFICE}, ::ffff:127.0.0.1",
    f"{OFFICE}:4444", f"[::ffff:{OFFICE}]:80", f"{OFFICE}%lo", f"::ffff:{OFFICE}%1", "127.0.0.02", "2130706434",
    "127.2", f'"{OFFICE}', f"{OFFICE},", ",", "10.0.0.5", "10.0.0.5, 203.0.113.9",
)  # fmt: skip
NAMES = (
    b"X-Forwarded-For", b"X_Forwarded_For", b"X-Forwarded_For", b"X_Forwarded-For", b"x-forwarded-for", b"X-Real-IP",
    b"X_Real_IP", b"Client-IP", b"True-Client-IP", b"Remote-Addr", b"REMOTE_ADDR", b"Remote_Addr",
)  # fmt: skip
IN_ONE_LINE = [one for one in (*CLAIMED, *DOUBTFUL) if "\n" not in one and "\0" not in one and len(one) < 1000]
BESIDE = {
    "an underscore beside the real name": (b"X-Forwarded-For: 10.0.0.5", b"X_Forwarded_For: 127.0.0.2"),
    "an underscore before the real name": (b"X_Forwarded_For: 127.0.0.2", b"X-Forwarded-For: 10.0.0.5"),
    "several of one name": (b"X-Forwarded-For: 127.0.0.2",) * 3,
    "several, the last one empty": (b"X-Forwarded-For: 127.0.0.2", b"X-Forwarded-For:"),
    "by the standard": (b"Forwarded: for=127.0.0.2", b"Forwarded: for=127.0.0.2;by=127.0.0.1;host=" + NAME.encode()),
    "dropped on the way": (b"X-Forwarded-For: 127.0.0.2", b"Connection: X-Forwarded-For, keep-alive"),
    "folded": (b"X-Forwarded-For:\r\n 127.0.0.2",),
    "behind a bare carriage return": (b"X-Any: 1\rX-Forwarded-For: 127.0.0.2",),
    "behind a bare line feed": (b"X-Any: 1\nX-Forwarded-For: 127.0.0.2",),
    "all of them": tuple(name + b": 127.0.0.2" for name in NAMES),
}


def refused_by_its_own_address(told: tuple[int, str]) -> bool:
    """True for the page that says from where nobody comes in: the address that nginx saw, and none that was claimed."""
    return told[0] == 403 and ELSEWHERE in told[1] and OFFICE not in told[1]


def test_the_office_comes_in_and_others_are_told_their_address(front):
    """The control: what is tried below would come in from the office."""
    assert front.get(OFFICE, "/sign-in")[0] == 200
    assert refused_by_its_own_address(front.get(ELSEWHERE, "/sign-in"))


def test_no_claim_of_an_address_comes_in_nor_keeps_anybody_out(front):
    """C10, (b2): each claim under each name of a header."""
    odd = []

    for claim in IN_ONE_LINE:
        for name in NAMES if claim == OFFICE else NAMES[:2]:
            header = name + b": " + claim.encode()
            if not refused_by_its_own_address(front.get(ELSEWHERE, "/sign-in", header)):
                odd.append((header, "came in"))
            if front.get(OFFICE, "/sign-in", header.replace(OFFICE.encode(), ELSEWHERE.encode()))[0] != 200:
                odd.append((header, "kept out"))

    assert odd == []


@pytest.mark.parametrize("headers", BESIDE.values(), ids=BESIDE)
def test_no_two_claims_beside_each_other_come_in(front, headers):
    """C10: two headers that are one name to a WSGI app, several of one name, and lines that hide a header."""
    told = front.get(ELSEWHERE, "/sign-in", *headers)

    assert told[0] == 400 or refused_by_its_own_address(told)


def test_around_nginx_nobody_comes_in(server):
    """N1: who reaches the app itself from another address is nobody, whatever they claim."""
    answers = []
    for claim in (b"", b"X-Forwarded-For: 127.0.0.2\r\n", b"X-Forwarded-For: 127.0.0.2, 127.0.0.1\r\n"):
        with socket.create_connection(("127.0.0.1", server.port), 30, (OFFICE, 0)) as line:
            line.sendall(ASKED + claim + LAST)
            answers.append(STATUS.findall(heard(line)))

    assert answers == [[b"403"]] * 3


# ---------- C9: forged names ----------

FORGED_HOSTS = {
    "another": b"Host: evil.test\r\n",
    "two, ours first": HOST + b"Host: evil.test\r\n",
    "two, ours last": b"Host: evil.test\r\n" + HOST,
    "two of ours": HOST * 2,
    "a longer name": b"Host: rekisteri.example.evil.test\r\n",
    "two in one": b"Host: rekisteri.example, evil.test\r\n",
    "none": b"",
    "empty": b"Host:\r\n",
}


@pytest.mark.parametrize("host", FORGED_HOSTS.values(), ids=FORGED_HOSTS)
def test_a_host_that_is_not_ours_alone_is_refused(front, host):
    """C9 (GHSA-9vh6-qfv6-vcqp, GHSA-wgpj-7c2j-vfjm): no page, and none of its names in the answer."""
    told = front.answered(OFFICE, b"GET /sign-in HTTP/1.1\r\n" + host + LAST)

    assert STATUS.findall(told) == [b"400"]
    assert b"evil" not in told


@pytest.mark.parametrize("target", [b"https://evil.test/sign-in", b"http://evil.test/sign-in", b"//evil.test/sign-in"])
def test_a_name_in_the_request_line_comes_back_nowhere(front, target):
    """C9: an absolute address, and behind our name a user or what a client says for a proxy: nginx cuts it off."""
    forged = b"X-Forwarded-Host: evil.test\r\nForwarded: host=evil.test\r\nX-Forwarded-Prefix: /evil\r\n"

    told = front.answered(OFFICE, b"GET " + target + b" HTTP/1.1\r\n" + HOST + forged + LAST)
    by_our_name = front.answered(OFFICE, ASKED.replace(HOST, HOST[:-2] + b":80@evil.test\r\n") + forged + LAST)

    assert STATUS.findall(told)[0] in {b"303", b"400", b"404"}
    assert STATUS.findall(by_our_name) == [b"200"]
    assert b"evil" not in told + by_our_name


# ---------- C25: hidden requests ----------

CHUNKED = b"Transfer-Encoding: chunked\r\n"
SMUGGLED = {
    "length and chunks": b"Content-Length: 6\r\n" + CHUNKED + b"\r\n0\r\n\r\n",
    "chunks and length": CHUNKED + b"Content-Length: 4\r\n\r\n0\r\n\r\n",
    "chunks twice": CHUNKED * 2 + b"\r\n0\r\n\r\n",
    "two lengths": b"Content-Length: 0\r\nContent-Length: 5\r\n\r\nhello",
    "two lengths alike": b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
    "two lengths in one": b"Content-Length: 0, 5\r\n\r\nhello",
    "a length with a sign": b"Content-Length: +5\r\n\r\nhello",
    "a length below nothing": b"Content-Length: -5\r\n\r\nhello",
    "a length in hex": b"Content-Length: 0x5\r\n\r\nhello",
    "a length without end": b"Content-Length: 18446744073709551621\r\n\r\nhello",
    "no coding of ours": b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "two codings": b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "a coding behind a tab": b"Transfer-Encoding:\tchunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
    "a blank before the colon": b"Transfer-Encoding : chunked\r\nContent-Length: 0\r\n\r\n",
    "a folded line": b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
    "bare line feeds": b"Content-Length: 0\nTransfer-Encoding: chunked\n\n0\n\n",
    "a bare carriage return": b"X-Any: 1\rTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
    "a chunk without an end": CHUNKED + b"\r\n-1\r\n\r\n",
    "a huge chunk": CHUNKED + b"\r\nfffffffffffffffff\r\n\r\n",
    "a chunk in another hex": CHUNKED + b"\r\n0x5\r\nhello\r\n0\r\n\r\n",
    "a chunk longer than it says": CHUNKED + b"\r\n2\r\nhello\r\n0\r\n\r\n",
    "an extension in quotes": CHUNKED + b'\r\n2;a="\r\n"\r\nxx\r\n0\r\n\r\n',
    "a blank before a chunk's length": CHUNKED + b"\r\n \r\nhello\r\n0\r\n\r\n",
}
# Read in one way by nginx, which writes the body anew with its length: what hides is body in that way.
SWALLOWED = {
    "an extension that ends early": CHUNKED + b"\r\n2;\nxx\r\n%x\r\n" % len(HIDDEN) + HIDDEN + b"\r\n0\r\n\r\n",
    "a trailer": CHUNKED + b"\r\n0\r\nX-Any: 1\r\nContent-Length: %d\r\n" % len(HIDDEN) + HIDDEN,
    "a line that ends early": b"X-Any: 1\nContent-Length: %d\r\n\r\n" % len(HIDDEN) + HIDDEN,
    "a length with an underscore": b"Content_Length: 0\r\nContent-Length: %d\r\n\r\n" % len(HIDDEN) + HIDDEN,
    "a length of this line only": b"Connection: Content-Length\r\nContent-Length: %d\r\n\r\n" % len(HIDDEN) + HIDDEN,
}


@pytest.mark.parametrize("rest", SMUGGLED.values(), ids=SMUGGLED)
def test_what_can_be_read_in_two_ways_is_refused(front, server, rest):
    """C25 (GHSA-4ppp-gpcr-7qf6): the line is closed, nobody was asked what hides, and the next request is answered."""
    told = front.statuses(OFFICE, SENT + rest + HIDDEN)

    assert told in ([], [400], [501])
    assert "/hidden" not in asked(front, server)
    assert front.get(OFFICE, "/sign-in")[0] == 200


@pytest.mark.parametrize("sent", SWALLOWED.values(), ids=SWALLOWED)
def test_what_hides_in_a_body_stays_body(front, server, sent):
    """C25: extensions of chunks, trailers and bare line feeds never begin another request."""
    told = front.statuses(OFFICE, SENT + sent)

    assert len(told) <= 1
    assert "/hidden" not in asked(front, server)
    assert front.get(OFFICE, "/sign-in")[0] == 200


def test_two_requests_on_one_line_are_two_answers(front, server):
    """C25, the control: the app would have been asked for what hides."""
    shown = HIDDEN.replace(b"/hidden", b"/shown")

    told = front.statuses(OFFICE, ASKED + b"\r\n" + shown)

    assert len(told) == 2
    assert "/shown" in asked(front, server)


# ---------- L3: addresses that are secrets ----------


def test_nginx_writes_no_address_down_not_even_of_what_failed(tmp_path):
    with fronted(tmp_path / "front", free_port()) as front:
        failed, _page = front.get(OFFICE, "/calendar/secret.ics")
        plain = http.client.HTTPConnection("127.0.0.1", front.plain_port, timeout=30)
        plain.request("GET", "/calendar/secret.ics", headers={"Host": NAME})
        led_on = plain.getresponse()

    assert (failed, led_on.status, led_on.headers["Location"]) == (502, 301, f"{BASE}/calendar/secret.ics")
    assert "secret" not in front.log


# ---------- C12: slow and huge bodies ----------


@pytest.fixture(scope="module")
def hasty(server, tmp_path_factory) -> Iterator[Front]:
    """The example with shorter patience."""
    shorter = {
        "client_header_timeout 20s;": "client_header_timeout 2s;",
        "client_body_timeout 60s;": "client_body_timeout 2s;",
    }
    with fronted(tmp_path_factory.mktemp("nginx") / "hasty", server.port, changed=shorter) as front:
        yield front


def ended(line: ssl.SSLSocket) -> bool:
    """True when the other side ends the line without an answer; it has half a minute."""
    line.settimeout(30)
    try:
        return line.recv(1) == b""
    except ConnectionError:
        return True
    except TimeoutError:
        return False


def posts(front: Front, server: Server) -> int:
    return asked(front, server).count("POST /sign-in")


def test_a_slow_body_keeps_nobody_waiting_and_ends_when_it_stops(hasty, server):
    """C12: one byte a second reaches nginx and no further; behind a byte that does not come the line is closed."""
    before = posts(hasty, server)
    with hasty.line(OFFICE) as slow:
        slow.sendall(SENT + b"Content-Length: 1000\r\n\r\n")
        for _ in range(4):
            slow.sendall(b"a")
            meanwhile = {hasty.get(source, "/sign-in")[0] for source in (OFFICE, OFFICE_TOO)}
            assert meanwhile == {200}
            time.sleep(1)

        assert ended(slow)
    assert posts(hasty, server) == before


@pytest.mark.parametrize("head", [b"", ASKED[:12], ASKED, SENT + b"X-Long: "])
def test_a_head_that_never_ends_is_not_waited_for(hasty, head):
    """C12: nor does it go on by a byte now and then, since its time is counted from the first."""
    with hasty.line(OFFICE) as slow:
        slow.sendall(head)

        assert ended(slow)


def test_one_address_does_not_take_every_line(front, server):
    """C12: beyond its share it is refused; others are served, and so is it when its own have ended."""
    before = posts(front, server)
    with ExitStack() as lines:
        for _ in range(110):
            slow = lines.enter_context(front.line(OFFICE))
            slow.sendall(SENT + b"Content-Length: 1000\r\n\r\na")

        at_once = front.get(OFFICE, "/sign-in")[0], front.get(OFFICE_TOO, "/sign-in")[0]

    assert at_once == (429, 200)
    assert posts(front, server) == before
    assert front.get(OFFICE, "/sign-in")[0] == 200


@pytest.mark.parametrize("is_told", [True, False], ids=["told", "in chunks"])
def test_a_body_over_the_limit_is_refused_before_the_app(front, server, is_told):
    """C12: by what it says, or when it has become too long."""
    before = posts(front, server)
    length, most = (b"Content-Length: 70000000\r\n\r\n", 1) if is_told else (CHUNKED + b"\r\n", 70)
    piece = b"100000\r\n" + b"a" * (1 << 20) + b"\r\n"

    told = front.statuses(OFFICE, SENT + length, *[piece] * most)

    assert told in ([413], [])
    assert posts(front, server) == before
    assert front.get(OFFICE, "/sign-in")[0] == 200


# ---------- C20: a cache in front ----------


def test_through_a_cache_nobody_sees_what_another_saw(front, server, addresses_to_try, tmp_path, tell):
    """C20 (GHSA-m2qf-hxjv-5gpq, CVE-2026-27205): as one, then as another role, then signed out."""
    with fronted(tmp_path / "cache", server.port, CACHED) as cache:
        first = cache.somebody(OFFICE).sign_in(email_of(Role.CUSTOMER_CARE), make.PASSWORD)
        second = cache.somebody(OFFICE_TOO).sign_in(email_of(Role.ADMINISTRATOR), make.PASSWORD, purpose="")
        nobody = cache.somebody(OFFICE_TOO)
        without_cache = front.somebody(OFFICE_TOO).sign_in(email_of(Role.ADMINISTRATOR), make.PASSWORD, purpose="")

        marked = [path for path in addresses_to_try if MARKER in first.get(path).text]
        seen = [path for path in addresses_to_try if MARKER in second.get(path).text]
        signed_out = [path for path in addresses_to_try if MARKER in nobody.get(path).text]
        file = OF_OURS.search(nobody.get("/sign-in").text)[0]
        files = [cache.get(OFFICE, file)[1] for _ in range(2)]
        kept = [file.read_bytes() for file in (cache.folder / "kept").rglob("*") if file.is_file()]

    assert len(marked) > 50
    assert [path for path in seen if MARKER not in without_cache.get(path).text] == []
    assert signed_out == []
    assert "X-Kept: HIT" in files[1]
    assert [body[:300] for body in kept if MARKER.encode() in body or b"text/html" in body] == []
    tell(
        f"{len(addresses_to_try)} addresses as three, {len(marked)} with the name of the first, {len(kept)} files kept"
    )
