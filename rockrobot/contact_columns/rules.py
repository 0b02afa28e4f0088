"""What a column of a contact list says, told by its header in three languages and by what stands in it: pure."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from enum import StrEnum


class Field(StrEnum):
    """What a column of a contact list can say; the order is the order in which a screen offers them."""

    FULL_NAME = "full_name"
    FIRST_NAME = "first_name"
    MIDDLE_NAME = "middle_name"
    LAST_NAME = "last_name"
    COMPANY = "company"
    TITLE = "title"
    WORK_PHONE = "work_phone"
    MOBILE = "mobile"
    HOME_PHONE = "home_phone"
    OTHER_PHONE = "other_phone"
    SWITCHBOARD = "switchboard"
    EMAIL = "email"
    LANGUAGE = "language"
    NOTES = "notes"
    WORK_STREET = "work_street"
    WORK_POSTCODE = "work_postcode"
    WORK_CITY = "work_city"
    WORK_COUNTRY = "work_country"
    HOME_STREET = "home_street"
    HOME_POSTCODE = "home_postcode"
    HOME_CITY = "home_city"
    HOME_COUNTRY = "home_country"
    OTHER_STREET = "other_street"
    OTHER_POSTCODE = "other_postcode"
    OTHER_CITY = "other_city"
    OTHER_COUNTRY = "other_country"
    PERSON_NO = "person_no"
    CUSTOMER_NO = "customer_no"
    BUSINESS_ID = "business_id"
    KEY = "key"
    PHONE_LABEL = "phone_label"
    LABELLED_PHONE = "labelled_phone"
    ADDRESS_LABEL = "address_label"
    LABELLED_STREET = "labelled_street"
    LABELLED_POSTCODE = "labelled_postcode"
    LABELLED_CITY = "labelled_city"
    LABELLED_COUNTRY = "labelled_country"


class Ignored(StrEnum):
    """Why a column is left out, where the file's reader is told."""

    OBJECTION = "objection"
    OTHER = "other"


class Product(StrEnum):
    """The program that wrote a contact list; import keys are kept for each."""

    VCARD = "vcard"
    OUTLOOK = "outlook"
    GOOGLE = "google"
    THUNDERBIRD = "thunderbird"
    LIST = "list"


Target = Field | None
SAMPLE_ROWS = 200
REASON, WHICH_PERSON = "virhe", "henkilönumero"
SHARE_OF_CONTENT = 0.6
MAIL = re.compile(r"[^@\s;,<>]+@[^@\s;,<>]+\.[^@\s;,<>]{2,}")
NAME = re.compile(r"[^\W\d_][^\W\d]*(?:[ '’.-]+[^\W\d_][^\W\d]*){1,4}")
WITHOUT_TITLE = re.compile(r"\d+\.")
PHONE = re.compile(r"(?:\+|00|0)[\d\s()./-]{5,}\d|\d{2,4}[ -]\d{3,4}[ -]?\d{2,4}")

