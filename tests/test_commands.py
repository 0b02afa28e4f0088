"""Commands about the installation, and the settings it refuses to start with."""

import json
import pwd
import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

import config
from rockrobot import backups, clock, create_app, ledger
from rockrobot.calendars.actions import make_feed
from rockrobot.calendars.models import CalendarFeed
from rockrobot.cli import terminal
from rockrobot.contacts.models import Person
from rockrobot.db import db, is_sqlite
from rockrobot.erasures.actions import erase_person, keep_register
from rockrobot.passwords import actions as passwords
from rockrobot.passwords.models import OneTimeLink
from rockrobot.sealed_backups import BackupError
from rockrobot.staff.actions import sign_in
from rockrobot.staff.models import SignIn, StaffMember
from rockrobot.staff.queries import member_with_email
from rockrobot.staff.rules import Ending
from rockrobot.staff_devices import actions as staff_devices
from rockrobot.staff_devices.models import StaffDevice
from rockrobot.staff_devices.rules import DeviceKind
from tests import make
from tests.conftest import SECRET, settings

LONG = "x" * 40


def run(app, *arguments: str, **options):
    db.session.rollback()
    result = app.test_cli_runner().invoke(args=arguments, **options)
    db.session.rollback()
    return result


@pytest.mark.parametrize(
    ("signed_in", "told"),
    [
        ("0", "cli:root"),
        (str(2**32 - 1), "cli:daemon"),
        ("", "cli:daemon"),
        (None, "cli:daemon"),
        ("54321", "cli:54321"),
    ],
)
def test_who_gives_a_command_is_who_signed_in_to_the_server(tmp_path, monkeypatch, signed_in, told):
    """As a service or in a container nobody did: then it is the account that the command runs as."""
    file = tmp_path / "loginuid"
    if signed_in is not None:
        file.write_text(signed_in)
    monkeypatch.setattr(terminal, "SIGNED_IN", file)
    monkeypatch.setattr(terminal.os, "getuid", lambda: pwd.getpwnam("daemon").pw_uid)

    assert terminal.actor() == told


def test_the_ledger_is_verified_from_the_command_line(app, database):
    make.company()

    result = run(app, "ledger", "verify")

    told = json.loads(result.output)
    assert result.exit_code == 0
    assert (told["fault"], told["entries"]) == (None, 1)


def test_a_broken_ledger_ends_with_exit_code_one(app, database):
    make.company()
    db.session.execute(db.text("UPDATE change_sets SET actor = 'nobody'"))
    db.session.commit()

    assert run(app, "ledger", "verify").exit_code == 1


def test_a_member_is_added_with_a_password_from_standard_input(app, database):
    member = ("staff", "add", "A@b.example", "--role", "workshop", "--password-stdin")

    weak = [run(app, *member, input=word + "\n") for word in ("lyhyt", "Stonepower2026!", "password123456")]
    good = run(app, *member, input="tarpeeksi pitkä lause\n")

    assert [result.exit_code for result in weak] == [1, 1, 1]
    assert good.exit_code == 0, good.output
    assert "tarpeeksi" not in good.output
    assert re.search(r"TOTP secret, shown only now: [A-Z2-7]{32}\n", good.output)
    assert member_with_email("a@B.example").password_hash.startswith("$argon2id$")


def test_a_member_is_added_with_a_link_for_choosing_a_password(app, database):
    result = run(app, "staff", "add", "a@b.example", "--role", "administrator", "--name", "Aino")

    assert result.exit_code == 0, result.output
    assert "http://127.0.0.1:8000/link/" in result.output
    assert member_with_email("a@b.example").is_invited


def test_an_address_has_one_member_only(app, database):
    again = [run(app, "staff", "add", "a@b.example", "--role", "workshop").exit_code for _ in range(2)]

    assert again == [0, 1]


def test_a_backup_of_the_running_database_is_a_new_file_only(app, database, tmp_path):
    make.company("Kivi Oy")
    if not is_sqlite():
        return

    first, again = run(app, "backup", str(tmp_path / "b.db")), run(app, "backup", str(tmp_path / "b.db"))

    assert (first.exit_code, again.exit_code) == (0, 1)
    assert (tmp_path / "b.db").stat().st_mode & 0o077 == 0


