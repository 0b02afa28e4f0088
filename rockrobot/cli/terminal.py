"""Who gives a command."""

import os
import pwd
from pathlib import Path

from rockrobot.chain import COMMAND

SIGNED_IN = Path("/proc/self/loginuid")
NOBODY = 2**32 - 1
"""What the kernel answers where nobody signed in, as for a service or in a container."""


def actor() -> str:
    """Who gives a command, as the ledger names them: "cli:" and the account of the system, its number without a name.

    The account that signed in to the server, also where the command runs as another (runuser, sudo); where nobody did,
    the one it runs as. What the environment says of it is not asked: anybody can write into it.
    """
    number = _signed_in()
    number = os.getuid() if number is None else number
    try:
        return COMMAND + pwd.getpwuid(number).pw_name
    except KeyError:
        return f"{COMMAND}{number}"


def _signed_in() -> int | None:
    try:
        number = int(SIGNED_IN.read_text(encoding="ascii"))
    except (OSError, ValueError):  # a kernel that does not count sign-ins
        return None
    return None if number == NOBODY else number
