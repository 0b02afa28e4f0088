"""A row that is not there, by whatever number it is asked for, answers as one that never was, and nothing changes."""

import re

from tests.abuse.crawl import text_of, without_chance
from tests.abuse.fuzz import doors_of
from tests.abuse.house import House, house
from tests.test_access_table import digest

__all__ = ["house"]
ABSENT = ("999999", "0", "-1", str(2**31), "1;2")
ROW = re.compile(r"<int:[^>]+>")
WORD = re.compile(r"<(?:any\(([^,)]+)[^>]*|string[^>]*)>")
MAIN = re.compile(r"<main.*</main>", re.DOTALL)
NOWHERE = {404, 405, 308}  # 405, 308: another rule has this address, for another method or with 0 in front
# Doors that say the same of any number: a decision that is not there is not taken back, what somebody types into the
# form of a person is compared with all but the one who is edited, a form of nobody or of another leads to the start.
ALL_THE_SAME = {"/drafts/<int:draft_id>"}
ALL_THE_SAME_BELOW = ("/duplicates/decided/", "/duplicates/typed/")


def addresses_of_none(rule: str, number: str) -> str:
    """The address of a row that is not there: the last number is what is tried, the others are of rows that are."""
    rows = len(ROW.findall(rule))
    for place in range(rows):
        rule = ROW.sub(number if place == rows - 1 else "1", rule, count=1)
    return WORD.sub(lambda found: (found.group(1) or "fi").strip("\"'"), rule)


def is_of_one_row(rule: str) -> bool:
    """True of the address of a row that answers otherwise where there is none."""
    return bool(ROW.search(rule)) and rule not in ALL_THE_SAME and not rule.startswith(ALL_THE_SAME_BELOW)


def test_whatever_is_not_there_is_not_found_alike_and_nothing_changes(app, house: House, tell):
    """A3, C8: each address with a row's number, each method, for a role that may open it."""
    for visitor in house.values():
        visitor.get("/")  # shows what was to be told before
    before, tried, odd, usual = digest(), set(), [], {}

    for role, visitor in house.items():
        open_, _closed = doors_of(app, role)
        for rule, method in sorted({door for door in open_ if is_of_one_row(door[0])} - tried):
            tried.add((rule, method))
            for number in ABSENT:
                answer = visitor.open(address := addresses_of_none(rule, number), method=method)
                told = MAIN.findall(without_chance(text_of(answer), address))
                if answer.status_code not in NOWHERE or usual.setdefault((role, answer.status_code), told) != told:
                    odd.append((method, address, answer.status_code))

    tell(f"{len(tried)} doors with {len(ABSENT)} numbers each")
    assert odd == []
    assert {name for name, rows in digest().items() if rows != before[name]} == set()
