"""Sign-in rules: pure, no database."""

from datetime import datetime, timedelta

MIN_PASSWORD_LENGTH = 12
MIN_NAME_LENGTH = 4
SESSION_LENGTH = timedelta(hours=12)
SESSION_IDLE = timedelta(hours=2)


def session_runs(*, begun_at: datetime, seen_at: datetime, now: datetime) -> bool:
    """True while a sign-in still counts.

    begun_at, seen_at, now: moments in UTC. Ends 12 hours after sign-in or 2 hours after the last request.
    Source: our choice.
    """
    return now < begun_at + SESSION_LENGTH and now < seen_at + SESSION_IDLE


def password_fault(password: str, *, email: str) -> str | None:
    """Code of what is wrong with a new password, or None: too_short, like_email.

    Source: our choice, after NIST SP 800-63B (length over composition).
    """
    if len(password) < MIN_PASSWORD_LENGTH:
        return "too_short"
    name = email.partition("@")[0].lower()
    if len(name) >= MIN_NAME_LENGTH and name in password.lower():
        return "like_email"
    return None
