"""Makes the answer to a request, and writes down how it went out."""

from collections.abc import Sequence
from datetime import date

from rockrobot import clock, ledger, paper
from rockrobot.answers import queries
from rockrobot.answers.models import Answer
from rockrobot.answers.rules import SentHow
from rockrobot.contacts.rules import Language
from rockrobot.db import db
from rockrobot.privacy_requests.models import PrivacyRequest
from rockrobot.privacy_requests.rules import Outcome, Stage


class AnsweredError(ValueError):
    """The request was decided already, or its answer sent: there is one answer, and it goes once."""


def answer(
    row: PrivacyRequest, outcome: Outcome, *, language: Language, lines: Sequence[str], told: Sequence[str]
) -> Answer:
    """Decide a request and make its answer, kept byte for byte. Raises AnsweredError where it has one.

    lines: name and address as the letter prints them. told: paragraphs on the decision, kept as its reason.
    """
    db.session.refresh(row, ("outcome", "closed_on"), with_for_update=True)  # two at once never both decide
    if row.stage is not Stage.OPEN:
        raise AnsweredError(row.number)
    content = queries.content_of(row, outcome, language=language, lines=lines, told=told)
    body = paper.render_answer(content)
    row.outcome, row.reason = outcome, "\n".join(told)
    row.decided_at, row.decided_by = clock.now(), ledger.actor()
    made = Answer(
        request_id=row.id,
        language=language,
        address_lines=list(lines),
        content=content,
        made_at=row.decided_at,
        made_by=row.decided_by,
        sha256=paper.sha256_of(body),
        body=body,
    )
    db.session.add(made)
    db.session.flush()
    return made


def mark_sent(made: Answer, *, sent_on: date, sent_how: SentHow, sent_to: str) -> None:
    """Write down how an answer went out, which closes its request. Raises AnsweredError where that is written already.

    sent_to: an address, or the number of a receipt.
    """
    db.session.refresh(made, ("sent_on",), with_for_update=True)
    if made.sent_on:
        raise AnsweredError(made.request.number)
    made.sent_on, made.sent_how, made.sent_to, made.sent_by = sent_on, sent_how, sent_to, ledger.actor()
    made.request.closed_on = sent_on
    db.session.flush()
