"""A small register of the project's own in the exchange format: every class of a trace, every kind of owner."""

import csv
import io
import zipfile
from pathlib import Path

import openpyxl

Sheets = dict[str, list[dict[str, str]]]

_TEXT = """
models
model_code,name
KR-1,Kivirobotti 1
KR-2,Kivirobotti 2
LV-9,Lohkoväline 9

parts
part_no,name
PT-1,Painetiiviste
HV-2,Hydrauliventtiili
MV-3,Moduuliventtiili
LK-4,Letkusarja

batches
part_no,supplier,batch_no,supplier_batch_no,received_on,used_up_on,quantity
PT-1,Tiiviste Oy,E001,TI/100,2023-01-01,2023-06-30,40
PT-1,Tiiviste Oy,E002,TI/200,2023-07-01,,60
PT-1,Packning AB,E001,PA-7,2023-01-01,2023-12-31,20
HV-2,Hydra AB,V001,HY/1,2023-02-01,2023-12-31,30
MV-3,Lohko Oy,B001,LO/1,2023-03-01,,10
LK-4,Letku GmbH,000100,LE-1,2022-01-01,2024-12-31,50

batch_contents
part_no,supplier,batch_no,contains_part_no,contains_supplier,contains_batch_no,pieces
HV-2,Hydra AB,V001,PT-1,Tiiviste Oy,E001,
MV-3,Lohko Oy,B001,HV-2,Hydra AB,V001,2

batch_stock
part_no,supplier,batch_no,counted_on,in_stock,quarantined,scrapped,returned
PT-1,Tiiviste Oy,E001,2026-01-01,5,0,0,0
PT-1,Tiiviste Oy,E001,2026-10-01,1,0,1,0
HV-2,Hydra AB,V001,2026-10-01,2,1,0,0

companies
customer_no,name,business_id,country,language,switchboard,email,contact_type
A001,Louhinta Virta Oy,2583133-7,FI,fi,03 123 4567,info@louhinta.example,asiakas
A002,Stenbrott Öst AB,,FI,sv,,post@stenbrott.example,asiakas
A003,Fjellboring AS,,NO,nb,+47 22 00 00 00,post@fjellboring.example,asiakas
A004,Granit Import ApS,,DK,da,,import@granit.example,maahantuoja
A005,Bergsäkring AB,,SE,sv,,info@bergsakring.example,asiakas
A006,Osoitteeton Oy,,FI,fi,,,asiakas
A007,Konevuokraamo Oy,,FI,fi,,vuokra@kone.example,asiakas
A008,Stone Works Ltd,,GB,en,,office@stoneworks.example,asiakas

people
person_no,first_name,last_name,customer_no,title,direct_phone,email,language
P001,Aino,Aho,A001,toimitusjohtaja,040 588 2755,aino@louhinta.example,fi
P002,Eero,Erkki,,,0405882756,,fi
P003,Åsa,Öberg,A005,chef,+46 70 123 45 67,asa@bergsakring.example,sv

addresses
customer_no,person_no,kind,street,postcode,city,country,valid_from,valid_to
A001,,postal,Louhostie 1,32800,Kokemäki,FI,2020-01-01,
A001,,visiting,Louhostie 3,32800,Kokemäki,FI,2020-01-01,
A002,,postal,Brovägen 2,10600,Ekenäs,FI,2020-01-01,
A003,,postal,Fjellveien 63,9008,Tromsø,NO,2020-01-01,
A004,,postal,Havnegade 5,8000,Aarhus,DK,2020-01-01,
A005,,visiting,Stenvägen 9,113 30,Stockholm,SE,2020-01-01,
A006,,postal,Vanha tie 1,00100,Helsinki,FI,2015-01-01,2020-01-01
A007,,delivery,Varikkokatu 8,33100,Tampere,FI,2020-01-01,
A008,,postal,12 Quarry Road,LS1 4AP,Leeds,GB,2020-01-01,
,P002,postal,Mökkitie 4 A 2,00250,Helsinki,FI,2020-01-01,
"""

