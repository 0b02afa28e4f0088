"""Who gives a command."""

import os
import pwd


def actor() -> str:
    """Who gives a command, as the ledger names them: "cli:" and the account of the system, its number without a name.

    What the environment says of the account is not asked: anybody can write into it.
    """
    number = os.getuid()
    try:
        return f"cli:{pwd.getpwuid(number).pw_name}"
    except KeyError:
        return f"cli:{number}"
