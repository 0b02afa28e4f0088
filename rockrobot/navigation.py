"""The menu: rooms register their links; each person sees those they may open."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, request, url_for

from rockrobot.access import may_open


@dataclass(frozen=True, eq=False)
class Link:
    """One entry of the menu; count answers how much waits there, or None; covers: other pages that belong to it.

    Each is itself alone: to compare two would translate their texts, which took a fifth of the menu's time.
    """

    group: str
    order: int
    text: Any
    endpoint: str
    icon: str
    count: Callable[[], int | None] | None = None
    covers: tuple[str, ...] = ()


_links: list[Link] = []


def add_link(link: Link) -> None:
    """Put a link into the menu (rooms call this when they are imported)."""
    _links.append(link)


def navigation() -> list[dict[str, Any]]:
    """The menu for the person signed in: groups of links (text, href, icon, current, count)."""
    groups: dict[str, list[dict[str, Any]]] = {}
    current = _current_links()
    for link in sorted(_links, key=lambda link: link.order):
        if may_open(link.endpoint):
            entry = {
                "text": str(link.text),
                "href": url_for(link.endpoint),
                "icon": link.icon,
                "current": link in current,
                "count": link.count() if link.count else None,
            }
            groups.setdefault(str(link.group), []).append(entry)
    return [{"title": title, "links": links} for title, links in groups.items()]


def _current_links() -> list[Link]:
    """The entries that name the page, or else the only entry of the page's room."""
    here = request.endpoint or ""
    room = here.rpartition(".")[0]
    named = [link for link in _links if here == link.endpoint or here in link.covers]
    of_room = [link for link in _links if link.endpoint.rpartition(".")[0] == room]
    return named or (of_room if len(of_room) == 1 else [])


def init_app(app: Flask) -> None:
    """Let templates draw the menu."""
    app.jinja_env.globals["navigation"] = navigation