_DEVICES = """
KR-1,000100,2023|PT-1,Tiiviste Oy,E001,2023-02-01,|A001,,2023-05-01,,sold
KR-1,000101,2023|PT-1,Tiiviste Oy,E001,2023-02-02,|A002,,2023-05-01,,sold
KR-1,SN-0102,2023|PT-1,Tiiviste Oy,E001,2023-02-03,|A003,,2023-05-01,,sold
KR-1,SN-0103,2023|PT-1,Tiiviste Oy,E001,2023-02-04,2024-01-10|A001,,2023-05-01,,sold
KR-1,SN-0104,2023|PT-1,Tiiviste Oy,,2023-03-01,|,P002,2023-05-01,,sold
KR-1,SN-0105,2023|PT-1,,,2023-03-01,2025-01-01|A005,,2023-05-01,,sold
KR-1,SN-0106,2023|PT-1,Packning AB,E001,2023-03-01,|A001,,2023-05-01,,sold
KR-1,SN-0107,2023|PT-1,Tiiviste Oy,,,|A006,,2023-05-01,,sold
KR-1,SN-0108,2023|PT-1,Tiiviste Oy,E001,2023-04-01,|
KR-1,SN-0109,2023|PT-1,Tiiviste Oy,E001,2023-04-01,|A001,,2023-05-01,2024-05-01,sold;A008,,2024-05-01,,resold
KR-1,SN-0110,2023|PT-1,Tiiviste Oy,E001,2023-04-01,|A005,,2023-05-01,,sold;,,2025-05-01,,returned
KR-2,000100,2023|MV-3,Lohko Oy,B001,2023-05-01,|A003,,2023-08-01,,sold
KR-2,SN-0201,2023|MV-3,Lohko Oy,B001,2023-05-02,|A004,,2023-08-01,,sold
KR-2,SN-0202,2023|MV-3,Lohko Oy,B001,2023-05-03,|A001,,2023-08-01,,sold;A007,,2025-01-01,,hired
KR-2,SN-0203,2023|HV-2,Hydra AB,V001,2023-05-04,|A005,,2023-08-01,,sold
KR-2,SN-0204,2023|HV-2,Hydra AB,,2023-05-04,|A002,,2023-08-01,,sold
KR-2,SN-0205,2023|MV-3,,,2023-05-05,|A008,,2023-08-01,,sold
LV-9,SN-0301,2024|PT-1,Tiiviste Oy,E002,2024-01-01,|A001,,2024-02-01,,sold
LV-9,SN-0302,2024|PT-1,Tiiviste Oy,E001,2023-06-01,|A001,,2024-02-01,,sold
LV-9,SN-0303,2024|PT-1,Tiiviste Oy,E001,2023-06-01,|A006,,2024-02-01,,sold
LV-9,SN-0304,2024|PT-1,Tiiviste Oy,E001,2023-06-01,|A002,,2024-02-01,,sold
LV-9,SN-0305,2024|LK-4,Letku GmbH,000100,2024-01-05,|A002,,2024-02-01,,sold
"""
FATES = [
    {"model_code": "LV-9", "serial": "SN-0302", "fate": "scrapped", "on": "2025-01-01"},
    {"model_code": "LV-9", "serial": "SN-0304", "fate": "exported", "on": "2025-02-01"},
]
LOOSE = [
    {
        "part_no": "PT-1",
        "supplier": "Tiiviste Oy",
        "batch_no": "E001",
        "customer_no": "A005",
        "quantity": "3",
        "delivered_on": "2023-04-04",
    }
]


def small_register() -> Sheets:
    """The register as sheets of rows; every value is text, as in a CSV."""
    sheets: Sheets = {}
    for block in _TEXT.strip().split("\n\n"):
        name, _, table = block.partition("\n")
        sheets[name] = list(csv.DictReader(io.StringIO(table)))
    sheets |= {"devices": [], "fittings": [], "ownerships": []}
    for line in _DEVICES.strip().splitlines():
        _add_machine(sheets, *line.split("|"))
    sheets["device_fates"] = [dict(row) for row in FATES]
    sheets["loose_deliveries"] = [dict(row) for row in LOOSE]
    return sheets


def _add_machine(sheets: Sheets, device: str, fitting: str, owners: str) -> None:
    model_code, serial, year = device.split(",")
    machine = {"model_code": model_code, "serial": serial}
    part_no, supplier, batch_no, fitted_on, removed_on = fitting.split(",")
    sheets["devices"].append(machine | {"year": year, "built_on": f"{year}-02-15"})
    sheets["fittings"].append(
        machine
        | {"part_no": part_no, "supplier": supplier, "batch_no": batch_no}
        | {"fitted_on": fitted_on, "removed_on": removed_on, "reason": "build", "pieces": ""}
    )
    for owner in filter(None, owners.split(";")):
        names = ("customer_no", "person_no", "from", "to", "kind")
        sheets["ownerships"].append(machine | dict(zip(names, owner.split(","), strict=True)))


def rows_beside(sheets: Sheets) -> int:
    """How many rows of their own the phones, e-mail, employers and worksites of these sheets make."""
    points = [row[name] for row in sheets["companies"] for name in ("switchboard", "email")]
    points += [row[name] for row in sheets["people"] for name in ("direct_phone", "email")]
    represented = [row["customer_no"] or row["title"] for row in sheets["people"]]
    places = [row["kind"] == "worksite" for row in sheets["addresses"]]
    return sum(map(bool, (*points, *represented, *places)))


def _csv(rows: list[dict[str, str]]) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]) if rows else ["model_code"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def write_folder(path: Path, sheets: Sheets | None = None) -> Path:
    """The register as a folder of CSV files."""
    path.mkdir(parents=True, exist_ok=True)
    for name, rows in (sheets or small_register()).items():
        (path / f"{name}.csv").write_text(_csv(rows), encoding="utf-8")
    return path


def write_zip(path: Path, sheets: Sheets | None = None) -> Path:
    """The register as a ZIP of CSV files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in (sheets or small_register()).items():
            archive.writestr(f"register/{name}.csv", _csv(rows))
    return path


def write_xlsx(path: Path, sheets: Sheets | None = None) -> Path:
    """The register as a workbook; every cell is text."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in (sheets or small_register()).items():
        sheet = book.create_sheet(name)
        sheet.append(list(rows[0]))
        for row in rows:
            sheet.append([value or None for value in row.values()])
    book.save(path)
    return path


def upload_of(page: str) -> str:
    """Where one decides of the uploaded file that this page shows."""
    return f"/uploads/{page.rsplit('/', 1)[1]}"
