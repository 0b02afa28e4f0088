"""A new secret key: what the old one sealed, signed or hashed is understood as long as the old one is named."""

import pytest
from flask import Flask

import config
from rockrobot.keyed_hash import keyed_hash
from rockrobot.sealing import seal, unseal

OLD, NEW = "an-old-secret-of-more-than-32-letters", "a-new-secret-of-more-than-32-letters-"


def under(*keys: str) -> Flask:
    app = Flask(__name__)
    app.config.update(SECRET_KEY=keys[0], SECRET_KEY_FALLBACKS=list(keys[1:]))
    return app


def test_what_was_sealed_and_remembered_before_a_new_key_is_understood_after_it():
    with under(OLD).app_context():
        sealed, remembered = seal("x", b"text"), keyed_hash("x", "text")

    with under(NEW, OLD).app_context():
        assert (unseal("x", sealed), keyed_hash("x", "text")) == (b"text", remembered)
        sealed_anew = seal("x", b"text")
    with under(NEW).app_context():
        assert (unseal("x", sealed), unseal("x", sealed_anew)) == (None, b"text")
        assert keyed_hash("x", "text") != remembered


def test_earlier_keys_come_from_the_environment_and_are_as_long_as_any():
    words = {"ROCKROBOT_SECRET_KEY": NEW, "ROCKROBOT_SECRET_KEY_FALLBACKS": f"{OLD} {OLD}2"}

    assert config.from_environment(words).earlier_secret_keys == (OLD, f"{OLD}2")
    with pytest.raises(config.ConfigError, match="FALLBACKS"):
        config.from_environment(words | {"ROCKROBOT_SECRET_KEY_FALLBACKS": "short"})
