"""The command that searches the register."""

import json

import click
from flask import current_app
from flask.cli import with_appcontext

from rockrobot import ledger, search_hits
from rockrobot.cli.terminal import actor
from rockrobot.db import db, reading
from rockrobot.search import find
from rockrobot.search_hits import Shown

MOST = 200


@click.command("search")
@with_appcontext
@click.argument("text")
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text", help="Lines to read, or JSON.")
@click.option("--limit", type=click.IntRange(1, MOST), default=20, show_default=True, help="At most so many hits.")
def search(text: str, shape: str, limit: int) -> None:
    """Find TEXT in the whole register, best hit first.

    TEXT is a name, former employer, company, phone number in any writing or four of its digits, e-mail address,
    business id, serial, batch (ours or the supplier's), worksite, text of an event, letter reference or recall case;
    one typing error is forgiven. JSON is one list of objects: kind, id, title, why it was found, and url, the page's
    path on this installation. No hits are an empty list and exit code 0. Whose data is shown is written to the ledger.
    """
    with reading(), current_app.test_request_context():
        hits = find(text, only=search_hits.kinds_shown(), limit=limit)
        found = search_hits.shown(hits[:limit])
        db.session.rollback()
    with ledger.change_set("cli:search", actor=actor()):
        ledger.log_view(search_hits.people_in(found))
        db.session.commit()
    if shape == "json":
        click.echo(json.dumps([_as_json(one) for one in found], ensure_ascii=False))
        return
    for one in found:
        click.echo(f"{one.showing.group}: {one.line.title} ({one.why}) {one.line.url}")


def _as_json(one: Shown) -> dict[str, str | int]:
    return {
        "kind": one.hit.kind,
        "id": one.hit.row_id,
        "title": one.line.title,
        "why": one.why,
        "url": one.line.url,
    }


COMMANDS = (search,)
