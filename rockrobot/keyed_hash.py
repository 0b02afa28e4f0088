"""Keyed hashes of what must be recognised again and not be read: the key is the app's secret, one for each use."""

import hmac

from flask import current_app


def keyed_hash(label: str, text: str) -> str:
    """HMAC-SHA-256 of a text in hex, with a key derived from the app's secret for this label.

    Hashes of one text under two labels have nothing in common, and without the secret nobody can try texts out. The
    oldest secret that is still named makes them, so that a new one leaves what was hashed before recognisable. Source:
    our choice, after RFC 2104 and NIST SP 800-108.
    """
    secret: str = [current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"]][-1]
    key = hmac.digest(secret.encode(), f"rockrobot: {label}".encode(), "sha256")
    return hmac.new(key, text.encode(), "sha256").hexdigest()
