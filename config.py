"""The settings of one installation, read from the environment."""

import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from itertools import zip_longest
from pathlib import Path
from urllib.parse import urlsplit

from pyrage.x25519 import Recipient

from rockrobot.origin import Network, read_network
from rockrobot.sealed_backups import read_recipient
from rockrobot.virus_scan import Address, read_address

MIN_SECRET_LENGTH = 32
MEGABYTE = 1024 * 1024
DEVELOPMENT_SECRET = "development-only-secret-do-not-use-elsewhere"  # noqa: S105 (refused outside development)
SHIPPED_SECRETS = frozenset({DEVELOPMENT_SECRET, "test-secret-that-is-long-enough-to-pass-checks"})
ROOT = Path(__file__).resolve().parent
MOST_HOPS = 5
LOOPBACK_NAMES = ("localhost", "127.0.0.1")


class ConfigError(RuntimeError):
    """The environment can't be used; the text says which variable to mend and how."""


@dataclass(frozen=True)
class Config:
    """Settings of the app; moments in UTC, paths absolute."""

    secret_key: str
    data_dir: Path
    database_url: str
    environment: str = "production"
    is_demo: bool = False
    base_url: str = "http://127.0.0.1:8000"
    smtp_url: str = ""
    mail_from: str = ""
    proxy_hops: int = 0
    proxies: tuple[Network, ...] = ()
    max_upload_bytes: int = 64 * MEGABYTE
    daily_upload_bytes: int = 500 * MEGABYTE
    disk_floor_bytes: int = 500 * MEGABYTE
    clamd: Address | None = None
    backup_recipient: Recipient | None = None
    session_idle_minutes: int = 30
    session_hours: int = 12
    needs_second_factor: bool = False
    earlier_secret_keys: tuple[str, ...] = ()
    is_testing: bool = False

    @property
    def is_https(self) -> bool:
        """True when people reach the app over TLS; cookies and HSTS follow."""
        return urlsplit(self.base_url).scheme == "https"

    @property
    def trusted_hosts(self) -> list[str]:
        """The names by which the app may be asked for: that of its address, and in development those of the machine."""
        named = urlsplit(self.base_url).hostname or ""
        return [named, *LOOPBACK_NAMES] if self.is_development else [named]

    @property
    def is_development(self) -> bool:
        """True on a developer's machine and in the demonstration."""
        return self.environment == "development"


def from_environment(
    environment: Mapping[str, str] = os.environ, *, is_command: bool = False, arguments: Sequence[str] = ()
) -> Config:
    """Read ROCKROBOT_… variables.

    is_command: a command of ours runs, which signs nothing; without ROCKROBOT_ENV it needs no secret key and gets one
    for its own life. arguments: the words that started the server, which say what it is bound to.
    Raises ConfigError when the app would start outside development without a secret key of its own of at least 32
    characters, over plain http anywhere but on the machine itself (worker and commands too: they write that address
    into letters, mails and links), behind proxies that anybody can go around, or when a value can't be read.
    """
    name = environment.get("ROCKROBOT_ENV") or "production"
    if name not in {"production", "development"}:
        raise ConfigError("ROCKROBOT_ENV is production or development.")
    secret = _secret(environment, name, is_command=is_command)
    earlier = tuple(environment.get("ROCKROBOT_SECRET_KEY_FALLBACKS", "").split())
    if any(len(key) < MIN_SECRET_LENGTH or key in SHIPPED_SECRETS for key in earlier):
        raise ConfigError("ROCKROBOT_SECRET_KEY_FALLBACKS: the secret keys used before, the newest first, with blanks.")
    hops = _hops(environment, arguments)
    data_dir = Path(environment.get("ROCKROBOT_DATA_DIR") or ROOT / "instance").resolve()
    return Config(
        secret_key=secret,
        data_dir=data_dir,
        database_url=environment.get("ROCKROBOT_DATABASE_URL") or f"sqlite:///{data_dir / 'rockrobot.db'}",
        environment=name,
        is_demo=environment.get("ROCKROBOT_DEMO", "") == "1",
        base_url=_base_url(environment, needs_tls=name == "production"),
        smtp_url=environment.get("ROCKROBOT_SMTP_URL", ""),
        mail_from=environment.get("ROCKROBOT_MAIL_FROM", ""),
        proxy_hops=hops,
        proxies=_proxies(environment),
        max_upload_bytes=_number(environment, "ROCKROBOT_MAX_UPLOAD_MB", 64) * MEGABYTE,
        daily_upload_bytes=_number(environment, "ROCKROBOT_DAILY_UPLOAD_MB", 500) * MEGABYTE,
        disk_floor_bytes=_number(environment, "ROCKROBOT_DISK_FLOOR_MB", 500) * MEGABYTE,
        clamd=_clamd(environment),
        backup_recipient=_backup_recipient(environment),
        session_idle_minutes=_number(environment, "ROCKROBOT_SESSION_IDLE_MINUTES", 30),
        session_hours=_number(environment, "ROCKROBOT_SESSION_HOURS", 12),
        needs_second_factor=_second_factor(environment, name),
        earlier_secret_keys=earlier,
    )


