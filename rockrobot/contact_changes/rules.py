"""What a row of a contact list would change of whom it is about: pure; what is said and stored in, changes out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from rockrobot.contact_cells.rules import AddressSaid, PointSaid, Remark, digest, plain
from rockrobot.contact_matches.rules import How, StoredAddress, StoredParty, StoredPoint
from rockrobot.contact_rows.rules import Contact, what_is_said
from rockrobot.contacts.rules import PointKind
from rockrobot.duplicates.rules import Kind
from rockrobot.likeness.rules import Reason

COLUMNS = {False: ("first_name", "last_name", "language"), True: ("company", "business_id", "language")}
HAND_NAME = {"company": "customer_no"}


OF_COMPANY = frozenset({"company", "switchboard_of_company"})


class Outcome(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


WRITTEN = frozenset({Outcome.NEW, Outcome.CHANGED})


@dataclass
class CompanyNamed:
    """The company that a row names: one stored, or one that the import makes once for all rows naming it."""

    name: str
    party: StoredParty | None = None
    customer_no: str = ""
    business_id: str = ""
    is_used: bool = False
    points: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Change:
    """One thing to be written: what (column, title, company, point, address, notes), before and after as one reads it.

    said: the point or address. replaces: what gives way to it, None for one more. is_primary: of a point.
    """

    what: str
    old: str
    new: str
    said: PointSaid | AddressSaid | None = None
    replaces: StoredPoint | StoredAddress | None = None
    is_primary: bool = False


@dataclass(frozen=True)
class Alike:
    """A person or company of the register that a row is likely about without saying so exactly, and why."""

    kind: Kind
    id: int
    name: str
    number: str
    reasons: tuple[Reason, ...]


@dataclass
class PlannedContact:
    """What becomes of one row: whom it is about and by what, the changes, what was kept since made by hand.

    similar: whom it nearly fits, so that it waits for a word. alike: whom what it makes new is likely to be.
    """

    contact: Contact
    outcome: Outcome = Outcome.REFUSED
    party: StoredParty | None = None
    how: How | None = None
    company: CompanyNamed | None = None
    changes: list[Change] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    fault: Remark | None = None
    similar: list[StoredParty] = field(default_factory=list)
    alike: list[Alike] = field(default_factory=list)

    def refuse(self, column: str, code: str, detail: str = "") -> None:
        """Refuse the row."""
        self.outcome, self.fault = Outcome.REFUSED, Remark(column, code, detail)

    def says_no_more(self, said: Mapping[str, Iterable[str]]) -> bool:
        """True when an earlier row has said all that this one says."""
        return all(set(digests) <= set(said.get(what, ())) for what, digests in what_is_said(self.contact).items())


class Comparison:
    """Compares what a row says with what is stored of its person or company and with what the source said last."""

    def __init__(self, row: PlannedContact) -> None:
        self.row = row
        self.contact = row.contact
        blank = StoredParty(0, "", row.contact.is_company, {})
        self.party = row.party or blank
        self.base = self.party.said

    def run(self) -> None:
        """Note the changes and what is kept. A difference of letters' size alone is none."""
        for name in COLUMNS[self.contact.is_company]:
            self._text(name, self._said(name))
        if not self.contact.is_company:
            self._company()
            self._text("title", self.contact.text("title"))
            self._switchboards()
        for point in self.contact.points:
            self._point(point)
        for address in self.contact.addresses:
            self._address(address)
        for note in self.contact.notes:
            self._note(note)

    def _said(self, name: str) -> str:
        return getattr(self.contact, name) if hasattr(self.contact, name) else self.contact.text(name)

    def _is_old_news(self, what: str, value: str) -> bool:
        """True when the source said this last time already: then what the register has now stands."""
        return digest(what, value) in self.base.get(what, ())

    def _text(self, name: str, new: str) -> None:
        old = self.party.values.get(name, "")
        if not new or plain(new) == plain(old):
            return
        if (
            self._is_old_news(name, new)
            or HAND_NAME.get(name, name) in self.party.by_hand
            or name in self.party.by_hand
        ):
            self.row.kept.append(name)
        else:
            self.row.changes.append(Change(name, old, new))

    def _company(self) -> None:
        named = self.row.company
        if named is None or (named.party is not None and named.party.id == self.party.company_id):
            return
        self._text("company", named.name if plain(named.name) != plain(self.party.values.get("company", "")) else "")

    def _switchboards(self) -> None:
        named = self.row.company
        known = {point.normal for point in named.party.points} if named and named.party else set()
        for point in self.contact.switchboards if named else ():
            if point.normal in known or point.normal in named.points:  # type: ignore[union-attr]
                continue
            if self._is_old_news(point.kind, point.normal):
                self.row.kept.append(point.kind.value)
                continue
            named.points.add(point.normal)  # type: ignore[union-attr]
            is_primary = not known and len(named.points) == 1  # type: ignore[union-attr]
            self.row.changes.append(Change("switchboard_of_company", "", point.raw, point, None, is_primary))

    def _point(self, said: PointSaid) -> None:
        if any(said.normal == stored.normal or said.raw == stored.raw for stored in self.party.points):
            return
        if self._is_old_news(said.kind, said.normal):
            self.row.kept.append(said.kind.value)
            return
        old = self._gives_way(said.kind)
        if old is not None:
            self.row.changes.append(Change(said.kind.value, old.raw, said.raw, said, old, old.is_primary))
            return
        mine = any(p.kind is said.kind and p.is_running and p.is_primary for p in self.party.points)
        earlier = any(change.what == said.kind.value for change in self.row.changes)
        self.row.changes.append(Change(said.kind.value, "", said.raw, said, None, not mine and not earlier))

    def _gives_way(self, kind: PointKind) -> StoredPoint | None:
        """The stored contact point that the source named last time and names no more."""
        still = {point.normal for point in self.contact.points}
        taken = [change.replaces for change in self.row.changes]
        return next(
            (
                point
                for point in self.party.points
                if point.kind == kind
                and point.is_running
                and point not in taken
                and point.normal not in still
                and self._is_old_news(kind, point.normal)
            ),
            None,
        )

    def _address(self, said: AddressSaid) -> None:
        if any(_says_no_more(said, stored.said) for stored in self.party.addresses):
            return
        of_kind = [stored for stored in self.party.addresses if stored.said.kind == said.kind and stored.is_running]
        if self._is_old_news(said.kind, said.plain()) or any(stored.is_by_hand for stored in of_kind):
            self.row.kept.append(said.kind.value)
            return
        old = next((stored for stored in of_kind if self._is_old_news(said.kind, stored.said.plain())), None)
        self.row.changes.append(Change(said.kind.value, one_line(old.said) if old else "", one_line(said), said, old))

    def _note(self, note: str) -> None:
        """One more event; a note that is there, or that somebody has deleted or changed since, stays as it is."""
        if plain(note) not in self.party.notes and not self._is_old_news("notes", plain(note)):
            self.row.changes.append(Change("notes", "", note))


def _says_no_more(said: AddressSaid, stored: AddressSaid) -> bool:
    """True when every part that is said is stored so."""
    pairs = zip(said[1:], stored[1:], strict=True)
    return all(not ours or plain(ours) == plain(theirs) for ours, theirs in pairs)


def one_line(address: AddressSaid) -> str:
    """An address on one line."""
    place = " ".join(part for part in (address.postcode, address.city) if part)
    return ", ".join(part for part in (address.street, place, address.country) if part)
