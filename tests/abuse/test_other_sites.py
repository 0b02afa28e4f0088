"""No form acts for a page of another site, nor for one that has no token of this very browser."""

import pytest
from itsdangerous import URLSafeTimedSerializer

from rockrobot.access import Role
from tests.abuse.fuzz import doors_of
from tests.abuse.house import PEOPLE
from tests.abuse.test_every_door import is_ours
from tests.access_table import addresses
from tests.conftest import SECRET
from tests.test_access_table import digest, register

TOKEN_OF_ANOTHER = URLSafeTimedSerializer(SECRET, salt="wtf-csrf-token").dumps("raw-token-of-another-browser")
FORGED = {
    "no token": ({"X-CSRFToken": ""}, 400),
    "the token of another browser": ({"X-CSRFToken": TOKEN_OF_ANOTHER}, 400),
    "a page of another site": ({"Sec-Fetch-Site": "cross-site"}, 403),
    "another origin": ({"Origin": "https://evil.test"}, 403),
}
OUR_OWN = ({"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "http://localhost"}, {})


def forms_by_visitor(app, people) -> list[tuple[object, str]]:
    """Every form of the house, each with the first person who may send it; one database tries half of them."""
    places, taken, found = addresses(app), set(), []
    for role, visitor in people.items():
        open_, _closed = doors_of(app, role)
        forms = [door for door in open_ if door[1] != "GET" and door not in taken and is_ours(door) and door in places]
        taken.update(forms)
        found += [(visitor, places[door]) for door in forms]
    return found


def test_no_form_acts_for_another_site_or_without_the_token_of_this_browser(app, request):
    """X1, A5, C13: every door that changes something, each with the first role that may."""
    people = {role: request.getfixturevalue(name) for role, name in PEOPLE.items()}
    register()
    a_phone = {"name": "Puhelin", "kind": "phone", "serial": "356", "owner_id": people[Role.CUSTOMER_CARE].member_id}
    people[Role.ADMINISTRATOR].post("/staff-devices/new", data=a_phone)
    for visitor in people.values():
        visitor.post("/sign-in", data={})  # from now on each browser has a token of its own
    forms, before = forms_by_visitor(app, people), digest()

    taken = [
        (path, how, answer.status_code)
        for visitor, path in forms
        for how, (headers, refusal) in FORGED.items()
        if (answer := visitor.post(path, headers=headers | {"HX-Request": "true"})).status_code != refusal
    ]

    assert len(forms) > 50
    assert taken == []
    assert digest() == before


@pytest.mark.parametrize("headers", OUR_OWN)
def test_the_same_form_of_our_own_page_is_taken(workshop, headers):
    """X1, the control: what is refused above is refused for where it comes from."""
    answer = workshop.post("/parts/new", data={"part_no": "PT-9", "name": "Tiiviste"}, headers=headers)

    assert answer.status_code == 303


def test_a_foreign_form_is_not_kept_for_its_sender_either(app, office):
    """X1: a sign-in that has run out keeps what was typed; nobody plants a form that way."""
    before = digest()
    with office.session_transaction() as session:
        session["sign_in"] = "run out"

    answer = office.post("/parts/new", data={"part_no": "PT-9"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert digest() == before


def test_a_link_from_elsewhere_may_be_followed(office):
    """X1: links of letters, mails and QR codes lead in; a link changes nothing."""
    answer = office.get("/devices/", headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 200
