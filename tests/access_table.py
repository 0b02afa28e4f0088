"""The table of who may open what, as the tests keep it: python -m tests.access_table writes it anew, to be read over.

One line a door: address, method, what it is called, who may, the marks of its view (rockrobot/access.py says what each
means), and the act's name in the ledger. The tests refuse a door that is not there, or not as it says.
"""

import csv
from pathlib import Path

from flask import Flask
from werkzeug.routing import AnyConverter, BaseConverter, IntegerConverter

from rockrobot.access import Role, permission_of

TABLE = Path(__file__).with_suffix(".csv")
MARKS = ("fresh", "object_rule", "from_anywhere", "while_typing", "in_ledger")
COLUMNS = ("rule", "method", "endpoint", *(role.value for role in Role), *MARKS, "event")
OPEN, YES, NO = "anyone", "yes", ""
Line = dict[str, str]


def lines_of(app: Flask) -> list[Line]:
    """The doors as the app has them."""
    found = []
    with app.app_context():
        for rule in app.url_map.iter_rules():
            permission = permission_of(rule.endpoint)
            if rule.endpoint == "static" or permission is None:
                continue
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                roles = permission.roles
                may = {role.value: OPEN if roles is None else YES if role in roles else NO for role in Role}
                marks = {name: YES if getattr(permission, name) else NO for name in MARKS}
                line = {"rule": rule.rule, "method": method, "endpoint": rule.endpoint, "event": permission.event}
                found.append(line | may | marks)
    return sorted(found, key=lambda line: (line["rule"], line["method"]))


def kept_lines() -> list[Line]:
    """The doors as the table says."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(lines: list[Line]) -> None:
    """Write the table."""
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)


def addresses(app: Flask, *, a_number: int = 1) -> dict[tuple[str, str], str]:
    """An address for each door (rule, method), with this number for every row."""
    found: dict[tuple[str, str], str] = {}
    for rule in app.url_map.iter_rules():
        values = {name: _example_of(converter, a_number) for name, converter in rule._converters.items()}
        with app.test_request_context():
            built = rule.build(values, append_unknown=False)
        if built is not None and rule.endpoint != "static":
            found |= {(rule.rule, method): built[1] for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}
    return found


def _example_of(converter: BaseConverter, a_number: int) -> object:
    if isinstance(converter, IntegerConverter):
        return a_number
    return sorted(converter.items)[0] if isinstance(converter, AnyConverter) else "fi"


if __name__ == "__main__":
    from rockrobot import create_app
    from tests.conftest import settings

    write(lines_of(create_app(settings(Path(), "sqlite://"))))
