"""What the letters of cases show now, and who wrote it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, or_, select

from rockrobot.chain import ChangeSet, LedgerEntry
from rockrobot.contacts.rules import Language
from rockrobot.db import among, db
from rockrobot.devices.models import Device, DeviceModel, ModelPicture
from rockrobot.devices.rules import PictureKind
from rockrobot.letter_parts import rules
from rockrobot.letter_parts.rules import FACTS, MODEL_PICTURES, OWN_PICTURES, PLATE_PLACE, SENDER, WRITING, Act
from rockrobot.notices.models import NoticeHeading
from rockrobot.notices.queries import headings
from rockrobot.organisation.queries import ONLY, letter_sender
from rockrobot.organisation.queries import SENDER as PRINTED_OF_SENDER
from rockrobot.recalls.models import CasePicture, CaseText, CaseUnit, RecallCase

LINTED: Final = ("subject", "hazard", "stop_use", "instructions", "remedies", "self_repair", "pass_on", "apology")
SAID: Final = (*LINTED, "plate_text", "service_hours", "linter_override")
SHARED: Final = ("product_name", "brand", "service_phone", "service_online", "service_email")
HOUSE: Final = (
    *PRINTED_OF_SENDER,
    *(f"{place}_{name}" for place in ("postal", "visiting") for name in ("street", "postcode", "city")),
)
Texts = Mapping[Language, CaseText]
Pictures = dict[PictureKind, str]


@dataclass(frozen=True)
class Shown:
    """What letters show now: texts and own pictures by case, headings, sender, pictures and plate places by model.

    Pictures are known by the SHA-256 digests that are stored with them.
    """

    texts: Mapping[int, Texts]
    headings: Mapping[Language, NoticeHeading]
    sender: dict[str, str]
    own_pictures: Mapping[int, Pictures]
    pictures: Mapping[int, Pictures]
    plate_places: Mapping[int, str]

    def texts_of(self, case: RecallCase) -> Texts:
        """The texts of a case by language."""
        return self.texts.get(case.id, {})

    def parts(self, case: RecallCase, texts: Iterable[CaseText], model_ids: Collection[int]) -> dict[str, str]:
        """Digests of all that letters of a case with these texts show about these models, by part."""
        languages = {text.language: text for text in texts}
        names = [*map(str, languages), SENDER, FACTS, OWN_PICTURES, *(f"{MODEL_PICTURES}{id_}" for id_ in model_ids)]
        if prints_plate_place(languages.get(Language.FI)):
            names += [f"{PLATE_PLACE}{id_}" for id_ in model_ids]
        return {name: self.digest(case, name) for name in names}

    def digest(self, case: RecallCase, part: str) -> str:
        """What a part of the letters of a case shows, in 16 letters; raises KeyError for a text that is not there."""
        kind, _, id_ = part.partition(":")
        if part == SENDER:
            return rules.digest(self.sender)
        if part == FACTS:
            return rules.digest([getattr(case, name) for name in SHARED])
        if part == OWN_PICTURES:
            return rules.digest(self.own_pictures.get(case.id, {}))
        if f"{kind}:" == MODEL_PICTURES:
            return rules.digest(self.pictures.get(int(id_), {}))
        if f"{kind}:" == PLATE_PLACE:
            return rules.digest(self.plate_places.get(int(id_), ""))
        text = self.texts[case.id][Language(part)]
        return rules.digest([self.headings[text.language].words, *(getattr(text, name) for name in SAID)])


def prints_plate_place(text: CaseText | None) -> bool:
    """True when a letter says where the plate is as the cards of the models say it, which is in Finnish."""
    return text is not None and text.language is Language.FI and not text.plate_text


def models_among(parts: Iterable[str]) -> set[int]:
    """The ids of the models that these parts are about."""
    return {int(part.partition(":")[2]) for part in parts if part.startswith((MODEL_PICTURES, PLATE_PLACE))}


def shown_in(case_ids: Collection[int], model_ids: Collection[int]) -> Shown:
    """What letters of these cases show now about these models."""
    own: dict[int, Pictures] = defaultdict(dict)
    of_case = select(CasePicture.case_id, CasePicture.kind, CasePicture.sha256).order_by(CasePicture.kind)
    for case_id, kind, sha256 in db.session.execute(of_case.where(CasePicture.case_id.in_(case_ids))):
        own[case_id][kind] = sha256
    pictures, places = _of_models(model_ids) if model_ids else ({}, {})
    return Shown(texts_in(case_ids), headings(), letter_sender(), own, pictures, places)


def _of_models(model_ids: Collection[int]) -> tuple[dict[int, Pictures], dict[int, str]]:
    pictures: dict[int, Pictures] = defaultdict(dict)
    places: dict[int, str] = {}
    columns = (DeviceModel.id, DeviceModel.plate_place, ModelPicture.kind, ModelPicture.sha256)
    drawn = select(*columns).outerjoin(ModelPicture, ModelPicture.device_model_id == DeviceModel.id)
    mine = drawn.where(among(DeviceModel.__table__.c.id, model_ids)).order_by(ModelPicture.kind)
    for id_, place, kind, sha256 in db.session.execute(mine):
        places[id_] = place
        if kind is not None:
            pictures[id_][kind] = sha256
    return pictures, places


def texts_in(case_ids: Collection[int]) -> dict[int, dict[Language, CaseText]]:
    """The texts of these cases by case and language; none of a case without any."""
    texts: dict[int, dict[Language, CaseText]] = defaultdict(dict)
    for row in db.session.scalars(select(CaseText).where(CaseText.case_id.in_(case_ids))):
        texts[row.case_id][row.language] = row
    return texts


# ---------- who wrote it ----------


def writers_in(cases: Collection[RecallCase], shown: Shown) -> dict[int, dict[Language, set[str]]]:
    """Who wrote what the letters of cases say as it stands, by case and language.

    What belongs to no case (headings, models, the sender) counts where it was changed since the case was opened.
    """
    ledger = _Ledger(cases, shown)
    return {
        case.id: {
            language: rules.hands(ledger.acts[CaseText.__tablename__, text.id], ledger.around(case, text))
            for language, text in shown.texts_of(case).items()
            if text.id
        }
        for case in cases
    }


class _Ledger:
    """The acts that changed what letters of cases show, by table and row."""

    def __init__(self, cases: Collection[RecallCase], shown: Shown) -> None:
        self.shown = shown
        ids = [case.id for case in cases]
        since = min(case.opened_at for case in cases)
        self.acts = _acts([text.id for case in cases for text in shown.texts_of(case).values() if text.id], ids, since)
        self.own_pictures = defaultdict(list)
        of_cases = select(CasePicture.case_id, CasePicture.id).where(CasePicture.case_id.in_(ids))
        for case_id, id_ in db.session.execute(of_cases):
            self.own_pictures[case_id].append(id_)
        self.pictures, self.models = self._changed_models(ids)

    def _changed_models(self, case_ids: Collection[int]) -> tuple[dict[int, int], set[tuple[int, int]]]:
        """Models by picture, and (case, model) in scope, of the models that were changed since a case was opened."""
        drawn = [id_ for table, id_ in self.acts if table == ModelPicture.__tablename__]
        models = {id_ for table, id_ in self.acts if table == DeviceModel.__tablename__}
        pictures = {}
        if drawn:
            of = select(ModelPicture.id, ModelPicture.device_model_id)
            rows = db.session.execute(of.where(among(ModelPicture.__table__.c.id, drawn)))
            pictures = {row[0]: row[1] for row in rows}
        models.update(pictures.values())
        return pictures, _in_scope(case_ids, models) if models else set()

    def around(self, case: RecallCase, text: CaseText) -> list[list[Act]]:
        """The acts that changed each part, the text apart, that a letter of this text shows."""
        own = [self.acts[CasePicture.__tablename__, id_] for id_ in self.own_pictures[case.id]]
        facts = self.acts[RecallCase.__tablename__, case.id]
        heading = self.acts[NoticeHeading.__tablename__, self.shown.headings[text.language].id or 0]
        models = [model_id for case_id, model_id in self.models if case_id == case.id]
        drawn = [id_ for id_, model_id in self.pictures.items() if model_id in models]
        common = [heading, self.acts["organisations", ONLY]]
        common += [self.acts[ModelPicture.__tablename__, id_] for id_ in drawn]
        if prints_plate_place(text):
            common += [self.acts[DeviceModel.__tablename__, id_] for id_ in models]
        return [facts, *own, *([act for act in acts if act.at >= case.opened_at] for acts in common)]


def _in_scope(case_ids: Collection[int], model_ids: Collection[int]) -> set[tuple[int, int]]:
    statement = (
        select(CaseUnit.case_id, Device.device_model_id)
        .join(Device, Device.id == CaseUnit.device_id)
        .where(CaseUnit.case_id.in_(case_ids), CaseUnit.released_in_version.is_(None))
        .where(among(Device.__table__.c.device_model_id, model_ids))
        .distinct()
    )
    return {(case_id, model_id) for case_id, model_id in db.session.execute(statement)}


def _acts(text_ids: Sequence[int], case_ids: Sequence[int], since: datetime) -> dict[tuple[str, int], list[Act]]:
    """Who changed, or wrote first, these texts, facts of cases, and since then what every letter shows.

    By table and row. since: what belongs to no case has years of changes before it that nobody asks for.
    """
    of_row, is_late = LedgerEntry.row_id, ChangeSet.at >= since
    is_change, is_writing = LedgerEntry.action != "insert", ChangeSet.event == WRITING
    wanted = [
        _said("case_texts", of_row.in_(text_ids), or_(_says(*SAID), is_writing)),
        _said("recall_cases", of_row.in_(case_ids), _says(*SHARED)),
        _said("case_pictures", _says("sha256")),
        _said("model_pictures", is_late, _says("sha256")),
        _said("device_models", is_late, or_(is_change, _fills("plate_place")), _says("plate_place")),
        _said("notice_headings", is_late, is_change, _says("words")),
        _said("organisations", is_late, or_(is_change, _fills(*HOUSE)), _says(*HOUSE)),
    ]
    columns = (LedgerEntry.table_name, of_row, ChangeSet.id, ChangeSet.actor, ChangeSet.at, ChangeSet.undoes_id)
    statement = select(*columns).join(ChangeSet, ChangeSet.id == LedgerEntry.change_set_id).where(or_(*wanted))
    found: dict[tuple[str, int], list[Act]] = defaultdict(list)
    for table_name, row_id, id_, actor, at, undoes_id in db.session.execute(statement):
        found[table_name, row_id].append(Act(id_, actor, at, undoes_id))
    return found


def _said(table_name: str, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(LedgerEntry.table_name == table_name, *conditions)


def _says(*names: str) -> ColumnElement[bool]:
    """True for entries that tell of a change of one of these columns."""
    return or_(*(LedgerEntry.changes[name].as_string().is_not(None) for name in names))


def _fills(*names: str) -> ColumnElement[bool]:
    """True for entries that leave something in one of these columns: a new row tells of all of them."""
    return or_(*(LedgerEntry.changes[(name, 1)].as_string() != "" for name in names))
