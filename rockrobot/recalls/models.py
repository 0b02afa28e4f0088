"""Recall cases: what they are about, their texts, scope versions, units, approvals, tasks and authorities."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rockrobot.access import WORKERS
from rockrobot.contacts.rules import Language
from rockrobot.db import Base, Moment, Word
from rockrobot.devices.models import Device, DeviceModel
from rockrobot.devices.rules import PictureKind
from rockrobot.parts.models import Batch, LooseDelivery
from rockrobot.recalls.rules import CaseOrigin, CaseState, TaskKind, UnitState
from rockrobot.traces.rules import TraceClass

KEPT: dict[str, Any] = {"info": {"undo": "compensating"}}
NEVER: dict[str, Any] = {"info": {"undo": "never"}}
TASK: dict[str, Any] = {"told_together": (("done_on", "done_by", "note"),), "undone_by": WORKERS}


class RecallCase(Base):
    """One recall, real or a drill."""

    __tablename__ = "recall_cases"
    __table_args__ = KEPT

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    is_drill: Mapped[bool] = mapped_column(default=False)
    state: Mapped[CaseState] = mapped_column(Word(CaseState), default=CaseState.DRAFT)
    origin: Mapped[CaseOrigin] = mapped_column(Word(CaseOrigin))
    origin_text: Mapped[str] = mapped_column(Text, default="")
    device_model_id: Mapped[int | None] = mapped_column(ForeignKey("device_models.id"))
    built_from: Mapped[date | None]
    built_to: Mapped[date | None]
    is_serious: Mapped[bool] = mapped_column(default=True)
    known_on: Mapped[date | None]
    decided_on: Mapped[date | None]
    opened_at: Mapped[datetime] = mapped_column(Moment)
    opened_by: Mapped[str] = mapped_column(String(80))
    listed_at: Mapped[datetime | None] = mapped_column(Moment)
    letters_ready_at: Mapped[datetime | None] = mapped_column(Moment)
    product_name: Mapped[str] = mapped_column(String(200), default="")
    brand: Mapped[str] = mapped_column(String(100), default="")
    service_phone: Mapped[str] = mapped_column(String(60), default="")
    service_online: Mapped[str] = mapped_column(String(200), default="")
    service_email: Mapped[str] = mapped_column(String(254), default="")
    remedies: Mapped[list[str]] = mapped_column(JSON, default=list)
    one_remedy_reason: Mapped[str] = mapped_column(Text, default="")
    recipients_are_consumers: Mapped[bool] = mapped_column(default=False)
    incidents: Mapped[str] = mapped_column(Text, default="")
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_by: Mapped[str] = mapped_column(String(80), default="")
    closing_statement: Mapped[str] = mapped_column(Text, default="")
    authority_answer: Mapped[str] = mapped_column(Text, default="")
    lessons: Mapped[str] = mapped_column(Text, default="")

    batches: Mapped[list["CaseBatch"]] = relationship(lazy="raise_on_sql", order_by="CaseBatch.id")
    device_model: Mapped[DeviceModel | None] = relationship(lazy="raise_on_sql")


class CaseStep(Base):
    """A case went from one state to another, by whom and why; never edited."""

    __tablename__ = "case_steps"
    __table_args__ = (Index(None, "case_id"), NEVER)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("recall_cases.id"))
    from_state: Mapped[CaseState] = mapped_column(Word(CaseState))
    to_state: Mapped[CaseState] = mapped_column(Word(CaseState))
    at: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(Text, default="")


class CaseBatch(Base):
    """A batch that the case recalls (its containing batches follow by the trace)."""

    __tablename__ = "case_batches"
    __table_args__ = (UniqueConstraint("case_id", "batch_id"), KEPT)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("recall_cases.id"))
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"), index=True)

    batch: Mapped[Batch] = relationship(lazy="raise_on_sql")


class CaseDevice(Base):
    """A machine that the case recalls by its serial, not by what was fitted in it."""

    __tablename__ = "case_devices"
    __table_args__ = (UniqueConstraint("case_id", "device_id"), Index(None, "device_id"), NEVER)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("recall_cases.id"))
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))


class CaseText(Base):
    """What the letter says in one language; version counts its edits."""

    __tablename__ = "case_texts"
    __table_args__ = (UniqueConstraint("case_id", "language"), {"info": {"with_row_only": ("version",)}})

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("recall_cases.id"))
    language: Mapped[Language] = mapped_column(Word(Language))
    version: Mapped[int] = mapped_column(default=1)
    subject: Mapped[str] = mapped_column(String(200), default="")
    hazard: Mapped[str] = mapped_column(Text, default="")
    stop_use: Mapped[str] = mapped_column(Text, default="")
    instructions: Mapped[str] = mapped_column(Text, default="")
    remedies: Mapped[str] = mapped_column(Text, default="")
    self_repair: Mapped[str] = mapped_column(Text, default="")
    plate_text: Mapped[str] = mapped_column(Text, default="")
    service_hours: Mapped[str] = mapped_column(String(200), default="")
    pass_on: Mapped[str] = mapped_column(Text, default="")
    apology: Mapped[str] = mapped_column(Text, default="")
    linter_override: Mapped[str] = mapped_column(Text, default="")


class CasePicture(Base):
    """A picture of a case's own, for models that have none and for parts that were only delivered."""

    __tablename__ = "case_pictures"
    __table_args__ = (UniqueConstraint("case_id", "kind"), KEPT)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("recall_cases.id"))
    kind: Mapped[PictureKind] = mapped_column(Word(PictureKind))
    sha256: Mapped[str] = mapped_column(String(64))
    body: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class ScopeVersion(Base):
    """A frozen population of the case; later versions say why they differ."""

    __tablename__ = "scope_versions"
    __table_args__ = (UniqueConstraint("case_id", "version"), NEVER)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("recall_cases.id"))
    version: Mapped[int]
    frozen_at: Mapped[datetime] = mapped_column(Moment)
    frozen_by: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(Text, default="")
    unit_count: Mapped[int] = mapped_column(default=0)
    added_count: Mapped[int] = mapped_column(default=0)
    removed_count: Mapped[int] = mapped_column(default=0)


