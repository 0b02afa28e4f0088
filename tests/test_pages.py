"""Every page that a link leads to opens, is valid HTML, has one heading, ids of its own and a label at every field.

None but those that tell of the whole register reads it from one end to the other.
"""

import re
from collections import Counter
from html import unescape
from xml.etree.ElementTree import Element

import html5lib
import pytest
from html5lib.constants import E as MESSAGES
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from rockrobot.access import LOOKING, Role, permission_of
from rockrobot.contacts.rules import ContactType
from rockrobot.db import db, is_sqlite
from tests import make
from tests.conftest import Visitor
from tests.plans import planned, read_through
from tests.walk import Walk, ok, under_way

XHTML = "{http://www.w3.org/1999/xhtml}"
PAGES_AN_ENDPOINT = 2
READINESS = ("index", "machines", "owners_without_address")
# Lists count their rows, readiness and tags are sums over all, forms offer the kinds and countries that stand in an
# index, and of the replies those that sold a machine are few.
READ_THROUGH = {
    *((f"{register}.index", register) for register in ("companies", "devices", "people", "worksites")),
    *((f"{register}.{form}", register) for register in ("companies", "people") for form in ("new", "edit")),
    *(("exports.show", register) for register in ("companies", "people")),
    *((f"readiness.{page}", table) for page in READINESS for table in ("devices", "ownerships", "addresses")),
    ("worksites.index", "addresses"),
    ("tags.index", "taggings"),
    ("letters.case", "replies"),
    ("follow_ups.index", "replies"),
}
UNLABELLED = {"hidden", "submit", "button", "image"}


class Crawl:
    """Follows the links of pages, at most a few pages of each endpoint."""

    def __init__(self, visitor: Visitor, role: Role) -> None:
        self.visitor = visitor
        self.role = role
        self.seen: Counter[str] = Counter()
        self.known = {"/"}
        self.faults: list[tuple[str, str]] = []
        self.read_through: set[tuple[str, str]] = set()

    def endpoint_of(self, address: str, method: str = "GET") -> str | None:
        adapter = self.visitor.application.url_map.bind("localhost")
        try:
            return str(adapter.match(address.partition("?")[0], method=method)[0])
        except HTTPException:
            return None

    def may_do(self, address: str) -> bool:
        """True when the role of who crawls may send a form there."""
        endpoint = self.endpoint_of(address, "POST")
        permission = permission_of(endpoint)
        return permission is not None and (permission.roles is None or self.role in permission.roles)

    def run(self) -> None:
        waiting = ["/"]
        while waiting:
            address = waiting.pop(0)
            endpoint = self.endpoint_of(address)
            if endpoint is None or endpoint == "static" or self.seen[endpoint] >= PAGES_AN_ENDPOINT:
                continue
            self.seen[endpoint] += 1
            waiting += self._read(address, endpoint)

    def _answer(self, address: str, endpoint: str) -> TestResponse:
        if not is_sqlite():  # its plans follow the rows that it holds, and a test holds few
            return self.visitor.get(address)
        with planned(db.engine) as steps:
            answer = self.visitor.get(address)
        self.read_through |= {(endpoint, table) for table in read_through(steps)}
        return answer

    def _read(self, address: str, endpoint: str) -> list[str]:
        answer = self._answer(address, endpoint)
        if answer.status_code not in {200, 303}:
            self.faults.append((address, f"answers {answer.status_code}"))
        if answer.status_code != 200 or answer.mimetype != "text/html":
            return []
        if is_sqlite():  # the other database draws the same pages, and reading them takes most of the time
            self.faults += [(address, fault) for fault in faults_of(answer.text)]
        self.faults += [(address, f"offers {act}") for act in acts_of(answer.text) if not self.may_do(act)]
        found = [link for link in re.findall(r'href="(/[^"#]*)', answer.text) if link not in self.known]
        self.known.update(found)
        return [link.replace("&amp;", "&") for link in found]


def acts_of(html: str) -> set[str]:
    """Where the forms of a page are sent."""
    return {unescape(found) for found in re.findall(r'<form[^>]* method="post"[^>]* action="(/[^"]*)"', html)}


def faults_of(html: str) -> list[str]:
    """What is wrong with a page."""
    parser = html5lib.HTMLParser()
    root = parser.parse(html)
    faults = [MESSAGES[code] % values for _, code, values in parser.errors]
    ids = Counter(one.get("id") for one in root.iter() if one.get("id"))
    faults += [f"id {name} is used {count} times" for name, count in ids.items() if count > 1]
    headings = sum(1 for _ in root.iter(f"{XHTML}h1"))
    faults += [] if headings == 1 else [f"{headings} h1"]
    labelled = {label.get("for") for label in root.iter(f"{XHTML}label")}
    inside = {field for label in root.iter(f"{XHTML}label") for field in label.iter()}
    for field in root.iter():
        if is_unlabelled(field) and field.get("id") not in labelled and field not in inside:
            faults.append(f"no label: {field.get('name')}")
    return faults


def is_unlabelled(field: Element) -> bool:
    """True for a field that needs a label and does not name itself."""
    kinds = (f"{XHTML}input", f"{XHTML}select", f"{XHTML}textarea")
    return field.tag in kinds and field.get("type") not in UNLABELLED and not field.get("aria-label")


@pytest.fixture
def walked(app, office, supervisor, tmp_path) -> Walk:
    walk = under_way(office, supervisor, tmp_path)
    call = {
        "channel": "phone",
        "direction": "out",
        "on": "tänään",
        "at": "0.00",
        "text": "Kysyi terää.",
        "companies": 1,
    }
    importer = make.company("Import AS", country="NO", contact_type=ContactType.IMPORTER)
    ok(office.post(f"/companies/{importer.id}/territories/new", data={"country": "NO", "email": "a@b.example"}))
    enquiry = {"came_on": "eilen", "channel": "email", "name": "Kari", "country": "NO", "question": "Hva koster?"}
    ok(office.post("/enquiries/new", data=enquiry))
    ok(office.post("/companies/1/events/new", data=call | {"due": "week", "assigned_to": office.member_id}))
    return walk


def test_every_page_that_a_link_leads_to_is_sound_and_most_are_led_to(app, walked, protection, administrator):
    crawls = [
        Crawl(walked.office, Role.CUSTOMER_CARE),
        Crawl(protection, Role.DATA_PROTECTION),
        Crawl(administrator, Role.ADMINISTRATOR),
    ]

    for crawl in crawls:
        crawl.run()

    rules = app.url_map.iter_rules()
    doors = {rule.endpoint for rule in rules if LOOKING & rule.methods and rule.endpoint != "static"}
    reached = doors & {name for crawl in crawls for name in crawl.seen}
    assert [crawl.faults for crawl in crawls] == [[], [], []]
    assert {pair for crawl in crawls for pair in crawl.read_through} - READ_THROUGH == set()
    assert {"people.show", "devices.show", "recalls.show", "letters.case", "staff.show", "viewings.index"} <= reached
    assert len(reached) >= 0.5 * len(doors)
