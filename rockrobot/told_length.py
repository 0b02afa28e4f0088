"""A body says how long it is: one sent in chunks is refused, since another length may have stood beside it."""

from flask import Flask, abort, request


def refuse_chunks() -> None:
    """Run before every request, first of all.

    The server reads such a body by its chunks and drops a Content-Length beside them, so that nobody behind it can say
    whether there were two. Browsers say the length, and so does a proxy that waits until a body is whole.
    Source: RFC 9112, 6.1 and 6.3: a server may refuse a request with both, and one without a length.
    """
    if "Transfer-Encoding" in request.headers:
        abort(400)


def init_app(app: Flask) -> None:
    """Refuse bodies in chunks."""
    app.before_request(refuse_chunks)
