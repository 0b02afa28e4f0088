"""The keys that a browser's cookies carry, of its sign-in and of the device it is; the database says what for.

The key of a device has a cookie of its own, so that it outlives every sign-in.
"""

from datetime import timedelta

from flask import current_app, request, session
from werkzeug.wrappers import Response

from rockrobot import languages

NAME = "sign_in"
REMEMBERED = timedelta(days=7)  # so long a key whose sign-in ran out still says whose it was
DEVICE_KEY_LASTS = timedelta(days=400)  # as long as browsers keep any cookie


def key() -> str:
    """The key that this browser brought; empty without one."""
    return str(session.get(NAME, ""))


def give(new_key: str) -> None:
    """Give the browser this key, and nothing of what its cookie held but the language: no earlier cookie lives on."""
    forget()
    session[NAME] = new_key


def swap(new_key: str | None) -> None:
    """Give the browser a new key for the sign-in that it has, which may have ended (None); what it was told stays."""
    session[NAME] = new_key or ""


def forget() -> None:
    """Take the key away, and whatever else the cookie holds but the language."""
    language = languages.chosen()
    session.clear()
    languages.choose(language)


def address() -> str:
    """The network address that this browser comes from."""
    return request.remote_addr or ""


def _device_cookie() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-device"


def device_key() -> str:
    """The key of the device that this browser is; empty without one."""
    return request.cookies.get(_device_cookie(), "")


def keep_device_key(answer: Response, key: str) -> Response:
    """Let the browser keep the key of the device that it is, from this answer on."""
    is_secure = current_app.config["SESSION_COOKIE_SECURE"]
    how = {"secure": is_secure, "httponly": True, "samesite": "Lax", "max_age": DEVICE_KEY_LASTS}
    answer.set_cookie(_device_cookie(), key, path="/", **how)
    return answer
