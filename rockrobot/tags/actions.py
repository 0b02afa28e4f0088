"""Put tags on rows and take them off, one row or many at once."""

from collections.abc import Collection, Iterable

from rockrobot import ledger
from rockrobot.db import db
from rockrobot.tags.models import Tag, Tagging
from rockrobot.tags.queries import taggings_of, tags_named
from rockrobot.tags.rules import KEYS, Register, folded


class NameTakenError(ValueError):
    """Another tag has this name."""


def tags_for(names: Iterable[str]) -> list[Tag]:
    """The tags of these names; those that are not there yet are made."""
    known = tags_named(names)
    for name in names:
        key = folded(name)
        if key not in known:
            known[key] = Tag(name=name, name_key=key)
            db.session.add(known[key])
    db.session.flush()
    return [known[folded(name)] for name in names]


def put_tags(register: Register, row_ids: Collection[int], tags: Collection[Tag]) -> int:
    """Put tags on rows; what stands there already is left as it is. How many were put."""
    table, key = Tagging.__table__, KEYS[register]
    there = {(row["tag_id"], row[key]) for row in taggings_of(register, row_ids, [tag.id for tag in tags])}
    wanted = [(tag.id, row_id) for tag in tags for row_id in row_ids if (tag.id, row_id) not in there]
    ledger.bulk_insert(table, [{"tag_id": tag_id, key: row_id} for tag_id, row_id in wanted])
    return len(wanted)


def take_tag(register: Register, row_ids: Collection[int], tag_id: int) -> int:
    """Take a tag off rows; the tag itself stays. How many had it."""
    rows = taggings_of(register, row_ids, [tag_id])
    if rows:
        ledger.bulk_delete(Tagging.__table__, rows)
    return len(rows)


def rename(tag: Tag, name: str) -> None:
    """Give a tag another name. Raises NameTakenError when another tag has it."""
    holder = tags_named([name]).get(folded(name))
    if holder is not None and holder is not tag:
        raise NameTakenError(name)
    tag.name, tag.name_key = name, folded(name)
    db.session.flush()
