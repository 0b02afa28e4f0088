"""The same job in Chromium, on a server of its own with the demonstration company: by mouse, keyboard and phone."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.chromium import chromium, watched_page
from tests.contact_files.lists import OUTLOOK, table
from tests.server import PASSWORD, Server

DESKTOP, PHONE = {"width": 1366, "height": 768}, {"width": 360, "height": 740}
PAGES = [
    "/",
    "/devices/",
    "/devices/new",
    "/models/",
    "/parts/",
    "/batches/",
    "/companies/",
    "/people/",
    "/worksites/",
    "/tags/",
    "/saved-filters/",
    "/search?q=KR200",
    "/traces/",
    "/recalls/",
    "/letters/",
    "/replies",
    "/readiness",
    "/imports/",
    "/contact-files/",
    "/history",
    "/jobs",
    "/merges/",
    "/duplicates/",
    "/duplicates/decided",
    "/notice-headings",
    "/components",
]

COVERED = """() => [...document.querySelectorAll("main .field input, main .field select")].filter((field) => {
  field.focus();
  const box = field.getBoundingClientRect();
  return document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2) !== field;
}).map((field) => field.name)"""
"""The fields of which something covers the middle while they have the focus (WCAG 2.4.11)."""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[str]:
    running = Server(tmp_path_factory.mktemp("browser"))
    running.furnish()
    try:
        running.start_web()
        running.start_worker()
        yield running.base
    finally:
        running.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def visit(browser: Browser, server: str, who: str = "asiakaspalvelu", *, size=DESKTOP, script=True) -> Page:
    """A signed-in page that remembers what went wrong on it."""
    options = {"viewport": size, "base_url": server, "accept_downloads": True, "java_script_enabled": script}
    page = watched_page(browser.new_context(**options))
    page.goto("/sign-in")
    page.get_by_label("Sähköposti").fill(f"{who}@demo.example")
    page.get_by_label("Salasana").fill(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.goto("/purpose")
    with page.expect_navigation():
        page.get_by_role("button", name="Yhteydenotto").click()
    return page


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_page_fits_its_screen_and_is_without_faults(server, browser, size):
    page = visit(browser, server, size=size)
    wrong = []

    for path in PAGES:
        answer = page.goto(path)
        width = page.evaluate("document.documentElement.scrollWidth")
        if answer.status != 200 or width > size["width"] or page.faults or page.locator("h1").count() != 1:
            wrong.append((path, answer.status, width, page.faults[:], page.locator("h1").count()))
        page.faults.clear()

    assert wrong == []
    with page.expect_console_message(lambda message: "img-src forbids" in message.text):
        page.evaluate("document.body.append(Object.assign(new Image(), {src: 'https://elsewhere.example/x.png'}))")
    assert any("img-src forbids https://elsewhere.example" in fault for fault in page.faults)


def test_a_drill_from_a_batch_to_printed_letters_and_replies(server, browser):
    page = visit(browser, server)
    page.goto("/traces/")
    page.get_by_label("Erän numero").fill("E231")
    page.get_by_role("button", name="Jäljitä").click()
    expect(page.get_by_text("Mitä tämä tarkoittaa")).to_be_visible()
    page.get_by_label("Tapauksen nimi").fill("Harjoitus syksyllä")
    page.get_by_label("Harjoitus").check()
    page.get_by_role("button", name="Avaa takaisinvetotapaus").click()
    expect(page.locator("h1")).to_contain_text("Harjoitus syksyllä")
    case = page.url.removeprefix(server).partition("?")[0]

    page.get_by_role("link", name="Rajaa, mitä tämä koskee").first.click()
    page.get_by_role("button", name="Lukitse rajaus v1").click()
    page.get_by_role("link", name="Tarkista ja hyväksy").first.click()
    page.get_by_role("button", name="Täytä malliteksteillä").click()
    for field in page.locator("input[name^='heading_']").all():
        field.fill("Olga Asiakaspalvelu")
    for field in page.locator("[name='own_reason']").all():
        field.fill("Harjoitus yksin.")
    page.get_by_role("button", name="Hyväksy rajaus ja tekstit").click()
    page.get_by_role("button", name="Tulosta").first.click()
    batches = page.locator("a[href*='/letters/batches/']")
    for _ in range(60):
        page.goto(case + "/letters")
        if batches.count():
            break
        time.sleep(0.5)
    with page.expect_download() as download:
        batches.first.evaluate("a => { a.setAttribute('download', ''); a.click() }")

    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
    assert page.faults == []

    phone = visit(browser, server, size=PHONE)
    phone.goto("/replies")
    phone.get_by_label("Kirjeen viite").fill("HARJ-2026-001-0001".replace("2026", str(time.gmtime().tm_year)))
    phone.keyboard.press("Enter")
    phone.get_by_role("button", name="Laite on meillä, käyttö lopetettu").click()
    expect(phone.get_by_text("Vastaus tallennettu")).to_be_visible()


def test_contacts_from_a_list_in_four_clicks_and_out_again_in_one(server, browser, tmp_path):
    header, rows = OUTLOOK
    path = tmp_path / "contacts.csv"
    path.write_bytes(table(header, rows).encode("cp1252"))
    page = visit(browser, server)
    page.goto("/contact-files/")

    page.get_by_label("Tiedosto").set_input_files(path)
    page.get_by_role("button", name="Lue tiedosto").click()
    page.get_by_role("button", name="Näytä, mitä tuonti tekisi").click(timeout=15_000)
    page.get_by_role("button", name="Tuo kaikki rivit").click(timeout=15_000)
    expect(page.get_by_text("Tuotu: 2 uutta")).to_be_visible(timeout=15_000)

    page.get_by_role("button", name="Kumoa").click()
    expect(page.get_by_text("Tuonti on kumottu.")).to_be_visible()
    assert page.faults == []


@pytest.mark.parametrize("key", ["Control+k", "/"])
def test_hits_show_as_one_types_and_the_keyboard_opens_them(server, browser, key):
    page = visit(browser, server)
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/search?" in request.url else None)
    page.goto("/devices/")

    page.keyboard.press(key)
    page.keyboard.type("louhinta vi", delay=30)
    expect(page.locator("#palette_hits a").first).to_contain_text("Louhinta Virta Oy")
    expect(page.locator("#palette_hits a").first).to_contain_text("nimi")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.locator("h1")).to_contain_text("Louhinta Virta Oy")
    assert len(asked) == 1
    assert page.faults == []


def test_a_late_answer_never_replaces_a_newer_one(server, browser):
    page = visit(browser, server)
    page.goto("/devices/")

    held = []
    page.route("**/search?*", lambda route: held.append(route) if "q=kivi" in route.request.url else route.continue_())
    page.keyboard.press("Control+k")
    page.keyboard.type("kivi")
    page.wait_for_timeout(500)
    page.locator("#palette-query").fill("louhinta")

    expect(page.locator("#palette_hits a").first).to_contain_text("Louhinta Virta Oy")
    held[0].fulfill(body='<div id="palette_hits"><ul><li><a href="/">Kivi</a></li></ul></div>')
    page.wait_for_timeout(500)
    expect(page.locator("#palette_hits a").first).to_contain_text("Louhinta Virta Oy")
    assert page.faults == []


def test_enter_alone_searches_and_keys_typed_in_a_field_are_letters(server, browser):
    page = visit(browser, server)

    page.keyboard.press("Control+k")
    page.keyboard.type("kr200-01")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Haku")
    page.wait_for_load_state()
    box = page.get_by_label("Mitä haetaan")
    page.keyboard.press("/")
    expect(box).to_be_focused()
    box.fill("")
    page.keyboard.type("gnejs TI/1?")
    expect(box).to_have_value("gnejs TI/1?")
    expect(page.locator("dialog[open], .menu[open]")).to_have_count(0)
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Näppäimet tällä sivulla")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("l")
    expect(page.locator("h1")).to_have_text("Laitteet")

    page.goto("/companies/new")
    page.get_by_label("Nimi").first.fill("Näppäin Oy")
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_contain_text("Näppäin Oy")
    page.goto("/full-exports/people/new?purpose=marketing&channel=letter&file=csv")
    page.locator("main form[method=post] textarea, main form[method=post] input[type=text]").first.fill("kampanja")
    page.keyboard.press("Control+Enter")
    page.locator("h1").click()
    page.keyboard.press("s")
    page.wait_for_timeout(300)

    assert "/full-exports/people/new" in page.url
    assert page.faults == []


def test_a_callers_number_leaves_the_address(server, browser):
    page = visit(browser, server)

    page.goto("/s?tel=0409999999")

    expect(page.locator("h1")).to_have_text("Kuka soittaa?")
    assert page.url == f"{server}/s"


def test_a_hand_written_device_can_be_undone_and_back_past_an_error_leads_to_the_form(server, browser):
    page = visit(browser, server)
    page.goto("/devices/new")
    page.locator("main form[method=post] button.primary").first.click()
    expect(page.get_by_role("alert")).to_contain_text("Tarkista")
    page.get_by_label("Sarjanumero").fill("KR200-9999")
    page.locator("main form[method=post] button.primary").first.click()
    expect(page.locator("main")).to_contain_text("KR200-9999")

    page.get_by_role("button", name="Kumoa").first.click()
    expect(page.get_by_text("Kumottu").first).to_be_visible()
    page.go_back()
    page.wait_for_load_state()
    page.go_back()
    expect(page.get_by_label("Sarjanumero")).to_be_visible()
    page.goto("/search?q=KR200-9999")

    assert page.locator("a[href^='/devices/']").filter(has_text="KR200-9999").count() == 0


def add_person(page, first: str, last: str, phone: str) -> str:
    """Add a person through the form; the address of the card."""
    page.goto("/people/new")
    page.get_by_label("Etunimi").fill(first)
    page.get_by_label("Sukunimi").fill(last)
    page.get_by_label("Matkapuhelin").fill(phone)
    page.get_by_role("button", name="Tallenna henkilö").click()
    expect(page.locator("h1")).to_have_text(f"{first} {last}")
    return page.evaluate("location.pathname")


def test_two_records_of_one_person_are_merged_and_taken_apart(server, browser):
    page = visit(browser, server)
    kept = add_person(page, "Veikko", "Kaksonen", "040 7654001")
    other = add_person(page, "Veiko", "Kaxonen", "050 7654002")

    page.goto(kept)
    page.get_by_role("link", name="Yhdistä", exact=True).click()
    page.get_by_label("Sama kuin").fill("Veiko Kaxonen")
    page.get_by_role("button", name="Näytä rinnakkain").click()
    rows = page.locator("table tbody tr")
    expect(rows).to_have_count(3)
    in_view = rows.evaluate_all("rows => rows.every(row => row.getBoundingClientRect().bottom <= innerHeight)")
    page.get_by_label("Veiko", exact=True).check()
    page.get_by_role("button", name="Yhdistä", exact=True).click()
    expect(page.locator("h1")).to_have_text("Veiko Kaksonen")
    expect(page.get_by_role("link", name="050 7654002", exact=True)).to_be_visible()
    page.goto(other)
    led_to = page.url
    page.goto("/merges/")
    page.locator("main .rows a").first.click()
    page.get_by_role("button", name="Pura yhdistäminen").click()
    expect(page.get_by_text("Purettu")).to_be_visible()
    page.goto(other)

    assert in_view
    assert led_to.endswith(kept)
    expect(page.locator("h1")).to_have_text("Veiko Kaxonen")
    assert page.faults == []


def test_a_call_is_logged_on_a_phone_in_three_taps_with_its_follow_up_and_photo(server, browser, tmp_path):
    photo = tmp_path / "kilpi.jpg"
    Image.new("RGB", (1600, 1200), "#f2b705").save(photo, "JPEG")
    page = visit(browser, server, size=PHONE)
    page.goto("/people/")
    page.locator("#people_rows tbody a[href^='/people/']").first.click()
    name = page.locator("h1").inner_text()
    taps = []

    def tap(target: Locator, what: str) -> None:
        target.click()
        taps.append(what)

    tap(page.get_by_role("link", name="Kirjaa puhelu"), "open")
    page.get_by_label("Mitä tapahtui").fill("Pyysi tarjousta terästä.")
    page.get_by_label("Ota kuva").set_input_files(photo)
    tap(page.get_by_text("+1 vk", exact=True), "follow-up")
    tap(page.get_by_role("button", name="Tallenna tapahtuma"), "save")

    expect(page.get_by_text("Tapahtuma tallennettu.")).to_be_visible()
    expect(page.locator("h1")).to_have_text(name)
    expect(page.locator("#timeline")).to_contain_text("Pyysi tarjousta terästä.")
    expect(page.locator("#timeline img")).to_have_js_property("naturalWidth", 192)
    assert taps == ["open", "follow-up", "save"]

    page.locator("#timeline select").select_option("email")
    expect(page.locator("#timeline")).not_to_contain_text("Pyysi tarjousta terästä.")
    page.goto("/")
    expect(page.get_by_role("link", name="Pyysi tarjousta terästä.")).to_be_visible()
    page.get_by_role("button", name="Merkitse tehdyksi: Pyysi tarjousta terästä.").click()
    expect(page.get_by_text("Seuranta merkitty tehdyksi.")).to_be_visible()
    expect(page.get_by_role("link", name="Pyysi tarjousta terästä.")).to_have_count(0)
    page.get_by_role("button", name="Kumoa").first.click()
    expect(page.get_by_role("link", name="Pyysi tarjousta terästä.")).to_be_visible()
    assert page.faults == []


@pytest.mark.parametrize(
    ("size", "script"), [(DESKTOP, True), (PHONE, True), (DESKTOP, False)], ids=["desktop", "phone", "no script"]
)
def test_many_companies_are_tagged_at_once_and_one_button_takes_it_back(server, browser, size, script):
    page = visit(browser, server, size=size, script=script)
    page.goto("/companies/?type=asiakas&sort=-name")
    names = page.locator("tbody th a").all_inner_texts()[:2]
    for name in names:
        page.get_by_label(f"Valitse {name}").check()
    page.get_by_label("Tee valituille").select_option("Lisää avainsana")
    page.get_by_role("button", name="Jatka").click()
    page.get_by_label("Avainsanat").fill("Kevätmessut")
    page.get_by_role("button", name="Esikatsele").click()
    expect(page.get_by_text("Toimi koskee: 2 yritystä")).to_be_visible()
    page.get_by_role("button", name="Lisää avainsana").click()

    expect(page.get_by_role("status").get_by_text("Avainsana lisätty 2 riville.")).to_be_visible()
    assert page.url.endswith("/companies/?type=asiakas&sort=-name")
    expect(page.locator("tbody").get_by_text("Kevätmessut")).to_have_count(2)
    page.get_by_role("status").get_by_role("button", name="Kumoa").click()
    expect(page.get_by_role("status").get_by_text("Kumottu.")).to_be_visible()
    expect(page.locator("tbody").get_by_text("Kevätmessut")).to_have_count(0)
    assert page.faults == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_typing_somebody_who_is_in_the_register_warns_and_stops_nobody(server, browser, size):
    page = visit(browser, server, size=size)
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/duplicates/typed" in request.url else None)
    page.goto("/people/new")
    last_name = f"Aho-{size['width']}"

    page.get_by_label("Etunimi").press_sequentially("Aino")
    page.get_by_label("Sukunimi").press_sequentially(last_name)
    page.get_by_label("Matkapuhelin").press_sequentially("040 555 0000")
    warning = page.locator("#alike")
    expect(warning).to_contain_text("sama matkapuhelin")
    expect(warning.get_by_role("link").first).to_have_attribute("target", "_blank")
    expect(page.get_by_label("Matkapuhelin")).to_be_focused()
    expect(page.get_by_label("Sukunimi")).to_have_value(last_name)
    assert page.evaluate(COVERED) == []
    page.get_by_role("button", name="Tallenna henkilö").click()

    expect(page.get_by_text("Henkilö lisätty.")).to_be_visible()
    expect(page.get_by_text("Mahdollisesti sama kuin")).to_be_visible()
    assert page.faults == []
    assert {url.removeprefix(server) for url in asked} == {"/duplicates/typed/people"}
    page.get_by_role("button", name="Kumoa").first.click()
    expect(page.locator("h1")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_pair_is_found_decided_and_brought_back(server, browser, script):
    page = visit(browser, server, script=script)
    page.goto("/companies/new")
    page.get_by_label("Nimi").fill("Oy Graniittikeskus Ab")
    page.get_by_role("button", name="Tallenna yritys").click()
    expect(page.get_by_text("Mahdollisesti sama kuin")).to_be_visible()

    page.goto("/duplicates/")
    page.get_by_role("button", name="Eivät ole sama").first.click()
    expect(page.get_by_text("Kaksoiskappaleita ei ole.")).to_be_visible()
    page.get_by_role("status").get_by_role("button", name="Kumoa").click()
    expect(page.get_by_role("button", name="Eivät ole sama")).to_have_count(1)
    page.get_by_role("link", name="Yhdistä", exact=True).click()
    expect(page.locator("h1")).to_contain_text("Yhdistä yritykset")
    page.get_by_role("button", name="Yhdistä").click()
    expect(page.get_by_text("Yhdistetty. Mitään ei poistettu.")).to_be_visible()
    page.goto("/duplicates/")
    expect(page.get_by_text("Kaksoiskappaleita ei ole.")).to_be_visible()
    assert page.faults == []
