"""Column mappings that were kept by name."""

from datetime import datetime

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from rockrobot.db import Base, Moment


class ColumnMapping(Base):
    """What each column of files with one header says, kept by name and offered again; empty text = not read."""

    __tablename__ = "column_mappings"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    header: Mapped[list[str]] = mapped_column(JSON)
    fields: Mapped[list[str]] = mapped_column(JSON)
    kept_at: Mapped[datetime] = mapped_column(Moment)
