"""What the texts of a case lack before they may be approved, and whether an approval stands."""

import functools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Select, String, bindparam, func, select

from rockrobot import storage
from rockrobot.approvals.rules import ApprovalFault
from rockrobot.contacts.rules import Language
from rockrobot.db import db
from rockrobot.devices.models import Device, DeviceModel
from rockrobot.devices.rules import PictureKind
from rockrobot.letter_parts.queries import LINTED, SAID, Shown, models_among, shown_in, texts_in, writers_in
from rockrobot.letter_parts.rules import SENDER, digest
from rockrobot.notices.models import NoticeHeading
from rockrobot.notices.rules import Element, Hit, Notice, forbidden_words, missing_elements
from rockrobot.recalls.models import Approval, CasePicture, CaseText, CaseUnit, RecallCase, ScopeVersion
from rockrobot.recalls.queries import latest_version
from rockrobot.recalls.rules import CaseState
from rockrobot.recipients.queries import languages_of, units_by_party

storage.count_bodies(CasePicture)


@dataclass(frozen=True)
class LanguageCheck:
    """The notice of a case in one language: its text, heading, what it lacks, and words that play the risk down."""

    language: Language
    recipients: int
    text: CaseText
    heading: NoticeHeading
    missing: list[Element]
    hits: dict[str, list[Hit]]

    @property
    def is_complete(self) -> bool:
        """True when nothing is missing."""
        return not self.missing

    @property
    def is_heading_checked(self) -> bool:
        """True when somebody checked the heading against its source."""
        return self.heading.checked_on is not None


@dataclass(frozen=True)
class Readiness:
    """Whether a case can be approved."""

    version: ScopeVersion | None
    units: int
    recipients: int
    languages: list[LanguageCheck]
    without_picture: list[str]
    without_plate: list[str]
    shown: Shown | None = None
    parts: dict[str, str] = field(default_factory=dict)

    @property
    def missing(self) -> dict[Language, list[Element]]:
        """What each language lacks."""
        return {check.language: check.missing for check in self.languages if check.missing}

    @property
    def unchecked(self) -> list[NoticeHeading]:
        """Headings that the approver must confirm by name."""
        return [check.heading for check in self.languages if not check.is_heading_checked]

    @property
    def faults(self) -> list[ApprovalFault]:
        """Why the case can't be approved, whoever approves."""
        if self.version is None:
            return [ApprovalFault.NO_SCOPE]
        faults = [ApprovalFault.EMPTY_SCOPE] if not self.units else []
        return faults + ([ApprovalFault.MISSING_ELEMENTS] if self.missing else [])

    @property
    def digest(self) -> str:
        """What an approver reads, in 16 letters: other ones after a change of scope, or of what the letters show."""
        versions = [[check.language, check.text.version] for check in self.languages]
        return digest([self.version.version if self.version else 0, self.units, versions, self.parts])


def texts_of(case_id: int) -> dict[Language, CaseText]:
    """The texts of a case by language."""
    return texts_in([case_id]).get(case_id, {})


def text_of(case_id: int, language: Language) -> CaseText | None:
    """The text of a case in one language, or None."""
    return texts_of(case_id).get(language)


def models_in(units: Sequence[CaseUnit]) -> list[DeviceModel]:
    """The models of the machines among units, those with most machines first."""
    counts = Counter(unit.device.device_model for unit in units if unit.device)
    return [model for model, _ in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0].model_code))]


def models_of(case_id: int) -> list[DeviceModel]:
    """The models of the machines in the current scope, as models_in orders them."""
    statement = (
        select(DeviceModel)
        .join(Device, Device.device_model_id == DeviceModel.id)
        .join(CaseUnit, CaseUnit.device_id == Device.id)
        .where(CaseUnit.case_id == case_id, CaseUnit.released_in_version.is_(None))
        .group_by(DeviceModel.id)
        .order_by(func.count(CaseUnit.id).desc(), DeviceModel.model_code)
    )
    return list(db.session.scalars(statement))


def count_scope(case_id: int) -> int:
    """How many units the current scope has."""
    in_scope = (CaseUnit.case_id == case_id) & CaseUnit.released_in_version.is_(None)
    return db.session.scalar(select(func.count(CaseUnit.id)).where(in_scope)) or 0


