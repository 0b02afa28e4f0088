"""Who may open which page. Closed unless a view says otherwise."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, redirect, request, url_for
from flask_login import current_user
from sqlalchemy import ColumnElement, exists, select
from werkzeug.exceptions import SecurityError
from werkzeug.wrappers import Response

from rockrobot import ledger
from rockrobot.db import db, may_write

View = TypeVar("View", bound=Callable[..., Any])
ObjectRule = Callable[..., bool | None]
LOOKING = frozenset({"GET", "HEAD", "OPTIONS"})
UNASKED = "X-Unasked"
_is_fresh: list[Callable[[], bool]] = []
_keepers: list[Callable[[], str | None]] = []
_purpose: list[Callable[[], str | None]] = []
_doorkeepers: list[Callable[[], Response | None]] = []
DenialNoter = Callable[[str, bool], None]
_denial_noters: list[DenialNoter] = []


class Role(StrEnum):
    """What a member of staff works at."""

    CUSTOMER_CARE = "customer_care"
    WORKSHOP = "workshop"
    DATA_PROTECTION = "data_protection"
    ADMINISTRATOR = "administrator"


EVERYONE = tuple(Role)
REGISTER_READERS = (Role.CUSTOMER_CARE, Role.WORKSHOP, Role.DATA_PROTECTION)
WORKERS = (Role.CUSTOMER_CARE, Role.WORKSHOP)
PEOPLE_READERS = (Role.CUSTOMER_CARE, Role.DATA_PROTECTION)


@dataclass(frozen=True)
class Permission:
    """The mark that a view carries; roles None = open without sign-in."""

    roles: frozenset[Role] | None
    event: str
    object_rule: ObjectRule | None = None
    fresh: bool = False
    from_anywhere: bool = False
    while_typing: bool = False
    in_ledger: bool = True

    def may_touch(self, arguments: Mapping[str, Any]) -> bool | None:
        """Whether the object that the arguments of an address name may be opened; None where there is none."""
        return self.object_rule is None or self.object_rule(**arguments)


def allow(
    *roles: Role,
    event: str,
    object_rule: ObjectRule | None = None,
    fresh: bool = False,
    from_anywhere: bool = False,
    while_typing: bool = False,
    in_ledger: bool = True,
) -> Callable[[View], View]:
    """Mark a view as open to these roles.

    event: the act's name in the ledger. object_rule: called with the view's arguments, false means 404 (what one may
    not see does not exist) and a denial noted; None means 404 where there is no such row. fresh: a weighty act, before
    which they prove again who they are unless they just did. from_anywhere: no doorkeeper is asked. while_typing: htmx
    asks while somebody may type: nobody is led away from that, the answer is nothing (204). in_ledger: False where what
    it changes is kept outside the ledger (the tables say so), and nobody's data is shown; the tests see to it that
    every other change is found under its event.
    """
    return _mark(Permission(frozenset(roles), event, object_rule, fresh, from_anywhere, while_typing, in_ledger))


def in_view(**_arguments: Any) -> bool:
    """The rule for objects of a view that asks it as it reads the row, and ends in missing() or withhold() itself.

    It stands in the table of doors, from which the tests try what is another's.
    """
    return True


def allow_anyone(*, event: str, from_anywhere: bool = False) -> Callable[[View], View]:
    """Mark a view as open without sign-in (sign-in page); from_anywhere: no doorkeeper is asked."""
    return _mark(Permission(None, event, from_anywhere=from_anywhere))


def _mark(permission: Permission) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return mark


def permission_of(endpoint: str | None) -> Permission | None:
    """The mark of an endpoint, or None."""
    view = current_app.view_functions.get(endpoint or "")
    permission: Permission | None = getattr(view, "permission", None)
    return permission


def may_open(endpoint: str, **arguments: Any) -> bool:
    """True when the person signed in may open this page; menus, links and buttons ask this.

    arguments: those of the page's address, where it is about one object: then its rule for objects is asked too.
    """
    permission = permission_of(endpoint)
    if permission is None or permission.roles is None:
        return permission is not None
    may = current_user.is_authenticated and current_user.role in permission.roles
    return may and (not arguments or bool(permission.may_touch(arguments)))


def may_read_people() -> bool:
    """True when the person signed in may read what was written about people; pages leave it out for others."""
    return current_user.is_authenticated and current_user.role in PEOPLE_READERS


def freshness(answer: Callable[[], bool]) -> Callable[[], bool]:
    """Register who answers whether the person signed in proved a moment ago who they are."""
    _is_fresh.append(answer)
    return answer


def purpose_teller(answer: Callable[[], str | None]) -> Callable[[], str | None]:
    """Register who answers what the person signed in looks for; None until they said so."""
    _purpose.append(answer)
    return answer


def doorkeeper(answer: Callable[[], Response | None]) -> Callable[[], Response | None]:
    """Register who may turn a request away whatever it asks for: the answer it gets then, or None to let it in."""
    _doorkeepers.append(answer)
    return answer


def denial_noter(note: DenialNoter) -> DenialNoter:
    """Register who writes down that somebody asked for what they may not.

    It is given the event of that door, and true where a row was withheld, false where their role may not at all.
    """
    _denial_noters.append(note)
    return note


def keeper(keep: Callable[[], str | None]) -> Callable[[], str | None]:
    """Register who keeps a form when its sender is led away to prove who they are, and says where it is found again."""
    _keepers.append(keep)
    return keep


def is_looking() -> bool:
    """True when somebody looks at a page; not when a page asks by itself how far some work is."""
    return request.method in LOOKING and UNASKED not in request.headers


def _lead_to(endpoint: str) -> Response:
    """To sign-in or confirmation, and back after it: to the page asked for, or the one that the form stood on."""
    by_htmx, permission = request.headers.get("HX-Request") == "true", permission_of(request.endpoint)
    if by_htmx and permission and permission.while_typing:
        return Response(status=204)
    here: str | None = request.full_path.rstrip("?") if request.method in LOOKING else None
    if by_htmx:
        here = _page_that_asks(here)
    if request.method not in LOOKING:
        here = next((kept for keep in _keepers if (kept := keep())), here)
    target = url_for(endpoint, next=here)
    return Response(status=204, headers={"HX-Redirect": target}) if by_htmx else redirect(target, 303)


def _page_that_asks(asked: str | None) -> str | None:
    """The page on which htmx asks, as it says; None where it says none.

    asked: what it looks at. Where that is the same page with other words (a search while typing), it is that.
    """
    try:
        page = urlsplit(request.headers.get("HX-Current-URL", ""))
    except ValueError:
        return None
    if asked and page.path == request.path:
        return asked
    return f"{page.path}?{page.query}".rstrip("?") or None


def to_confirmation() -> Response | None:
    """To the page on which they prove again who they are; None where they just did.

    A view asks where only some of its acts are weighty; a mark (fresh) asks for all of them.
    """
    return None if all(answer() for answer in _is_fresh) else _lead_to("staff.confirm")


def keep_doors() -> Response | None:
    """Run before every request: ask the doorkeepers, save for files of ours and pages open from anywhere."""
    may_write(request.method not in LOOKING)
    permission = permission_of(request.endpoint)
    is_open = request.endpoint == "static" or (permission is not None and permission.from_anywhere)
    if is_open or isinstance(request.routing_exception, SecurityError):
        return None
    return next(filter(None, (answer() for answer in _doorkeepers)), None)


def _note_denial(*, is_withheld: bool) -> None:
    permission = permission_of(request.endpoint)
    for note in _denial_noters:
        note(permission.event if permission else "", is_withheld)


def deny() -> NoReturn:
    """Refuse what the role of the person signed in may not (403), and note it."""
    _note_denial(is_withheld=False)
    abort(403)


def withhold() -> NoReturn:
    """Answer as where there is no such row (404), and note that one is asked for which is not theirs."""
    _note_denial(is_withheld=True)
    abort(404)


def missing(*which: ColumnElement[bool]) -> NoReturn:
    """Answer 404; where a row meets these conditions, and so is there but not theirs, it is withheld."""
    if db.session.scalar(select(exists().where(*which))):
        withhold()
    abort(404)


def _need_object(permission: Permission) -> None:
    may_touch = permission.may_touch(request.view_args or {})
    if may_touch is None:
        abort(404)
    if not may_touch:
        withhold()


def guard() -> Response | None:
    """Run before every request: no mark, no entry; then announce the act to the ledger."""
    if request.endpoint == "static" or request.url_rule is None:
        return None
    permission = permission_of(request.endpoint)
    if permission is None:
        abort(403)
    if permission.roles is not None:
        if not current_user.is_authenticated:
            return _lead_to("staff.sign_in")
        if current_user.role not in permission.roles:
            deny()
        _need_object(permission)
        if permission.fresh and (confirmation := to_confirmation()):
            return confirmation
    _announce(permission.event)
    return None


def _announce(event: str) -> None:
    if current_user.is_authenticated:
        ledger.announce(f"staff:{current_user.id}", event, next((answer() for answer in _purpose), ""))
    else:
        ledger.announce("anonymous", event)


def ask_for_purpose(_error: ledger.PurposeMissingError) -> Response:
    """To the question what for, and back to the page after it."""
    db.session.rollback()
    return _lead_to("viewings.purpose")


def init_app(app: Flask) -> None:
    """Close every door that no view opens."""
    app.before_request(keep_doors)
    app.before_request(guard)
    app.register_error_handler(ledger.PurposeMissingError, ask_for_purpose)
    app.jinja_env.globals |= {"may_open": may_open, "may_read_people": may_read_people}
