from typing import Any

from flask import Blueprint, abort, url_for
from flask_login import current_user

from rockrobot import undo as undoing
from rockrobot.access import PEOPLE_READERS, REGISTER_READERS, allow, deny, in_view, may_open, withhold
from rockrobot.desk.queries import is_personal, log_shown
from rockrobot.histories import queries
from rockrobot.web import asked_page, page

blueprint = Blueprint("histories", __name__)
KINDS = ",".join(queries.RECORDS)


@blueprint.get(f"/<any({KINDS}):kind>/<int:row_id>/history")
@allow(*REGISTER_READERS, event="histories.show", object_rule=in_view)
def show(kind: str, row_id: int) -> str:
    record = queries.RECORDS[kind]
    named: dict[str, Any] = {record.key: row_id}
    if not may_open(record.register or record.card):
        deny()
    if not queries.is_there(kind, row_id):
        abort(404)
    if not may_open(record.card, **named):
        withhold()
    found = queries.history_page(queries.rows_of(kind, row_id), number=asked_page())
    entries = [entry for act in found.rows for entry in act.entries]
    sees_people = current_user.role in PEOPLE_READERS
    also = [row_id] if kind == "people" and sees_people else []
    log_shown(entries if sees_people else [], also=also)
    return page(
        "histories/show.html",
        found=found,
        hidden=set() if sees_people else {entry.id for entry in entries if is_personal(entry)},
        kind=kind,
        row_id=row_id,
        table=record.table,
        card=url_for(record.card, **named),
        may_put_back=undoing.may_put_back,
    )
