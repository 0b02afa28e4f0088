"""Contact lists as products, people and spreadsheets write them; every name is invented."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import openpyxl

OUTLOOK = (
    ["Title", "First Name", "Middle Name", "Last Name", "Suffix", "Company", "Department", "Job Title",
     "Business Street", "Business City", "Business State", "Business Postal Code", "Business Country/Region",
     "Home Street", "Home City", "Home Postal Code", "Business Fax", "Business Phone", "Company Main Phone",
     "Home Phone", "Mobile Phone", "Birthday", "Categories", "E-mail Address", "E-mail Type", "E-mail Display Name",
     "E-mail 2 Address", "Language", "Notes", "Web Page"],
    [["Mr.", "Aapo", "Johannes", "Ahola", "", "Kivityö Ahola Oy", "Myynti", "toimitusjohtaja", "Kivitie 1", "Kokemäki",
      "", "32800", "Suomi", "", "", "", "02 111 1111", "02 123 4567", "02 123 4000", "", "040 588 2755", "1.2.1970",
      "", "aapo@kivityo.example", "SMTP", "Aapo Ahola (aapo@kivityo.example)", "", "Finnish", "Tavattu messuilla", ""],
     ["", "Britta", "", "Öberg", "", "Sten & Söner Ab", "", "inköpare", "Storgatan 2", "Åbo", "", "20100", "Finland",
      "", "", "", "", "", "", "", "+358 50 123 4567", "", "", "britta@sten.example", "SMTP", "", "bo@sten.example",
      "Swedish", "", ""]],
)  # fmt: skip
OUTLOOK_FI = (
    ["Titteli", "Etunimi", "Toinen nimi", "Sukunimi", "Yritys", "Tehtävänimike", "Työosoitteen katuosoite",
     "Työosoitteen postitoimipaikka", "Työosoitteen postinumero", "Kotiosoitteen katuosoite", "Työpuhelin",
     "Matkapuhelin", "Sähköpostiosoite", "Muistiinpanot"],
    [["", "Cecilia", "", "Ceder", "Louhos Ceder Ky", "omistaja", "Louhostie 3", "Ylämaa", "54410", "", "05 123 4567",
      "0400 123 456", "cecilia@louhos.example", ""],
     ["", "Daavid", "", "Dahl", "", "", "", "", "", "Kotikatu 4", "", "040-1234567", "", ""]],
)  # fmt: skip
OUTLOOK_SV = (
    ["Titel", "Förnamn", "Efternamn", "Företag", "Befattning", "Gatuadress, arbete", "Ort, arbete",
     "Postnummer, arbete", "Land/region, arbete", "Telefon, arbete", "Mobiltelefon", "E-postadress", "Anteckningar"],
    [["", "Elsa", "Ek", "Granit Ek Ab", "chef", "Ågatan 5", "Örebro", "70210", "Sverige", "+46 19 123 456",
      "+46 70 123 45 67", "elsa@granit.example", ""]],
)  # fmt: skip
GOOGLE_OLD = (
    ["Name", "Given Name", "Additional Name", "Family Name", "Birthday", "Notes", "E-mail 1 - Type", "E-mail 1 - Value",
     "Phone 1 - Type", "Phone 1 - Value", "Phone 2 - Type", "Phone 2 - Value", "Address 1 - Type", "Address 1 - Street",
     "Address 1 - City", "Address 1 - Postal Code", "Address 1 - Country", "Organization 1 - Name",
     "Organization 1 - Title"],
    [["Filip Frisk", "Filip", "", "Frisk", "", "", "* Work", "filip@frisk.example ::: ff@frisk.example", "Mobile",
      "+358 44 123 4567 ::: +358 44 123 4568", "Work Fax", "09 111 111", "Work", "Frisktie 6", "Espoo", "02100", "FI",
      "Frisk Oy", "myyjä"]],
)  # fmt: skip
GOOGLE = (
    ["First Name", "Middle Name", "Last Name", "Organization Name", "Organization Title", "Birthday", "Notes",
     "Labels",
     "E-mail 1 - Label", "E-mail 1 - Value", "Phone 1 - Label", "Phone 1 - Value", "Phone 2 - Label",
     "Phone 2 - Value"],
    [["Greta", "", "Grön", "Gröna Sten Ab", "", "", "", "* myContacts", "*", "greta@grona.example", "Main",
      "09 123 4000", "Mobile", "045 123 4567"]],
)  # fmt: skip
THUNDERBIRD = (
    ["First Name", "Last Name", "Display Name", "Nickname", "Primary Email", "Secondary Email", "Screen Name",
     "Work Phone", "Home Phone", "Fax Number", "Pager Number", "Mobile Number", "Home Address", "Home City",
     "Home ZipCode", "Home Country", "Job Title", "Organization", "Notes"],
    [["Henrik", "Hiltunen", "Henrik Hiltunen", "", "henrik@hiltunen.example", "", "", "08 123 4567", "", "", "",
      "041 123 4567", "Kotitie 7", "Oulu", "90100", "Suomi", "louhija", "Hiltunen Tmi", ""],
     ["", "", "Iida Immonen", "", "iida@immonen.example", "", "", "", "", "", "", "", "", "", "", "", "", "", ""]],
)  # fmt: skip
FREE_FI = (
    ["Nimi", "Yritys", "Puh.", "Sähköposti", "Ei markkinointia", "Lisätietoja"],
    [["Jaana Järvi", "Järven Kivi Oy", "09 123 4567 / 040 777 8888", "jaana@jarvi.example", "x", ""],
     ["von Knorring, Kaj", "", "0405556666", "", "", "soita"],
     ["", "Pelkkä Yritys Oy", "02 765 4321", "info@pelkka.example", "", ""]],
)  # fmt: skip
FREE_SV = (
    ["Namn", "Företag", "Telefon", "E-post", "Postnummer", "Ort", "Gatuadress"],
    [["Lars Åkerström", "Åkerströms Sten", "+46 8 123 456", "lars@aker.example", "114 55", "Stockholm", "Stenvägen 8"]],
)  # fmt: skip
FREE_EN = (
    ["Contact person", "Company", "Phone", "Mobile", "Email", "Country"],
    [["Mary O'Stone", "Stone Ltd", "+44 20 7946 0123", "", "mary@stone.example", "UK"]],
)  # fmt: skip
WITHOUT_HEADER = (
    [],
    [["Niilo Niemi", "niilo@niemi.example", "0401112223"], ["Oona Oja", "oona@oja.example", "0403334445"]],
)
SPOILED = (
    ["Nimi", "Matkapuhelin", "Sähköposti"],
    [["Pirjo Pilattu", "4,05E+11", "pirjo@pilattu.example"], ["Reijo Nollaton", "405882755", "reijo@nollaton.example"]],
)
CARDS = {
    "3.0": """BEGIN:VCARD
