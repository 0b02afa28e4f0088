"""Send the mails of the morning, each once a day; keep who does not want them."""

from datetime import date

from flask import current_app
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from rockrobot import clock, jobs
from rockrobot.db import db
from rockrobot.digests.queries import digest_for, members_to_tell
from rockrobot.digests.rules import is_time
from rockrobot.languages import SOURCE
from rockrobot.log import log
from rockrobot.mailing.actions import NotTakenError, UnknownError, hand_over, sender_address
from rockrobot.mailing.rules import Mail, read_server
from rockrobot.staff.models import StaffMember


def choose(member: StaffMember, *, wanted: bool) -> None:
    """Send a member the mail of the morning, or not."""
    digest = digest_for(member.id)
    digest.is_wanted = wanted
    db.session.add(digest)
    db.session.flush()


@jobs.sweep
def send_due() -> int:
    """Tell members by mail how many follow-ups wait; how many were told. The worker calls this.

    The day is kept before the server is asked, so that nobody is told twice; what it does not take is left for the
    next morning. Without a server nobody is told: the page of the day says the same.
    """
    server, day = read_server(current_app.config["SMTP_URL"]), clock.today()
    if server is None or not is_time(clock.now().astimezone(clock.HOME)):
        return 0
    waiting, sender = members_to_tell(day), sender_address()
    for member_id, address, language, overdue, due_today in waiting:
        digest = digest_for(member_id)
        digest.last_on = day
        db.session.add(digest)
        db.session.commit()
        with force_locale(language or SOURCE):
            mail = _mail(sender, address, day, overdue, due_today, f"digest.{member_id}.{day:%Y%m%d}")
        try:
            hand_over(mail, server)
        except (NotTakenError, UnknownError) as error:
            log.warning("digest not sent", member_id=member_id, fault=str(error))
    db.session.rollback()
    return len(waiting)


def _mail(sender: str, to: str, day: date, overdue: int, due_today: int, name: str) -> Mail:
    """Counts and where to look, nothing of any customer."""
    counts = [
        ngettext("%(num)s seuranta on myöhässä", "%(num)s seurantaa on myöhässä", overdue) if overdue else "",
        ngettext("%(num)s on tälle päivälle", "%(num)s on tälle päivälle", due_today) if due_today else "",
    ]
    told = ", ".join(filter(None, counts))
    where = _("Avaa Tänään-sivu: %(address)s", address=current_app.config["BASE_URL"] + "/")
    stop = _("Viestin saa pois sivulta Oma kirjautuminen.")
    return Mail(
        sender,
        to,
        _("Seurannat %(day)s", day=f"{day.day}.{day.month}."),
        f"{told}.\n\n{where}\n\n{stop}\n",
        f"<{name}@rockrobot>",
    )
