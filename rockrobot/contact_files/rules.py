"""What an import of contacts would do, row by row: pure; rows and what is stored in, decisions out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from rockrobot.contact_cells.rules import plain
from rockrobot.contact_changes.rules import OF_COMPANY, WRITTEN, CompanyNamed, Comparison, Outcome, PlannedContact
from rockrobot.contact_columns.rules import Product
from rockrobot.contact_matches.rules import (
    NEW_WORDS,
    How,
    Match,
    Stored,
    StoredParty,
    how_of,
    key_of,
    match_company,
    match_person,
    similar_people,
)
from rockrobot.contact_rows.rules import Contact, what_is_said


@dataclass
class ContactPlan:
    """What becomes of the rows of a list, and the companies that it makes."""

    product: Product
    rows: list[PlannedContact] = field(default_factory=list)
    companies: dict[str, CompanyNamed] = field(default_factory=dict)

    def counts(self) -> dict[str, int]:
        """How many rows are new, changed, unchanged, possible duplicates and refused; a row counts once."""
        counted = dict.fromkeys(Outcome, 0)
        for row in self.rows:
            counted[row.outcome] += 1
        return {outcome.value: count for outcome, count in counted.items()}

    def written(self) -> list[PlannedContact]:
        """The rows that change the register."""
        return [row for row in self.rows if row.outcome in WRITTEN]

    def new_companies(self) -> list[CompanyNamed]:
        """The companies that the written rows need and nobody has stored."""
        return [company for company in self.companies.values() if company.party is None and company.is_used]


def plan_contacts(
    contacts: Sequence[Contact], stored: Stored, product: Product, *, takes_duplicates: bool = False
) -> ContactPlan:
    """Decide what becomes of each row.

    takes_duplicates: possible duplicates come in as people of their own. An empty cell never erases; a value changed by
    hand wins; what the source says no differently from last time is left as the register has it; two people are never
    made one: a row that fits several is refused, one that nearly fits somebody is a possible duplicate.
    """
    planner = _Planner(stored, ContactPlan(product), takes_duplicates)
    for contact in contacts:
        planner.add(contact)
    return planner.plan


class _Planner:
    """Goes through the rows in their order and remembers whom the earlier ones were about."""

    def __init__(self, stored: Stored, plan: ContactPlan, takes_duplicates: bool) -> None:
        self.stored = stored
        self.plan = plan
        self.takes_duplicates = takes_duplicates
        self.earlier: dict[Any, PlannedContact] = {}

    def add(self, contact: Contact) -> None:
        """Plan one row."""
        row = PlannedContact(contact, fault=contact.fault)
        self.plan.rows.append(row)
        if row.fault is None:
            row.company = self._company(row)
        if row.fault is None:
            row.party, row.how = self._party(row)
        if row.fault is None and not self._repeats(row):
            self._compare(row)

    def _company(self, row: PlannedContact) -> CompanyNamed | None:
        contact = row.contact
        name, number = contact.text("company"), contact.text("customer_no")
        match = match_company(contact, self.stored)
        if len(match.parties) > 1:
            row.refuse("", "ambiguous_company", ", ".join(party.number for party in match.parties))
        elif match.parties:
            party = match.parties[0]
            return self.plan.companies.setdefault(f"#{party.id}", CompanyNamed(party.name, party))
        elif number and not name:
            row.refuse("", "unknown_customer", number)
        elif name:
            fresh = CompanyNamed(name, None, number, contact.text("business_id") if contact.is_company else "")
            return self.plan.companies.setdefault(number or plain(name), fresh)
        return None

    def _party(self, row: PlannedContact) -> tuple[StoredParty | None, How | None]:
        contact = row.contact
        if contact.is_company:
            known = self.stored.keys.get(key_of(contact))
            if known is not None and known.is_company and not contact.text("customer_no"):
                return known, How.KEY
            if row.company is None:
                row.refuse("", "no_name")
            return (row.company.party if row.company else None), How.NAME
        if contact.text("person_no").casefold() in NEW_WORDS:
            return None, None
        match = match_person(contact, self.stored)
        if len(match.parties) > 1:
            row.refuse("", "ambiguous_person", ", ".join(party.number for party in match.parties))
        elif contact.text("person_no") and not match.parties:
            row.refuse("", "unknown_person", contact.text("person_no"))
        return self._only(row, match)

    def _only(self, row: PlannedContact, match: Match) -> tuple[StoredParty | None, How | None]:
        if row.fault is None and match.parties:
            return match.parties[0], match.how
        if row.fault is None and not self.takes_duplicates:
            row.similar = similar_people(row.contact, self.stored)
        return None, None

    def _repeats(self, row: PlannedContact) -> bool:
        """True where an earlier row was about the same: this one says no more, or is refused, naming the other."""
        marks = list(self._marks(row))
        first = next((self.earlier[mark] for mark in marks if mark in self.earlier), None)
        if first is None:
            self.earlier |= dict.fromkeys(marks, row)
            return False
        row.party = first.party
        if first.outcome is not Outcome.REFUSED and row.says_no_more(what_is_said(first.contact)):
            row.outcome = first.outcome if first.outcome is Outcome.DUPLICATE else Outcome.UNCHANGED
            row.similar = first.similar
        else:
            row.refuse("", "same_person", str(first.contact.number))
        return True

    def _marks(self, row: PlannedContact) -> Iterator[Any]:
        contact = row.contact
        yield key_of(contact)
        if row.party is not None:
            yield row.party.is_company, row.party.id
        elif contact.is_company:
            yield "company", id(row.company)
        else:
            for point in contact.points:
                yield how_of(point.kind), point.normal, plain(contact.name)

    def _compare(self, row: PlannedContact) -> None:
        if row.similar:
            row.outcome = Outcome.DUPLICATE
            return
        Comparison(row).run()
        is_new = row.party is None
        row.outcome = Outcome.NEW if is_new else Outcome.CHANGED if row.changes else Outcome.UNCHANGED
        if row.company is not None and (is_new or any(change.what in OF_COMPANY for change in row.changes)):
            row.company.is_used = True
