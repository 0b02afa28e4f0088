"""Error pages, of faults in what was asked and of faults of ours."""

from typing import Any

from flask import Flask, current_app, g, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response

from rockrobot.db import db, is_busy
from rockrobot.fields import SECRET_FIELDS
from rockrobot.log import fault
from rockrobot.web import Answer, is_htmx

WRONG_HOST = "Tällä nimellä ei ole palvelua. Tarkista osoite.\n"
BUSY, RETRY_AFTER_SECONDS = 503, 5


def error_page(error: Exception) -> Answer:
    """An error as a page, or as a small fragment for htmx; it never repeats what was sent."""
    code = error.code or 500 if isinstance(error, HTTPException) else 500
    if isinstance(error, CSRFError):
        code = 400
    db.session.rollback()
    if isinstance(error, SecurityError):  # asked for by a name that is not ours: no address can be made for a page
        return Response(WRONG_HOST, code, mimetype="text/plain")
    told = {"code": code, "is_expired": isinstance(error, CSRFError), "fault_id": g.get("fault_id")}
    return render_template(_template(), **told), code


def _template() -> str:
    return "errors/_fragment.html" if is_htmx() else "errors/page.html"


def _log(error: BaseException) -> None:
    """Log a fault of ours; the page that tells of it names it as the log does."""
    g.fault_id = fault(error, request.endpoint or "")


def unexpected_error(error: Exception) -> Answer:
    """A fault of ours: kept in the log by its type and place, shown without details."""
    _log(error)
    return error_page(error)


def database_error(error: OperationalError) -> Answer:
    """The database had no time for us: 503 that says when to come again, with what was sent in a form, unless secret.

    What is no such fault is one of ours. Its message holds the statement with its values: it is never raised on, to be
    written down by somebody else.
    """
    if not is_busy(error):
        if current_app.config["PROPAGATE_FAULTS"]:
            raise error
        return unexpected_error(error)
    _log(error)
    db.session.rollback()
    without_reading = current_app.jinja_env.get_template(_template())  # who is signed in can't be asked either
    answer = Response(without_reading.render(code=BUSY, sent=_sent()), BUSY, mimetype="text/html")
    answer.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return answer


def log_fault(raised: tuple[Any, Any, Any]) -> None:
    """What nobody else took, as an answer that broke after its page was made: kept as any fault, without its words."""
    _log(raised[1])


def _sent() -> list[tuple[str, str]] | None:
    """The fields of the form, to be sent again; None where there is none, or what was sent can't be shown."""
    if request.method != "POST" or request.files or SECRET_FIELDS & request.form.keys():
        return None
    return list(request.form.items(multi=True))


def init_app(app: Flask) -> None:
    """Register the error pages."""
    app.register_error_handler(HTTPException, error_page)
    app.register_error_handler(OperationalError, database_error)
    app.log_exception = log_fault  # type: ignore[method-assign, assignment]
    if not app.config["PROPAGATE_FAULTS"]:
        app.register_error_handler(Exception, unexpected_error)
