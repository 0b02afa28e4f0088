"""Write the texts of a case and approve it."""

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from rockrobot import clock, ledger
from rockrobot.approvals import queries
from rockrobot.approvals.rules import (
    SAMPLE_BRAND,
    SAMPLE_PHONE,
    SAMPLE_PRODUCT,
    SAMPLE_REMEDIES,
    SAMPLE_TEXTS,
    ApprovalFault,
    Signatories,
    signing_fault,
)
from rockrobot.contacts.rules import Language
from rockrobot.db import db
from rockrobot.devices.rules import PictureKind
from rockrobot.dual_control.queries import may_sign_own
from rockrobot.recalls.actions import set_state
from rockrobot.recalls.models import Approval, CasePicture, CaseText, RecallCase, ScopeVersion
from rockrobot.recalls.queries import SECOND_PERSONS, latest_version
from rockrobot.recalls.rules import CaseState

DRILL_REASON = "drill"


class ApprovalError(ValueError):
    """A case can't be approved; fault says why."""

    def __init__(self, fault: ApprovalFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def save_text(case: RecallCase, language: Language, values: Mapping[str, Any]) -> CaseText:
    """Keep the text of a case in a language; a change counts its version and takes back an approval before letters.

    Who opened the case or froze its scope, and so may not approve it, answers for a text by saving it as it is: where
    there are only two people, whoever wrote it may approve it then.
    """
    text = queries.text_of(case.id, language)
    if text is None:
        text = queries.blank_text(case.id, language)
        db.session.add(text)
    changed = {name: value for name, value in values.items() if getattr(text, name) != value}
    for name, value in changed.items():
        setattr(text, name, value)
    if changed or not text.version or _takes_over(case, language):
        text.version += 1
        _want_approval(case)
    db.session.flush()
    return text


def _takes_over(case: RecallCase, language: Language) -> bool:
    """True when somebody who may not approve saves what another wrote, and no letter may be written of it yet.

    Who runs a drill approves it themselves.
    """
    version = latest_version(case.id)
    barred = {case.opened_by, version.frozen_by if version else case.opened_by}
    if case.is_drill or ledger.actor() not in barred or queries.writers_of(case, [language]) <= barred:
        return False
    approval = queries.approval_of_letters(case, queries.readiness_of(case))
    return approval is None or language.value not in approval.text_versions


def save_facts(case: RecallCase, values: Mapping[str, Any]) -> None:
    """Keep what every language shares (product, brand, service, remedies); a change counts every text's version."""
    changed = {name: value for name, value in values.items() if getattr(case, name) != value}
    for name, value in changed.items():
        setattr(case, name, value)
    if changed:
        for text in queries.texts_of(case.id).values():
            text.version += 1
        _want_approval(case)
    db.session.flush()


def set_picture(case: RecallCase, kind: PictureKind, body: bytes) -> None:
    """Keep a picture of a case's own, instead of the one it had; every text counts a version."""
    digest = hashlib.sha256(body).hexdigest()
    wanted = (CasePicture.case_id == case.id, CasePicture.kind == kind)
    picture = db.session.scalar(select(CasePicture).where(*wanted))
    if picture is None:
        db.session.add(CasePicture(case_id=case.id, kind=kind, sha256=digest, body=body))
    else:
        picture.sha256, picture.body = digest, body
    for text in queries.texts_of(case.id).values():
        text.version += 1
    _want_approval(case)
    db.session.flush()


def _want_approval(case: RecallCase) -> None:
    if case.state is CaseState.APPROVED:
        set_state(case, CaseState.SCOPED, "text changed")


def approve(
    case: RecallCase, *, confirmed: Mapping[Language, str], own_reason: str = "", seen: str | None = None
) -> Approval:
    """A second person approves the frozen scope and what the letters show as it is.

    confirmed: by language, the name by which the approver confirms a heading that nobody has checked. seen: the digest
    of what the approver read, where a person did. Raises ApprovalError: approved by somebody already, changed since it
    was read, elements missing, a heading not confirmed, not a second person, own reason missing.
    """
    readiness = queries.readiness_of(case)
    version = _ready_version(case, readiness, seen)
    names = {heading.language: confirmed.get(heading.language, "").strip() for heading in readiness.unchecked}
    if not all(names.values()):
        raise ApprovalError(ApprovalFault.HEADING_UNCONFIRMED)
    writers = queries.writers_of(case, [check.language for check in readiness.languages], readiness.shown)
    who = Signatories(ledger.actor(), case.opened_by, version.frozen_by, writers)
    may_own = case.is_drill or may_sign_own(who.approver, SECOND_PERSONS)
    own_reason = own_reason.strip() or (DRILL_REASON if case.is_drill else "")
    fault = signing_fault(who, may_approve_own=may_own, own_reason=own_reason)
    if fault:
        raise ApprovalError(fault)
    approval = Approval(
        case_id=case.id,
        scope_version=version.version,
        approved_at=clock.now(),
        approved_by=who.approver,
        own_approval_reason=own_reason if who.is_own else "",
        text_versions={check.language.value: check.text.version for check in readiness.languages},
        digests=readiness.parts,
        confirmed_headings={language.value: name for language, name in names.items()},
    )
    db.session.add(approval)
    if case.state is CaseState.SCOPED:
        set_state(case, CaseState.APPROVED)
    case.decided_on = case.decided_on or clock.today()
    db.session.flush()
    return approval


def _ready_version(case: RecallCase, readiness: queries.Readiness, seen: str | None) -> ScopeVersion:
    if seen is not None and queries.approval_of_letters(case, readiness):
        raise ApprovalError(ApprovalFault.APPROVED_ALREADY)
    if seen is not None and seen != readiness.digest:
        raise ApprovalError(ApprovalFault.CHANGED_SINCE)
    if readiness.faults or readiness.version is None:
        raise ApprovalError(next(iter(readiness.faults), ApprovalFault.NO_SCOPE))
    return readiness.version


def fill_samples(case: RecallCase) -> None:
    """Give a drill the shipped texts where it has none of its own; a real case is never filled (ValueError)."""
    if not case.is_drill:
        raise ValueError("only a drill uses sample texts")
    facts = {
        "product_name": case.product_name or SAMPLE_PRODUCT,
        "brand": case.brand or SAMPLE_BRAND,
        "service_phone": case.service_phone or SAMPLE_PHONE,
        "remedies": case.remedies or list(SAMPLE_REMEDIES),
    }
    save_facts(case, facts)
    texts = queries.texts_of(case.id)
    for language, sample in SAMPLE_TEXTS.items():
        text = texts.get(language) or queries.blank_text(case.id, language)
        save_text(case, language, {name: getattr(text, name) or value for name, value in sample._asdict().items()})
