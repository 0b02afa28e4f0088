"""nginx as an installation has it: the example of the documentation on loopback, with a certificate of its own."""

import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from rockrobot import clock
from tests.attack.people import Somebody
from tests.postgres import free_port
from tests.server import ROOT

EXAMPLE = ROOT / "docs/nginx.conf"
NAME = "rekisteri.example"
BASE = f"https://{NAME}"
STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})")
QUIET = 10  # a busy machine may think for some seconds before it answers
AROUND = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 768; }}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    {more}
    {example}
}}
"""


class Front:
    """nginx before the app at a port. Each address of loopback is somebody else: 127.0.0.2, 127.0.0.3."""

    def __init__(self, folder: Path, port: int, plain_port: int) -> None:
        self.folder, self.port, self.plain_port = folder, port, plain_port
        self.trust = ssl.create_default_context(cafile=folder / "rekisteri.example.pem")

    @property
    def log(self) -> str:
        """What nginx has written down of what it was asked, and of its faults."""
        return "".join(file.read_text() for file in sorted(self.folder.glob("*.log")))

    def line(self, source: str) -> ssl.SSLSocket:
        """A line over TLS to the register by its name."""
        plain = socket.create_connection(("127.0.0.1", self.port), 30, (source, 0))
        return self.trust.wrap_socket(plain, server_hostname=NAME, suppress_ragged_eofs=True)

    def answered(self, source: str, *pieces: bytes) -> bytes:
        """What comes back on one line until the other side ends it, or says nothing for QUIET seconds."""
        with self.line(source) as line:
            with suppress(OSError):
                for piece in pieces:
                    line.sendall(piece)
            return heard(line)

    def statuses(self, source: str, *pieces: bytes) -> list[int]:
        """The codes of the answers to what was sent on one line."""
        return [int(code) for code in STATUS.findall(self.answered(source, *pieces))]

    def get(self, source: str, path: str, *headers: bytes) -> tuple[int, str]:
        """The code and the text of a page."""
        head = b"".join(header + b"\r\n" for header in (b"Host: " + NAME.encode(), *headers, b"Connection: close"))
        told = self.answered(source, b"GET " + path.encode() + b" HTTP/1.1\r\n" + head + b"\r\n")
        return int(STATUS.match(told)[1]), told.decode("utf-8", "replace")

    def somebody(self, source: str) -> Somebody:
        """A person at a browser who comes in by this front."""
        somebody = Somebody(BASE)
        somebody.opener.add_handler(_ByThisFront(lambda: self.line(source)))
        return somebody


class _ByThisFront(urllib.request.HTTPSHandler):
    """Every address of the register is that of the front; it comes before the handler that would look the name up."""

    handler_order = 400

    def __init__(self, line: Callable[[], ssl.SSLSocket]) -> None:
        super().__init__()
        self.line = line

    def https_open(self, request: urllib.request.Request) -> Any:
        def connection(host: str, **rest: Any) -> http.client.HTTPConnection:
            made = http.client.HTTPConnection(host, **rest)
            made.sock = self.line()
            return made

        return self.do_open(connection, request)


def heard(line: ssl.SSLSocket) -> bytes:
    """What comes until the other side ends the line, or says nothing for QUIET seconds."""
    told = bytearray()
    line.settimeout(QUIET)
    with suppress(OSError):
        while piece := line.recv(65536):
            told += piece
    return bytes(told)


@contextmanager
def fronted(folder: Path, app_port: int, more: str = "", changed: Mapping[str, str] | None = None) -> Iterator[Front]:
    """The example before the app at app_port, for as long as the block lasts.

    Ports and places of certificates are replaced, and what changed names: old words by new ones. more: what stands
    around the example.
    """
    folder.mkdir(parents=True)
    certify(folder)
    port, plain_port = free_port(), free_port()
    example = replaced(
        EXAMPLE.read_text(encoding="utf-8"),
        {
            "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
            "listen 80;": f"listen 127.0.0.1:{plain_port};",
            "/etc/ssl/private/": f"{folder}/",
            "/etc/ssl/": f"{folder}/",
            "http://127.0.0.1:8000;": f"http://127.0.0.1:{app_port};",
        }
        | (changed or {}),
    )
    settings = folder / "nginx.conf"
    settings.write_text(AROUND.format(folder=folder, more=more.format(folder=folder), example=example))
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or "nginx"
    process = subprocess.Popen([nginx, "-p", str(folder), "-c", str(settings), "-e", str(folder / "error.log")])
    try:
        front = Front(folder, port, plain_port)
        wait_for(port)
        yield front
    finally:
        process.terminate()
        process.wait(timeout=20)


def replaced(text: str, words: Mapping[str, str]) -> str:
    """The text with each of these words replaced; none may be missing, else something else is tried than was meant."""
    for old, new in words.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


def certify(folder: Path) -> None:
    """Write a certificate for the name of the register, and its key, to the folder."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = clock.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / f"{NAME}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / f"{NAME}.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, *plain))


def wait_for(port: int) -> None:
    """Wait until nginx listens; raises RuntimeError when it does not within ten seconds."""
    for _ in range(100):
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.1)
    raise RuntimeError("nginx did not start")
