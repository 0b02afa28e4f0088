"""Which link a token stands for."""

from flask import current_app
from sqlalchemy import select

from rockrobot import clock
from rockrobot.db import db
from rockrobot.passwords.models import OneTimeLink
from rockrobot.passwords.rules import works
from rockrobot.staff.queries import digest_of


def working_link(token: str, *, lock: bool = False) -> OneTimeLink | None:
    """The link of a token while it works, or None; lock: nobody else uses it up at the same time."""
    wanted = select(OneTimeLink).where(OneTimeLink.token_digest == digest_of(token))
    if lock:
        wanted = wanted.with_for_update(of=OneTimeLink).execution_options(populate_existing=True)
    link = db.session.scalar(wanted)
    if link is None or not link.staff_member.is_active:
        return None
    is_working = works(
        made_at=link.made_at,
        ends_at=link.ends_at,
        used_at=link.used_at,
        password_set_at=link.staff_member.password_set_at,
        now=clock.now(),
    )
    return link if is_working else None


def address_of(token: str) -> str:
    """The address of a link, from the settings alone: what a request says of its host never gets into it."""
    return f"{current_app.config['BASE_URL']}/link/{token}"
