"""Pages, fragments, forms that act once, headers."""

import functools
import re
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import (
    Flask,
    abort,
    current_app,
    flash,
    get_flashed_messages,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext, ngettext
from jinja2_fragments.flask import render_block
from sqlalchemy import String
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from rockrobot import access, clock, languages, ledger, shown, undoers
from rockrobot.converters import as_id
from rockrobot.db import Base, Moment, db, may_write
from rockrobot.icons import icon

View = TypeVar("View", bound=Callable[..., Any])
Answer = str | tuple[str, int] | AnyResponse
KEY_FIELD = "idempotency_key"
SHOWING = {200, 422, 429}  # with these a page of ours comes, and with 422 and 429 what was typed into it
_KEY = re.compile(r"[A-Za-z0-9_-]{1,80}")
CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "object-src 'none'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
PAPER_POLICY = CONTENT_POLICY.replace("object-src 'none'", "object-src 'self'; frame-src 'self'")  # Chromium's reader


class IdempotencyKey(Base):
    """A form that created something; the same form sent again is led to what it made."""

    __tablename__ = "idempotency_keys"
    __table_args__ = {"info": {"ledger": False}}

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    endpoint: Mapped[str] = mapped_column(String(120))
    location: Mapped[str] = mapped_column(String(500), default="")
    made_at: Mapped[datetime] = mapped_column(Moment)


# ---------- numbers in addresses ----------


def asked_id(name: str) -> int | None:
    """The id of a row that the address asks for; None where it asks for none, or for what is no id."""
    return as_id(request.args.get(name)) or None


def sent_ids(name: str) -> list[int]:
    """The ids of rows that a form sends under one name, as of ticked boxes; what is no id is left out."""
    return [id_ for text in request.form.getlist(name) if (id_ := as_id(text))]


def asked_page(name: str = "page") -> int:
    """The page of a list that the address asks for by this name, from 1; past the end lists.listing takes the last."""
    return request.args.get(name, 1, int)


# ---------- answers ----------


def is_htmx() -> bool:
    """True when htmx asks, save for going back in history, which wants a whole page."""
    return request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers


def wanted_fragment(offered: tuple[str, ...]) -> str | None:
    """Name of the offered fragment that htmx asks for, or None for a whole page (htmx 4 sends tag#id)."""
    if not is_htmx():
        return None
    target = request.headers.get("HX-Target", "").rpartition("#")[2]
    return target if target in offered else None


def page(template: str, *, fragments: tuple[str, ...] = (), **context: Any) -> str:
    """Render the whole template, or only the block that htmx will swap in."""
    name = wanted_fragment(fragments)
    if name is None:
        return render_template(template, **context)
    return str(render_block(template, name, **context))


def form_page(template: str, form: Any, **context: Any) -> tuple[str, int]:
    """The page of a form: 422 when what was sent has errors, which stand beside their fields."""
    return page(template, form=form, **context), 422 if form.errors else 200


def held_back(template: str, form: Any, field: Any, seconds: int, **context: Any) -> AnyResponse:
    """The page of a form that was tried too often: 429, and beside the field how many minutes to wait."""
    wait = ngettext(
        "Odota %(num)s minuutti ja yritä uudelleen.", "Odota %(num)s minuuttia ja yritä uudelleen.", -(-seconds // 60)
    )
    field.errors = [gettext("Liian monta yritystä peräkkäin. %(wait)s", wait=wait)]
    answer = make_response(page(template, form=form, **context), 429)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def changed(piece: str, *, back_to: str, **context: Any) -> Answer:
    """After a change: htmx gets the piece drawn anew, a plain form goes back to a page (303)."""
    if is_htmx():
        return render_template(piece, **context)
    return redirect(back_to, 303)


def path_inside(address: str | None) -> str | None:
    """An address to go on to, when it is a page of this house that can be looked at; else None: no link leads out."""
    if not address or not address.startswith("/") or any(sign in address for sign in "\\\t\r\n") or len(address) > 2000:
        return None
    try:
        path = urlsplit(address).path
        current_app.url_map.bind("inside").match(path, method="GET")
    except (ValueError, HTTPException):
        return None
    return address if path.startswith("/") and not address.startswith("//") else None


def looked_at() -> str:
    """The address at which the page that answers a sent form can be looked at; empty when there is none.

    The form's own address, or where it is only sent to, the page on which the form stood.
    """
    stood_on = urlsplit(request.referrer or "")
    here = f"{stood_on.path}?{stood_on.query}" if stood_on.query else stood_on.path
    return path_inside(request.path) or path_inside(here) or ""


def commit_answer(location: str) -> None:
    """Commit, and remember where this form sent again shall lead."""
    key = _sent_key()
    row = db.session.get(IdempotencyKey, key) if key else None
    if row is not None:
        row.location = location
    db.session.commit()


def commit_and_go(location: str, message: str = "", *, undo: bool = False) -> AnyResponse:
    """Commit, remember where this form led, say what happened (with Undo) and go there (303).

    What could be undone and changed nothing (a form sent as it came) is said to have changed nothing.
    """
    is_idle = undo and not ledger.has_changed()
    is_offered = undo and not is_idle and undoers.may_undo_in(ledger.changed_tables(), ledger.actor())
    change_set_id = ledger.open_change_set() if is_offered else None
    commit_answer(location)
    if message:
        say(gettext("Mitään ei muutettu.") if is_idle else message, undo_id=change_set_id)
    if is_htmx():
        return AnyResponse(status=204, headers={"HX-Redirect": location})
    return redirect(location, 303)


def once(view: View) -> View:
    """Make a creating POST act once: the same form sent twice leads to what the first one made.

    The key of another form answers 409: nothing is done twice, and nothing in its name.
    """

    @functools.wraps(view)
    def acts_once(*args: Any, **kwargs: Any) -> Any:
        key = _sent_key()
        if request.method != "POST" or not key:
            return view(*args, **kwargs)
        earlier = _earlier_answer(key)
        if earlier is not None:
            return earlier
        db.session.add(IdempotencyKey(key=key, endpoint=request.endpoint or "", made_at=clock.now()))
        try:
            db.session.flush()
            return view(*args, **kwargs)
        except IntegrityError:
            db.session.rollback()
            earlier = _earlier_answer(key)
            if earlier is None:
                raise
            return earlier

    return acts_once  # type: ignore[return-value]


def _sent_key() -> str:
    """The key that the form carries; what is no key of ours is none."""
    key = request.form.get(KEY_FIELD, "")
    return key if _KEY.fullmatch(key) else ""


def _earlier_answer(key: str) -> AnyResponse | None:
    row = db.session.get(IdempotencyKey, key)
    if row is None:
        return None
    if row.endpoint != request.endpoint:
        abort(409)
    return redirect(row.location or url_for("desk.index"), 303)


def say(text: str, kind: str = "good", *, undo_id: int | None = None) -> None:
    """Tell on the next page what happened, and name nobody: a readable cookie carries it. undo_id: with Undo beside."""
    flash({"kind": kind, "text": str(text), "undo_id": undo_id})  # type: ignore[arg-type]


def notices() -> list[dict[str, Any]]:
    """What is to be told on this page: kind, text, undo_url."""
    told: list[Any] = list(get_flashed_messages())
    for notice in told:
        undo_id = notice.get("undo_id")  # of an act of one's own: whose it is, and what it touched, was asked before
        may_undo = undo_id and access.may_open("desk.undo")
        notice["undo_url"] = url_for("desk.undo", change_set_id=undo_id) if may_undo else None
    return told


# ---------- headers ----------


def add_headers(response: AnyResponse) -> AnyResponse:
    """The same strict headers on every answer, static files and error pages too."""
    response.vary.update(("HX-Request", "HX-Target"))
    headers = response.headers
    is_paper = response.mimetype == "application/pdf"
    headers.setdefault("Content-Security-Policy", PAPER_POLICY if is_paper else CONTENT_POLICY)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(self), geolocation=(), microphone=()"
    if request.endpoint != "static":
        headers["Cache-Control"] = "no-store"
    if request.is_secure or current_app.config["SESSION_COOKIE_SECURE"]:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return response


def settle_views(response: AnyResponse) -> AnyResponse:
    """Whose data a page shows is written before it leaves; one that read personal data and did not say whose stays."""
    if request.endpoint == "static" or response.status_code not in SHOWING:
        return response
    if shown.is_unsaid():
        raise ledger.LedgerError(f"{request.endpoint} shows personal data and does not log it")
    try:
        ledger.write_due_views()
    except OperationalError as error:
        return make_response(current_app.handle_user_exception(error))
    return response


def forget_request(_error: BaseException | None) -> None:
    """What was said of this request must not leak into the next one on the same thread."""
    ledger.announced_act.set(None)
    shown.forget()
    may_write(True)


def init_app(app: Flask) -> None:
    """Register what is done with every answer (but its headers) and what templates may call."""
    app.after_request(settle_views)
    app.teardown_request(forget_request)
    app.jinja_env.globals.update(
        icon=icon,
        notices=notices,
        looked_at=looked_at,
        once_key=lambda: secrets.token_urlsafe(18),
        demo=app.config["IS_DEMO"],
        today=clock.today,
        screen_language=languages.current,
        screen_languages=languages.LANGUAGES,
    )
    with app.app_context():
        app.jinja_env.globals["ui"] = app.jinja_env.get_template("ui.html").module
