"""How a second person approves what somebody asked for: reads its page, then sends what stood there."""

import re
from typing import Any

SEEN = re.compile(r'name="seen" type="hidden" value="(\w+)"')


def digest_on(page: str) -> str:
    """What the page says that its reader has read; empty where there is nothing to decide."""
    found = SEEN.search(page)
    return found[1] if found else ""


def approve(visitor: Any, request: str, **rest: str) -> Any:
    """Read a request and approve it; the answer."""
    seen = digest_on(visitor.get(request).text)
    return visitor.post(f"{request}/decide", data={"decision": "approved", "seen": seen, **rest})
