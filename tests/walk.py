"""The whole job over HTTP, as a person of customer care does it."""

import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from rockrobot import clock, jobs
from rockrobot.approvals.rules import SAMPLE_TEXTS
from rockrobot.cli.demo import machine_picture, plate_picture
from rockrobot.contacts.rules import Language
from rockrobot.db import db
from rockrobot.devices.models import DeviceModel
from rockrobot.letters.models import Letter, PrintBatch
from rockrobot.organisation.actions import ensure_organisation
from rockrobot.parts.models import Batch, Part
from rockrobot.recalls.models import CaseTask, CaseUnit
from rockrobot.recalls.rules import OPEN_STATES, UnitState
from rockrobot.staff.actions import say_purpose, sign_in
from rockrobot.staff.models import StaffMember
from rockrobot.staff.queries import row_of_key
from tests import make
from tests.approving import digest_on
from tests.conftest import Visitor
from tests.register import upload_of, write_xlsx


def ok(response: Any, status: int = 303) -> Any:
    assert response.status_code == status, response.text[:3000]
    return response


def work() -> None:
    """Let the worker do what waits."""
    db.session.rollback()
    jobs.run_waiting()
    db.session.rollback()


class Walk:
    """One recall from its file to its closing report."""

    def __init__(self, office: Visitor, supervisor: Visitor) -> None:
        self.office, self.supervisor = office, supervisor
        self.case_id = 0

    @property
    def here(self) -> str:
        return f"/recalls/{self.case_id}"

    def import_register(self, path: Path) -> None:
        page = ok(self.office.post("/imports/", data={"file": (io.BytesIO(path.read_bytes()), path.name)})).location
        work()
        ok(self.office.post(upload_of(page) + "/apply"))
        work()
        assert "Tuotu" in self.office.get(page).text
        ensure_organisation()
        db.session.commit()
        for model_id, code in db.session.execute(select(DeviceModel.id, DeviceModel.model_code)).all():
            for kind, body in (("product", machine_picture(code)), ("plate", plate_picture(code))):
                data = {"picture": (io.BytesIO(body), f"{kind}.png")}
                ok(self.office.post(f"/models/{model_id}/pictures/{kind}", data=data))

    def open_case(self, part_no: str, supplier: str, batch_no: str) -> None:
        statement = select(Batch.id).join(Part, Part.id == Batch.part_id)
        batch_id = db.session.scalar(
            statement.where(Part.part_no == part_no, Batch.supplier == supplier, Batch.batch_no == batch_no)
        )
        assert "Mitä tämä tarkoittaa" in ok(self.office.get(f"/traces/?by=batch&batch_id={batch_id}"), 200).text
        data = {"origin": "batch", "batch_id": batch_id, "title": "Painetiiviste voi revetä"}
        location = ok(self.office.post("/recalls/", data=data)).location
        self.case_id = int(re.search(r"/recalls/(\d+)", location).group(1))
        ok(self.office.post(self.here + "/scope", data={"reason": "löydetty"}))

    def write_texts(self) -> None:
        facts = {"product_name": "Kivirobotti", "brand": "Stonepower", "service_phone": "0800 123 456"}
        ok(self.office.post(self.here + "/facts", data=facts | {"remedies": ["repair", "refund"]}))
        for language in Language:
            ok(self.office.post(f"{self.here}/texts/{language}", data=SAMPLE_TEXTS[language]._asdict()))

    def approve(self) -> None:
        names = {f"heading_{language}": "Esa Esimies" for language in Language}
        seen = digest_on(ok(self.supervisor.get(self.here + "/approval"), 200).text)
        ok(self.supervisor.post(self.here + "/approval", data=names | {"seen": seen}))

    def print_letters(self) -> None:
        ok(self.office.post(self.here + "/letters"))
        work()
        for batch_id in db.session.scalars(select(PrintBatch.id)):
            assert ok(self.office.get(f"/letters/batches/{batch_id}.pdf"), 200).data.startswith(b"%PDF")

    def post_letters(self) -> None:
        for batch_id in db.session.scalars(select(PrintBatch.id)).all():
            ok(self.office.post(f"{self.here}/batches/{batch_id}/posted", data={"on": "tänään", "tracking_no": ""}))

    def letters(self) -> list[tuple[int, str, list[int]]]:
        rows = db.session.execute(select(Letter.id, Letter.reference, Letter.units).order_by(Letter.id)).all()
        db.session.rollback()
        return [(id_, reference, [unit["case_unit_id"] for unit in units]) for id_, reference, units in rows]

    def reply(self, reference: str, kind: str, units: list[int], **rest: Any) -> None:
        data = {"kind": kind, "units": units, "received_on": "tänään", "channel": "phone", **rest}
        ok(self.office.post(f"/r/{reference}", data=data))

    def settle(self, unit_id: int, state: str, **rest: Any) -> None:
        data = {"state": state, "on": "tänään", "evidence": "service_report", "note": "hoidettu", **rest}
        ok(self.office.post(f"/recalls/units/{unit_id}/outcome", data=data))

    def open_units(self) -> list[int]:
        db.session.rollback()
        found = db.session.scalars(
            select(CaseUnit.id).where(
                CaseUnit.case_id == self.case_id,
                CaseUnit.state.in_(OPEN_STATES),
                CaseUnit.released_in_version.is_(None),
            )
        ).all()
        db.session.rollback()
        return list(found)

    def explain_pieces(self, page: str) -> None:
        """Sign for the pieces that nobody can account for."""
        for part in page.split("/pieces/")[1:]:
            data = {"explanation": "Hävikki, laskettu kahdesti."}
            ok(self.office.post(f"{self.here}/pieces/{part.split(chr(34))[0]}", data=data))

    def end_tasks(self) -> None:
        statement = select(CaseTask.id).where(CaseTask.case_id == self.case_id, CaseTask.done_on.is_(None))
        for task_id in db.session.scalars(statement).all():
            ok(self.office.post(f"/recalls/tasks/{task_id}", data={"on": "tänään", "note": "tehty"}))

    def close(self) -> Any:
        data = {"closing_statement": "Kaikki hoidettu.", "authority_answer": "Tukes tyytyväinen.", "lessons": ""}
        return self.office.post(self.here + "/close", data=data)


def under_way(office: Visitor, supervisor: Visitor, folder: Path) -> Walk:
    """A register with a case under way, so that every kind of page has something on it."""
    walk = Walk(office, supervisor)
    walk.import_register(write_xlsx(folder / "rekisteri.xlsx"))
    walk.open_case("PT-1", "Tiiviste Oy", "E001")
    walk.write_texts()
    walk.approve()
    walk.print_letters()
    office.post("/tags/devices/1/new", data={"names": "VIP"})
    office.post("/saved-filters/devices/new?tag=1", data={"name": "Tärkeät"})
    make.worksite()
    return walk


def two_weeks_later(monkeypatch: Any, *visitors: Visitor) -> None:
    """The clock goes on by 15 days, and people sign in again."""
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=15))
    for visitor in visitors:
        key = sign_in(db.session.get(StaffMember, visitor.member_id))
        say_purpose(row_of_key(key), "contact")
        db.session.commit()
        with visitor.session_transaction() as session:
            session["sign_in"] = key


def state_of(unit_id: int) -> UnitState:
    db.session.rollback()
    state = db.session.scalar(select(CaseUnit.state).where(CaseUnit.id == unit_id))
    db.session.rollback()
    return state
