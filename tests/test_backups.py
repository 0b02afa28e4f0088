"""Sealed backups of both databases: who has the key gets everything back, nobody else anything."""

from pathlib import Path

import pytest
from pyrage.x25519 import Identity
from sqlalchemy import create_engine, inspect, text

import config
from rockrobot import backups, create_app
from rockrobot.db import db, engine_options, sqlite_file
from rockrobot.sealed_backups import FIRST_BYTES, BackupError, read_identities
from tests import make
from tests.conftest import ON_ONE_DATABASE, settings


@pytest.fixture
def key():
    """Both halves of a key."""
    return Identity.generate()


@pytest.fixture
def empty_place(app, request, tmp_path):
    """The URL of a database that is not there yet (SQLite) or holds nothing."""
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        return f"sqlite:///{tmp_path / 'new' / 'r.db'}"
    return request.getfixturevalue("postgresql").new_database()


def left_in(url):
    """What a restore left behind: tables, or files of any name."""
    file = sqlite_file(url)
    if file:
        return [one.name for one in file.parent.glob("*")]
    engine = create_engine(url, **engine_options(url))
    found = inspect(engine).get_table_names()
    engine.dispose()
    return found


def sealed_backup(app, key, file):
    db.session.rollback()
    backups.backup(app.config["SQLALCHEMY_DATABASE_URI"], file, key.to_public())
    return file


def test_a_sealed_backup_comes_back_with_its_key_only(app, database, key, empty_place, tmp_path):
    make.company("Sinetti Oy")
    file = sealed_backup(app, key, tmp_path / "b.age")

    for keys, told in (([], "--identity"), ([Identity.generate()], "not sealed to this key")):
        with pytest.raises(BackupError, match=told):
            backups.restore(empty_place, file, keys)
    left = left_in(empty_place)
    backups.restore(empty_place, file, [Identity.generate(), key])

    engine = create_engine(empty_place, **engine_options(empty_place))
    with engine.connect() as connection:
        assert connection.scalars(text("SELECT name FROM companies")).all() == ["Sinetti Oy"]
    engine.dispose()
    assert left == []
    assert file.read_bytes().startswith(FIRST_BYTES)
    assert b"Sinetti" not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0


@ON_ONE_DATABASE
def test_the_commands_seal_by_the_setting_and_open_with_the_file_of_the_key(app, key, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "BACKUP_RECIPIENT", key.to_public())
    empty = create_app(settings(tmp_path / "new", f"sqlite:///{tmp_path / 'new' / 'r.db'}")).test_cli_runner()
    file, key_file = str(tmp_path / "b.age"), tmp_path / "key.txt"
    key_file.write_text(f"# public key: {key.to_public()}\n{key}\n")

    made = app.test_cli_runner().invoke(args=["backup", file])
    refused = empty.invoke(args=["restore", file])
    restored = empty.invoke(args=["restore", file, "--identity", str(key_file)])

    assert f"sealed to {key.to_public()}" in made.output
    assert (refused.exit_code, refused.output.count("\n")) == (1, 1)
    assert "ledger entries verified" in restored.output
    assert not any(one.name.startswith("restoring-") for one in (tmp_path / "new").iterdir())


def test_a_sealed_backup_cut_or_changed_is_refused_and_leaves_nothing(app, database, key, empty_place, tmp_path):
    make.company("Sinetti Oy")
    whole = sealed_backup(app, key, tmp_path / "b.age").read_bytes()
    broken = [whole[:-1], whole[:-70_000], whole[:100], whole[:-1] + bytes([whole[-1] ^ 1]), whole + b"x"]

    for number, body in enumerate(broken):
        file = tmp_path / f"{number}.age"
        file.write_bytes(body)
        with pytest.raises(BackupError, match="cut or changed"):
            backups.restore(empty_place, file, [key])

    assert left_in(empty_place) == []


@pytest.mark.parametrize("words", ["", "# public key: age1\n", "AGE-SECRET-KEY-1ABC\n", "ä"])
def test_a_file_that_holds_no_key_is_named(words, tmp_path):
    (tmp_path / "key.txt").write_text(words)

    with pytest.raises(BackupError, match="holds no key of age") as told:
        read_identities(tmp_path / "key.txt")

    assert "ABC" not in str(told.value)


@ON_ONE_DATABASE
def test_the_plain_copy_stands_in_memory_and_is_gone_after_it(app, database, key, tmp_path, monkeypatch):
    before, seal, stood = set(backups.MEMORY.iterdir()), backups.seal, []

    def seal_and_tell(plain, into, recipient):
        stood.append(Path(plain.name))
        seal(plain, into, recipient)

    monkeypatch.setattr(backups, "seal", seal_and_tell)
    sealed_backup(app, key, tmp_path / "b.age")

    assert [backups.MEMORY in place.parents for place in stood] == [True]
    assert {one.name for one in set(backups.MEMORY.iterdir()) - before if one.name.startswith("rockrobot-")} == set()
    assert [one.name for one in tmp_path.iterdir()] == ["b.age"]


@ON_ONE_DATABASE
def test_without_room_in_memory_no_sealed_backup_is_begun(app, database, key, tmp_path, monkeypatch):
    monkeypatch.setattr(backups, "MEMORY", type(tmp_path)("/proc"))  # a file system on which nothing is ever free

    with pytest.raises(BackupError, match="MB free"):
        sealed_backup(app, key, tmp_path / "b.age")

    assert list(tmp_path.iterdir()) == []


def test_a_dump_that_fails_leaves_no_file(postgresql, key, tmp_path):
    with pytest.raises(BackupError, match="pg_dump ended with exit code"):
        backups.backup(postgresql.url("nowhere"), tmp_path / "b.age", key.to_public())

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", ["age1", "rockrobot", str(Identity.generate())], ids=["cut", "no key", "secret"])
def test_a_setting_that_is_no_public_key_stops_the_start_and_is_not_repeated(words):
    with pytest.raises(config.ConfigError, match="ROCKROBOT_BACKUP_RECIPIENT is a public key of age") as told:
        config.from_environment({"ROCKROBOT_BACKUP_RECIPIENT": words}, is_command=True)

    assert words == "age1" or words not in str(told.value)


def test_a_public_key_is_taken_as_the_setting(key):
    read = config.from_environment({"ROCKROBOT_BACKUP_RECIPIENT": f"{key.to_public()}\n"}, is_command=True)

    assert str(read.backup_recipient) == str(key.to_public())
