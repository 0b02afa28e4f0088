"""Whose page a form was sent from: another site's is refused, whatever token it carries."""

from collections.abc import Collection
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, request

from rockrobot.access import LOOKING

OURS = frozenset({"same-origin", "none"})


def is_from_elsewhere(fetch_site: str | None, origin: str | None, ours: Collection[str]) -> bool:
    """True when the browser says that a page of another site sent the request.

    fetch_site: the Sec-Fetch-Site header; where it is there it decides, and anything but same-origin and none (the
    person asked by themselves) is elsewhere. origin: the Origin header, for browsers and addresses without TLS that
    have no other; "null" is nobody's. ours: the origins of this house, in small letters. Without both nothing is known
    and the form's token alone decides. Source: OWASP Cross-Site Request Forgery Prevention, fetch metadata.
    """
    if fetch_site is not None:
        return fetch_site.strip().lower() not in OURS
    return origin is not None and origin.strip().lower() not in ours


def refuse_other_sites() -> None:
    """Run before every request, first of all: what another site sends is not even kept for its sender."""
    if request.method in LOOKING or request.routing_exception is not None:
        return
    base = urlsplit(current_app.config["BASE_URL"])
    ours = {f"{base.scheme}://{base.netloc}".lower(), request.host_url.rstrip("/").lower()}
    if is_from_elsewhere(request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin"), ours):
        abort(403)


def init_app(app: Flask) -> None:
    """Close every form to other sites."""
    app.before_request(refuse_other_sites)
