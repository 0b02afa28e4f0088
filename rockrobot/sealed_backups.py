"""Backups that only the holder of a key can read: the age format, which Debian's age reads and writes as well."""

from collections.abc import Sequence
from pathlib import Path
from typing import IO

from pyrage import DecryptError, IdentityError, RecipientError, decrypt_io, encrypt_io
from pyrage.x25519 import Identity, Recipient

FIRST_BYTES = b"age-encryption.org/v1\n"
NO_KEY_FITS = "No matching keys found"


class BackupError(RuntimeError):
    """The backup or restore can't be done; the text says why and how to go on."""


def read_recipient(text: str) -> Recipient:
    """The key to seal to. Raises ValueError, which never repeats the text: it may be the secret half."""
    try:
        return Recipient.from_str(text)
    except RecipientError:
        raise ValueError("a public key of age, which begins with age1") from None


def read_identities(file: Path) -> list[Identity]:
    """The secret keys in a file as age-keygen writes it, one a line, lines with # left out. Raises BackupError."""
    try:
        lines = file.read_text(encoding="ascii").split("\n")
        found = [Identity.from_str(line.strip()) for line in lines if line.strip() and not line.startswith("#")]
    except (OSError, UnicodeDecodeError, IdentityError):
        found = []
    if not found:
        raise BackupError(f"{file} holds no key of age, which begins with AGE-SECRET-KEY-1.")
    return found


def is_sealed(file: Path) -> bool:
    """True for what age wrote, whole or cut."""
    with file.open("rb") as opened:
        return opened.read(len(FIRST_BYTES)) == FIRST_BYTES


def seal(plain: IO[bytes], into: IO[bytes], recipient: Recipient) -> None:
    """Read to the end and write it sealed, 64 kB at a time."""
    encrypt_io(plain, into, [recipient])


def unseal(file: Path, into: IO[bytes], identities: Sequence[Identity]) -> None:
    """Write what a sealed file holds. Raises BackupError where no key fits or a byte is missing or changed.

    What was written until then is to be thrown away: only the end of the file tells that nothing was cut off.
    """
    try:
        with file.open("rb") as opened:
            decrypt_io(opened, into, identities)
    except DecryptError as error:
        if str(error) == NO_KEY_FITS:
            raise BackupError(f"{file} is not sealed to this key; name the file of the right one.") from error
        raise BackupError(_broken(file)) from error
    except OSError as error:
        if error.errno:
            raise
        raise BackupError(_broken(file)) from error


def _broken(file: Path) -> str:
    return f"{file} is cut or changed; take another backup."
