"""Listed networks, and what becomes of whoever comes from elsewhere."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from rockrobot.db import Base, Word
from rockrobot.networks.rules import Unlisted


class KnownNetwork(Base):
    """A network that the staff work in, in CIDR form as rockrobot.origin writes it."""

    __tablename__ = "known_networks"
    __table_args__ = {"info": {"undo": "never"}}

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    cidr: Mapped[str] = mapped_column(String(50), unique=True)


class EntryRules(Base):
    """The only row: what becomes of whoever comes from an unlisted network or device."""

    __tablename__ = "entry_rules"
    __table_args__ = {"info": {"undo": "never"}}

    id: Mapped[int] = mapped_column(primary_key=True)
    unlisted_network: Mapped[Unlisted] = mapped_column(Word(Unlisted))
    unlisted_device: Mapped[Unlisted] = mapped_column(Word(Unlisted))
