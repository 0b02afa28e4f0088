"""Migrations: the head is what the models say, they go up, down and up again, and lose nothing on the way."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, inspect, select, text

from rockrobot import clock, create_app, ledger
from rockrobot.db import Base, db, is_sqlite
from rockrobot.dual_control.models import RequestedAct
from rockrobot.full_exports.models import FullExport
from tests import make
from tests.conftest import settings

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh(request, tmp_path):
    """An app on a database of its own, not yet made."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'fresh.db'}"
    else:
        url = request.getfixturevalue("postgresql").new_database()
    app = create_app(settings(tmp_path, url))
    with app.app_context(), ledger.change_set("test"):
        yield app
        db.session.remove()
        db.engine.dispose()


def test_the_head_is_what_the_models_say(fresh):
    upgrade()

    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        different = [d for d in compare_metadata(context, Base.metadata) if "search" not in str(d)]

    assert different == []


def test_there_is_one_head():
    script = ScriptDirectory(str(ROOT / "migrations"))

    assert len(script.get_heads()) == 1


def test_up_down_and_up_again(fresh):
    upgrade()
    downgrade(revision="base")
    upgrade()

    assert set(Base.metadata.tables) <= set(inspect(db.engine).get_table_names())


def test_every_table_is_strict_on_sqlite(fresh):
    upgrade()
    if not is_sqlite(db.engine):
        return

    with db.engine.connect() as connection:
        loose = connection.execute(
            text("SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 0 AND type = 'table'")
        ).scalars()
        names = [n for n in loose if not n.startswith(("sqlite_", "search"))]

    assert names == []


def test_of_whom_a_full_export_tells_is_kept_up_and_down(fresh):
    upgrade()
    parties = {"people": {"people": [3, 5]}, "companies": {"companies": [4]}, "devices": {"people": [3]}}
    for subject, told in parties.items():
        act = RequestedAct(kind="full_export", details={"subject": subject}, reason="-", asked_by="staff:1")
        act.asked_at = act.expires_at = clock.now()
        db.session.add(act)
        db.session.flush()
        db.session.add(FullExport(requested_act_id=act.id, parties=told))
    db.session.commit()
    db.session.remove()

    downgrade(revision="staff_language")
    upgrade()

    assert db.session.scalars(select(FullExport.parties).order_by(FullExport.id)).all() == list(parties.values())


def test_an_upgrade_over_filled_tables_keeps_children_and_triggers(fresh):
    upgrade()
    company = make.company()
    make.address(company)
    db.session.rollback()

    upgrade()

    assert db.session.scalar(select(func.count()).select_from(Base.metadata.tables["addresses"])) == 1
    with pytest.raises(Exception, match="append-only"):
        db.session.execute(text("DELETE FROM ledger_entries"))
    db.session.rollback()