def _unpictured(models: Sequence[DeviceModel], shown: Shown) -> tuple[list[str], list[str]]:
    """Codes of the models without a picture of the product, and of those without a picture or words of the plate."""
    kinds = {model.id: shown.pictures.get(model.id, {}) for model in models}
    plain = [m.model_code for m in models if PictureKind.PRODUCT not in kinds[m.id]]
    return plain, [m.model_code for m in models if PictureKind.PLATE not in kinds[m.id] and not m.plate_place]


def case_pictures(case_id: int) -> set[PictureKind]:
    """Which pictures a case has of its own."""
    return set(db.session.scalars(select(CasePicture.kind).where(CasePicture.case_id == case_id)))


def hits_in(text: CaseText) -> dict[str, list[Hit]]:
    """Words that play the risk down, by the field they stand in."""
    return {name: hits for name in LINTED if (hits := forbidden_words(text.language, getattr(text, name)))}


def readiness_of(case: RecallCase) -> Readiness:
    """What the case still lacks before approval, for every language in which somebody is written to.

    Where nobody can be reached, Finnish is asked for, since the public notice needs a text too. Further languages whose
    text is complete are approved along, so that a buyer abroad can be written to the same day.
    """
    languages = languages_of(units_by_party(case.id))
    count = languages or Counter({Language.FI: 0})
    models = models_of(case.id)
    shown = shown_in([case.id], [model.id for model in models])
    own = set(PictureKind) if case.is_drill else set(shown.own_pictures.get(case.id, {}))
    plain, plateless = _unpictured(models, shown)
    without_picture = [] if PictureKind.PRODUCT in own else plain
    without_plate = [] if PictureKind.PLATE in own else plateless
    seen = Readiness(
        latest_version(case.id), count_scope(case.id), languages.total(), [], without_picture, without_plate, shown
    )
    texts, heads = shown.texts_of(case), shown.headings
    for language in sorted({*count, *texts}):
        text = texts.get(language) or blank_text(case.id, language)
        heading = heads[language]
        hits = hits_in(text)
        notice = _notice(case, text, heading, seen, has_models=bool(models) or PictureKind.PRODUCT in own)
        missing = missing_elements(notice)
        if hits and not text.linter_override.strip() and Element.WORDS not in missing:
            missing.append(Element.WORDS)
        if missing and language not in count:
            continue
        seen.languages.append(LanguageCheck(language, count[language], text, heading, missing, hits))
    stored = [texts[check.language] for check in seen.languages if check.language in texts]
    seen.parts.update(shown.parts(case, stored, [model.id for model in models]))
    return seen


def writers_of(case: RecallCase, languages: Iterable[Language], shown: Shown | None = None) -> set[str]:
    """Who wrote what the letters of a case say in these languages, as it stands; shown: what they show, where read."""
    wrote = writers_in([case], shown or shown_in([case.id], ()))[case.id]
    return {who for language in languages for who in wrote.get(language, ())}


def blank_text(case_id: int, language: Language) -> CaseText:
    """A text of which nothing is written yet; not stored."""
    empty = dict.fromkeys(SAID, "")
    return CaseText(case_id=case_id, language=language, version=0, **empty)


def _notice(case: RecallCase, text: CaseText, heading: NoticeHeading, seen: Readiness, *, has_models: bool) -> Notice:
    return Notice(
        language=text.language,
        heading=heading.words,
        subject=text.subject,
        product_name=case.product_name,
        brand=case.brand,
        has_product_picture=has_models and not seen.without_picture,
        has_plate=not seen.without_plate or bool(text.plate_text.strip()),
        has_units=bool(seen.units),
        hazard=text.hazard,
        stop_use=text.stop_use,
        instructions=text.instructions,
        remedies_text=text.remedies,
        remedies=case.remedies or [],
        recipients_are_consumers=case.recipients_are_consumers,
        one_remedy_reason=case.one_remedy_reason,
        phone=case.service_phone,
        online=case.service_online,
        pass_on=text.pass_on,
        linter_override=text.linter_override,
    )


def approvals_of(case_id: int) -> Sequence[Approval]:
    """Approvals of a case, the newest first."""
    return db.session.scalars(select(Approval).where(Approval.case_id == case_id).order_by(Approval.id.desc())).all()


