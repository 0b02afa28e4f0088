"""What an installation is made of: nobody in it at first, dependencies by their hashes, no setting that is a file."""

import re
from pathlib import Path

import pytest
from flask_migrate import upgrade
from sqlalchemy import func, select

from rockrobot import create_app
from rockrobot.db import Base, db
from tests.access_table import kept_lines
from tests.conftest import ON_ONE_DATABASE, settings

ROOT = Path(__file__).resolve().parents[2]
PINNED = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[\w,-]+\])?==\S+", re.MULTILINE)
FILES_OR_PROGRAMS = re.compile(r"path|folder|directory|template|command|program|script|plugin|module|log_|file_name")
TABLES = Base.metadata.tables.values()
SHIPPED = {"change_sets", "ledger_entries", "purposes", "notice_headings", "app_keys"}
DEMO_PASSWORD = "kivirobotti-demo"


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """The app as it is installed, with its own security settings."""
    folder = tmp_path_factory.mktemp("fresh")
    app = create_app(settings(folder, f"sqlite:///{folder / 'x.db'}"))
    with app.app_context():
        upgrade()
    yield app
    with app.app_context():
        db.engine.dispose()


def test_a_new_house_is_empty_and_no_page_fills_it(fresh):
    """B6 (CVE-2021-45111): no default account, and no address that makes demonstration data."""
    with fresh.app_context():
        rows = {table.name: db.session.scalar(select(func.count()).select_from(table)) for table in TABLES}

    assert rows["staff_members"] == 0
    assert {name for name, count in rows.items() if count} <= SHIPPED
    assert [line["rule"] for line in kept_lines() if re.search(r"demo|setup|install|seed", line["rule"])] == []


@pytest.mark.parametrize("email", ["yllapito@demo.example", "asiakaspalvelu@demo.example", "admin", "admin@localhost"])
def test_no_known_name_and_password_opens_a_new_house(fresh, email):
    """B6: the names of the demonstration, and those that others ship."""
    browser = fresh.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get("/sign-in").text).group(1)

    for password in (DEMO_PASSWORD, "admin", "password", ""):
        answer = browser.post("/sign-in", data={"email": email, "password": password, "csrf_token": token})

        assert answer.status_code in {422, 429}


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_dependency_is_pinned_with_the_hashes_of_its_files(lock):
    """D4: what is installed is what was locked; setup refuses what has no hash."""
    packages = re.split(r"\n(?=[A-Za-z0-9])", (ROOT / lock).read_text(encoding="utf-8").strip())

    assert len(packages) > 30
    assert [package.split()[0] for package in packages if not PINNED.match(package)] == []
    assert [package.split()[0] for package in packages if "--hash=sha256:" not in package] == []
    assert "--require-hashes" in (ROOT / "scripts/setup.sh").read_text(encoding="utf-8")


def test_every_library_that_the_app_names_is_in_the_lock():
    """D4: nothing comes in beside the lock."""
    named = re.findall(r'^    "([A-Za-z0-9_.-]+)', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    locked = {name.lower() for name in PINNED.findall((ROOT / "requirements-dev.lock").read_text(encoding="utf-8"))}

    assert [name for name in named if name.lower() not in locked] == []


@ON_ONE_DATABASE
def test_no_setting_on_a_screen_is_a_file_or_a_program(office, administrator, stranger):
    """C24 (CVE-2020-28328): the pages of settings ask for no path, template or command."""
    pages = [administrator.get(path).text for path in ("/organisation/edit", "/networks/rules", "/networks/new")]
    pages += [administrator.get(path).text for path in ("/staff/new", "/staff-devices/new", "/account/")]
    names = {name for page in pages for name in re.findall(r'name="([^"]+)"', page)}

    assert len(names) > 20
    assert [name for name in names if FILES_OR_PROGRAMS.search(name)] == []


@ON_ONE_DATABASE
@pytest.mark.parametrize("value", ["../../x.log", "/etc/passwd", "{{ config }}", "${jndi:ldap://x}", "$(id)", "%00"])
def test_what_is_typed_as_a_setting_is_only_a_text(administrator, value):
    """C24: the texts of the organisation are shown as they were typed."""
    form = {"name": "Kivi Oy", "brand": value, "contact_person": value, "website": value, "country": "FI"}
    administrator.post("/organisation/edit", data=form)

    page = administrator.get("/organisation/").text

    assert "root:" not in page
    assert "SECRET_KEY" not in page
