"""Who has seen whose data, from the ledger."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, distinct, func, or_, select
from sqlalchemy.orm import defer

from rockrobot import clock
from rockrobot.chain import COMMAND, ChangeSet, LedgerEntry
from rockrobot.contacts.models import ContactPoint, Person
from rockrobot.contacts.rules import PointKind
from rockrobot.db import among, db
from rockrobot.lists import Listing, listing
from rockrobot.search_words import fold
from rockrobot.staff.models import StaffMember
from rockrobot.staff.queries import all_members
from rockrobot.viewings.rules import WEEKS_BEFORE, Amount, Mark, is_at_night, is_unusual, usual_of

WEEK = timedelta(days=7)
WRITTEN, ADDED, REMOVED = ("insert", "update", "delete"), ("insert",), ("delete",)
RULING = {
    "staff_members": WRITTEN,
    "organisations": WRITTEN,
    "known_networks": WRITTEN,
    "entry_rules": WRITTEN,
    "one_time_links": ADDED,
    "app_keys": REMOVED,
    "passkeys": ("insert", "delete"),
}
"""What decides who comes in and what they may, by table, and which actions there change that."""
TOLD = {
    "staff_members": {"name", "role", "is_active"},
    "one_time_links": {"kind"},
    "app_keys": set(),
    "passkeys": {"name"},
}
"""What is told of such a change; of the other tables all."""
NOTHING = Amount(acts=0, people=0)
PEOPLE = Person.__tablename__
ALL_DATA = (PEOPLE, "enquiries", "privacy_requests", "import_runs")
"""Of whose data a view may be: people of the register, those who wrote to us, and those of a list, who may not be."""


@dataclass
class MemberWeek:
    """What one member of staff saw in a week, how much of it at night, and how much is usual.

    earlier: each of their weeks before. of_role: that week and those before of others who have their role.
    """

    member: StaffMember
    seen: Amount = NOTHING
    at_night: int = 0
    earlier: list[Amount] = field(default_factory=list)
    of_role: list[Amount] = field(default_factory=list)
    own: int = 0
    colleagues: int = 0

    @property
    def usual(self) -> Amount | None:
        """What the member saw in a middling week before; None without one."""
        return usual_of(self.earlier)

    @property
    def marks(self) -> list[Mark]:
        """Why somebody should look closer."""
        said = {
            Mark.OWN: self.own > 0,
            Mark.COLLEAGUE: self.colleagues > 0,
            Mark.MANY: is_unusual(self.seen, self.earlier, self.of_role),
            Mark.NIGHT: self.at_night > 0,
        }
        return [mark for mark, holds in said.items() if holds]


class CommandWeek(NamedTuple):
    """How often somebody showed people's data in a week by a command at the server, and of how many people.

    account: whose account of the system it was; "demo" for who loads the data to try things out with.
    """

    account: str
    event: str
    seen: Amount


@dataclass(frozen=True)
class Change:
    """A change of who comes in or of what holds in the house: the act, and what it did to one row."""

    act: ChangeSet
    entry: LedgerEntry

    @property
    def fields(self) -> dict[str, list[Any]]:
        """What is told of it: column: [before, after]."""
        changes = self.entry.changes or {}
        told = TOLD.get(self.entry.table_name, changes.keys())
        return {name: pair for name, pair in changes.items() if name in told}

    @property
    def member_id(self) -> int | None:
        """Whose access it concerns; None where it is the house's."""
        if self.entry.table_name == StaffMember.__tablename__:
            return self.entry.row_id
        return next((id_ for id_ in (self.entry.changes or {}).get("staff_member_id", ()) if id_), None)


def _views(*tables: str) -> list[ColumnElement[bool]]:
    return [LedgerEntry.action == "view", LedgerEntry.table_name.in_(tables or ALL_DATA)]


def _during(begin: date, end: date) -> list[ColumnElement[bool]]:
    """From the beginning of a day to that of another, by the clocks of Finland."""
    first, past = (clock.moment_of(day, time()) for day in (begin, end))
    return [ChangeSet.at >= first, ChangeSet.at < past]


def viewings_of(person_id: int, *, number: int = 1) -> Listing[ChangeSet]:
    """The acts that showed a person's data, newest first."""
    shown = select(LedgerEntry.change_set_id).where(*_views(PEOPLE), LedgerEntry.row_id == person_id)
    return listing(select(ChangeSet).where(ChangeSet.id.in_(shown)).order_by(ChangeSet.id.desc()), number)


def viewings_by(member_id: int, monday: date, *, number: int = 1) -> Listing[ChangeSet]:
    """The acts by which a member of staff saw people's data in a week, newest first."""
    shown = select(LedgerEntry.id).where(*_views(), LedgerEntry.change_set_id == ChangeSet.id)
    mine = select(ChangeSet).where(ChangeSet.actor == f"staff:{member_id}", *_during(monday, monday + WEEK))
    return listing(mine.where(shown.exists()).order_by(ChangeSet.id.desc()), number)


def changes_of_rules(monday: date) -> list[Change]:
    """What was changed in a week of who comes in, what they may and what holds in the house, the oldest first.

    Left out: how a member wants their own screens, and a key of an app that never counted.
    """
    ruling = [
        and_(LedgerEntry.table_name == table, LedgerEntry.action.in_(actions)) for table, actions in RULING.items()
    ]
    joined = select(ChangeSet, LedgerEntry).join(LedgerEntry, LedgerEntry.change_set_id == ChangeSet.id)
    here = joined.where(or_(*ruling), *_during(monday, monday + WEEK)).options(defer(LedgerEntry.salt))
    found = [Change(*row) for row in db.session.execute(here.order_by(LedgerEntry.id))]
    return [one for one in found if _tells(one)]


