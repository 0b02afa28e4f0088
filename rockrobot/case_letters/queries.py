"""What goes into the letters of a case: pictures, sender, units, and why letters are refused."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import undefer

from rockrobot import clock, paper
from rockrobot.approvals.queries import approval_of_letters, models_in, readiness_of, texts_of
from rockrobot.case_letters.rules import SAMPLE_SENDER, LettersFault, day_in_letter, return_country
from rockrobot.contacts.rules import Language
from rockrobot.db import db
from rockrobot.devices.models import DeviceModel, ModelPicture, Ownership
from rockrobot.devices.rules import OwnershipKind, PictureKind
from rockrobot.letters.models import LetterKind
from rockrobot.letters.rules import address_lines
from rockrobot.notices.models import NoticeHeading
from rockrobot.notices.queries import headings
from rockrobot.organisation.queries import letter_sender
from rockrobot.recalls.models import CasePicture, CaseText, CaseUnit, RecallCase
from rockrobot.recalls.rules import CaseState
from rockrobot.recipients.queries import Recipient, chains_of

SAMPLES = {kind: paper.PAPER / "samples" / f"{kind.value}.png" for kind in PictureKind}


@dataclass
class Album:
    """Pictures that letters of a case show: names by model and kind, bytes by name."""

    names: dict[tuple[int, PictureKind], str] = field(default_factory=dict)
    others: dict[PictureKind, str] = field(default_factory=dict)
    bodies: dict[str, bytes] = field(default_factory=dict)

    def put(self, body: bytes) -> str:
        """Take a picture in; its name."""
        name = paper.keep_picture(body)
        self.bodies[name] = body
        return name

    def pick(self, models: Sequence[DeviceModel], kind: PictureKind) -> str:
        """The picture of the first of these models that has one, else the case's own, else a drill's sample."""
        found = (self.names.get((model.id, kind)) for model in models)
        return next((name for name in found if name), self.others.get(kind, ""))


@dataclass(frozen=True)
class Studio:
    """Everything that the letters of one case share."""

    case: RecallCase
    sender: dict[str, str]
    texts: dict[Language, CaseText]
    headings: dict[Language, NoticeHeading]
    album: Album
    models: list[DeviceModel]
    chains: dict[int, list[Ownership]]
    on: date


def studio_of(case: RecallCase, units: Sequence[CaseUnit]) -> Studio:
    """What letters about these units of a case share."""
    models = models_in(units)
    album = album_of(case, models)
    return Studio(case, sender_of(case), texts_of(case.id), headings(), album, models, chains_of(units), clock.today())


def album_of(case: RecallCase, models: Sequence[DeviceModel]) -> Album:
    """The pictures of these models and of the case; with those that ship, for a drill."""
    album = Album()
    ids = [model.id for model in models]
    statement = select(ModelPicture).where(ModelPicture.device_model_id.in_(ids)).options(undefer(ModelPicture.body))
    for picture in db.session.scalars(statement):
        album.names[(picture.device_model_id, picture.kind)] = album.put(picture.body)
    if case.is_drill:
        album.others = {kind: album.put(path.read_bytes()) for kind, path in SAMPLES.items()}
    of_case = select(CasePicture).where(CasePicture.case_id == case.id).options(undefer(CasePicture.body))
    for own in db.session.scalars(of_case):
        album.others[own.kind] = album.put(own.body)
    return album


def sender_of(case: RecallCase) -> dict[str, str]:
    """Who writes: the controller at its postal, else its visiting address; a drill without one has a sample."""
    return letter_sender() or (dict(SAMPLE_SENDER) if case.is_drill else {})


def letter_faults(case: RecallCase) -> list[LettersFault]:
    """Why letters of a case are refused; none when they may be made. A drill fills what is missing first."""
    readiness = readiness_of(case)
    faults = []
    if case.state is CaseState.CLOSED:
        faults.append(LettersFault.CLOSED)
    if readiness.version is None:
        faults.append(LettersFault.NO_SCOPE)
    if readiness.missing:
        faults.append(LettersFault.MISSING_ELEMENTS)
    if readiness.version and approval_of_letters(case, readiness) is None:
        faults.append(LettersFault.NOT_APPROVED)
    if not sender_of(case):
        faults.append(LettersFault.NO_SENDER)
    return faults


# ---------- one letter ----------


def names_on_letter(recipient: Recipient) -> list[str]:
    """The addressee's rows."""
    return [recipient.party.name]