def test_a_backup_is_restored_into_an_empty_folder_and_nowhere_else(tmp_path):
    app = create_app(settings(tmp_path / "old", f"sqlite:///{tmp_path / 'old' / 'r.db'}", is_demo=True))
    runner = app.test_cli_runner()
    for arguments in (["db", "upgrade"], ["demo", "load"], ["backup", str(tmp_path / "b.db")]):
        result = runner.invoke(args=arguments)
        assert result.exit_code == 0, result.output
    with app.app_context(), ledger.change_set("test"):
        erase_person(db.session.get(Person, 1))
        db.session.commit()
        keep_register()
    register = str(tmp_path / "old" / "erasures.jsonl")
    empty = create_app(settings(tmp_path / "new", f"sqlite:///{tmp_path / 'new' / 'r.db'}")).test_cli_runner()

    restored = empty.invoke(args=["restore", str(tmp_path / "b.db"), "--erasures", register])
    twice = empty.invoke(args=["restore", str(tmp_path / "b.db")])

    assert restored.exit_code == 0, restored.output
    assert "ledger entries verified" in restored.output
    assert "1 people erased again" in restored.output
    assert twice.exit_code == 1
    assert empty.invoke(args=["ledger", "verify"]).exit_code == 0


def test_a_restored_backup_lets_nobody_in_by_what_may_have_ended_since(tmp_path):
    folder, member, link = tmp_path / "old", StaffMember.id == 1, OneTimeLink.ends_at > clock.now() + timedelta(hours=1)
    app = create_app(settings(folder, f"sqlite:///{folder / 'r.db'}", is_demo=True))
    for arguments in (["db", "upgrade"], ["demo", "load"]):
        assert app.test_cli_runner().invoke(args=arguments).exit_code == 0
    with app.app_context(), ledger.change_set("test"):
        olga = db.session.scalars(select(StaffMember).where(member)).one()
        sign_in(olga)
        make_feed(olga)
        passwords.make_link(olga)
        staff_devices.make_link(staff_devices.make_device(owner_id=olga.id, kind=DeviceKind.PHONE, name="Puhelin"))
        db.session.commit()
    open_doors = (
        select(func.count()).where(SignIn.ended_at.is_(None)),
        select(func.count()).where(CalendarFeed.ended_at.is_(None)),
        select(func.count()).where(link),
        select(func.count()).where(StaffDevice.link_digest.is_not(None)),
    )
    assert app.test_cli_runner().invoke(args=["backup", str(tmp_path / "b.db")]).exit_code == 0
    restored = create_app(settings(tmp_path / "new", f"sqlite:///{tmp_path / 'new' / 'r.db'}"))

    told = restored.test_cli_runner().invoke(args=["restore", str(tmp_path / "b.db")])

    assert told.exit_code == 0, told.output
    assert "links and calendar addresses are ended" in told.output
    with app.app_context():
        assert [db.session.scalar(one) for one in open_doors] == [1, 1, 1, 1]
    with restored.app_context():
        assert [db.session.scalar(one) for one in open_doors] == [0, 0, 0, 0]
        assert db.session.scalars(select(CalendarFeed)).one().ended_for is Ending.RESTORED


def test_a_line_of_the_register_that_names_nobody_here_is_told(tmp_path):
    app = create_app(settings(tmp_path / "old", f"sqlite:///{tmp_path / 'old' / 'r.db'}", is_demo=True))
    for arguments in (["db", "upgrade"], ["demo", "load"], ["backup", str(tmp_path / "b.db")]):
        assert app.test_cli_runner().invoke(args=arguments).exit_code == 0
    register = tmp_path / "erasures.jsonl"
    register.write_text(json.dumps({"person_id": 2, "digest": "f" * 64}) + "\n")
    empty = create_app(settings(tmp_path / "new", f"sqlite:///{tmp_path / 'new' / 'r.db'}")).test_cli_runner()

    told = empty.invoke(args=["restore", str(tmp_path / "b.db"), "--erasures", str(register)])

    assert "0 people erased again" in told.output
    assert "by hand: 2\n" in told.output


@pytest.mark.parametrize("body", [b"", b"no database at all, only text" * 100])
def test_a_file_that_is_no_backup_is_refused_and_leaves_nothing(tmp_path, body):
    (tmp_path / "x").write_bytes(body)

    with pytest.raises(BackupError, match="not a sound backup"):
        backups.restore(f"sqlite:///{tmp_path / 'new.db'}", tmp_path / "x")

    assert not (tmp_path / "new.db").exists()


def test_a_command_before_the_database_is_made_says_how_to_make_it(tmp_path):
    empty = create_app(settings(tmp_path, f"sqlite:///{tmp_path / 'r.db'}")).test_cli_runner()

    told = empty.invoke(args=["import", "register", str(tmp_path)])
    template = empty.invoke(args=["export", "template", str(tmp_path / "template.xlsx")])

    assert (told.exit_code, template.exit_code) == (1, 0)
    assert "db upgrade" in told.output
    assert not (tmp_path / "r.db").exists()


