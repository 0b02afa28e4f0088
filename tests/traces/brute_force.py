"""A trace by plain loops over the sheets, written from the sentences of the exchange format alone."""

from datetime import date
from typing import Any

from tests.traces.register import Row, Sheets

Key = tuple[str, str, str]
ORDER = ["fitted_now", "possibly", "removed_earlier", "removed_possibly"]
KINDS = ["postal", "visiting", "worksite", "delivery"]


def key(row: Row, prefix: str = "") -> Key:
    return (row[prefix + "part_no"], row[prefix + "supplier"], row[prefix + "batch_no"])


def bad_batches(sheets: Sheets, recalled: Key) -> set[Key]:
    bad, size = {recalled}, 0
    while len(bad) > size:
        size = len(bad)
        bad |= {key(row) for row in sheets["batch_contents"] if key(row, "contains_") in bad}
    return bad


def could_be(fitting: Row, batch: Row) -> bool:
    if fitting["batch_no"] or fitting["part_no"] != batch["part_no"]:
        return False
    if fitting["supplier"] and fitting["supplier"] != batch["supplier"]:
        return False
    if not fitting["fitted_on"]:
        return True
    starts, ends = batch["received_on"] or "0001-01-01", batch["used_up_on"] or "9999-12-31"
    return starts <= fitting["fitted_on"] <= ends


def of_machine(row: Row, machine: Row) -> bool:
    return (row["model_code"], row["serial"]) == (machine["model_code"], machine["serial"])


def machine_class(sheets: Sheets, machine: Row, bad: set[Key]) -> tuple[str, Row] | None:
    mine = [
        f for f in sheets["fittings"] if (f["model_code"], f["serial"]) == (machine["model_code"], machine["serial"])
    ]
    bad_rows = [b for b in sheets["batches"] if key(b) in bad]
    known = [f for f in mine if f["batch_no"] and key(f) in bad]
    maybe = [f for f in mine if any(could_be(f, b) for b in bad_rows)]
    groups = [
        [f for f in known if not f["removed_on"]],
        [f for f in maybe if not f["removed_on"]],
        [f for f in known if f["removed_on"]],
        [f for f in maybe if f["removed_on"]],
    ]
    for name, group in zip(ORDER, groups, strict=True):
        if group:
            return name, min(group, key=lambda f: (f["fitted_on"] or "9999-99-99", *key(f)))
    return None


def runs(day: str, begins: str, ends: str) -> bool:
    return (not begins or begins <= day) and (not ends or day < ends)


def address_of(sheets: Sheets, owner: dict[str, str], day: str) -> Row | None:
    found = [
        a
        for a in sheets["addresses"]
        if (a["customer_no"], a["person_no"]) == (owner["customer_no"], owner["person_no"])
        and runs(day, a["valid_from"], a["valid_to"])
    ]
    newest = sorted(enumerate(found), key=lambda pair: (pair[1]["valid_from"], pair[0]), reverse=True)
    return min((a for _, a in newest), key=lambda a: KINDS.index(a["kind"]), default=None)


def owner_columns(sheets: Sheets, owner: dict[str, str] | None, day: str) -> dict[str, str]:
    if owner is None:
        return {"owner_no": "", "owner_name": "", "reachable": "no", "country": "", "language": "fi"}
    address = address_of(sheets, owner, day)
    companies = {c["customer_no"]: c for c in sheets["companies"]}
    people = {p["person_no"]: p for p in sheets["people"]}
    if owner["customer_no"]:
        row = companies[owner["customer_no"]]
        number, name, company = row["customer_no"], row["name"], row
    else:
        row = people[owner["person_no"]]
        number, name = row["person_no"], f"{row['first_name']} {row['last_name']}"
        company = companies.get(row["customer_no"], {"country": ""})
    return {
        "owner_no": number,
        "owner_name": name,
        "reachable": "yes" if address else "no",
        "country": (address or {"country": ""})["country"] or company["country"],
        "language": row["language"] or "fi",
    }


def machine_owner(sheets: Sheets, machine: Row, day: str) -> dict[str, str]:
    rows = [o for o in sheets["ownerships"] if of_machine(o, machine) and o["kind"] != "hired" and o["from"] <= day]
    last = max(rows, key=lambda o: o["from"], default=None)
    if last is None or last["kind"] == "returned":
        return owner_columns(sheets, None, day) | {"reachable": "stock"}
    owning = [o for o in rows if o["kind"] in ("sold", "resold") and runs(day, o["from"], o["to"])]
    return owner_columns(sheets, next(iter(owning), None), day)


def trace(sheets: Sheets, recalled: Key, on: date) -> list[dict[str, Any]]:
    """The rows of the command's CSV, in its order."""
    day, bad = on.isoformat(), bad_batches(sheets, recalled)
    fates = {(f["model_code"], f["serial"]): f["fate"] for f in sheets["device_fates"]}
    rows = []
    for machine in sheets["devices"]:
        decided = machine_class(sheets, machine, bad)
        if decided:
            name, fitting = decided
            rows.append(
                {"class": name, "model_code": machine["model_code"], "serial": machine["serial"]}
                | {"quantity": fitting["pieces"] or "1"}
                | {c: fitting[c] for c in ("part_no", "supplier", "batch_no", "fitted_on", "removed_on")}
                | {"fate": fates.get((machine["model_code"], machine["serial"]), "")}
                | machine_owner(sheets, machine, day)
            )
    rows.sort(key=lambda r: (ORDER.index(r["class"]), r["model_code"], r["serial"]))
    return rows + loose_rows(sheets, bad, day)


def loose_rows(sheets: Sheets, bad: set[Key], day: str) -> list[dict[str, Any]]:
    deliveries = [d for d in sheets["loose_deliveries"] if key(d) in bad]
    nothing = {"model_code": "", "serial": "", "fitted_on": "", "removed_on": "", "fate": ""}
    rows = [
        {"class": "loose", "quantity": d["quantity"]}
        | nothing
        | dict(zip(("part_no", "supplier", "batch_no"), key(d), strict=True))
        | owner_columns(sheets, {"customer_no": d["customer_no"], "person_no": ""}, day)
        for d in deliveries
    ]
    return sorted(rows, key=lambda r: (*key(r), r["owner_no"]))


def unaccounted(sheets: Sheets, batch: Row) -> int | None:
    """Pieces received and found nowhere; None where a quantity is not known."""
    quantities = {key(b): b["quantity"] for b in sheets["batches"]}
    into = [c for c in sheets["batch_contents"] if key(c, "contains_") == key(batch)]
    if not batch["quantity"] or any(not quantities[key(c)] for c in into):
        return None
    counts = sorted((s for s in sheets["batch_stock"] if key(s) == key(batch)), key=lambda s: s["counted_on"])
    latest = counts[-1] if counts else {}
    return (
        int(batch["quantity"])
        - sum(int(f["pieces"] or 1) for f in sheets["fittings"] if f["batch_no"] and key(f) == key(batch))
        - sum(int(c["pieces"] or 1) * int(quantities[key(c)]) for c in into)
        - sum(int(d["quantity"]) for d in sheets["loose_deliveries"] if key(d) == key(batch))
        - sum(int(latest.get(name) or 0) for name in ("in_stock", "quarantined", "scrapped", "returned"))
    )
