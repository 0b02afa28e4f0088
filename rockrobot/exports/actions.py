"""Keep the count of what one person takes out."""

from rockrobot.db import db
from rockrobot.staff.models import StaffMember


def hold_exports_of(member: StaffMember) -> None:
    """Nobody takes anything out as this member until the transaction ends, so that two at once are counted together.

    On PostgreSQL the member's row is locked; on SQLite a transaction that may write has the lock already.
    """
    db.session.refresh(member, ("id",), with_for_update=True)
