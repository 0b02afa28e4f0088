"""How answers travel to a phone at a worksite: compressed, and files of ours kept by the browser until they change."""

import hashlib
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, request
from flask.sessions import SecureCookieSessionInterface
from flask.wrappers import Response
from flask_compress import Compress
from markupsafe import Markup
from werkzeug.security import safe_join

ALGORITHMS = ["zstd", "br", "gzip"]
MIMETYPES = ["text/html", "text/css", "text/javascript", "application/json", "image/svg+xml"]
A_YEAR, A_MONTH = 31_536_000, 2_592_000  # seconds
FONT = ".woff2"  # named in the style sheets, which know no versions: another font takes another name
PADDING = 96  # bytes at most


def padding() -> Markup:
    """A comment of random length, so that the size of a compressed page tells nothing of the secrets in it (BREACH)."""
    return Markup("<!-- {} -->").format(secrets.token_hex(secrets.randbelow(PADDING)))


@lru_cache(256)
def _digest(path: Path, _changed_at: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def _version(filename: str) -> str | None:
    """What changes when a file of ours does, or None when there is no such file."""
    found = safe_join(str(current_app.static_folder), filename)
    path = Path(found) if found else None
    return _digest(path, path.stat().st_mtime_ns) if path and path.is_file() else None


def _add_version(endpoint: str, values: dict[str, Any]) -> None:
    is_versioned = endpoint == "static" and not values["filename"].endswith(FONT)
    if is_versioned and (version := _version(values["filename"])):
        values["v"] = version


def _seconds_to_keep(filename: str) -> int | None:
    if filename.endswith(FONT):
        return A_MONTH
    asked = request.args.get("v")
    return A_YEAR if asked and asked == _version(filename) else None


def _let_keep(response: Response) -> Response:
    """Let the browser keep a file that is asked for by its version, and fonts; others are asked for anew."""
    if request.endpoint == "static" and response.status_code in {200, 304}:
        seconds = _seconds_to_keep((request.view_args or {})["filename"])
        if seconds:
            response.cache_control.no_cache = None
            response.cache_control.public = True
            response.cache_control.max_age = seconds
    return response


class SessionOfPages(SecureCookieSessionInterface):
    """Signed cookies as ever; but a file of ours is the same for everybody, whatever cookie came with it."""

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        if request.endpoint != "static":
            super().save_session(app, session, response)


def init_app(app: Flask) -> None:
    """Compress answers, name files of ours by their version, and let templates pad."""
    app.config.setdefault("COMPRESS_ALGORITHM", ALGORITHMS)
    app.config.setdefault("COMPRESS_ALGORITHM_STREAMING", ALGORITHMS)
    app.config.setdefault("COMPRESS_MIMETYPES", MIMETYPES)
    Compress(app)
    app.session_interface = SessionOfPages()
    app.url_defaults(_add_version)
    app.after_request(_let_keep)
    app.jinja_env.globals["padding"] = padding
