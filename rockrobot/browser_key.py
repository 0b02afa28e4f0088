"""The key of a sign-in, as the browser's cookie carries it; what it is worth stands in the database."""

from flask import request, session

NAME = "sign_in"


def key() -> str:
    """The key that this browser brought; empty without one."""
    return str(session.get(NAME, ""))


def give(new_key: str) -> None:
    """Give the browser this key and nothing else of what its cookie held: no earlier cookie lives on."""
    session.clear()
    session[NAME] = new_key


def swap(new_key: str) -> None:
    """Give the browser a new key for the sign-in that it has; what it was told stays."""
    session[NAME] = new_key


def forget() -> None:
    """Take the key away."""
    session.clear()


def address() -> str:
    """The network address that this browser comes from."""
    return request.remote_addr or ""
