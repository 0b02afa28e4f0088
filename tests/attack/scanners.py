"""Wapiti and sqlmap as processes, and what they found."""

import csv
import json
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from tests.attack.doors import TOKENS, Door
from tests.attack.gate import INDEX

# Left out: what asks addresses elsewhere (ssrf, xxe, wapp, nikto), guesses passwords and paths (brute_login_form,
# buster), throws the cookie away (shellshock), and slow SQL (blindsql), which is sqlmap's. Commands and files only by
# the address: for each field of a form they cost a hundred requests.
MODULES = (
    "backup,cookieflags,crlf,csp,csrf,exec:get,file:get,htaccess,http_headers,methods,permanentxss,redirect,sql,xss"
)
MINUTES = int(os.environ.get("ROCKROBOT_ATTACK_MINUTES", "30"))
# What sqlmap suspects and then says it was wrong to: pages that say how long to wait differ.
DISPROVED = "false positive"
CUT_SHORT = "Max attack time was reached"
TESTED = re.compile(r"testing (?:URL '([^']+)'|for SQL injection on (GET|POST) parameter '([^']+)')")


class Finding(NamedTuple):
    """What a scanner says is wrong: the kind, where (method and path), in which parameter, and its own words."""

    kind: str
    where: str
    parameter: str
    words: str


def program(name: str) -> str:
    """Where a scanner is; raises RuntimeError with what to do where it is not."""
    path = shutil.which(name)
    if path is None:
        raise RuntimeError(f"{name} is missing: make attack says what to install")
    return path


def wapiti(base: str, cookie: str, folder: Path, *, minutes: float = MINUTES, modules: str = MODULES) -> list[Finding]:
    """What wapiti finds behind a gate, from the page with every door on.

    minutes: the most that one module may take. Raises AssertionError when one was cut short: half a scan is no proof.
    """
    jar, report = folder / "cookie.json", folder / "report.json"
    crumbs = dict(crumb.split("=", 1) for crumb in cookie.split("; ") if crumb)
    kept = {
        name: {"value": v, "expires": None, "secure": False, "port": None, "version": 0} for name, v in crumbs.items()
    }
    jar.write_text(json.dumps({"127.0.0.1": {"/": kept}}))
    options = ["-u", base + "/", "-s", base + INDEX, "--scope", "domain", "-d", "1", "-m", modules]
    options += ["-c", str(jar), "-f", "json", "-o", str(report), "-v", "0", "-t", "30", "--flush-session"]
    options += ["--max-attack-time", str(minutes * 60), "--scan-force", "insane", "--no-bugreport"]
    options += ["--store-session", str(folder / "session"), "--store-config", str(folder / "config")]
    said = _run([program("wapiti"), *options], folder)
    assert CUT_SHORT not in said, said
    told = json.loads(report.read_text())
    found = told["vulnerabilities"] | told["anomalies"]
    return [_of_wapiti(kind, one) for kind, ones in found.items() for one in ones]


def _of_wapiti(kind: str, one: dict[str, str]) -> Finding:
    where = f"{one['method']} {urlsplit(one['path']).path}"
    return Finding(kind, where, one.get("parameter") or "", f"{one['info']} {one['http_request']}")


def sqlmap(
    base: str, cookie: str, doors: Sequence[Door], folder: Path, *, level: int = 2
) -> tuple[list[Finding], list[Door]]:
    """What sqlmap finds in the parameters of these doors, asked through a gate; and the doors that it left out.

    It leaves out a door behind which is nothing any more, as when one that was attacked earlier removed it.
    """
    folder.mkdir(exist_ok=True)
    cookies = [crumb.split("=")[0] for crumb in cookie.split("; ")]
    log, results = folder / "requests.txt", folder / "results.csv"
    log.write_text("".join(_as_request(base, cookie, door) for door in doors if door.names))
    options = [
        "-l",
        str(log),
        "--batch",
        "--ignore-stdin",
        "--level",
        str(level),
        "--risk",
        "1",
        "--dbms",
        "sqlite",
        "--threads",
        "1",
    ]
    options += ["--results-file", str(results), "--output-dir", str(folder / "sqlmap"), "--disable-coloring"]
    options += ["--answers", "skip further tests=N,keep testing=Y,exploit this=N"]
    options += [
        "--param-exclude",
        f"^({'|'.join((*TOKENS, *cookies))})$",
        "--drop-set-cookie",
        "--ignore-redirects",
        "--flush-session",
        "-v",
        "1",
    ]
    said = _run([program("sqlmap"), *options], folder)
    (folder / "sqlmap.log").write_text(said)
    tested = _tested(said)
    left = [door for door in doors if not _parameters(door) <= tested]
    with results.open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["Parameter"] and DISPROVED not in row["Note(s)"]]
    found = [
        Finding("SQL Injection", urlsplit(row["Target URL"]).path, row["Parameter"], row["Technique(s)"])
        for row in rows
    ]
    return found, left


def _parameters(door: Door) -> set[tuple[str, str, str]]:
    """Where it goes (GET: in the address), path and name of each parameter that is to be tested."""
    named = [("GET", name) for name, _ in door.query] + [("POST", name) for name, _ in door.fields]
    return {(place, door.path, name) for place, name in named if name not in TOKENS}


def _tested(said: str) -> set[tuple[str, str, str]]:
    """Where it goes, path and name of each parameter that sqlmap says it tested."""
    tested, path = set(), ""
    for address, method, name in TESTED.findall(said):
        if address:
            path = urlsplit(address).path
        else:
            tested.add((method, path, name))
    return tested


def _as_request(base: str, cookie: str, door: Door) -> str:
    """A request as proxies log it, the form sqlmap reads many of from one file."""
    body = urlencode(door.fields)
    kind = "Content-Type: application/x-www-form-urlencoded\n" if body else ""
    rule = "=" * 54
    lines = (
        f"{door.method} {base}{door.target} HTTP/1.1\nHost: {urlsplit(base).netloc}\nCookie: {cookie}\n{kind}\n{body}"
    )
    return f"{rule}\n{lines}\n{rule}\n\n"


def _run(command: list[str], folder: Path) -> str:
    """Run a scanner to its end with a home of its own; what it said."""
    home = os.environ | {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(command, cwd=folder, env=home, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout + done.stderr
