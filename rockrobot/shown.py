"""What the running request has read of personal data, and whose data its page is to show; kept with the request."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from rockrobot.chain import Change
from rockrobot.db import writing_allowed

_was_read: ContextVar[bool] = ContextVar("was_read", default=False)
_was_said: ContextVar[bool] = ContextVar("was_said", default=False)
_due: ContextVar[tuple[Change, ...]] = ContextVar("due", default=())


def note_read() -> None:
    """Personal data was read."""
    _was_read.set(True)


def was_read() -> bool:
    """True when personal data was read since somebody said whose the page shows."""
    return _was_read.get()


def say_whose() -> None:
    """Whose data the page shows was said just now: what was read until here is accounted for."""
    _was_read.set(False)
    _was_said.set(True)


def is_unsaid() -> bool:
    """True when personal data was read and nobody said whose the page shows.

    A form that was sent may look up what was typed into it after it was said whose data its page shows.
    """
    return _was_read.get() and not (writing_allowed() and _was_said.get())


def add_due(views: Iterable[Change]) -> None:
    """These views are written with the change that is being made, or else before the page is sent."""
    _due.set((*_due.get(), *views))


def settle(written: Collection[Change]) -> None:
    """These views are written: the change that carried them was committed."""
    _due.set(tuple(view for view in _due.get() if view not in written))


def take_due() -> tuple[Change, ...]:
    """The views that no change carried; they are due no more."""
    due = _due.get()
    _due.set(())
    return due


def forget() -> None:
    """Begin a request that has read and shown nothing yet."""
    _was_read.set(False)
    _was_said.set(False)
    _due.set(())


@contextmanager
def showing_nobody() -> Iterator[None]:
    """Reads inside show nobody's data (a count in the menu): what was read before stays said or not as it was."""
    token = _was_read.set(_was_read.get())
    try:
        yield
    finally:
        _was_read.reset(token)