@pytest.mark.parametrize("secret", ["", "short", *sorted(config.SHIPPED_SECRETS)])
def test_production_refuses_to_start_without_a_secret_of_its_own(secret):
    with pytest.raises(config.ConfigError, match="ROCKROBOT_SECRET_KEY"):
        config.from_environment({"ROCKROBOT_SECRET_KEY": secret})


def test_the_secret_of_the_tests_is_one_of_the_shipped():
    assert SECRET in config.SHIPPED_SECRETS


def test_a_command_needs_no_secret_but_explicit_production_does():
    assert len(config.from_environment({}, is_command=True).secret_key) >= config.MIN_SECRET_LENGTH
    with pytest.raises(config.ConfigError):
        config.from_environment({"ROCKROBOT_ENV": "production"}, is_command=True)


def test_settings_come_from_the_environment(tmp_path):
    read = config.from_environment(
        {
            "ROCKROBOT_SECRET_KEY": LONG,
            "ROCKROBOT_DATA_DIR": str(tmp_path),
            "ROCKROBOT_BASE_URL": "https://rekisteri.example/",
            "ROCKROBOT_MAX_UPLOAD_MB": "10",
        }
    )

    assert read.database_url == f"sqlite:///{tmp_path / 'rockrobot.db'}"
    assert (read.is_https, read.base_url, read.is_development) == (True, "https://rekisteri.example", False)
    assert read.max_upload_bytes == 10 * 1024 * 1024


@pytest.mark.parametrize(
    "address", ["http://rekisteri.example", "http://10.0.0.5:8000", "http://0.0.0.0", "HTTP://a.b"]
)
@pytest.mark.parametrize("is_command", [False, True])
def test_neither_server_nor_worker_nor_command_starts_in_production_over_plain_http(address, is_command):
    words = {"ROCKROBOT_SECRET_KEY": LONG, "ROCKROBOT_BASE_URL": address}

    with pytest.raises(config.ConfigError, match="https://"):
        config.from_environment(words, is_command=is_command)
    config.from_environment(words | {"ROCKROBOT_ENV": "development"})


@pytest.mark.parametrize("address", ["http://127.0.0.1:8000", "http://[::1]:8000", "http://localhost", "https://a.b"])
def test_on_the_machine_itself_and_over_tls_it_starts(address):
    read = config.from_environment({"ROCKROBOT_SECRET_KEY": LONG, "ROCKROBOT_BASE_URL": address})

    assert read.base_url == address


@pytest.mark.parametrize("address", ["rekisteri.example", "ftp://a.b", "https://", "http://[a"])
def test_an_address_that_is_none_is_named(address):
    with pytest.raises(config.ConfigError, match="ROCKROBOT_BASE_URL"):
        config.from_environment({"ROCKROBOT_SECRET_KEY": LONG, "ROCKROBOT_BASE_URL": address})


@pytest.mark.parametrize("wrong", [{"ROCKROBOT_ENV": "staging"}, {"ROCKROBOT_PROXY_HOPS": "two"}])
def test_a_setting_that_cannot_be_read_is_named(wrong):
    with pytest.raises(config.ConfigError, match=next(iter(wrong))):
        config.from_environment({"ROCKROBOT_SECRET_KEY": LONG} | wrong)


def test_the_demonstration_is_loaded_in_demo_mode_only(app, database):
    assert run(app, "demo", "load").exit_code == 1


def test_the_demonstration_fills_an_empty_database_once(tmp_path):
    app = create_app(settings(tmp_path, f"sqlite:///{tmp_path / 'demo.db'}", is_demo=True))
    runner = app.test_cli_runner()

    made = runner.invoke(args=["db", "upgrade"])
    first, second = runner.invoke(args=["demo", "load"]), runner.invoke(args=["demo", "load"])

    assert (made.exit_code, first.exit_code, second.exit_code) == (0, 0, 0), first.output
    assert "rows" in first.output
    assert second.output == ""
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(StaffDevice)) == 3
        db.session.remove()
        db.engine.dispose()


def test_https_hardens_the_cookies(tmp_path):
    plain = create_app(settings(tmp_path, f"sqlite:///{tmp_path / 'a.db'}"))
    safe = create_app(settings(tmp_path, f"sqlite:///{tmp_path / 'b.db'}", base_url="https://r.example"))

    assert plain.config["SESSION_COOKIE_NAME"] == "rockrobot"
    assert (safe.config["SESSION_COOKIE_NAME"], safe.config["SESSION_COOKIE_SECURE"]) == ("__Host-rockrobot", True)
