"""By stat: what other accounts of the machine may do with what the app writes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from rockrobot.private_files import close_folder
from tests.server import ROOT, SECRET

WRITE = """
import wsgi
from pathlib import Path
from sqlalchemy import text
from rockrobot import backups
from rockrobot.db import db

with wsgi.app.app_context():
    db.session.execute(text("CREATE TABLE alembic_version (a INTEGER)"))
    db.session.commit()
folder = Path(wsgi.app.config["DATA_DIR"])
backups.backup(wsgi.app.config["SQLALCHEMY_DATABASE_URI"], folder / "copies" / "a.db")
backups.restore(f"sqlite:///{folder / 'restored.db'}", folder / "copies" / "a.db")
(folder / "list.csv").write_text("")
"""


def mode(path: Path) -> str:
    return oct(path.stat().st_mode & 0o777)


def test_what_is_written_is_for_one_account_alone_whatever_the_shell_allows(tmp_path):
    folder = tmp_path / "made" / "data"
    environment = {"ROCKROBOT_ENV": "development", "ROCKROBOT_SECRET_KEY": SECRET, "ROCKROBOT_DATA_DIR": str(folder)}

    subprocess.run([sys.executable, "-c", WRITE], cwd=ROOT, env=os.environ | environment, umask=0o022, check=True)

    folders = [folder, folder / "copies"]
    files = [folder / name for name in ("rockrobot.db", "restored.db", "copies/a.db", "list.csv")]
    assert {mode(path) for path in folders} == {"0o700"}
    assert {mode(path) for path in files} == {"0o600"}


@pytest.mark.parametrize("name", ["rockrobot.db", "secret-key"])
def test_a_data_folder_that_was_open_is_narrowed_with_its_database(tmp_path, name):
    folder, database = tmp_path / "data", tmp_path / "data" / "rockrobot.db"
    folder.mkdir()
    folder.chmod(0o755)
    (folder / name).touch(mode=0o644)

    close_folder(folder, database)

    assert mode(folder) == "0o700"
    assert not database.exists() or mode(database) == "0o600"


@pytest.mark.parametrize(("open_to", "others"), [(0o755, ["letters.txt"]), (0o1777, [])])
def test_a_folder_of_something_else_is_left_and_told(tmp_path, open_to, others):
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(open_to)
    for name in others:
        (folder / name).touch()

    with capture_logs() as told:
        close_folder(folder, folder / "rockrobot.db")

    assert folder.stat().st_mode & 0o7777 == open_to
    assert [line["mend"] for line in told] == [f"chmod 700 {folder}"]
