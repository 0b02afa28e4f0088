"""Many print batches: each drawn in a process of its own, which gives its memory back."""

import contextlib
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from rockrobot.paper import press
from rockrobot.paper.glyphs import is_printable
from rockrobot.paper.pages import page_count, window_faults

Contents = Sequence[Mapping[str, Any]]
BAD_CHARACTER = "bad_character"


class DrawnLetter(NamedTuple):
    """One letter as it is kept, and the codes of what is wrong with its address: none, or a plain envelope."""

    body: bytes
    faults: list[str]


class Drawn(NamedTuple):
    """A print batch and each of its letters alone, in the order of the contents."""

    batch: bytes
    letters: list[DrawnLetter]


def draw(contents: Contents, pictures: Mapping[str, bytes], *, is_duplex: bool = False) -> Drawn:
    """A batch, each of its letters, and the faults of their addresses.

    Faults: outside_window and no_address as window_faults tells them; bad_character where a character of the address
    can't be printed.
    """
    letters = [_letter(content, pictures) for content in contents]
    counts = [page_count(letter.body) for letter in letters]
    return Drawn(press.render_batch(contents, pictures, is_duplex=is_duplex, page_counts=counts), letters)


def _letter(content: Mapping[str, Any], pictures: Mapping[str, bytes]) -> DrawnLetter:
    body = press.render_letter(content, pictures)
    rows = content["address_lines"]
    faults = [fault.code for fault in window_faults(body, rows=len(rows), is_drill=content["is_drill"])]
    if not all(map(is_printable, rows)):
        faults.append(BAD_CHARACTER)
    return DrawnLetter(body, faults)


def draw_batches(
    groups: Iterable[Contents], pictures: Mapping[str, bytes], *, is_duplex: bool = False, workers: int | None = None
) -> Iterator[Drawn]:
    """Each group drawn as draw does, in order, by so many processes at a time (one a core where not given)."""
    return _in_processes(draw, groups, pictures, is_duplex=is_duplex, workers=workers)


def render_batches(
    groups: Iterable[Contents], pictures: Mapping[str, bytes], *, is_duplex: bool = False, workers: int | None = None
) -> Iterator[bytes]:
    """The PDF of each group, in order, by so many processes at a time (one a core where not given)."""
    return _in_processes(press.render_batch, groups, pictures, is_duplex=is_duplex, workers=workers)


# ---------- processes ----------


def _in_processes(
    task: Callable[..., Any],
    groups: Iterable[Contents],
    pictures: Mapping[str, bytes],
    *,
    is_duplex: bool,
    workers: int | None,
) -> Iterator[Any]:
    """What task makes of each group; a process begins with one group and ends with it.

    A process waits with its result until it is taken, so that no more than `workers` results are in memory.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["rockrobot.paper"])
    running: deque[tuple[Any, Connection]] = deque()
    try:
        for group in groups:
            if len(running) == (workers or os.cpu_count() or 1):
                yield _result(*running.popleft())
            ours, theirs = context.Pipe(duplex=False)
            process = context.Process(target=_serve, args=(theirs, task, group, pictures, is_duplex), daemon=True)
            process.start()
            theirs.close()
            running.append((process, ours))
        while running:
            yield _result(*running.popleft())
    finally:
        for process, _ in running:
            process.terminate()


def _result(process: Any, ours: Connection) -> Any:
    try:
        outcome = ours.recv()
    except EOFError:
        raise press.PaperError("a drawing process died") from None
    finally:
        ours.close()
        process.join()
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def _serve(
    theirs: Connection, task: Callable[..., Any], group: Contents, pictures: Mapping[str, bytes], is_duplex: bool
) -> None:
    with contextlib.closing(theirs):
        try:
            outcome = task(group, pictures, is_duplex=is_duplex)
        except press.PaperError as error:
            outcome = error
        finally:
            press.close()
        theirs.send(outcome)
