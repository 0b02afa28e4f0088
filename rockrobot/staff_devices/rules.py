"""When a device of the staff is in order: pure, no database."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, NamedTuple


class DeviceKind(StrEnum):
    """What a device is."""

    PHONE = "phone"
    TABLET = "tablet"
    LAPTOP = "laptop"
    DESKTOP = "desktop"


class Finding(StrEnum):
    """What a check found of one protection."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Standing(StrEnum):
    """How a device stands, the weightiest first."""

    LOST = "lost"
    RETIRED = "retired"
    BROKEN = "broken"
    DUE = "due"
    IN_ORDER = "in_order"


class Found(NamedTuple):
    """What was last found of a protection, and on which day; unknown without a day where nobody has looked."""

    finding: Finding
    on: date | None


PROTECTIONS: Final = ("screen_lock", "firewall", "security_software", "disk_encryption")
"""What the privacy statement promises of each device: the columns of a check."""

CHECK_EVERY: Final = timedelta(days=180)
SIGN_INS_KEPT_FOR: Final = timedelta(days=90)  # our choice: as long as the trash
LINK_WORKS_FOR: Final = timedelta(hours=24)
LINK_PATH: Final = "/this-device/"


def latest_findings(checks: Sequence[tuple[date, Mapping[str, Finding]]]) -> dict[str, Found]:
    """What is known of each protection: the newest check that looked at it.

    checks: day and findings of each check, in any order; of two on one day the later in the sequence counts.
    """
    found = dict.fromkeys(PROTECTIONS, Found(Finding.UNKNOWN, None))
    for on, findings in sorted(checks, key=lambda check: check[0]):
        found |= {name: Found(what, on) for name, what in findings.items() if what is not Finding.UNKNOWN}
    return found


def is_check_due(checked_on: date | None, today: date) -> bool:
    """True when a protection was last looked at 180 days ago or earlier, or never.

    checked_on, today: calendar days in Finland. Source: our choice; the statement names no span.
    """
    return checked_on is None or today - checked_on >= CHECK_EVERY


def standing(
    found: Mapping[str, Found], today: date, *, lost_on: date | None = None, retired_on: date | None = None
) -> Standing:
    """How a device stands today: one missing protection breaks the promise, one not looked at lately leaves it due."""
    if lost_on is not None:
        return Standing.LOST
    if retired_on is not None:
        return Standing.RETIRED
    if any(one.finding is Finding.NO for one in found.values()):
        return Standing.BROKEN
    return Standing.DUE if any(is_check_due(one.on, today) for one in found.values()) else Standing.IN_ORDER


def token_in(path: str) -> str:
    """The token of a link that takes a device into use, or empty; path: of a page of ours, as in next=."""
    start, _, token = path.partition(LINK_PATH)
    return "" if start else token
