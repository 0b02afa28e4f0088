"""Who may open which page. Closed unless a view says otherwise."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, abort, current_app, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from rockrobot import ledger
from rockrobot.db import may_write

View = TypeVar("View", bound=Callable[..., Any])
LOOKING = frozenset({"GET", "HEAD", "OPTIONS"})


class Role(StrEnum):
    """What a member of staff works at."""

    CUSTOMER_CARE = "customer_care"
    WORKSHOP = "workshop"
    DATA_PROTECTION = "data_protection"
    ADMINISTRATOR = "administrator"


EVERYONE = tuple(Role)
REGISTER_READERS = (Role.CUSTOMER_CARE, Role.WORKSHOP, Role.DATA_PROTECTION)
PEOPLE_READERS = (Role.CUSTOMER_CARE, Role.DATA_PROTECTION)


@dataclass(frozen=True)
class Permission:
    """The mark that a view carries; roles None = open without sign-in."""

    roles: frozenset[Role] | None
    event: str
    object_rule: Callable[..., bool] | None = None
    fresh: bool = False


def allow(
    *roles: Role, event: str, object_rule: Callable[..., bool] | None = None, fresh: bool = False
) -> Callable[[View], View]:
    """Mark a view as open to these roles.

    event: the act's name in the ledger. object_rule: called with the view's arguments, false means 404 (what one may
    not see does not exist). fresh: asks for a sign-in of the last minutes, once that exists.
    """
    return _mark(Permission(frozenset(roles), event, object_rule, fresh))


def allow_anyone(*, event: str) -> Callable[[View], View]:
    """Mark a view as open without sign-in (sign-in page, health check)."""
    return _mark(Permission(None, event))


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


def may_open(endpoint: str) -> bool:
    """True when the person signed in may open this page; menus and links ask this."""
    permission = permission_of(endpoint)
    if permission is None:
        return False
    return permission.roles is None or (current_user.is_authenticated and current_user.role in permission.roles)


def _to_sign_in() -> Response:
    here = request.full_path.rstrip("?") if request.method in LOOKING else None
    target = url_for("staff.sign_in", next=here)
    if request.headers.get("HX-Request") == "true":
        return Response(status=204, headers={"HX-Redirect": url_for("staff.sign_in")})
    return redirect(target, 303)


def guard() -> Response | None:
    """Run before every request: no mark, no entry; then announce the act to the ledger."""
    may_write(request.method not in LOOKING)
    if request.endpoint == "static" or request.url_rule is None:
        return None
    permission = permission_of(request.endpoint)
    if permission is None:
        abort(403)
    if permission.roles is not None:
        if not current_user.is_authenticated:
            return _to_sign_in()
        if current_user.role not in permission.roles:
            abort(403)
        if permission.object_rule and not permission.object_rule(**(request.view_args or {})):
            abort(404)
    who = f"staff:{current_user.id}" if current_user.is_authenticated else "anonymous"
    ledger.announce(who, permission.event)
    return None


def init_app(app: Flask) -> None:
    """Close every door that no view opens."""
    app.before_request(guard)
    app.jinja_env.globals["may_open"] = may_open
