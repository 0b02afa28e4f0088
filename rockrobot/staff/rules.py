"""Sign-in rules: pure, no database."""

import unicodedata
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from enum import StrEnum

MIN_PASSWORD_LENGTH = 12
MAX_PASSWORD_LENGTH = 128
MIN_DIFFERENT = 5
FEWEST_GUESSES = 10**10
GUESSED_FROM = 64
MIN_WORD_LENGTH = 4
HALF_WAY = timedelta(minutes=10)
DENIALS_APART = timedelta(minutes=10)
HOUSE_WORDS = ("rockrobot", "stonepower", "kivirobotti", "kokemäki")
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)
BETWEEN_WORDS = str.maketrans("", "", " -_.\u00a0")
LOOK_ALIKES = str.maketrans("013457@$", "oieastas")


class Step(StrEnum):
    """What a person still has to do before their sign-in counts."""

    NOTHING = "nothing"
    SECOND_FACTOR = "second_factor"
    ENROLMENT = "enrolment"


class Outcome(StrEnum):
    """How a try to sign in, or a sign-in, ended; or that it was used for what they may not.

    ended: from elsewhere, by the member or an administrator. denied: what the role may not at all. withheld: a row that
    is there and not theirs.
    """

    SIGNED_IN = "signed_in"
    TURNED_AWAY = "turned_away"
    WRONG_CODE = "wrong_code"
    CONFIRMED = "confirmed"
    SIGNED_OUT = "signed_out"
    ENDED = "ended"
    UNLISTED = "unlisted"
    DENIED = "denied"
    WITHHELD = "withheld"


class Ending(StrEnum):
    """Why what lets a member in ends, save that they ended it themselves.

    password: it was changed. factor: they changed what else they sign in by; codes: they made new recovery codes.
    factor_removed: an administrator took away what else they sign in by. signed_out: they ended their other sign-ins;
    signed_out_by: an administrator did. access: it was taken away. role: it became another. lost_device: a device of
    theirs is lost. restored: a backup was put back, in which runs what was ended since.
    """

    PASSWORD = "password"  # noqa: S105 (a word, not a secret)
    FACTOR = "factor"
    FACTOR_REMOVED = "factor_removed"
    SIGNED_OUT = "signed_out"
    SIGNED_OUT_BY = "signed_out_by"
    ACCESS = "access"
    CODES = "codes"
    ROLE = "role"
    LOST_DEVICE = "lost_device"
    RESTORED = "restored"


def session_runs(*, begun_at: datetime, seen_at: datetime, now: datetime, idle: timedelta, length: timedelta) -> bool:
    """True while a sign-in still counts.

    begun_at, seen_at, now: moments in UTC. Ends when `length` has gone since sign-in or `idle` since the last request;
    at the very moment it has ended. Source: our choice, after ASVS 5.0 7.3.1 and 7.3.2.
    """
    return now < begun_at + length and now < seen_at + idle


def is_fresh(confirmed_at: datetime, now: datetime, within: timedelta = timedelta(minutes=5)) -> bool:
    """True while a person need not prove again who they are before a weighty act.

    confirmed_at, now: moments in UTC. Source: our choice, after ASVS 5.0 7.5.3.
    """
    return now <= confirmed_at + within


def folded(text: str) -> str:
    """A text as passwords are compared: lower case, without the dots and rings of letters."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def core_of(password: str) -> str:
    """What a password is made of: its word once, without digits and signs around it, look-alike signs read as letters.

    "P@ssw0rd!2026" and "passwordpassword" are both "password". Empty for a password without letters.
    """
    plain = folded(password)
    start, end = 0, len(plain)
    while start < end and not plain[start].isalpha() and plain[start] not in "@$":
        start += 1
    while end > start and not plain[end - 1].isalpha():
        end -= 1
    word = plain[start:end].translate(LOOK_ALIKES)
    repeat = (word + word).find(word, 1)
    return word[:repeat] if 0 < repeat < len(word) else word


def words_of(texts: Iterable[str]) -> frozenset[str]:
    """The words of names and addresses that a password may not contain: folded, of at least four letters."""
    signs = (sign if sign.isalnum() else " " for sign in folded(" ".join(texts)))
    return frozenset(word for word in "".join(signs).split() if len(word) >= MIN_WORD_LENGTH)


def _is_guessable(password: str, words: Iterable[str]) -> bool:
    """As typed, or with its words joined: only so a phrase that is said twice is seen as a repeat."""
    from zxcvbn import zxcvbn  # its dictionaries take 14 MB, and few processes ever set a password

    plain, known = folded(password), list(words)
    forms = {plain[:GUESSED_FROM], plain.translate(BETWEEN_WORDS)[:GUESSED_FROM]}
    return any(zxcvbn(form, user_inputs=known)["guesses"] < FEWEST_GUESSES for form in forms)


def _is_common(password: str, common: Collection[str]) -> bool:
    joined = "".join(filter(str.isalnum, folded(password)))
    return any(form in common for form in (folded(password), joined, core_of(password), core_of(joined)))


def password_fault(
    password: str, *, common: Collection[str], words: Iterable[str], near_words: Iterable[str]
) -> str | None:
    """Code of what is wrong with a new password, or None: too_short, too_long, too_plain, near_word, common, guessable.

    password: as typed; spaces at its ends count. common: common passwords, words: what people make them of,
    both folded. near_words: texts near to the person and the house (their name, the part of the e-mail before @, the
    company's names), whose words it may not contain; the house's own words not even with signs between. Guessable is
    what ten thousand million guesses find that begin with common words, these words, dates and rows of keys (zxcvbn
    4.5). Any signs may be used and nothing is asked of their kinds.
    Source: our choice, after NIST SP 800-63B 5.1.1.2 and ASVS 5.0 6.2.1-6.2.12.
    """
    if len(password) < MIN_PASSWORD_LENGTH:
        return "too_short"
    if len(password) > MAX_PASSWORD_LENGTH:
        return "too_long"
    if len(set(folded(password))) < MIN_DIFFERENT:
        return "too_plain"
    near, house = words_of([*near_words, *HOUSE_WORDS]), words_of(HOUSE_WORDS)
    for plain in (folded(password), folded(password).translate(LOOK_ALIKES)):
        joined = "".join(filter(str.isalnum, plain))
        if any(word in plain for word in near) or any(word in joined for word in house):
            return "near_word"
    if _is_common(password, common):
        return "common"
    return "guessable" if _is_guessable(password, [*sorted(near), *words]) else None


def may_leave(administrators_left: int) -> bool:
    """True when an administrator may lose the role or the access: at least one other who can sign in is left.

    administrators_left: count of the other administrators with access and a password. Source: our choice, after ASVS
    5.0 8.2.1: nobody outside can give the role back.
    """
    return administrators_left >= 1


def browser_name(user_agent: str) -> str:
    """What a person calls their browser: "Firefox, Windows"; empty where neither part is known.

    user_agent: the header as sent. Only for telling one's own sign-ins apart; nothing is decided by it.
    """
    parts = (next((name for sign, name in known if sign in user_agent), "") for known in (BROWSERS, SYSTEMS))
    return ", ".join(part for part in parts if part)
