"""Keep the count of what one person takes out."""

from rockrobot import ledger
from rockrobot.db import db, writing_now
from rockrobot.exports.queries import needs_second
from rockrobot.exports.rules import Parties
from rockrobot.staff.models import StaffMember


def take_out(member: StaffMember, parties: Parties, *, is_whole: bool = False) -> bool:
    """Write into the running act whose data this member takes out alone; False where that needs a second person.

    is_whole: a whole list of the register is asked for. It is asked anew here, where nobody takes anything out as this
    member meanwhile, so that two files made at once are counted together. In a transaction of its own: what was read
    before is read, and nobody waits while a file is made. Raises PurposeMissingError as ledger.log_view does.
    """
    db.session.rollback()
    with writing_now():
        hold_exports_of(member)
        may_go = not needs_second(ledger.actor(), parties, is_whole=is_whole)
        ledger.log_views({subject.value: ids if may_go else [] for subject, ids in parties.items()})
        db.session.commit()
    return may_go


def hold_exports_of(member: StaffMember) -> None:
    """Nobody takes anything out as this member until the transaction ends, so that two at once are counted together.

    On PostgreSQL the member's row is locked; on SQLite a transaction that may write has the lock already.
    """
    db.session.refresh(member, ("id",), with_for_update=True)
