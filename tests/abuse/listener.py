"""Somebody who listens on loopback and must never be called."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Listener:
    """Counts who calls; hits is how many did."""

    def __init__(self, line: socket.socket) -> None:
        self.line, self.port, self.hits = line, line.getsockname()[1], 0

    def listen(self) -> None:
        """Take each call and hang up, until the line is closed."""
        while True:
            try:
                caller, _address = self.line.accept()
            except OSError:
                return
            self.hits += 1
            caller.close()

    def addresses(self) -> list[str]:
        """Its address in every writing that a filter of addresses may miss."""
        hosts = ("127.0.0.1", "localhost", "0x7f000001", "2130706433", "0177.1", "127.1", "[::ffff:7f00:1]")
        return [f"http://{host}:{self.port}/" for host in hosts]


@contextmanager
def listener() -> Iterator[Listener]:
    """A listener for as long as the block lasts."""
    with socket.create_server(("127.0.0.1", 0)) as line:
        listening = Listener(line)
        thread = threading.Thread(target=listening.listen, daemon=True)
        thread.start()
        yield listening
        line.shutdown(socket.SHUT_RDWR)
        thread.join(5)