def _secret(environment: Mapping[str, str], name: str, *, is_command: bool) -> str:
    secret = environment.get("ROCKROBOT_SECRET_KEY", "")
    if not secret and is_command and not environment.get("ROCKROBOT_ENV"):
        secret = secrets.token_urlsafe(48)
    if name == "development":
        return secret or DEVELOPMENT_SECRET
    if len(secret) < MIN_SECRET_LENGTH or secret in SHIPPED_SECRETS:
        raise ConfigError(
            "Set ROCKROBOT_SECRET_KEY to a secret of your own of at least 32 characters, for example the output of: "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'. "
            "On your own machine: ROCKROBOT_ENV=development."
        )
    return secret


def _base_url(environment: Mapping[str, str], *, needs_tls: bool) -> str:
    """The address that people use, without a slash at its end; with needs_tls over TLS or on this machine only."""
    address = environment.get("ROCKROBOT_BASE_URL") or "http://127.0.0.1:8000"
    try:
        parts = urlsplit(address)
        host = parts.hostname if parts.scheme in {"http", "https"} else None
    except ValueError:
        host = None
    if not host:
        raise ConfigError("ROCKROBOT_BASE_URL is the address people use, for example https://rekisteri.example.")
    if needs_tls and parts.scheme == "http" and not is_loopback(host):
        raise ConfigError(
            "ROCKROBOT_BASE_URL has to begin with https:// (a proxy with TLS in front): over plain http anybody on the "
            "way reads passwords and takes over sign-ins. On your own machine: ROCKROBOT_ENV=development."
        )
    return address.rstrip("/")


def _second_factor(environment: Mapping[str, str], name: str) -> bool:
    """True when a password alone signs nobody in: in production, unless the setting says otherwise."""
    word = environment.get("ROCKROBOT_SECOND_FACTOR") or ("optional" if name == "development" else "required")
    if word not in {"required", "optional"}:
        raise ConfigError("ROCKROBOT_SECOND_FACTOR is required or optional.")
    return word == "required"


def _number(environment: Mapping[str, str], name: str, otherwise: int) -> int:
    text = environment.get(name, "")
    if text and not (text.isascii() and text.isdigit()):
        raise ConfigError(f"{name} is a whole number.")
    return int(text) if text else otherwise


def _hops(environment: Mapping[str, str], arguments: Sequence[str]) -> int:
    """How many proxies stand in front; with any, the server may not be reached by a public address of its own."""
    hops = _number(environment, "ROCKROBOT_PROXY_HOPS", 0)
    if hops > MOST_HOPS:
        raise ConfigError(f"ROCKROBOT_PROXY_HOPS is the exact number of proxies in front, at most {MOST_HOPS}.")
    if hops and is_public(bound_to(environment, arguments)):
        raise ConfigError(
            "With ROCKROBOT_PROXY_HOPS set, bind the server to 127.0.0.1 or to an address of the inner network: "
            "whoever reaches it directly goes around the proxy."
        )
    return hops


def _proxies(environment: Mapping[str, str]) -> tuple[Network, ...]:
    words = (environment.get("ROCKROBOT_PROXIES") or "127.0.0.1,::1").replace(",", " ").split()
    try:
        return tuple(read_network(word) for word in words)
    except ValueError as error:
        raise ConfigError(f"ROCKROBOT_PROXIES is a list of addresses or networks: {error}") from None


def _clamd(environment: Mapping[str, str]) -> Address | None:
    words = environment.get("ROCKROBOT_CLAMD", "").strip()
    try:
        return read_address(words) if words else None
    except ValueError as error:
        raise ConfigError(f"ROCKROBOT_CLAMD is where clamd listens: {error}.") from None


def _backup_recipient(environment: Mapping[str, str]) -> Recipient | None:
    words = environment.get("ROCKROBOT_BACKUP_RECIPIENT", "").strip()
    try:
        return read_recipient(words) if words else None
    except ValueError as error:
        raise ConfigError(f"ROCKROBOT_BACKUP_RECIPIENT is {error}.") from None


def bound_to(environment: Mapping[str, str], arguments: Sequence[str]) -> str:
    """What the server listens at: the last --host among its words, else GRANIAN_HOST, else its default."""
    host = environment.get("GRANIAN_HOST") or "127.0.0.1"
    for word, following in zip_longest(arguments, arguments[1:], fillvalue=""):
        if word == "--host":
            host = following
        elif word.startswith("--host="):
            host = word.removeprefix("--host=")
    return host


def is_loopback(host: str) -> bool:
    """True for a name or an address that never leaves the machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_public(host: str) -> bool:
    """True for an address that others than the machine and its inner network reach, all addresses (0.0.0.0) too."""
    try:
        address = ip_address(host)
    except ValueError:
        return host != "localhost"
    return address.is_unspecified or not address.is_private