_OBJECTION = r"markkinoin|suoramarkk|marketing|mainos|reklam|newsletter|uutiskirje|opt.?out|opt.?in|nyhetsbrev|kielto"
_NOT_READ = (
    r"fax|faksi|pager|hakulai|personsök|telex|isdn|\btty|assist|avustaj|sihteer|\bradio\b|callback|takaisinsoit|"
    r"car phone|autopuh|\bbiltele|email.*(display|type|label)|phonetic|yomi|\bnick|kutsuma|epost.*typ|"
    r"sähköposti.*(tyyppi|nimi)|file as|\bim\b|screen|\bweb|\burl\b|kotisivu|hemsida|birth|syntymä|födelse|"
    r"anniversar|vuosipäivä|årsdag|relation|\bevent|puoliso|spouse|make$|lapset|children|barn|manager|esimies|chef|"
    r"department|osasto|avdelning|state$|^region|\d region|lääni|county|province|po box|postilokero$|formatted|"
    r"extended|symbol|photo|labels$|group|suffix|prefix|jälkiliite|etuliite|\bcustom\b|hobby|sensitiv|priorit|"
    r"id number|organization \d type"
)
_RULES: tuple[tuple[str, Field], ...] = (
    (r"notes?$|^note|muistiinpano|huomautuks|huomio|lisätie|anteckning|kommentti|comment|^memo", Field.NOTES),
    (r"^phone \d+ (type|label)$", Field.PHONE_LABEL),
    (r"^phone \d+ value$", Field.LABELLED_PHONE),
    (r"^address \d+ (type|label)$", Field.ADDRESS_LABEL),
    (r"^address \d+ street$", Field.LABELLED_STREET),
    (r"^address \d+ postal code$", Field.LABELLED_POSTCODE),
    (r"^address \d+ city$", Field.LABELLED_CITY),
    (r"^address \d+ country$", Field.LABELLED_COUNTRY),
    (r"^uid$|^import key$|^lähdetunniste$", Field.KEY),
    (r"^henkilönumero$|^henkilö ?nro$|^person no$|^personnummer hos oss$", Field.PERSON_NO),
    (r"^asiakas ?(numero|nro)$|^customer (no|number|id)$|^kund(nummer|nr)$", Field.CUSTOMER_NO),
    (r"y ?tunnus|business id|fo ?nummer|org(anisations)?\.? ?(nr|nummer|no)", Field.BUSINESS_ID),
    (r"email|\be mail|sähköposti|epost|\be post\b|meili|^mail$", Field.EMAIL),
    (r"vaihde|switchboard|växel|(company|organization) main phone|företagets? (huvud)?telefon", Field.SWITCHBOARD),
    (r"mobi|cell|matkapuh|kännykkä|\bgsm\b|\bmatkap\b", Field.MOBILE),
    (r"(puhelin|phone|telefon|\btel\b|\bpuh\b|puhnro)", Field.OTHER_PHONE),
    (r"^(kieli|language|språk|lang)$", Field.LANGUAGE),
    (r"(job|business) title|organization( \d)? title", Field.TITLE),
    (r"tehtävä|ammattinimike|työnimike|asema$|befattning|toimenkuva", Field.TITLE),
    (r"^(titteli|title|nimike|titel|rooli)$", Field.TITLE),
    (r"postal code|postcode|zip|postinumero|postinro|\bpostnr\b|postnummer", Field.OTHER_POSTCODE),
    (r"country|\bmaa\b|\bland\b|maa alue", Field.OTHER_COUNTRY),
    (r"postitoimipaikka|\bcity\b|\btown\b|kaupunki|paikkakunta|\bort\b|postort|\bstad\b|kunta$", Field.OTHER_CITY),
    (r"street|katuosoite|lähiosoite|gatuadress|address|osoite|adress|\bkatu\b", Field.OTHER_STREET),
    (r"first name|given name|etunimi|förnamn|^etunimet$", Field.FIRST_NAME),
    (r"middle name|additional name|toinen nimi|mellannamn", Field.MIDDLE_NAME),
    (r"last name|family name|surname|sukunimi|efternamn", Field.LAST_NAME),
    (
        r"yritys|yrityksen|company|organi[sz]ation|organisaatio|företag|firma|yhtiö|^asiakas$|^asiakkaan nimi$",
        Field.COMPANY,
    ),
    (r"työnantaja|employer|arbetsgivare", Field.COMPANY),
    (r"^(koko )?nimi$|^(full |contact )?name$|^(hela )?namn$|^fn$", Field.FULL_NAME),
    (r"^yhteyshenkilö$|^kontakt(person)?$|^contact( person)?$", Field.FULL_NAME),
    (r"^(display|visnings|näyttö) ?(name|namn|nimi)$", Field.FULL_NAME),
)
_PLACES = (
    (r"\bhome\b|koti|\bhem\b|bostad|privat|yksityi", "home"),
    (r"business|\bwork\b|työ|arbet|company|yrityks|toimisto|office|firma", "work"),
    (r"\bsuora\b|direct", "work"),
)
_BY_PLACE = {
    Field.OTHER_PHONE: {"home": Field.HOME_PHONE, "work": Field.WORK_PHONE},
    Field.OTHER_STREET: {"home": Field.HOME_STREET, "work": Field.WORK_STREET},
    Field.OTHER_POSTCODE: {"home": Field.HOME_POSTCODE, "work": Field.WORK_POSTCODE},
    Field.OTHER_CITY: {"home": Field.HOME_CITY, "work": Field.WORK_CITY},
    Field.OTHER_COUNTRY: {"home": Field.HOME_COUNTRY, "work": Field.WORK_COUNTRY},
}
_PRODUCTS = (
    (Product.GOOGLE, re.compile(r"^(phone|e mail|email|address|organization) 1 (value|label|type|name|formatted)$")),
    (Product.THUNDERBIRD, re.compile(r"^(primary email|screen name|ensisijainen sähköposti\w*|primär epost\w*)$")),
    (
        Product.OUTLOOK,
        re.compile(
            r"^(email address|sähköpostiosoite|epostadress|email 2 address|business street|business phone|"
            r"katuosoite työ|työpaikan katuosoite|gatuadress arbete|telefon arbete|puhelin työ)$"
        ),
    ),
)