class CaseUnit(Base):
    """A machine, or a loose delivery, in the scope of a case; exactly one state each."""

    __tablename__ = "case_units"
    __table_args__ = (
        UniqueConstraint("case_id", "device_id"),
        UniqueConstraint("case_id", "loose_delivery_id"),
        CheckConstraint("(device_id IS NULL) <> (loose_delivery_id IS NULL)", name="one_thing"),
        Index(None, "case_id", "state"),
        Index(None, "device_id"),
        NEVER,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("recall_cases.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"))
    loose_delivery_id: Mapped[int | None] = mapped_column(ForeignKey("loose_deliveries.id"))
    trace_class: Mapped[TraceClass] = mapped_column(Word(TraceClass))
    quantity: Mapped[int] = mapped_column(default=1)
    part_no: Mapped[str] = mapped_column(String(60), default="")
    supplier: Mapped[str] = mapped_column(String(200), default="")
    batch_no: Mapped[str] = mapped_column(String(60), default="")
    fitted_on: Mapped[date | None]
    removed_on: Mapped[date | None]
    state: Mapped[UnitState] = mapped_column(Word(UnitState), default=UnitState.IDENTIFIED)
    state_on: Mapped[date | None]
    added_in_version: Mapped[int]
    released_in_version: Mapped[int | None]

    device: Mapped[Device | None] = relationship(lazy="raise_on_sql")
    loose_delivery: Mapped[LooseDelivery | None] = relationship(lazy="raise_on_sql")


class UnitStep(Base):
    """A unit went from one state to another; never edited. A step that needs a second person waits for them."""

    __tablename__ = "unit_steps"
    __table_args__ = (Index(None, "case_unit_id"), NEVER)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_unit_id: Mapped[int] = mapped_column(ForeignKey("case_units.id"))
    from_state: Mapped[UnitState] = mapped_column(Word(UnitState))
    to_state: Mapped[UnitState] = mapped_column(Word(UnitState))
    on: Mapped[date]
    at: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[str] = mapped_column(String(80))
    evidence: Mapped[str] = mapped_column(String(40), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    new_batch_id: Mapped[int | None] = mapped_column(ForeignKey("batches.id"))
    needs_second: Mapped[bool] = mapped_column(default=False)
    confirmed_by: Mapped[str] = mapped_column(String(80), default="")
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    own_confirmation_reason: Mapped[str] = mapped_column(Text, default="")


class Approval(Base):
    """A second person approved a scope version and the texts; own approval carries its reason."""

    __tablename__ = "approvals"
    __table_args__ = NEVER

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("recall_cases.id"), index=True)
    scope_version: Mapped[int]
    approved_at: Mapped[datetime] = mapped_column(Moment)
    approved_by: Mapped[str] = mapped_column(String(80))
    own_approval_reason: Mapped[str] = mapped_column(Text, default="")
    text_versions: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    digests: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    confirmed_headings: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)


class CaseTask(Base):
    """Something that somebody must do before the case can be closed."""

    __tablename__ = "case_tasks"
    __table_args__ = (Index(None, "case_id"), {"info": TASK})

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("recall_cases.id"))
    kind: Mapped[TaskKind] = mapped_column(Word(TaskKind))
    case_unit_id: Mapped[int | None] = mapped_column(ForeignKey("case_units.id"))
    text: Mapped[str] = mapped_column(Text, default="")
    made_at: Mapped[datetime] = mapped_column(Moment)
    done_on: Mapped[date | None]
    done_by: Mapped[str] = mapped_column(String(80), default="")
    note: Mapped[str] = mapped_column(Text, default="")


class AuthorityEntry(Base):
    """An authority was told, or answered."""

    __tablename__ = "authority_entries"
    __table_args__ = (Index(None, "case_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("recall_cases.id"))
    authority: Mapped[str] = mapped_column(String(120))
    country: Mapped[str] = mapped_column(String(2), default="")
    told_on: Mapped[date]
    reference: Mapped[str] = mapped_column(String(120), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    recorded_by: Mapped[str] = mapped_column(String(80))


class PiecesExplanation(Base):
    """A signed explanation of pieces of a batch that nobody can account for."""

    __tablename__ = "pieces_explanations"
    __table_args__ = (Index(None, "case_id"), NEVER)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("recall_cases.id"))
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"))
    unaccounted: Mapped[int]
    explanation: Mapped[str] = mapped_column(Text)
    signed_by: Mapped[str] = mapped_column(String(80))
    signed_at: Mapped[datetime] = mapped_column(Moment)