VERSION:3.0
UID:3f0c-1
N:Salo;Sanna;;;
FN:Sanna Salo
ORG:Salon Kivi\\, Oy;Myynti
TITLE:johtaja
item1.TEL;type=CELL;type=VOICE;type=pref:+358 50 222 3333
TEL;TYPE=WORK,FAX:09 999 999
EMAIL;TYPE=INTERNET,PREF:sanna@salo.example
item2.ADR;TYPE=WORK:;;Salontie 9;Salo;;24100;Finland
item2.X-ABADR:fi
NOTE:Tavattu\\nmessuilla
END:VCARD
BEGIN:VCARD
VERSION:3.0
UID:3f0c-2
N:Toivonen;Toni;;;
FN:Toni Toivonen
TEL:0503334444
EMAIL:toni@toivonen.
 example
END:VCARD
""",
    "2.1": """BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:H=C3=A4k=
kinen;Urho;;;
FN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:Urho H=E4kkinen
TEL;CELL;PREF:0401231234
TEL;WORK:09 123 1234
EMAIL;INTERNET:urho@hakkinen.example
ADR;HOME;ENCODING=QUOTED-PRINTABLE:;;M=C3=A4kitie 10;Hanko;;10900;Suomi
PHOTO;ENCODING=BASE64;JPEG:
 /9j/4AAQSkZJRgABAQAAAQABAAD
 AAAA=

END:VCARD
""",
    "4.0": """BEGIN:VCARD
