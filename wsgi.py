"""The app, built from the environment; the only file that imports config."""

import sys

import config
from rockrobot import create_app

try:
    app = create_app(config.from_environment())
except config.ConfigError as error:
    sys.exit(f"Rockrobot: {error}")
