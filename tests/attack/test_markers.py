"""No personal data in the browser's storage, the log, an error page or an address, and none by Back after sign-out."""

import csv
import http.client
import io
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Page, expect

from rockrobot.access import Role
from tests.attack.conftest import enter_twin
from tests.attack.house import opened
from tests.attack.markers import (
    COMPANY,
    EMAIL,
    FILE,
    FIRST,
    LAST,
    PHONE,
    SERIAL,
    STREET,
    TEXT,
    Watch,
    cookie_text,
    marks_in,
)
from tests.attack.screens import sign_in
from tests.chromium import watched_page

TOO_MANY = 69_000_000
MAIN_FORM = "main form[method=post] button.primary"


def test_a_marker_is_seen_wherever_the_twin_leaks_it(twin, twin_log, browser, tell):
    base = f"http://127.0.0.1:{twin}"
    context = browser.new_context(base_url=base)
    watch = Watch(context)
    name, _, value = enter_twin(base).cookie.partition("=")
    context.add_cookies([{"name": name, "value": value, "url": base}])
    page = watched_page(context)

    page.goto("/leaks")
    page.wait_for_function("document.title === 'Leaked'")
    kept = page.evaluate("Promise.all([localStorage.who, sessionStorage.who, indexedDB.databases(), caches.keys()])")
    seen = {"storage"} if len(watch.kept(page)) >= 4 and all(kept) else set()
    seen |= {"cookie"} if any("zqmark-cookie" in cookie_text(c["value"]) for c in context.cookies()) else set()
    seen |= {"error"} if marks_in(page.goto("/companies?q=' zqmark").text()) else set()
    page.goto("/hello?name=zqmark")
    seen |= {"address"} if watch.addresses() else set()
    seen |= {"log"} if marks_in(twin_log.read_text()) else set()
    page.evaluate("fetch('/sign-out', {method: 'POST'})")
    page.goto("/sign-in")
    page.go_back()
    seen |= {"back"} if marks_in(page.content()) else set()

    tell(f"saw the marker in {sorted(seen)}")
    assert seen == {"storage", "cookie", "error", "address", "log", "back"}


def test_no_marker_leaves_the_pages_of_the_app(furnished, browser, tmp_path, tell):
    with opened(furnished, tmp_path / "data") as server:
        server.start_worker()
        context = browser.new_context(base_url=server.base, accept_downloads=True)
        watch = Watch(context)
        page = watched_page(context)
        alarms = []
        page.on("dialog", lambda dialog: (alarms.append(dialog.message), dialog.dismiss()))
        mistyped_sign_in(page)
        sign_in(page, Role.CUSTOMER_CARE)

        planted = plant(page, tmp_path)
        kept, markup = look_around(page, watch, planted)
        kept |= work_with_it(page, watch, planted, tmp_path)
        errors = {place: marks_in(text) for place, text in provoke_errors(page, planted, tmp_path / "data").items()}
        kept |= watch.kept(page)
        back = go_back_after_sign_out(page, planted)
        log = server.log

    tell(f"{len(watch.asked)} requests, {len(errors)} kinds of errors, {len(log.splitlines())} lines of log")
    assert kept == set()
    assert markup == alarms == []
    assert watch.addresses() == set()
    assert {place: marks for place, marks in errors.items() if marks} == {}
    assert '"kind": "OperationalError"' in log
    assert marks_in(log) == set()
    assert marks_in(back) == set()


