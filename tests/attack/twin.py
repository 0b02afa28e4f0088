"""The broken twin: a small app that is wrong in every way the scanners are to see. For loopback and a test only.

It signs in, keeps a cookie and asks for it on every page as the app does, so that a scanner that loses its cookie finds
nothing. Each view but the first few plants one fault, named in its docstring. python -m tests.attack.twin PORT FOLDER
"""

import secrets
import sqlite3
import sys
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, redirect, request, session

PEOPLE = {"olga@twin.example": "olga", "pekka@twin.example": "pekka"}
PASSWORD = "broken-on-purpose"
LETTERS = {"1": ("olga", "Letter to Aino"), "2": ("pekka", "Letter to Eero")}
OPEN = {"/sign-in", "/health"}
TABLES = """
CREATE TABLE companies (id INTEGER PRIMARY KEY, name TEXT, town TEXT);
CREATE TABLE notes (id INTEGER PRIMARY KEY, note TEXT);
INSERT INTO companies (name, town) VALUES ('Louhinta Oy', 'Kokemaki'), ('Stenbrott AB', 'Ekenas');
"""


def page(body: str) -> str:
    return f"<!doctype html><html><head><title>Twin</title></head><body><h1>Twin</h1>{body}</body></html>"


def token_field() -> str:
    token = session.setdefault("csrf", secrets.token_hex(16))
    return f'<input type="hidden" name="csrf_token" value="{token}">'


def form(action: str, fields: str, *, method: str = "post", has_token: bool = True) -> str:
    token = token_field() if has_token and method == "post" else ""
    return f'<form method="{method}" action="{action}">{token}{fields}<button>Send</button></form>'


def make_twin(folder: Path) -> Flask:
    """The twin on a database in a folder of its own."""
    twin = Flask(__name__)
    twin.secret_key = "twin"
    (folder / "files").mkdir(parents=True, exist_ok=True)
    (folder / "files" / "price.txt").write_text("Prices")
    with sqlite3.connect(folder / "twin.db") as connection:
        connection.executescript(TABLES)
    twin.config["FOLDER"] = folder
    twin.before_request(ask_for_cookie)
    for rule, view, methods in VIEWS:
        twin.add_url_rule(rule, view_func=view, methods=methods)
    return twin


def ask_for_cookie() -> Response | None:
    if request.path in OPEN or "who" in session:
        is_forged = request.method == "POST" and request.path in CHECKED and not is_token_right()
        return Response("token", 400) if is_forged else None
    return redirect("/sign-in", 303)


def is_token_right() -> bool:
    return bool(session.get("csrf")) and request.form.get("csrf_token") == session["csrf"]


def rows(statement: str) -> list[Any]:
    with sqlite3.connect(current_app.config["FOLDER"] / "twin.db") as connection:
        return connection.execute(statement).fetchall()


def health() -> str:
    return "ok"


def sign_in() -> Any:
    who = PEOPLE.get(request.form.get("email", ""))
    if request.method == "POST" and who and request.form.get("password") == PASSWORD and is_token_right():
        session["who"] = who
        return redirect("/", 303)
    return page(form("/sign-in", '<input name="email"><input name="password" type="password">'))


def index() -> str:
    mine = "".join(f'<a href="/letters/{id_}">Letter</a>' for id_, (who, _) in LETTERS.items() if who == session["who"])
    links = ("/companies?q=Louhinta", "/orders", "/hello?name=Aino", "/notes", "/settings", "/files?name=price.txt")
    return page("".join(f'<a href="{link}">{link}</a>' for link in (*links, "/go?next=/")) + mine)


def companies() -> Any:
    """Planted: SQL injection in a parameter of the address."""
    return _found(f"SELECT name, town FROM companies WHERE name LIKE '%{request.args.get('q', '')}%'")


def orders() -> Any:
    """Planted: SQL injection in a field of a form."""
    if request.method == "GET":
        return page(form("/orders", '<input name="town" value="Kokemaki">'))
    return _found(f"SELECT name, town FROM companies WHERE town = '{request.form.get('town', '')}'")