def plain_header(header: object) -> str:
    """A header in small letters, without punctuation, with "e-mail" and "e-post" as one word."""
    text = unicodedata.normalize("NFC", str(header if header is not None else "")).casefold()
    text = re.sub(r"\b(e)[- ]?(mail|post)", r"\1\2", text)
    return " ".join(re.sub(r"[^\w]+|_", " ", text).split())


def field_of(header: object) -> Target:
    """What a column says by its header alone; None where it is not known or never read."""
    text = plain_header(header)
    if not text or ignored_because(header) is not Ignored.OTHER or re.search(_NOT_READ, text):
        return None
    for pattern, field in _RULES:
        if re.search(pattern, text):
            place = next((place for words, place in _PLACES if re.search(words, text)), "")
            return _BY_PLACE.get(field, {}).get(place, field)
    return None


def ignored_because(header: object) -> Ignored:
    """Why a column is never read: it tells of an objection or consent; else no special reason."""
    return Ignored.OBJECTION if re.search(_OBJECTION, plain_header(header)) else Ignored.OTHER


def field_by_content(cells: Iterable[str]) -> Target:
    """What a column says by what stands in it: e-mail addresses or phone numbers in most filled cells; else None.

    cells: texts of one column. At least two cells must be filled. Source: our choice.
    """
    filled = [cell.strip() for cell in cells if cell.strip()]
    if len(filled) < 2:
        return None
    for field, pattern in ((Field.EMAIL, MAIL), (Field.OTHER_PHONE, PHONE)):
        if sum(bool(pattern.fullmatch(cell)) for cell in filled) >= SHARE_OF_CONTENT * len(filled):
            return field
    return None


def suggest(header: Sequence[object], rows: Sequence[Sequence[str]]) -> list[Target]:
    """What each column says: by its header, else by its content. A worse guess gives way to a better one.

    header: the titles. rows: the texts of the first rows, for the content. Beside a job title, a title is one of
    courtesy and not read. Source: our choice.
    """
    fields = [field_of(title) for title in header]
    for place, title in enumerate(header):
        known_reason = ignored_because(title) is not Ignored.OTHER or re.search(_NOT_READ, plain_header(title))
        if fields[place] is None and not known_reason:
            cells = [row[place] if place < len(row) else "" for row in rows[:SAMPLE_ROWS]]
            fields[place] = field_by_content(cells)
    if all(WITHOUT_TITLE.fullmatch(str(title)) for title in header):
        fields = _with_name(fields, rows)
    titles = [place for place, field in enumerate(fields) if field is Field.TITLE]
    strong = [place for place in titles if plain_header(header[place]) not in {"title", "titteli", "titel"}]
    return [None if strong and place in titles and place not in strong else field for place, field in enumerate(fields)]


def _with_name(fields: list[Target], rows: Sequence[Sequence[str]]) -> list[Target]:
    """In a list without titles the first column of two or more words a cell is the name."""
    for place, field in enumerate(fields):
        cells = [row[place].strip() for row in rows[:SAMPLE_ROWS] if place < len(row) and row[place].strip()]
        named = sum(bool(NAME.fullmatch(cell)) for cell in cells)
        if field is None and cells and named >= SHARE_OF_CONTENT * len(cells):
            return [*fields[:place], Field.FULL_NAME, *fields[place + 1 :]]
    return fields


def product_of(header: Sequence[object]) -> Product:
    """The program that wrote a list, by its header; a list of one's own where none is known."""
    titles = [plain_header(title) for title in header]
    for product, pattern in _PRODUCTS:
        if any(pattern.match(title) for title in titles):
            return product
    return Product.LIST


def signature(header: Sequence[object]) -> list[str]:
    """What makes two files' headers the same: their plain titles in order.

    Left out at the end are empty ones and what a file of refused rows carries: which person is meant, the reason.
    """
    titles = [plain_header(title) for title in header]
    while titles and titles[-1] in {"", REASON, WHICH_PERSON}:
        titles.pop()
    return titles


def header_row(rows: Sequence[Sequence[str]]) -> int | None:
    """Which of the first rows holds the titles: that with the most known ones; None where the contacts begin at once.

    Titles and notes may stand above a header. A row with an e-mail address or phone number is a contact, no header.
    Source: our choice.
    """
    known = []
    for cells in rows:
        if any(MAIL.fullmatch(cell.strip()) or PHONE.fullmatch(cell.strip()) for cell in cells):
            break
        known.append(sum(field_of(cell) is not None for cell in cells))
    return known.index(max(known)) if known else None
