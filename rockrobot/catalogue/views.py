from collections.abc import Sequence

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from rockrobot import ledger
from rockrobot.access import REGISTER_READERS, Role, allow
from rockrobot.admission import UploadError, file_fault
from rockrobot.catalogue.forms import ModelForm, PictureForm
from rockrobot.desk.queries import history_of
from rockrobot.devices import actions, queries
from rockrobot.devices.models import DeviceModel
from rockrobot.devices.rules import PictureKind
from rockrobot.files import read_first, read_sent_picture
from rockrobot.navigation import Link, add_link
from rockrobot.search import Hit
from rockrobot.search_hits import Line, Showing, show_hits
from rockrobot.web import Answer, asked_page, commit_and_go, form_page, once, page

blueprint = Blueprint("catalogue", __name__)
add_link(Link(lazy_gettext("Rekisteri"), 210, lazy_gettext("Mallit"), "catalogue.index", "factory"))


def _model(model_id: int) -> DeviceModel:
    return queries.model_with(model_id) or abort(404)


@blueprint.get("/models/")
@allow(*REGISTER_READERS, event="catalogue.index")
def index() -> str:
    text = request.args.get("q", "")
    found = queries.find_models(text=text, number=asked_page())
    counts = queries.device_counts([model.id for model in found.rows])
    ledger.log_view([])
    return page("catalogue/index.html", fragments=("model_rows",), found=found, counts=counts, text=text)


@blueprint.route("/models/new", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="catalogue.new")
@once
def new() -> Answer:
    form = ModelForm()
    if form.validate_on_submit():
        model = actions.add_model(form.model_code.data, form.name.data, form.plate_place.data)
        return commit_and_go(url_for("catalogue.show", model_id=model.id), _("Malli lisätty."), undo=True)
    return form_page("catalogue/new.html", form)


@blueprint.get("/models/<int:model_id>")
@allow(*REGISTER_READERS, event="catalogue.show")
def show(model_id: int) -> str:
    return _model_page(_model(model_id), PictureForm())[0]


def _model_page(model: DeviceModel, form: PictureForm, *, wrong: str = "") -> tuple[str, int]:
    kept = queries.pictures_of(model.id)
    return form_page(
        "catalogue/show.html",
        form,
        model=model,
        count=queries.device_counts([model.id]).get(model.id, 0),
        pictures=kept,
        wrong=wrong,
        history=history_of({"device_models": [model.id], "model_pictures": [row.id for row in kept.values()]}),
    )


@blueprint.route("/models/<int:model_id>/edit", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="catalogue.edit")
def edit(model_id: int) -> Answer:
    model = _model(model_id)
    form = ModelForm(obj=model)
    if form.validate_on_submit():
        actions.change_model(model, name=form.name.data, plate_place=form.plate_place.data)
        return commit_and_go(url_for("catalogue.show", model_id=model_id), _("Mallin tiedot muutettu."), undo=True)
    return form_page("catalogue/edit.html", form, model=model)


@blueprint.post("/models/<int:model_id>/pictures/<string:kind>")
@allow(Role.CUSTOMER_CARE, event="catalogue.upload_picture")
@read_first
def upload_picture(model_id: int, kind: str) -> Answer:
    model = _model(model_id)
    if kind not in set(PictureKind):
        abort(404)
    form = PictureForm()
    if form.validate_on_submit():
        try:
            body = read_sent_picture(form.picture.data)
        except UploadError as error:
            form.picture.errors = [file_fault(error)]
        else:
            actions.set_model_picture(model, PictureKind(kind), body)
            return commit_and_go(url_for("catalogue.show", model_id=model_id), _("Kuva tallennettu."))
    return _model_page(model, form, wrong=kind)


@blueprint.get("/models/<int:model_id>/pictures/<string:kind>")
@allow(*REGISTER_READERS, event="catalogue.picture")
def picture(model_id: int, kind: str) -> Answer:
    kept = queries.pictures_of(model_id).get(kind)  # type: ignore[call-overload]
    if kept is None:
        abort(404)
    answer = Response(kept.body, mimetype=kept.media_type)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Content-Disposition"] = "inline"
    answer.set_etag(kept.sha256)
    return answer.make_conditional(request)


# ---------- hits of the search ----------


def _hit_lines(hits: Sequence[Hit]) -> dict[int, Line]:
    rows = queries.models_with(hit.row_id for hit in hits)
    return {
        id_: Line(row.model_code, url_for("catalogue.show", model_id=id_), row.name, is_code=True)
        for id_, row in rows.items()
    }


FACTS = {"model_code": lazy_gettext("mallikoodi")}
show_hits(Showing("model", lazy_gettext("Mallit"), "factory", "catalogue.show", _hit_lines, FACTS))
