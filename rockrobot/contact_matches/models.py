"""Import keys: which row of which source stands for whom, and what it said last."""

from sqlalchemy import JSON, CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rockrobot.contact_columns.rules import Product
from rockrobot.db import Base, Word
from rockrobot.references import OnErase, OnMerge, refers_to, tells_of_party


class ImportKey(Base):
    """What a source calls a person or company, and digests of what it said last of them, by what they are of."""

    __tablename__ = "import_keys"
    __table_args__ = (
        CheckConstraint("(company_id IS NULL) <> (person_id IS NULL)", name="one_owner"),
        UniqueConstraint("source", "key"),
        {"info": {"personal": True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[Product] = mapped_column(Word(Product))
    key: Mapped[str] = mapped_column(String(200))
    company_id: Mapped[int | None] = refers_to("companies.id", merge=OnMerge.MOVE, erase=OnErase.ERASE, index=True)
    person_id: Mapped[int | None] = refers_to("people.id", merge=OnMerge.MOVE, erase=OnErase.ERASE, index=True)
    said: Mapped[dict[str, list[str]]] = mapped_column(JSON, info=tells_of_party(OnErase.ERASE))