def approval_of_letters(case: RecallCase, seen: Readiness) -> Approval | None:
    """The approval under which letters may be written now, or None: it stands and covers every recipient's language."""
    approval = standing_approval(case)
    needed = {check.language.value for check in seen.languages if check.recipients}
    return approval if approval and needed <= set(approval.text_versions) else None


def standing_approval(case: RecallCase) -> Approval | None:
    """The approval that covers the scope in force and what the letters show as it is now, or None."""
    latest, version = next(iter(approvals_of(case.id)), None), latest_version(case.id)
    if latest is None or version is None:
        return None
    return latest if _covers(latest, case, version, shown_in([case.id], models_among(latest.digests))) else None


def _covers(approval: Approval, case: RecallCase, version: ScopeVersion, shown: Shown) -> bool:
    """True when a scope and what letters show are still what was approved.

    An approval from before senders and pictures were approved along covers nothing.
    """
    if approval.scope_version != version.version or SENDER not in approval.digests:
        return False
    written = {language.value: text.version for language, text in shown.texts_of(case).items()}
    if any(written.get(code) != number for code, number in approval.text_versions.items()):
        return False
    return all(shown.digest(case, part) == approved for part, approved in approval.digests.items())


def cases_awaiting(*, but_of: str) -> list[tuple[RecallCase, ScopeVersion]]:
    """Real cases with a text that says all it must, and that no approval covers as they are now, the oldest first.

    but_of: who opened a case, froze its scope or wrote its letters does not wait for it; empty leaves out nobody's.
    """
    found = [(case, version) for case, version in db.session.execute(_open_cases(), {"but_of": but_of})]
    if not found:
        return []
    ids = [case.id for case, _ in found]
    approvals = _newest_approvals(ids)
    shown = shown_in(ids, models_among(part for approval in approvals.values() for part in approval.digests))
    finished = {case.id: _finished(case, version, shown) for case, version in found}
    waiting = [
        (case, version)
        for case, version in found
        if finished[case.id] and (case.id not in approvals or not _covers(approvals[case.id], case, version, shown))
    ]
    if not waiting or not but_of:
        return waiting
    wrote = writers_in([case for case, _ in waiting], shown)
    return [
        (case, version)
        for case, version in waiting
        if not any(but_of in wrote[case.id].get(language, ()) for language in finished[case.id])
    ]


def _finished(case: RecallCase, version: ScopeVersion, shown: Shown) -> list[Language]:
    """The languages in which a case says all that it must."""
    texts = shown.texts_of(case).items()
    return [language for language, text in texts if _says_all(case, version, text, shown.headings[language])]


def _says_all(case: RecallCase, version: ScopeVersion, text: CaseText, heading: NoticeHeading) -> bool:
    """True when a text lacks no words: pictures and machines, too many for each page to count, pass as there."""
    furnished = Readiness(version, units=1, recipients=0, languages=[], without_picture=[], without_plate=[])
    return not missing_elements(_notice(case, text, heading, furnished, has_models=True))


@functools.cache  # the menu of every page asks this
def _open_cases() -> Select[RecallCase, ScopeVersion]:
    newest = select(func.max(ScopeVersion.id)).group_by(ScopeVersion.case_id)
    has_text = select(CaseText.id).where(CaseText.case_id == RecallCase.id).exists()
    but_of = bindparam("but_of", type_=String)
    return (
        select(RecallCase, ScopeVersion)
        .join(ScopeVersion, ScopeVersion.case_id == RecallCase.id)
        .where(ScopeVersion.id.in_(newest), has_text, RecallCase.is_drill.is_(False))
        .where(RecallCase.state != CaseState.CLOSED, RecallCase.opened_by != but_of, ScopeVersion.frozen_by != but_of)
        .order_by(ScopeVersion.frozen_at)
    )


def _newest_approvals(case_ids: Sequence[int]) -> dict[int, Approval]:
    newest = select(func.max(Approval.id)).where(Approval.case_id.in_(case_ids)).group_by(Approval.case_id)
    return {row.case_id: row for row in db.session.scalars(select(Approval).where(Approval.id.in_(newest)))}