VERSION:4.0
UID:urn:uuid:4fbe8971
FN:Venla Virta
N:Virta;Venla;;;
TEL;VALUE=uri;TYPE="voice,work";PREF=1:tel:+358-9-1234-567;ext=12
TEL;TYPE=cell:+358 40 999 8888
EMAIL;PREF=1:venla@virta.example
LANG;PREF=1:sv
END:VCARD
BEGIN:VCARD
VERSION:4.0
KIND:org
FN:Virta Kivi Oy
ORG:Virta Kivi Oy
TEL;TYPE=work:+358 9 765 4321
END:VCARD
""",
}


def table(header: list[str], rows: list[list[str]], delimiter: str = ",") -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator="\r\n").writerows([header, *rows] if header else rows)
    return stream.getvalue()


def workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def write_all(folder: Path) -> list[Path]:
    """A file of each shape: products, languages, encodings, delimiters, sheets, cards."""
    texts = {
        "outlook.csv": (table(*OUTLOOK), "cp1252"),
        "outlook_utf8.csv": (table(*OUTLOOK), "utf-8-sig"),
        "outlook_tab.txt": (table(*OUTLOOK, delimiter="\t"), "utf-16"),
        "outlook_fi.csv": (table(*OUTLOOK_FI, delimiter=";"), "cp1252"),
        "outlook_fi_utf8.csv": (table(*OUTLOOK_FI, delimiter=";"), "utf-8"),
        "outlook_fi_utf16.csv": (table(*OUTLOOK_FI, delimiter=";"), "utf-16"),
        "outlook_sv.csv": (table(*OUTLOOK_SV, delimiter=";"), "cp1252"),
        "outlook_sv_bom.csv": (table(*OUTLOOK_SV), "utf-8-sig"),
        "google_old.csv": (table(*GOOGLE_OLD), "utf-16"),
        "google_old_utf8.csv": (table(*GOOGLE_OLD), "utf-8"),
        "google.csv": (table(*GOOGLE), "utf-8"),
        "thunderbird.csv": (table(*THUNDERBIRD), "utf-8"),
        "thunderbird_tab.tsv": (table(*THUNDERBIRD, delimiter="\t"), "utf-8"),
        "oma.csv": (table(*FREE_FI, delimiter=";"), "cp1252"),
        "oma_utf8.csv": (table(*FREE_FI, delimiter=";"), "utf-8-sig"),
        "oma_sarkain.csv": (table(*FREE_FI, delimiter="\t"), "utf-16-le"),
        "egen.csv": (table(*FREE_SV, delimiter=";"), "cp1252"),
        "egen_utf8.csv": (table(*FREE_SV), "utf-8"),
        "own.csv": (table(*FREE_EN), "utf-8"),
        "otsikoton.csv": (table(*WITHOUT_HEADER, delimiter=";"), "utf-8"),
        "pilattu.csv": (table(*SPOILED, delimiter=";"), "cp1252"),
        "sep.csv": ("sep=;\r\n" + table(*FREE_FI, delimiter=";"), "cp1252"),
        "kortit3.vcf": (CARDS["3.0"].replace("\n", "\r\n"), "utf-8"),
        "kortit2.vcf": (CARDS["2.1"], "cp1252"),
        "kortit4.vcf": (CARDS["4.0"], "utf-8-sig"),
        "kortit_kaikki.vcf": ("".join(CARDS.values()), "utf-16"),
    }
    paths = []
    for name, (text, encoding) in texts.items():
        (folder / name).write_bytes(text.encode(encoding))
        paths.append(folder / name)
    header, rows = FREE_FI
    titled: list[list[object]] = [["Asiakkaat 2026"], [], header, *rows]
    paths.append(workbook(folder / "otsikon_ylla.xlsx", {"Taul1": titled}))
    numbers: list[list[object]] = [["Nimi", "Puhelin"], ["Xenia Xylo", 405882755], ["Yrjö Ylä", 358405882756.0]]
    paths.append(workbook(folder / "luvut.xlsx", {"Taul1": numbers}))
    with zipfile.ZipFile(folder / "pakattu.zip", "w") as archive:
        archive.writestr("../../lista.csv", table(*FREE_EN))
    paths.append(folder / "pakattu.zip")
    return paths
