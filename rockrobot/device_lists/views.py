import tempfile

from flask import Blueprint, abort, request, send_file
from werkzeug.wrappers import Response

from rockrobot import clock, ledger
from rockrobot.access import PEOPLE_READERS, allow
from rockrobot.db import db
from rockrobot.device_lists.queries import COLUMNS, NAME, people_in, rows_of
from rockrobot.exports.queries import hash_of_filter
from rockrobot.selections.queries import ids_of, understand
from rockrobot.sheet_writer import write_sheet
from rockrobot.tags.rules import Register
from rockrobot.workbooks import XLSX

blueprint = Blueprint("device_lists", __name__)


@blueprint.get("/devices/list.xlsx")
@allow(*PEOPLE_READERS, event="device_lists.download")
def download() -> Response:
    """The machines that a filter of the list finds, in its order; which ones stands in the ledger before it is sent."""
    selection, _choices = understand(Register.DEVICES, request.args)
    ids = ids_of(selection) or abort(404)
    file = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the answer)
    write_sheet(file, NAME, COLUMNS, rows_of(ids, clock.today()))
    file.seek(0)
    ledger.log_view(people_in(ids))
    told = f"xlsx; rows {len(ids)}; filter {hash_of_filter(selection.words) or '-'}"
    with ledger.change_set("device_lists.download", purpose=told):
        ledger.log_view(ids, table="devices")
        db.session.commit()
    return send_file(file, mimetype=XLSX, as_attachment=True, download_name=f"{NAME}.xlsx", max_age=0)