def mistyped_sign_in(page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_label("Sähköposti").fill(EMAIL)
    page.get_by_label("Salasana").fill("zqmark-salasana")
    page.keyboard.press("Enter")
    expect(page.locator("[data-focus]")).to_contain_text("ei täsmää")


def plant(page: Page, folder: Path) -> dict[str, str]:
    """Put the markers in through the screens; where they are now."""
    picture = folder / FILE
    Image.new("RGB", (40, 30), "#f2b705").save(picture, "PNG")
    where = {"company": send(page, "/companies/new", name=COMPANY, email=EMAIL)}
    page.goto("/people/new")
    page.locator("[name=first_name]").press_sequentially(FIRST)  # the warning of duplicates asks while one types
    page.locator("[name=last_name]").press_sequentially(LAST[:10])
    where["person"] = send(page, "", last_name=LAST, mobile=PHONE, email=EMAIL)
    where["device"] = send(page, "/devices/new", serial=SERIAL)
    send(page, where["person"] + "/addresses/new", street=STREET, postcode="28100", city="Zqmarkila")
    page.goto(where["person"] + "/events/new")
    page.locator("input[name=files]").set_input_files(picture)
    send(page, "", text=TEXT)
    return where


def send(page: Page, path: str, **fields: str) -> str:
    """Fill in a form and send it; the path it leads to."""
    if path:
        page.goto(path)
    for name, value in fields.items():
        page.locator(f"main [name={name}]").first.fill(value)
    with page.expect_navigation():
        page.locator(MAIN_FORM).first.click()
    assert page.locator("main .error").count() == 0, page.locator("main").inner_text()
    return str(page.evaluate("location.pathname"))


def look_around(page: Page, watch: Watch, planted: dict[str, str]) -> tuple[set[str], list[str]]:
    """Look at every page that a card leads to; the markers kept meanwhile, and pages where a marker became markup."""
    waiting, kept, markup = ["/", "/history", "/jobs", "/duplicates/", "/letters/", "/recalls/1"], set(), []
    for card in planted.values():
        page.goto(card)
        links = page.locator(f"main a[href^='{card}'], main a[href^='/events/']")
        waiting += [card, *links.evaluate_all("links => links.map((link) => link.getAttribute('href'))")]
    for address in dict.fromkeys(waiting):
        if address.partition("?")[0].endswith(".pdf"):
            continue
        page.goto(address)
        kept |= watch.kept(page)
        if page.locator("[onerror], main script").count() or "zqmarkyritys 49" in page.content().lower():
            markup.append(address)
    return kept, markup


def work_with_it(page: Page, watch: Watch, planted: dict[str, str], folder: Path) -> set[str]:
    """Search, edit with an error, export, import with an error; the markers kept meanwhile."""
    kept = set()
    page.goto("/")
    page.keyboard.press("Control+k")
    page.keyboard.type("zqmarketu", delay=20)
    expect(page.locator("#palette_hits a").first).to_contain_text("Zqmarketu")
    kept |= watch.kept(page)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.goto("/search?q=zqmark")
    expect(page.locator("#search_hits a").first).to_be_visible()
    page.goto("/people/")
    page.locator("main form [name=q]").first.fill("zqmarksuku")
    page.keyboard.press("Enter")
    expect(page.locator("main tbody a").first).to_contain_text("Zqmark")
    kept |= watch.kept(page)
    page.goto("/s")
    page.locator("#tel").fill(PHONE)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Zqmarketu")
    page.goto(planted["person"] + "/edit")
    page.locator("main [name=last_name]").fill("")
    page.locator("main [name=first_name]").fill("")
    page.locator(MAIN_FORM).first.click()
    expect(page.locator("[data-focus]")).to_be_visible()
    kept |= watch.kept(page)
    export_people(page)
    import_with_an_error(page, folder)
    return kept | watch.kept(page)


def export_people(page: Page) -> None:
    answer = page.request.get("/exports/people/file?q=zqmark&purpose=relations&channel=all&file=csv")
    assert marks_in(answer.text()), answer.status


def import_with_an_error(page: Page, folder: Path) -> None:
    stream = io.StringIO()
    csv.writer(stream).writerows([["Etunimi", "Sukunimi", "Sähköposti"], [FIRST, LAST, "zqmark-ei-osoite"]])
    path = folder / "zqmarklista.csv"
    path.write_text(stream.getvalue())
    page.goto("/contact-files/")
    page.get_by_label("Tiedosto").set_input_files(path)
    page.get_by_role("button", name="Lue tiedosto").click()
    page.get_by_role("button", name="Näytä, mitä tuonti tekisi").click()
    expect(page.get_by_text("zqmark-ei-osoite").first).to_be_visible()


def provoke_errors(page: Page, planted: dict[str, str], data: Path) -> dict[str, str]:
    """Error pages of each kind, asked for with markers."""
    token = page.locator("input[name=csrf_token]").first.get_attribute("value") or ""
    events, typed = planted["person"] + "/events/new", {"text": TEXT, "csrf_token": token}
    said = {
        "404": page.request.get("/people/999999?next=zqmark").text(),
        "403": page.request.get("/viewings/").text(),
        "400": page.request.post(events, form=typed | {"csrf_token": "zqmark"}).text(),
        "405": page.request.post("/people/", form=typed).text(),
        "413": answer_to_too_much(page, events),
    }
    with without_table(data / "rockrobot.db", "addresses"):
        answer = page.request.get(planted["person"])
        sent = page.request.post(
            planted["person"] + "/addresses/new",
            form={"kind": "postal", "street": STREET, "postcode": "28100", "city": "Zqmarkila", "csrf_token": token},
        )
        assert (answer.status, sent.status) == (500, 500)
        said |= {"500": answer.text(), "500 of a form": sent.text()}
    return said


def answer_to_too_much(page: Page, path: str) -> str:
    """What is said of a body that is too long; the most of it is not sent, for the server may cut the line first."""
    place = urlsplit(page.url)
    line = http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)
    cookies = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in page.context.cookies())
    headers = {"Cookie": cookies, "Content-Length": str(TOO_MANY), "Content-Type": "application/x-www-form-urlencoded"}
    with closing(line):
        line.request("POST", path, body=iter([b"text=" + b"zqmark" * 100]), headers=headers)
        answer = line.getresponse()
        assert answer.status == 413
        return answer.read().decode()


@contextmanager
def without_table(database: Path, name: str) -> Iterator[None]:
    """A database that lacks a table for a while: what reads it fails with the statement and its values in the error."""
    with closing(sqlite3.connect(database, timeout=10)) as connection:
        connection.execute("PRAGMA legacy_alter_table = ON")
        connection.execute(f"ALTER TABLE {name} RENAME TO {name}_away")
        connection.commit()
        yield
        connection.execute(f"ALTER TABLE {name}_away RENAME TO {name}")
        connection.commit()


def go_back_after_sign_out(page: Page, planted: dict[str, str]) -> str:
    """What Back shows to whoever comes after somebody has signed out."""
    page.goto(planted["person"])
    page.locator("details.menu.user summary").click()
    page.get_by_role("button", name="Kirjaudu ulos").click()
    page.wait_for_url("**/sign-in*")
    page.go_back()
    page.wait_for_load_state()
    return page.content()
