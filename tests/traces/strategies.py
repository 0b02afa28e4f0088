"""Small registers of every shape that the exchange format allows, with few values so that they collide."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.traces.register import Row, Sheets

DAYS = [(date(2026, 1, 1) + timedelta(days=n)).isoformat() for n in range(6)]
TODAY = date.fromisoformat(DAYS[3])
MODELS = ["RR", "SP", "ÄL"]
SERIALS = ["0001", "1", "ä2", "A,3"]
PARTS = ["P1", "P2"]
SUPPLIERS = ["Ab", "Oy"]
NUMBERS = ["003", "3"]
CUSTOMERS = ["A1", "A2", "A3"]
PEOPLE = ["P7", "P8"]
some_day = st.sampled_from(DAYS)
day_or_none = st.sampled_from(["", *DAYS])
small = st.integers(0, 4).map(str)
pieces = st.sampled_from(["", "1", "2", "5"])


def listed(rows: st.SearchStrategy[Row], most: int, *unique: str) -> st.SearchStrategy[list[Row]]:
    by = (lambda row: tuple(row[name] for name in unique)) if unique else None
    return st.lists(rows, max_size=most, unique_by=by)


def row(**columns: Any) -> st.SearchStrategy[Row]:
    named = {k.rstrip("_"): v if isinstance(v, st.SearchStrategy) else st.just(v) for k, v in columns.items()}
    return st.fixed_dictionaries(named)


def batches() -> st.SearchStrategy[list[Row]]:
    one = row(
        part_no=st.sampled_from(PARTS),
        supplier=st.sampled_from(SUPPLIERS),
        batch_no=st.sampled_from(NUMBERS),
        supplier_batch_no="",
        received_on=day_or_none,
        used_up_on=day_or_none,
        quantity=st.sampled_from(["", "0", "10", "40"]),
    )
    return st.lists(one, min_size=1, max_size=6, unique_by=lambda r: (r["part_no"], r["supplier"], r["batch_no"]))


@st.composite
def contents(draw: st.DrawFn, of: list[Row]) -> list[Row]:
    """Later batches contain earlier ones, so that no cycle comes about."""
    pairs = [(i, j) for i in range(len(of)) for j in range(i)]
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=5, unique=True)) if pairs else []
    names = ("part_no", "supplier", "batch_no")
    return [
        {n: of[i][n] for n in names} | {f"contains_{n}": of[j][n] for n in names} | {"pieces": draw(pieces)}
        for i, j in chosen
    ]


def owner_rows(draw: st.DrawFn, machine: Row) -> list[Row]:
    """A chain of owners without overlap; a machine may be returned, and hired out at any time."""
    cuts = sorted(draw(st.lists(some_day, max_size=3, unique=True)))
    ends = [*cuts[1:], draw(st.sampled_from(["", DAYS[5]]))]
    rows = []
    for begins, ends_on in zip(cuts, ends, strict=False):
        gone = draw(st.booleans()) and draw(st.booleans())
        kind = "returned" if gone and rows else draw(st.sampled_from(["sold", "resold"]))
        if kind == "returned" or begins != ends_on:
            rows.append(holder(draw, machine, kind) | {"from": begins, "to": ends_on if kind != "returned" else ""})
    if draw(st.booleans()):
        rows.append(holder(draw, machine, "hired") | {"from": draw(some_day), "to": ""})
    return rows


def holder(draw: st.DrawFn, machine: Row, kind: str) -> Row:
    party = {"customer_no": "", "person_no": ""}
    if kind != "returned":
        who = draw(st.sampled_from(CUSTOMERS + PEOPLE))
        party["customer_no" if who in CUSTOMERS else "person_no"] = who
    return {"model_code": machine["model_code"], "serial": machine["serial"], "kind": kind} | party


def fitting(draw: st.DrawFn, machine: Row, of: list[Row]) -> Row:
    batch = draw(st.sampled_from(of))
    known = draw(st.booleans())
    fitted = draw(some_day if known else day_or_none)
    later = [d for d in DAYS if not fitted or d >= fitted]
    return {
        "model_code": machine["model_code"],
        "serial": machine["serial"],
        "part_no": batch["part_no"],
        "supplier": batch["supplier"] if known else draw(st.sampled_from(["", *SUPPLIERS])),
        "batch_no": batch["batch_no"] if known else "",
        "fitted_on": fitted,
        "removed_on": draw(st.sampled_from(["", "", *later])),
        "reason": draw(st.sampled_from(["build", "service"])),
        "pieces": draw(pieces),
    }


def addresses() -> st.SearchStrategy[list[Row]]:
    one = row(
        who=st.sampled_from(CUSTOMERS + PEOPLE),
        kind=st.sampled_from(["visiting", "postal", "worksite", "delivery"]),
        street=st.sampled_from(["A 1", "B 2"]),
        postcode="00100",
        city="Helsinki",
        country=st.sampled_from(["", "FI", "NO"]),
        valid_from=day_or_none,
        valid_to=day_or_none,
    )
    return listed(one, 6, "who", "kind", "street", "valid_from").map(lambda rows: [_owned(r) for r in rows])


def _owned(found: Row) -> Row:
    who = found.pop("who")
    return found | {"customer_no": who if who in CUSTOMERS else "", "person_no": who if who in PEOPLE else ""}


def companies() -> st.SearchStrategy[list[Row]]:
    each = [
        row(
            customer_no=c, name=f'Kivi "{c}"', country=st.sampled_from(["", "SE"]), language=st.sampled_from(["", "sv"])
        )
        for c in CUSTOMERS
    ]
    return st.tuples(*each).map(list)


def people() -> st.SearchStrategy[list[Row]]:
    each = [
        row(person_no=p, first_name="Aino", last_name=p, customer_no=st.sampled_from(["", "A1"]), language="nb")
        for p in PEOPLE
    ]
    return st.tuples(*each).map(list)


@st.composite
def registers(draw: st.DrawFn) -> Sheets:
    machine = row(model_code=st.sampled_from(MODELS), serial=st.sampled_from(SERIALS), year="", built_on="")
    machines, of = draw(listed(machine, 5, "model_code", "serial")), draw(batches())
    known = st.sampled_from(of)
    batch_key = known.map(lambda b: {n: b[n] for n in ("part_no", "supplier", "batch_no")})
    count = row(counted_on=some_day, in_stock=small, quarantined=small, scrapped=small, returned=small)
    counts = st.tuples(batch_key, count).map(lambda t: t[0] | t[1])
    delivery = row(
        customer_no=st.sampled_from(CUSTOMERS), quantity=st.sampled_from(["1", "3"]), delivered_on=day_or_none
    )
    fates = {"scrapped", "stolen", "exported"}
    return {
        "models": [{"model_code": m, "name": m} for m in MODELS],
        "parts": [{"part_no": p, "name": p} for p in PARTS],
        "devices": machines,
        "batches": of,
        "batch_contents": draw(contents(of)),
        "batch_stock": draw(listed(counts, 3, "part_no", "supplier", "batch_no", "counted_on")),
        "fittings": [fitting(draw, m, of) for m in machines for _ in range(draw(st.integers(0, 4)))],
        "companies": draw(companies()),
        "people": draw(people()),
        "addresses": draw(addresses()),
        "ownerships": [o for m in machines for o in owner_rows(draw, m)],
        "device_fates": [
            {
                "model_code": m["model_code"],
                "serial": m["serial"],
                "fate": draw(st.sampled_from(sorted(fates))),
                "on": "",
            }
            for m in machines
            if draw(st.integers(0, 3)) == 0
        ],
        "loose_deliveries": draw(st.lists(st.tuples(batch_key, delivery).map(lambda t: t[0] | t[1]), max_size=3)),
    }