def lines_of(recipient: Recipient) -> list[str]:
    """The address as the letter prints it."""
    place = recipient.address
    if place is None:
        return []
    return address_lines(
        names_on_letter(recipient),
        street=place.street,
        postcode=place.postcode,
        city=place.city,
        country=place.country,
    )


def unit_rows(recipient: Recipient, studio: Studio) -> list[dict[str, Any]]:
    """The units of a letter as it lists them: machines by model and serial, deliveries by part and batch."""
    owned = {unit.id for unit in recipient.owned}
    rows = [_unit_row(unit, recipient.language, studio) for unit in recipient.units]
    return [row | {"is_held": row["case_unit_id"] not in owned} for row in rows]


def _unit_row(unit: CaseUnit, language: Language, studio: Studio) -> dict[str, Any]:
    chain = studio.chains.get(unit.device_id or 0, [])
    row = {"case_unit_id": unit.id, "part": unit.part_no, "batch": unit.batch_no, "pieces": None}
    if unit.device is not None:
        row |= {"model": unit.device.device_model.model_code, "serial": unit.device.serial}
        sold = next((own for own in chain if own.kind is OwnershipKind.SOLD), None)
        sold_on = sold.from_on if sold else None
        row["fitted"] = day_in_letter(unit.fitted_on, language)
    else:
        delivery = unit.loose_delivery
        name = delivery.batch.part.name if delivery else ""
        row |= {"model": name or unit.part_no, "serial": "", "pieces": unit.quantity, "fitted": ""}
        sold_on = delivery.delivered_on if delivery else None
    row["sold"] = f"{day_in_letter(sold_on, language)}, {studio.sender['name']}" if sold_on else ""
    return row


def content_of(recipient: Recipient, kind: LetterKind, studio: Studio) -> dict[str, Any]:
    """The frozen data of a letter; its reference and code are added when it is numbered."""
    case, language = studio.case, recipient.language
    text = studio.texts[language]
    models = models_in(recipient.units) or studio.models
    return {
        "language": language.value,
        "kind": kind.value,
        "is_drill": case.is_drill,
        "heading": studio.headings[language].words,
        "sender": _sender_for(recipient, studio),
        "date": day_in_letter(studio.on, language),
        "address_lines": lines_of(recipient),
        "units": unit_rows(recipient, studio),
        "product_picture": studio.album.pick(models, PictureKind.PRODUCT),
        "plate_picture": studio.album.pick(models, PictureKind.PLATE),
        "product_name": case.product_name,
        "brand": case.brand,
        "plate_text": text.plate_text or _plate_places(models, language),
        "service_phone": case.service_phone,
        "service_online": case.service_online,
        "service_email": case.service_email,
    } | {name: getattr(text, name) for name in TEXT_FIELDS}


def _sender_for(recipient: Recipient, studio: Studio) -> dict[str, str]:
    """Who writes, with the country when the letter goes abroad, so that the reply slip finds home."""
    theirs = recipient.address.country if recipient.address else ""
    return studio.sender | {"country_line": return_country(studio.sender.get("country", ""), theirs)}


TEXT_FIELDS = (
    "subject",
    "hazard",
    "stop_use",
    "instructions",
    "remedies",
    "self_repair",
    "service_hours",
    "pass_on",
    "apology",
)


def _plate_places(models: Iterable[DeviceModel], language: Language) -> str:
    """Where the plates are, as the models' cards say it, which is in Finnish."""
    return "\n".join(dict.fromkeys(m.plate_place for m in models if m.plate_place)) if language is Language.FI else ""
