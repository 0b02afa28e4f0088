from flask import Blueprint, request
from flask_babel import lazy_gettext

from rockrobot import clock, ledger
from rockrobot.access import PEOPLE_READERS, REGISTER_READERS, allow
from rockrobot.devices.queries import all_models
from rockrobot.navigation import Link, add_link
from rockrobot.parts.queries import part_with
from rockrobot.readiness import queries
from rockrobot.readiness.rules import Reach
from rockrobot.web import asked_id, asked_page, page

blueprint = Blueprint("readiness", __name__, url_prefix="/readiness")
add_link(Link(lazy_gettext("Takaisinvedot"), 160, lazy_gettext("Valmius"), "readiness.index", "gauge"))


def _models() -> list[tuple[int, str]]:
    return [(model.id, f"{model.model_code} {model.name}") for model in all_models()]


@blueprint.get("/")
@allow(*REGISTER_READERS, event="readiness.index")
def index() -> str:
    models = queries.by_model(clock.today())
    ledger.log_view([])
    return page("readiness/index.html", models=models, parts=queries.parts_without_batch())


@blueprint.get("/machines")
@allow(*REGISTER_READERS, event="readiness.machines")
def machines() -> str:
    model_id, word = asked_id("model"), request.args.get("reach", "")
    reach = Reach(word) if word in set(Reach) else None
    found = queries.machines(clock.today(), reach, model_id=model_id, number=asked_page())
    ledger.log_view([])
    return page("readiness/machines.html", found=found, reach=reach, model_id=model_id, model_options=_models())


@blueprint.get("/owners-without-address")
@allow(*PEOPLE_READERS, event="readiness.owners_without_address")
def owners_without_address() -> str:
    model_id = asked_id("model")
    found = queries.owners_without_address(clock.today(), model_id=model_id, number=asked_page())
    options = _models()
    ledger.log_view(owner.person_id for owner in found.rows if owner.person_id)
    return page("readiness/owners_without_address.html", found=found, model_id=model_id, model_options=options)


@blueprint.get("/fittings-without-batch")
@allow(*REGISTER_READERS, event="readiness.fittings_without_batch")
def fittings_without_batch() -> str:
    part_id = asked_id("part")
    found = queries.fittings_without_batch(part_id=part_id, number=asked_page())
    part = part_with(part_id) if part_id else None
    options = [(gap.part_id, f"{gap.part_no} {gap.name}") for gap in queries.parts_without_batch()]
    return page("readiness/fittings_without_batch.html", found=found, part=part, part_options=options)
