"""Full exports under way."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from rockrobot.db import Base, Moment
from rockrobot.references import OnErase, tells_of_party


class FullExport(Base):
    """What a full export holds while it is under way: the sealed search text and, once made, the sealed file.

    told: what the ledger keeps of each download. parties: whose data is in the file, as ids of people and of companies
    (exports' Subject). An erasure of one of them empties all of these; the row goes when the day of the file is over.
    """

    __tablename__ = "full_exports"
    __table_args__ = {"info": {"ledger": False, "personal": True}}

    id: Mapped[int] = mapped_column(primary_key=True)
    requested_act_id: Mapped[int] = mapped_column(ForeignKey("requested_acts.id"), unique=True)
    sealed_text: Mapped[bytes | None] = mapped_column(LargeBinary)
    job_id: Mapped[int | None]
    made_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    told: Mapped[str] = mapped_column(String(200), default="")
    parties: Mapped[dict[str, list[int]]] = mapped_column(
        JSON, default=dict, deferred=True, info=tells_of_party(OnErase.ERASE)
    )
    sealed_file: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
