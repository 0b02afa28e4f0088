"""The app, built from the environment; the only file that imports config."""

import gc
import sys
from pathlib import Path

import config
from rockrobot import create_app

is_command = "flask" in Path(sys.argv[0]).parts[-2:] and "run" not in sys.argv[1:]

try:
    app = create_app(config.from_environment(is_command=is_command, arguments=sys.argv))
except config.ConfigError as error:
    sys.exit(f"Rockrobot: {error}")

# What the app is made of lives as long as the process: the collector need not walk it again while a page is made.
gc.collect()
gc.freeze()
