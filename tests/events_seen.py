"""Which events the tests wrote into the ledger, and through which door; after the whole run, which they never did.

L2: the registry (`@allow`) and what is written are held equal. A door that changes has to have written its event by a
request of a test, and so has a door that only looks where its code logs whose data it shows; what else stands there is
a page without anybody's data, which writes nothing. No request writes under a name that the history has no word for.
"""

import ast
from collections.abc import Iterator, Set
from functools import cache
from inspect import getsource
from pathlib import Path
from textwrap import dedent
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest
from flask import Flask, has_request_context, request
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from werkzeug.routing import Rule

from rockrobot import create_app
from rockrobot.access import permission_of
from rockrobot.chain import ChangeSet

Seen = tuple[str, str, str]
FIRST_WORDS = f"INSERT INTO {ChangeSet.__tablename__} "
UNCOMMITTED = "events of this transaction"
MADE_BY_TESTS = "test"  # how events of views that tests make up begin
seen: set[Seen] = set()
verdict = pytest.StashKey[list[str]]()


# ---------- what is written ----------


def _written(connection: Connection, _cursor: Any, statement: str, _values: Any, context: Any, _many: bool) -> None:
    if has_request_context() and request.endpoint and statement.startswith(FIRST_WORDS):
        pending = connection.info.setdefault(UNCOMMITTED, set())
        pending.update((request.endpoint, request.method, row["event"]) for row in context.compiled_parameters)


def _committed(connection: Connection) -> None:
    seen.update(connection.info.pop(UNCOMMITTED, ()))


def _rolled_back(connection: Connection) -> None:
    connection.info.pop(UNCOMMITTED, None)


# ---------- what has to be ----------


def _parts_of(code: CodeType) -> Iterator[CodeType]:
    """Code and what is defined inside it."""
    yield code
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _parts_of(inner)


def _named_in(function: FunctionType) -> Iterator[Any]:
    """What a function may call: globals by their names, and what of their names stands in a module of ours."""
    names = {name for code in _parts_of(function.__code__) for name in code.co_names}
    found = [function.__globals__[name] for name in names if name in function.__globals__]
    yield from found
    for one in found:
        if type(one) is ModuleType and one.__name__.startswith("rockrobot"):
            yield from (vars(one)[name] for name in names if name in vars(one))


def _reached(found: Any, met: set[FunctionType]) -> set[FunctionType]:
    """This function of ours and every one that it may call, the methods of our classes too; never one too few."""
    if type(found) is FunctionType and found.__module__.startswith("rockrobot") and found not in met:
        met.add(found)
        for other in (getattr(found, "__wrapped__", None), *_named_in(found)):
            _reached(other, met)
    elif issubclass(type(found), type) and found.__module__.startswith("rockrobot"):
        for method in vars(found).values():
            _reached(method, met)
    return met


@cache
def _names_somebody(function: FunctionType) -> bool:
    """True where it logs whose data is shown; `log_view([])` says that a page shows nobody's."""
    if not any("log_view" in code.co_names for code in _parts_of(function.__code__)):
        return False
    calls = (one for one in ast.walk(ast.parse(dedent(getsource(function)))) if isinstance(one, ast.Call))
    logged = (call.args[0] for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "log_view")
    return any(not isinstance(ids, ast.List) or ids.elts for ids in logged)


def _commits(function: FunctionType) -> bool:
    return "commit" in function.__code__.co_names


def _is_due(app: Flask, rule: Rule) -> str:
    """How a door has to have been asked to have written: by POST where it changes, anyhow where it shows, or never."""
    reached = _reached(app.view_functions[rule.endpoint], set())
    if "POST" in (rule.methods or ()) and any(map(_commits, reached)):
        return "POST"
    return "*" if any(map(_names_somebody, reached)) else ""


def faults(app: Flask, seen: Set[Seen]) -> list[str]:
    """What is amiss, a line each: events never written through their door, and events that should not be written."""
    found, everywhere = set(), seen | {(endpoint, "*", name) for endpoint, _method, name in seen}
    with app.app_context():
        for rule in app.url_map.iter_rules():
            permission = permission_of(rule.endpoint)
            if permission is None:
                continue
            method = _is_due(app, rule) if permission.in_ledger else ""
            if method and (rule.endpoint, method, permission.event) not in everywhere:
                found.add(f"no test wrote {permission.event} by {method} of {rule.endpoint}")
            if not permission.in_ledger and (rule.endpoint, "*", permission.event) in everywhere:
                found.add(f"{rule.endpoint} wrote {permission.event}, and says in_ledger=False")
    with app.test_request_context():
        words = app.jinja_env.get_template("desk/words.html").make_module(app.jinja_env.globals)
        known = {name for *_, name in seen if words.event(name) != name or name.startswith(MADE_BY_TESTS)}
    found |= {f"{how} of {door} wrote {name}, which has no word" for door, how, name in seen if name not in known}
    return sorted(found)


# ---------- the run ----------


def _is_whole(config: pytest.Config) -> bool:
    """True when every test was asked for: no path, no choice, nothing left out by hand."""
    asked = config.option.keyword or config.option.markexpr or config.option.deselect
    by_hand = any(word.startswith("--ignore") for word in config.invocation_params.args)
    return config.args_source is config.ArgsSource.TESTPATHS and not asked and not by_hand


def pytest_configure() -> None:
    """Gather from now on, on every database of this process."""
    event.listen(Engine, "after_cursor_execute", _written)
    event.listen(Engine, "commit", _committed)
    event.listen(Engine, "rollback", _rolled_back)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a worker gathered."""
    seen.update(map(tuple, getattr(node, "workeroutput", {}).get("events", ())))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand over what was gathered; in the end of a whole run that went well, judge it."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["events"] = sorted(seen)
    elif session.exitstatus == pytest.ExitCode.OK and _is_whole(session.config):
        session.config.stash[verdict] = faults(_any_app(), seen)
        if session.config.stash[verdict]:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Name each fault."""
    for line in config.stash.get(verdict, []):
        terminalreporter.write_line(f"FAILED ledger events: {line}", red=True)


def _any_app() -> Flask:
    from tests.conftest import settings

    return create_app(settings(Path(), "sqlite://"))
