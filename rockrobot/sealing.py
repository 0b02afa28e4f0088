"""What must be read again by us and by nobody who only has the database: sealed with keys of the app's secret."""

import base64
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from flask import current_app


def _box(label: str) -> MultiFernet:
    """Seals with the secret of now, and opens what earlier ones sealed too."""
    secrets: list[str] = [current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"]]
    return MultiFernet([_fernet(secret, label) for secret in secrets])


def _fernet(secret: str, label: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hmac.digest(secret.encode(), f"rockrobot seal: {label}".encode(), "sha256")))


def seal(label: str, content: bytes) -> bytes:
    """Content encrypted and signed with a key of its own for this label (Fernet: AES-128-CBC and HMAC-SHA-256)."""
    return _box(label).encrypt(content)


def unseal(label: str, sealed: bytes) -> bytes | None:
    """What was sealed with this label, or None when it was changed or the app's secret is another one now."""
    try:
        return _box(label).decrypt(sealed)
    except InvalidToken:
        return None