def _tells(change: Change) -> bool:
    if change.entry.table_name == "app_keys":
        return bool((change.entry.changes or {}).get("confirmed_at", [None])[0])
    return change.entry.action != "update" or bool(change.fields)


def week_of_members(monday: date) -> list[MemberWeek]:
    """What each member of staff saw in the week that begins on a Monday; those who saw nothing are left out."""
    weeks = {f"staff:{member.id}": MemberWeek(member) for member in all_members()}
    for actor, at in db.session.execute(_acts(monday)):
        if actor in weeks:
            weeks[actor].at_night += is_at_night(at.astimezone(clock.HOME))
    for actor, before, acts, people in db.session.execute(_seen_by_week(monday)):
        if actor in weeks and before == 0:
            weeks[actor].seen = Amount(acts, people)
        elif actor in weeks:
            weeks[actor].earlier.append(Amount(acts, people))
    _compare(list(weeks.values()))
    _mark_staff(weeks, monday)
    return [week for week in weeks.values() if week.seen.acts]


def commands_of(monday: date) -> list[CommandWeek]:
    """Which commands at the server showed people's data in the week that begins on a Monday, by account and command."""
    acts, people = _amounts()
    joined = select(ChangeSet.actor, ChangeSet.event, acts, people).join(
        LedgerEntry, LedgerEntry.change_set_id == ChangeSet.id
    )
    by_command = (ChangeSet.actor, ChangeSet.event)
    here = joined.where(ChangeSet.actor.startswith(COMMAND), *_views(), *_during(monday, monday + WEEK))
    rows = db.session.execute(here.group_by(*by_command).order_by(*by_command))
    return [CommandWeek(actor.removeprefix(COMMAND), event, Amount(*seen)) for actor, event, *seen in rows]


def _amounts() -> tuple[ColumnElement[int], ColumnElement[int]]:
    """How many acts and how many different people."""
    whose = LedgerEntry.table_name.concat(cast(LedgerEntry.row_id, String))
    return func.count(distinct(ChangeSet.id)), func.count(distinct(whose))


def _compare(weeks: list[MemberWeek]) -> None:
    """Give each what is usual for others who have the same role."""
    for week in weeks:
        others = [one for one in weeks if one.member.role is week.member.role and one is not week]
        week.of_role = [seen for one in others for seen in (one.seen, *one.earlier) if seen.acts]


def _acts(monday: date) -> Select[str, datetime]:
    shown = select(LedgerEntry.id).where(*_views(), LedgerEntry.change_set_id == ChangeSet.id)
    return select(ChangeSet.actor, ChangeSet.at).where(*_during(monday, monday + WEEK), shown.exists())


def _seen_by_week(monday: date) -> Select[Any]:
    """Acts and different people seen, by actor and by how many weeks before."""
    bounds = [(clock.moment_of(monday - n * WEEK, time()), n) for n in range(WEEKS_BEFORE)]
    before = case(*((ChangeSet.at >= bound, n) for bound, n in bounds), else_=WEEKS_BEFORE)
    acts, people = _amounts()
    span = _during(monday - WEEKS_BEFORE * WEEK, monday + WEEK)
    joined = select(ChangeSet.actor, before, acts, people).join(LedgerEntry, LedgerEntry.change_set_id == ChangeSet.id)
    return joined.where(*_views(), *span).group_by(ChangeSet.actor, before)


def _mark_staff(weeks: dict[str, MemberWeek], monday: date) -> None:
    """Count the people seen who are members of staff themselves: the viewer, or a colleague."""
    members_of = _members_of_people([week.member for week in weeks.values()])
    seen = select(ChangeSet.actor, LedgerEntry.row_id).join(LedgerEntry, LedgerEntry.change_set_id == ChangeSet.id)
    here = [*_views(PEOPLE), *_during(monday, monday + WEEK), among(LedgerEntry.__table__.c.row_id, members_of)]
    for actor, person_id in {(actor, id_) for actor, id_ in db.session.execute(seen.where(*here))}:
        if actor in weeks:
            is_own = f"staff:{members_of[person_id]}" == actor
            weeks[actor].own += is_own
            weeks[actor].colleagues += not is_own


def _members_of_people(members: list[StaffMember]) -> dict[int, int]:
    """Which rows of the register are members of staff, by person id: the same e-mail address, or the same name."""
    by_mail = {member.email: member.id for member in members}
    by_name = {fold(member.name): member.id for member in members}
    mails = select(ContactPoint.person_id, ContactPoint.normal).where(
        ContactPoint.kind == PointKind.EMAIL, ContactPoint.normal.in_(by_mail)
    )
    found = {id_: by_mail[mail] for id_, mail in db.session.execute(mails) if id_}
    last_names = {member.name.split()[-1] for member in members}
    names = select(Person.id, Person.first_name, Person.last_name).where(Person.last_name.in_(last_names))
    for id_, first, last in db.session.execute(names):
        if fold(f"{first} {last}") in by_name:
            found.setdefault(id_, by_name[fold(f"{first} {last}")])
    return found
