"""The answer to a request, and what one would say."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, undefer

from rockrobot import clock
from rockrobot.answers.models import Answer
from rockrobot.answers.rules import WORDINGS, contact_line, sections_of
from rockrobot.case_letters.rules import day_in_letter
from rockrobot.contacts.models import Person
from rockrobot.contacts.queries import addresses_of
from rockrobot.contacts.rules import Language, address_order
from rockrobot.db import db
from rockrobot.letters.rules import address_lines
from rockrobot.organisation.queries import letter_sender
from rockrobot.privacy_requests.models import PrivacyRequest
from rockrobot.privacy_requests.rules import Outcome
from rockrobot.referrals.queries import disclosures_of, fields_told_later
from rockrobot.referrals.rules import TOLD
from rockrobot.referrals.rules import WORDINGS as WORDINGS_OF_REFERRALS


def answer_to(request_id: int, *, with_body: bool = False) -> Answer | None:
    """The answer to a request, with its bytes only where they are asked for; None before it was made."""
    statement = select(Answer).where(Answer.request_id == request_id).options(joinedload(Answer.request))
    return db.session.scalar(statement.options(undefer(Answer.body)) if with_body else statement)


def content_of(
    row: PrivacyRequest, outcome: Outcome, *, language: Language, lines: Sequence[str], told: Sequence[str]
) -> dict[str, Any]:
    """What paper.render_answer reads. lines: name and address; told: paragraphs on the decision.

    The controller must be set up (letter_sender gives it).
    """
    sender = letter_sender()
    day = day_in_letter(row.received_on, language)
    return {
        "language": language.value,
        "heading": WORDINGS[language].heading,
        "reference": row.number,
        "date": day_in_letter(clock.today(), language),
        "sender": sender,
        "address_lines": list(lines),
        "sections": sections_of(
            language, right=row.right, day=day, outcome=outcome, told=told, contact=contact_line(sender)
        ),
    }


def disclosures_told(person_id: int, language: Language) -> list[str]:
    """Paragraphs on what importers were given of a person: who by name, when, which fields (GDPR Art. 15(1)(c))."""
    words = WORDINGS_OF_REFERRALS[language]
    rows = disclosures_of(person_id)
    told_later = fields_told_later([row.id for row in rows])
    return [
        TOLD[language].format(
            day=day_in_letter(row.made_at.astimezone(clock.HOME).date(), language),
            recipient=row.recipient_name,
            fields=words.listed({*row.sent_fields, *told_later.get(row.id, ())}),
        )
        for row in rows
    ]


def lines_to(person: Person) -> list[str]:
    """The name and the address at which a person is written to today; the name alone where there is no address."""
    place = next(iter(address_order(addresses_of(person), clock.today())), None)
    if place is None:
        return [person.name]
    where = {"street": place.street, "postcode": place.postcode, "city": place.city, "country": place.country}
    return address_lines([person.name], **where)
