"""Enquiries and importers that tests of referrals begin with."""

from datetime import date
from html import unescape
from re import findall
from typing import Any

from sqlalchemy import select

from rockrobot.contacts.models import Company
from rockrobot.contacts.rules import ContactType
from rockrobot.db import db
from rockrobot.enquiries import actions, queries
from rockrobot.enquiries.models import Disclosure, Enquiry
from rockrobot.events.rules import Channel
from rockrobot.importers.actions import add_territory
from tests import make

SAID = {
    "came_on": date(2026, 11, 20),
    "channel": Channel.EMAIL,
    "name": "Kari Nordmann",
    "company_name": "Fjell AS",
    "email": "kari@fjell.example",
    "phone": "+47 22 12 34 56",
    "country": "NO",
    "postcode": "9008",
    "city": "Tromsø",
    "language": "nb",
    "question": "Hva koster en RR-200?\nOg når kan den leveres?",
}


def enquiry(party: Any = None, **rest: Any) -> Enquiry:
    made = actions.add_enquiry(party, **(SAID | rest))
    db.session.commit()
    return loaded(made.id)


def loaded(enquiry_id: int) -> Enquiry:
    db.session.expire_all()
    return queries.enquiry_with(enquiry_id)


def importer(country: str = "NO", name: str = "Import AS", language: str = "nb", email: str = "") -> Company:
    """An importer that serves a whole country. email: where its referrals go, "post@" and the country if empty."""
    company = make.company(name, country=country, language=language, contact_type=ContactType.IMPORTER)
    add_territory(company, country=country, email=email or f"post@{country.lower()}.example")
    db.session.commit()
    return company


def seen_on(browser: Any, row: Enquiry) -> str:
    """The digest that the page of a referral carries; empty where there is no such page."""
    html = browser.get(f"/enquiries/{row.id}/refer").text
    return (findall(r'name="shown"[^>]*value="([^"]*)"', html) or [""])[0]


def confirmed(browser: Any, row: Enquiry, **rest: str) -> Any:
    """Look at the page of a referral and send its form as it stands; rest: what is sent beside it."""
    path = f"/enquiries/{row.id}/refer"
    html = browser.get(path).text
    key = findall(r'name="idempotency_key" value="([^"]*)"', html)[-1:] or [""]
    why = unescape((findall(r'name="why"[^>]*value="([^"]*)"', html) or ["Uusi kysely"])[0])
    return browser.post(path, data={"shown": seen_on(browser, row), "why": why, "idempotency_key": key[0]} | rest)


def disclosures() -> list[Disclosure]:
    db.session.rollback()
    return list(db.session.scalars(select(Disclosure).order_by(Disclosure.id)))
