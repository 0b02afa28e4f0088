"""Compose the letters of a case and the tasks that they bring."""

from collections.abc import Iterable, Sequence

from flask import current_app

from rockrobot.approvals.actions import approve, fill_samples
from rockrobot.approvals.queries import standing_approval
from rockrobot.case_letters.queries import Studio, content_of, letter_faults, lines_of
from rockrobot.case_letters.rules import LettersFault
from rockrobot.contacts.rules import Language
from rockrobot.letters.actions import LetterDraft, make_letters
from rockrobot.letters.models import Letter, LetterKind
from rockrobot.letters.rules import address_faults
from rockrobot.recalls.actions import NewTask, add_tasks, hold
from rockrobot.recalls.models import RecallCase
from rockrobot.recalls.queries import latest_version
from rockrobot.recalls.rules import CaseState, TaskKind
from rockrobot.recipients.queries import Recipient
from rockrobot.scopes.actions import freeze_scope

REPLY_PATH = "/recalls/units/{unit}?letter={reference}"


class LettersRefusedError(ValueError):
    """Letters of a case may not be made; faults says why."""

    def __init__(self, faults: Sequence[LettersFault]) -> None:
        super().__init__(", ".join(faults))
        self.faults = list(faults)


def prepare_drill(case: RecallCase) -> None:
    """Take a drill to where its letters may be made: scope frozen, sample texts filled in, approved as a drill."""
    fill_samples(case)
    if latest_version(case.id) is None:
        freeze_scope(case)
    if case.state in {CaseState.DRAFT, CaseState.SCOPED}:
        approve(case, confirmed=dict.fromkeys(Language, "drill"))


def check_letters(case: RecallCase) -> None:
    """Raise LettersRefusedError unless letters of the case may be made; it is held until they are."""
    hold(case)
    faults = letter_faults(case)
    if faults:
        raise LettersRefusedError(faults)


def write_letters(studio: Studio, wanted: Iterable[tuple[Recipient, LetterKind]]) -> list[int]:
    """One letter of its kind to each recipient about all their units; their ids, in order.

    The first letter to an importer, and to somebody who only holds hired machines, is of their own kind, also where
    it follows a change of owner. Raises LettersRefusedError when what the letters show was changed meanwhile: then
    none is made.
    """
    case = studio.case
    drafts = [_draft(recipient, _kind_for(recipient, kind), studio) for recipient, kind in wanted]
    url = str(current_app.config["BASE_URL"]) + REPLY_PATH
    # Asked once more: what the studio holds was read after the letters were checked.
    if standing_approval(case) is None:
        raise LettersRefusedError([LettersFault.NOT_APPROVED])
    ids = make_letters(case.number, drafts, is_drill=case.is_drill, reply_url=url)
    lists = [
        NewTask(TaskKind.IMPORTER_LIST, draft.units[0]["case_unit_id"], draft.recipient_name)
        for draft in drafts
        if draft.kind is LetterKind.IMPORTER
    ]
    add_tasks(case, lists)
    return ids


def _kind_for(recipient: Recipient, kind: LetterKind) -> LetterKind:
    if kind not in {LetterKind.FIRST, LetterKind.NEW_OWNER}:
        return kind
    if recipient.is_importer:
        return LetterKind.IMPORTER
    return kind if recipient.owned else LetterKind.HOLDER_COPY


def _draft(recipient: Recipient, kind: LetterKind, studio: Studio) -> LetterDraft:
    content = content_of(recipient, kind, studio)
    company_id, person_id = recipient.key
    country = recipient.address.country if recipient.address else ""
    return LetterDraft(
        kind=kind,
        language=recipient.language,
        company_id=company_id,
        person_id=person_id,
        address_id=recipient.address.id if recipient.address else None,
        recipient_name=recipient.party.name,
        address_lines=lines_of(recipient),
        address_faults=[fault.value for fault in address_faults(content["address_lines"], country=country)],
        units=content["units"],
        content=content,
        text_version=studio.texts[recipient.language].version,
    )


def want_plain_envelopes(case: RecallCase, letters: Iterable[Letter]) -> None:
    """Make a task for every letter whose address does not fit a window envelope."""
    tasks = [
        NewTask(TaskKind.PLAIN_ENVELOPE, letter.units[0]["case_unit_id"], letter.reference)
        for letter in letters
        if letter.address_faults
    ]
    add_tasks(case, tasks)
