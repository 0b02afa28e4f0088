from typing import Any

from flask import Blueprint, abort, request, send_file, url_for
from flask_login import current_user

from rockrobot import clock, ledger
from rockrobot.access import PEOPLE_READERS, allow
from rockrobot.db import db
from rockrobot.device_lists.queries import NAME, file_of, parties_in
from rockrobot.exports.actions import take_out
from rockrobot.exports.queries import hash_of_filter, needs_second
from rockrobot.selections.queries import ids_of, understand
from rockrobot.selections.rules import Selection
from rockrobot.tags.rules import Register
from rockrobot.web import Answer, page
from rockrobot.workbooks import XLSX

blueprint = Blueprint("device_lists", __name__)


@blueprint.get("/devices/list.xlsx")
@allow(*PEOPLE_READERS, event="device_lists.download")
def download() -> Answer:
    """The machines that a filter of the list finds, in its order; which ones stands in the ledger before it is sent.

    It tells whose they are, so it counts as an export of those.
    """
    selection, _choices = understand(Register.DEVICES, request.args)
    ids = ids_of(selection) or abort(404)
    parties, is_whole = parties_in(ids, clock.today()), not selection.is_narrowed
    if needs_second(ledger.actor(), parties, is_whole=is_whole):
        return _needs_second(selection)
    file = file_of(ids)
    if not take_out(current_user, parties, is_whole=is_whole):
        file.close()
        return _needs_second(selection)
    told = f"xlsx; rows {len(ids)}; filter {hash_of_filter(selection.words) or '-'}"
    with ledger.change_set("device_lists.download", purpose=told):
        ledger.log_view(ids, table="devices")
        db.session.commit()
    return send_file(file, mimetype=XLSX, as_attachment=True, download_name=f"{NAME}.xlsx", max_age=0)


def _needs_second(selection: Selection) -> Answer:
    words: dict[str, Any] = selection.words
    return page("exports/second_person.html", ask_url=url_for("full_exports.new_devices", **words)), 409
