"""What one role is led to opens for no other that may not; whoever tries the doors finds the open one of the twin."""

from rockrobot.access import Role
from tests import make
from tests.access_table import OPEN, YES, kept_lines
from tests.attack.conftest import enter_twin
from tests.attack.doors import Door, doors_of
from tests.attack.house import email_of, opened
from tests.attack.people import Somebody

OK = 200


def opened_by(somebody: Somebody, doors: list[Door]) -> list[str]:
    """The addresses that open for somebody; being led to sign-in is no opening."""
    answers = ((door.target, somebody.get(door.target)) for door in doors if door.method == "GET")
    return [target for target, answer in answers if answer.status == OK and "/sign-in" not in answer.url]


def test_somebody_elses_letter_in_the_twin_is_found_open(twin, tell):
    base = f"http://127.0.0.1:{twin}"
    of_olga = [door for door in doors_of(enter_twin(base)) if door.path.startswith("/letters/")]

    found = opened_by(enter_twin(base, "pekka"), of_olga)

    tell(f"found {found}")
    assert found == ["/letters/1"]
    assert opened_by(Somebody(base), of_olga) == []


def test_no_address_opens_for_a_role_that_may_not(furnished, led_to, kind_of, tmp_path, tell):
    who_may = {line["rule"]: line for line in kept_lines() if line["method"] == "GET"}
    doors = list(dict.fromkeys(door for found in led_to.values() for door in found if kind_of(door.path) in who_may))
    wrong, tried = [], 0

    with opened(furnished, tmp_path / "data") as server:
        for role in Role:
            shut = [door for door in doors if who_may[kind_of(door.path)][role] not in {OPEN, YES}]
            somebody = Somebody(server.base).sign_in(email_of(role), make.PASSWORD)
            wrong += [(role.value, target) for target in opened_by(somebody, shut)]
            tried += len(shut)
        shut = [door for door in doors if who_may[kind_of(door.path)][Role.WORKSHOP] != OPEN]
        wrong += [("stranger", target) for target in opened_by(Somebody(server.base), shut)]

    tell(f"{tried + len(shut)} shut doors tried with four cookies and none")
    assert wrong == []