def _found(statement: str) -> Any:
    try:
        names = [name for name, _ in rows(statement)]
    except (sqlite3.Error, sqlite3.Warning) as error:
        return page(f"sqlite3.OperationalError: {error}"), 500
    return page("".join(f"<p>{name}</p>" for name in names) or "<p>Nothing found</p>")


def hello() -> Response:
    """Planted: reflected XSS, on a page that the browser keeps for Back after sign-out."""
    session.accessed = False  # else Vary: Cookie lets the browser forget it at sign-out
    kept = {"Cache-Control": "private, max-age=600"}
    return Response(page(f"<p>Hello {request.args.get('name', '')}</p>"), headers=kept)


def notes() -> Any:
    """Planted: stored XSS."""
    if request.method == "POST":
        with sqlite3.connect(current_app.config["FOLDER"] / "twin.db") as connection:
            connection.execute("INSERT INTO notes (note) VALUES (?)", (request.form.get("note", ""),))
        return redirect("/notes", 303)
    stored = "".join(f"<p>{note}</p>" for (note,) in rows("SELECT note FROM notes"))
    return page(form("/notes", '<input name="note" value="x">') + stored)


def settings() -> str:
    """Planted: a form that changes something and asks for no token."""
    return page(form("/settings", '<input name="theme" value="dark">', has_token=False))


def go() -> Any:
    """Planted: open redirect."""
    return redirect(request.args.get("next", "/"))


def files() -> Any:
    """Planted: path traversal."""
    try:
        return Response((current_app.config["FOLDER"] / "files" / request.args.get("name", "")).read_bytes())
    except (OSError, ValueError):
        return page("<p>No such file</p>"), 404


def letter(id_: str) -> Any:
    """Planted: whoever knows the number reads somebody else's letter."""
    return page(f"<p>{LETTERS[id_][1]}</p>") if id_ in LETTERS else (page("No such letter"), 404)


def violates() -> Response:
    """Planted: a page that does three things its content policy forbids."""
    body = "<script>1</script><p style='color:red'>x</p><img src='https://elsewhere.example/x.png'>"
    return Response(page(body), headers={"Content-Security-Policy": "default-src 'self'"})


LEAK = """
<script>
(async () => {
  localStorage.who = "zqmark-local"; sessionStorage.who = "zqmark-session";
  const cache = await caches.open("people");
  await cache.put("/leaked", new Response("zqmark-cache"));
  const asked = indexedDB.open("people");
  asked.onupgradeneeded = () => asked.result.createObjectStore("names", { autoIncrement: true }).add("zqmark-base");
  asked.onsuccess = () => { asked.result.close(); document.title = "Leaked"; };
})();
</script>
"""


def leaks() -> str:
    """Planted: data about somebody in every storage of the browser, and readable in the cookie."""
    session["seen"] = "zqmark-cookie"
    return page(LEAK)


def sign_out() -> Any:
    session.clear()
    return redirect("/sign-in", 303)


CHECKED = {"/orders", "/notes"}
VIEWS = (
    ("/health", health, ["GET"]),
    ("/sign-in", sign_in, ["GET", "POST"]),
    ("/sign-out", sign_out, ["POST"]),
    ("/", index, ["GET"]),
    ("/companies", companies, ["GET"]),
    ("/orders", orders, ["GET", "POST"]),
    ("/hello", hello, ["GET"]),
    ("/notes", notes, ["GET", "POST"]),
    ("/settings", settings, ["GET", "POST"]),
    ("/go", go, ["GET"]),
    ("/files", files, ["GET"]),
    ("/leaks", leaks, ["GET"]),
    ("/violates", violates, ["GET"]),
    ("/letters/<id_>", letter, ["GET"]),
)

if __name__ == "__main__":
    make_twin(Path(sys.argv[2])).run("127.0.0.1", int(sys.argv[1]), threaded=True)
