"""The settings of one installation, read from the environment."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

MIN_SECRET_LENGTH = 32
DEVELOPMENT_SECRET = "development-only-secret-do-not-use-elsewhere"  # noqa: S105 (refused outside development)
SHIPPED_SECRETS = frozenset({DEVELOPMENT_SECRET, "test-secret-that-is-long-enough-to-pass-checks"})
ROOT = Path(__file__).resolve().parent


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
    max_upload_bytes: int = 64 * 1024 * 1024
    session_idle_minutes: int = 30
    session_hours: int = 12
    needs_second_factor: bool = False
    is_testing: bool = False

    @property
    def is_https(self) -> bool:
        """True when people reach the app over TLS; cookies and HSTS follow."""
        return self.base_url.startswith("https://")

    @property
    def is_development(self) -> bool:
        """True on a developer's machine and in the demonstration."""
        return self.environment == "development"


def from_environment(environment: Mapping[str, str] = os.environ, *, is_command: bool = False) -> Config:
    """Read ROCKROBOT_… variables.

    is_command: a command of ours runs, which signs nothing; without ROCKROBOT_ENV it needs no secret key and gets one
    for its own life. Raises ConfigError when the app would start outside development without a secret key of its own of
    at least 32 characters, or when a value can't be read.
    """
    name = environment.get("ROCKROBOT_ENV") or "production"
    if name not in {"production", "development"}:
        raise ConfigError("ROCKROBOT_ENV is production or development.")
    secret = environment.get("ROCKROBOT_SECRET_KEY", "")
    if not secret and is_command and not environment.get("ROCKROBOT_ENV"):
        secret = secrets.token_urlsafe(48)
    if name == "development":
        secret = secret or DEVELOPMENT_SECRET
    elif len(secret) < MIN_SECRET_LENGTH or secret in SHIPPED_SECRETS:
        raise ConfigError(
            "Set ROCKROBOT_SECRET_KEY to a secret of your own of at least 32 characters, for example the output of: "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'. "
            "On your own machine: ROCKROBOT_ENV=development."
        )
    data_dir = Path(environment.get("ROCKROBOT_DATA_DIR") or ROOT / "instance").resolve()
    return Config(
        secret_key=secret,
        data_dir=data_dir,
        database_url=environment.get("ROCKROBOT_DATABASE_URL") or f"sqlite:///{data_dir / 'rockrobot.db'}",
        environment=name,
        is_demo=environment.get("ROCKROBOT_DEMO", "") == "1",
        base_url=environment.get("ROCKROBOT_BASE_URL", "http://127.0.0.1:8000").rstrip("/"),
        smtp_url=environment.get("ROCKROBOT_SMTP_URL", ""),
        mail_from=environment.get("ROCKROBOT_MAIL_FROM", ""),
        proxy_hops=_number(environment, "ROCKROBOT_PROXY_HOPS", 0),
        max_upload_bytes=_number(environment, "ROCKROBOT_MAX_UPLOAD_MB", 64) * 1024 * 1024,
        session_idle_minutes=_number(environment, "ROCKROBOT_SESSION_IDLE_MINUTES", 30),
        session_hours=_number(environment, "ROCKROBOT_SESSION_HOURS", 12),
        needs_second_factor=_second_factor(environment, name),
    )


def _second_factor(environment: Mapping[str, str], name: str) -> bool:
    """True when a password alone signs nobody in: in production, unless the setting says otherwise."""
    word = environment.get("ROCKROBOT_SECOND_FACTOR") or ("optional" if name == "development" else "required")
    if word not in {"required", "optional"}:
        raise ConfigError("ROCKROBOT_SECOND_FACTOR is required or optional.")
    return word == "required"


def _number(environment: Mapping[str, str], name: str, otherwise: int) -> int:
    text = environment.get(name, "")
    if text and not text.isdigit():
        raise ConfigError(f"{name} is a whole number.")
    return int(text) if text else otherwise
