"""Many print batches: each drawn in a process of its own, which gives its memory back."""

import contextlib
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from rockrobot.paper import press
from rockrobot.paper.cutter import Cutter
from rockrobot.paper.glyphs import is_printable, printable
from rockrobot.paper.pages import Window, WindowFault, faults_of_windows

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
    """A batch, each of its letters cut out of it, and the faults of their addresses.

    Faults: outside_window and no_address as window_faults tells them; bad_character where a character of the address
    can't be printed.
    """
    batch, counts = press.draw_batch(contents, pictures, is_duplex=is_duplex)
    cutter = Cutter(batch)
    firsts = press.first_pages(cutter)
    windows = [
        Window(first, len(content["address_lines"]), content["is_drill"])
        for first, content in zip(firsts, contents, strict=True)
    ]
    faults = faults_of_windows(batch, windows)
    letters = [
        DrawnLetter(cutter.cut(first, count, printable(press.title_of([content]))), _codes(content, found))
        for content, first, count, found in zip(contents, firsts, counts, faults, strict=True)
    ]
    return Drawn(batch, letters)


def _codes(content: Mapping[str, Any], found: Iterable[WindowFault]) -> list[str]:
    bad = [] if all(map(is_printable, content["address_lines"])) else [BAD_CHARACTER]
    return [*(fault.code for fault in found), *bad]


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
