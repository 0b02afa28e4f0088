"""The house's rules, read from the source: rooms, shelves, imports and sizes."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import JSON

from rockrobot import ROOM_NAMES, _shelves, references

PACKAGE = Path(__file__).parents[1] / "rockrobot"
TEMPLATES = PACKAGE.parent / "templates"
SHELVES = ["rules", "models", "queries", "actions", "forms", "views"]
KNOWS_ROOMS = {"__init__.py", "cli"}
ROOMLESS = {"cli", "__pycache__", "paper"}
WEB = {"flask", "sqlalchemy", "wtforms", "flask_login", "flask_wtf", "flask_babel"}
MAX_FUNCTION, MAX_MODULE = 40, 300


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            if node.module.count(".") > 1:
                yield node.module
            else:
                yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def forbidden(importer: Path, target: str) -> bool:
    """True when a file in a room may not import target, e.g. rockrobot.contacts.views."""
    room, shelf = importer.parent.name, importer.stem
    package, target_room, target_shelf = [*target.split("."), "", ""][:3]
    if package != "rockrobot":
        return shelf == "rules" and package in WEB
    if target_room not in ROOM_NAMES:
        return shelf == "rules"
    if target_shelf not in SHELVES:
        return True
    if target_room == room:
        return SHELVES.index(target_shelf) >= SHELVES.index(shelf)
    if target_shelf in {"forms", "views"}:
        return True
    return shelf not in {"forms", "views"} and ROOM_NAMES.index(target_room) > ROOM_NAMES.index(room)


def test_every_folder_is_a_listed_room():
    folders = {path.name for path in PACKAGE.iterdir() if path.is_dir()} - ROOMLESS

    assert folders == set(ROOM_NAMES)


def test_a_room_holds_shelves_only():
    strange = [
        str(path.relative_to(PACKAGE))
        for room in ROOM_NAMES
        for path in (PACKAGE / room).rglob("*.py")
        if path.stem not in {*SHELVES, "__init__"}
    ]

    assert strange == []


def test_imports_follow_the_rooms_and_shelves():
    files = [path for room in ROOM_NAMES for path in (PACKAGE / room).glob("*.py") if path.stem in SHELVES]

    broken = [f"{p.relative_to(PACKAGE)} -> {t}" for p in files for t in imports(p) if forbidden(p, t)]

    assert broken == []


def test_words_of_a_room_know_no_words_of_a_later_one():
    """The desk's words of the ledger and pieces of pages stand under all rooms."""
    found = [
        (path.parent.name, named)
        for path in TEMPLATES.glob("*/words.html")
        for named in re.findall(r'{% import "(\w+)/', path.read_text())
    ]
    at = {room: place for place, room in enumerate(ROOM_NAMES)} | {"desk": -1, "ui": -1}

    assert [(room, named) for room, named in found if at[named] > at[room]] == []


def test_the_ground_floor_does_not_know_the_rooms():
    files = [path for path in modules() if path.relative_to(PACKAGE).parts[0] not in {*KNOWS_ROOMS, *ROOM_NAMES}]

    broken = [
        f"{p.relative_to(PACKAGE)} -> {t}"
        for p in files
        for t in imports(p)
        if t.startswith("rockrobot.") and t.split(".")[1] in ROOM_NAMES
    ]

    assert broken == []


def test_each_room_says_what_it_is_for():
    silent = [r for r in ROOM_NAMES if not ast.get_docstring(ast.parse((PACKAGE / r / "__init__.py").read_text()))]

    assert silent == []


def test_functions_stay_short():
    long = [
        f"{path.relative_to(PACKAGE)}:{node.lineno} {node.name}"
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno + 1 >= MAX_FUNCTION
    ]

    assert long == []


def test_modules_stay_short():
    long = [
        str(p.relative_to(PACKAGE)) for p in modules() if len(p.read_text(encoding="utf-8").splitlines()) >= MAX_MODULE
    ]

    assert long == []


def test_only_the_clock_reads_the_clock():
    calls = {"now", "today", "utcnow"}
    reading = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for path in modules()
        if path.name != "clock.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr in calls
        and isinstance(node.value, ast.Name)
        and node.value.id in {"datetime", "date"}
    ]

    assert reading == []


def test_there_is_no_import_cycle():
    names = {".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts): path for path in modules()}
    graph = {
        name: {t for t in _top_level(path) if t in names} for name, path in names.items() if path.name != "__init__.py"
    }

    assert _cycle(graph) is None


def _top_level(path: Path) -> Iterator[str]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _cycle(graph: dict[str, set[str]]) -> list[str] | None:
    done: set[str] = set()

    def walk(name: str, path: list[str]) -> list[str] | None:
        if name in path:
            return [*path, name]
        if name in done:
            return None
        for target in graph.get(name, ()):
            found = walk(target, [*path, name])
            if found:
                return found
        done.add(name)
        return None

    return next((found for name in graph if (found := walk(name, []))), None)


def test_every_column_that_names_a_party_says_what_merge_and_erasure_do():
    list(_shelves("models"))
    subjects = [references.Base.metadata.tables[name] for name in references.SUBJECTS]

    silent = [str(c) for table in subjects for c in references.pointing_at(table) if not references.reference_of(c)]

    assert silent == [], "declare it with references.refers_to(…)"


def test_frozen_words_about_people_say_what_erasure_does():
    list(_shelves("models"))
    tables = [table for table in references.Base.metadata.tables.values() if table.info.get("personal")]

    silent = [
        str(column)
        for table in tables
        for column in table.columns
        if isinstance(column.type, JSON) and column.name != "hand_changed" and not references.reference_of(column)
    ]

    assert silent == [], "declare it with info=references.tells_of_party(…)"
