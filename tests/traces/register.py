"""Puts a register, given as sheets of the exchange format, straight into the tables, and reads the real one."""

import csv
from datetime import date
from pathlib import Path
from typing import Any

from rockrobot import ledger
from rockrobot.contacts.models import Address, Affiliation, Company, Person
from rockrobot.db import db
from rockrobot.devices.models import Device, DeviceFate, DeviceModel, Fitting, Ownership
from rockrobot.parts.models import Batch, BatchContent, BatchStock, LooseDelivery, Part

Row = dict[str, str]
Sheets = dict[str, list[Row]]
NAMES = (
    "models",
    "devices",
    "parts",
    "batches",
    "batch_contents",
    "batch_stock",
    "fittings",
    "companies",
    "people",
    "addresses",
    "ownerships",
    "device_fates",
    "loose_deliveries",
)


def read_folder(folder: Path) -> Sheets:
    sheets = {}
    for name in NAMES:
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            sheets[name] = list(csv.DictReader(file))
    return sheets


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def number(text: str, otherwise: int | None = None) -> int | None:
    return int(text) if text else otherwise


def _put(model: Any, rows: list[dict[str, Any]]) -> list[int]:
    return ledger.bulk_insert(model.__table__, rows)


def load(sheets: Sheets) -> None:
    """Insert every sheet and commit."""
    sheets = {name: sheets.get(name, []) for name in NAMES}
    model = dict(zip((r["model_code"] for r in sheets["models"]), _put(DeviceModel, sheets["models"]), strict=True))
    part = dict(zip((r["part_no"] for r in sheets["parts"]), _put(Part, sheets["parts"]), strict=True))
    machines = [_machine(r, model) for r in sheets["devices"]]
    keys = [(r["model_code"], r["serial"]) for r in sheets["devices"]]
    device = dict(zip(keys, _put(Device, machines), strict=True))
    batches = [_batch(r, part) for r in sheets["batches"]]
    keys = [(r["part_no"], r["supplier"], r["batch_no"]) for r in sheets["batches"]]
    batch: dict[tuple[str, ...], int] = dict(zip(keys, _put(Batch, batches), strict=True))
    companies = [_own(r, Company) for r in sheets["companies"]]
    company = dict(zip((r["customer_no"] for r in sheets["companies"]), _put(Company, companies), strict=True))
    people = [_own(r, Person) for r in sheets["people"]]
    person = dict(zip((r["person_no"] for r in sheets["people"]), _put(Person, people), strict=True))
    represented = [
        {"person_id": person[r["person_no"]], "company_id": company[r["customer_no"]], "is_primary": True}
        for r in sheets["people"]
        if r["customer_no"]
    ]
    _put(Affiliation, represented)
    _load_facts(sheets, device, part, batch, company, person)
    db.session.commit()


def _own(row: Row, model: Any) -> dict[str, Any]:
    """The columns of the row that the party's own table keeps."""
    return {name: value for name, value in row.items() if name in model.__table__.c}


def _machine(r: Row, model: dict[str, int]) -> dict[str, Any]:
    return {
        "device_model_id": model[r["model_code"]],
        "serial": r["serial"],
        "year": number(r["year"]),
        "built_on": day(r["built_on"]),
    }


def _batch(r: Row, part: dict[str, int]) -> dict[str, Any]:
    return {
        "part_id": part[r["part_no"]],
        "supplier": r["supplier"],
        "batch_no": r["batch_no"],
        "supplier_batch_no": r["supplier_batch_no"],
        "received_on": day(r["received_on"]),
        "used_up_on": day(r["used_up_on"]),
        "quantity": number(r["quantity"]),
    }


def _batch_key(r: Row, prefix: str = "") -> tuple[str, str, str]:
    return (r[f"{prefix}part_no"], r[f"{prefix}supplier"], r[f"{prefix}batch_no"])


def _load_facts(sheets: Sheets, device: Any, part: Any, batch: Any, company: Any, person: Any) -> None:
    def party(r: Row) -> dict[str, Any]:
        return {"company_id": company.get(r["customer_no"]), "person_id": person.get(r["person_no"])}

    contents = [
        {
            "batch_id": batch[_batch_key(r)],
            "contained_batch_id": batch[_batch_key(r, "contains_")],
            "pieces": number(r["pieces"], 1),
        }
        for r in sheets["batch_contents"]
    ]
    _put(BatchContent, contents)
    counts = ("in_stock", "quarantined", "scrapped", "returned")
    stock = [
        {"batch_id": batch[_batch_key(r)], "counted_on": day(r["counted_on"])} | {c: number(r[c], 0) for c in counts}
        for r in sheets["batch_stock"]
    ]
    _put(BatchStock, stock)
    fittings = [
        {
            "device_id": device[(r["model_code"], r["serial"])],
            "part_id": part[r["part_no"]],
            "supplier": r["supplier"],
            "batch_id": batch[_batch_key(r)] if r["batch_no"] else None,
            "fitted_on": day(r["fitted_on"]),
            "removed_on": day(r["removed_on"]),
            "reason": r["reason"],
            "pieces": number(r["pieces"], 1),
        }
        for r in sheets["fittings"]
    ]
    _put(Fitting, fittings)
    addresses = [
        {k: r[k] for k in ("kind", "street", "postcode", "city", "country")}
        | party(r)
        | {"valid_from": day(r["valid_from"]), "valid_to": day(r["valid_to"])}
        for r in sheets["addresses"]
    ]
    _put(Address, addresses)
    ownerships = [
        {"device_id": device[(r["model_code"], r["serial"])], "kind": r["kind"]}
        | party(r)
        | {"from_on": day(r["from"]), "to_on": day(r["to"])}
        for r in sheets["ownerships"]
    ]
    _put(Ownership, ownerships)
    fates = [
        {"device_id": device[(r["model_code"], r["serial"])], "fate": r["fate"], "on": day(r["on"])}
        for r in sheets["device_fates"]
    ]
    _put(DeviceFate, fates)
    loose = [
        {
            "batch_id": batch[_batch_key(r)],
            "company_id": company[r["customer_no"]],
            "quantity": number(r["quantity"]),
            "delivered_on": day(r["delivered_on"]),
        }
        for r in sheets["loose_deliveries"]
    ]
    _put(LooseDelivery, loose)
