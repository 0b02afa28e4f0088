"""The app, built from the environment; the only file that imports config."""

import os
import sys
from pathlib import Path

import config
from rockrobot import collector, create_app

os.umask(0o077)  # what web, worker and commands write is for this account alone: database, backups, lists, letters

is_command = "flask" in Path(sys.argv[0]).parts[-2:] and "run" not in sys.argv[1:]

try:
    app = create_app(config.from_environment(is_command=is_command, arguments=sys.argv))
except config.ConfigError as error:
    sys.exit(f"Rockrobot: {error}")

collector.settle()
