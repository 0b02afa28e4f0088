"""What was proposed to the second person, word for word."""

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rockrobot.contacts.rules import Language
from rockrobot.db import Base, Word
from rockrobot.decisions.rules import RefusalGround
from rockrobot.dual_control.models import RequestedAct
from rockrobot.privacy_requests.models import PrivacyRequest
from rockrobot.privacy_requests.rules import Outcome
from rockrobot.references import OnErase, tells_of_party


class Proposal(Base):
    """A refusal or an erasure as it was asked for: the letter says this and nothing else once it is approved."""

    __tablename__ = "proposals"
    __table_args__ = (Index(None, "request_id"), {"info": {"undo": "never", "personal": True}})

    id: Mapped[int] = mapped_column(primary_key=True)
    requested_act_id: Mapped[int] = mapped_column(ForeignKey("requested_acts.id"), unique=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("privacy_requests.id"))
    outcome: Mapped[Outcome] = mapped_column(Word(Outcome))
    ground: Mapped[RefusalGround | None] = mapped_column(Word(RefusalGround))
    language: Mapped[Language] = mapped_column(Word(Language))
    address_lines: Mapped[list[str]] = mapped_column(JSON, info=tells_of_party(OnErase.KEEP))
    told: Mapped[list[str]] = mapped_column(JSON, info=tells_of_party(OnErase.KEEP))

    act: Mapped[RequestedAct] = relationship(lazy="raise_on_sql")
    request: Mapped[PrivacyRequest] = relationship(lazy="raise_on_sql")
