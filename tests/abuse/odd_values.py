"""What people, machines and attackers may send instead of what a field asks for; Hypothesis draws from it."""

import io
import zipfile
from urllib.parse import quote

from hypothesis import strategies as st
from PIL import Image

Value = str | bytes
ODD_TEXTS: list[Value] = [
    "", " ", "\0", "Ki\0vi", "\ud800", "\udcff", b"\xff\xfe", b"\xc3\x28", b"\xed\xa0\x80", "\u202e", "\ufeff",
    "\x1b[31m", "a\r\nX-Evil: y", "\u2028", "x" * 300, "ä" * 6000, "𝔘𝔫𝔦", "ﬀ", "İ", "e\u0301" * 50, "👩‍👩‍👧",
    "-1", "0", "1", "1.5", "1e309", "NaN", "-inf", "٣", "²", "0x1f", "1_000", "+5", "9" * 30, "9" * 5000,
    str(2**31), str(2**63), str(-(2**63) - 1), "31.2.2026", "29.2.2025", "0.0.0000", "1.1.0000", "1.1.0001",
    "0001-01-01", "9999-12-31", "31.12.9999", "2026-W53", "99.99.9999", "24.00", "25.61", "9999", "tänään",
    "huomenna", "null", "None", "true", "[]", "{}", '{"a":', "[[[[[[[[", "%", "_", "%00", "%s", "{0}",
    "{{7*7}}", "$(id)", "'", "\\", '"><svg onload=alert(1)>', "'; DROP TABLE people;--", "../../etc/passwd",
    "/", "//e.t", "http://127.0.0.1:9/", "=1+1", "a@b.fi", "@", "a@" + "a." * 300, "+358 40 588 2755",
    "+" * 400, "1-2", "000100..000199", "KR-1 000100-999999999999", "1234567-8", "10.0.0.0/33", "::/0", "fi",
    "on", "RR-1", "2025-13", "2026-W60", "2026-10-25T03:30",
]  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(ODD_TEXTS),
    st.text(st.characters(), max_size=12),
    st.text(st.characters(), max_size=12),
    st.integers(-(2**70), 2**70).map(str),
    st.dates().map(lambda day: f"{day.day}.{day.month}.{day.year}"),
    st.integers(0, 8).map(str),
)
ODD_SEGMENTS = [
    "0", "-1", "01", "999999", str(2**31 - 1), str(2**31), str(2**63), "9" * 30, "abc", "1.5", "%D9%A3", "%00",
    "%FF%FE", "%ED%A0%80", "..", "%2e%2e%2f", "1;a", "1,2", "*", "%20", "%0d%0aX:y", "x" * 300, "'", "true",
    "fi", "product", "people",
]  # fmt: skip
SEGMENTS = st.one_of(
    st.sampled_from(ODD_SEGMENTS),
    st.text(st.characters(), min_size=1, max_size=6).map(lambda text: quote(text, safe="", errors="surrogatepass")),
)
ODD_NAMES = ["id", "role", "version", "is_active", "created_by", "page", "q", "next", "ids", "draft_id", "\0", "a\0"]
NAMES = st.one_of(st.sampled_from(ODD_NAMES), st.text(st.characters(), max_size=8))
ODD_HEADERS: list[dict[str, str]] = [
    {"HX-Request": "true"},
    {"HX-Request": "true", "HX-Target": "main", "HX-Current-URL": "http://[::1"},
    {"HX-Request": "true", "HX-Target": "x#" + "y" * 3000, "HX-Current-URL": "javascript:x"},
    {"HX-Request": "true", "HX-History-Restore-Request": "true"},
    {"HX-Request": "\u00ff", "HX-Trigger-Name": "x\x7f"},
    {"Accept": "application/json;q=nan, */*;q=-1"},
    {"Accept-Language": "xx-" * 200},
    {"Accept-Language": "*;q=x,\u00e4"},
    {"Range": "bytes=9-1,-0,5-"},
    {"Range": "bytes=-99999999999999999999"},
    {"Range": "pages=1"},
    {"If-None-Match": '"x", W/"y", *'},
    {"If-Modified-Since": "Thu, 99 Foo 99999 99:99:99 GMT", "If-Range": "x"},
    {"Host": "evil.test"},
    {"Host": "localhost:99999"},
    {"Host": "localhost:x@evil.test"},
    {"X-Forwarded-For": "10.0.0.5,\u00e4", "X-Forwarded-Host": "evil.test", "X-Forwarded-Proto": "x"},
    {"X-HTTP-Method-Override": "DELETE", "X-Idempotency-Key": "\u00ff" * 900},
    {"Cookie": "rockrobot=x.y.z; rockrobot=" + "a" * 3000},
    {"Cookie": "rockrobot=; =; ;;\u00ff; known_device=\u00ff"},
    {"Authorization": "Basic \u00ff"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
    {"Referer": "http://[", "User-Agent": ""},
    {"User-Agent": "x\u00ff" * 500},
    {"Content-Type": "application/json"},
    {"Content-Type": "multipart/form-data"},
    {"Content-Type": "multipart/form-data; boundary=" + "b" * 300},
    {"Content-Type": "application/x-www-form-urlencoded; charset=utf-7"},
    {"Content-Type": "\u00ff/\u00ff; charset=\u00ff"},
]


def _picture(kind: str) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(stream, kind)
    return stream.getvalue()


def _zip() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("../../osat.csv", "part_no\nA\0\n")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return stream.getvalue()


PNG, ZIP = _picture("PNG"), _zip()
ODD_FILES: list[tuple[str, bytes]] = [
    ("osat.csv", b"osanumero;nimi\nPT-9;Tiiviste\n"), ("henkilot.csv", b"etunimi;sukunimi\nAino;A\0ho\n"),
    ("", b""), ("tyhja.csv", b""), ("a.csv", b"\xff\xfe\x00"), ("a.csv", b"\n" * 2000), ("a.csv", b'"' * 999),
    ("x.xlsx", ZIP), ("x.xlsx", ZIP[:40]), ("x.zip", ZIP), ("x.zip", ZIP[:-9]),
    ("x.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 600), ("kortti.vcf", b"BEGIN:VCARD\nN:\0;\nEND:VCARD"),
    ("kortti.vcf", b"BEGIN:VCARD\n" * 500), ("a.svg", b"<svg onload='x'/>"), ("a.html", b"<script>1</script>"),
    ("a\0.pdf", b"%PDF-1.7"), ("../../wsgi.py", b"x"), ("x" * 400 + ".pdf", b"%PDF-"),
    ("\u202egpj.exe", b"MZ\0"),
    ("viesti.eml", b"From: \xff\r\nContent-Type: multipart/mixed; boundary=\r\n\r\n--"),
]  # fmt: skip
ODD_PICTURES: list[tuple[str, bytes]] = [("kuva.png", PNG), ("rikki.png", PNG[:30]), ("kuva.jpg", b"\xff\xd8\xff\xe0")]
FILES = st.sampled_from([*ODD_FILES, *ODD_PICTURES])  # fewer pictures: each is read by a process of its own
