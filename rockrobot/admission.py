"""Which files that people send are let in: there is room for them, they are of a listed kind, and nothing harmful was
found in them; and what is said of those that are not.
"""

from collections.abc import Iterable

from flask import current_app, g
from flask_babel import gettext as _

from rockrobot import storage
from rockrobot.file_kinds import ATTACHED, FileKind, kind_named, names_of
from rockrobot.virus_scan import ScanError, TooLargeError, harm_in

MEGABYTE = 1024 * 1024


class UploadError(ValueError):
    """The file can't be taken.

    code says why: disk_full, over_quota, unknown_kind, other_kind, harmful, not_scanned, unscannable, and those of
    PictureError.
    found: the name of what is harmful.
    """

    def __init__(self, code: str, found: str = "") -> None:
        super().__init__(code)
        self.code, self.found = code, found


def count_what_is_left() -> None:
    """Look how much the person may store today, for the files of this request."""
    g.bytes_left = storage.left_today()


def let_in(given_name: str, body: bytes, kinds: Iterable[FileKind]) -> FileKind:
    """Which of these kinds a file is, when it may come in.

    Raises UploadError: disk_full, over_quota; unknown_kind, other_kind; harmful, not_scanned, unscannable.
    """
    _take_room(len(body))
    kind = checked_kind(given_name, body, kinds)
    _scan(body)
    return kind


def checked_kind(given_name: str, body: bytes, kinds: Iterable[FileKind]) -> FileKind:
    """Which of these kinds a file is, by its name and its bytes alike.

    Raises UploadError: unknown_kind for an ending that none has; other_kind for bytes that the ending does not promise.
    """
    kind = kind_named(given_name, kinds)
    if kind is None:
        raise UploadError("unknown_kind")
    if not kind.fits(body):
        raise UploadError("other_kind")
    return kind


def _take_room(size_bytes: int) -> None:
    if storage.room_left().is_full:
        raise UploadError("disk_full")
    if "bytes_left" not in g:
        count_what_is_left()
    if g.bytes_left is None:
        return
    if size_bytes > g.bytes_left:
        raise UploadError("over_quota")
    g.bytes_left -= size_bytes


def _scan(body: bytes) -> None:
    """Where clamd is set, no file comes in without its word."""
    clamd = current_app.config["CLAMD"]
    if clamd is None:
        return
    try:
        found = harm_in(body, clamd)
    except TooLargeError as error:
        raise UploadError("unscannable") from error
    except ScanError as error:
        raise UploadError("not_scanned") from error
    if found:
        raise UploadError("harmful", found)


def file_fault(error: UploadError) -> str:
    """What is wrong with a file that was added, and how to mend it."""
    return {
        "too_big": _("Tiedosto on liian suuri. Enintään 20 Mt."),
        "too_many_pixels": _("Kuvassa on liikaa pisteitä. Enintään 60 miljoonaa."),
        "moving": _("Kuva liikkuu. Ota siitä liikkumaton kuva JPEG-muodossa."),
        "unreadable": _("Kuvaa ei voitu lukea, se on rikki. Ota kuva uudelleen JPEG-muodossa."),
        "unknown_format": _("Tiedosto ei ole JPEG-, PNG-, WebP- eikä HEIC-kuva. Ota kuva uudelleen JPEG-muodossa."),
        "unknown_kind": _(
            "Tämän lajin tiedostoja ei oteta. Sallitut: %(kinds)s. Tallenna muu tiedosto PDF-muodossa.",
            kinds=names_of(ATTACHED),
        ),
        "other_kind": _(
            "Tiedosto ei ole sitä, mitä sen pääte lupaa, tai se on suojattu salasanalla. "
            "Tallenna se uudelleen oikeassa muodossa."
        ),
        "disk_full": _("Palvelimen levytila on lopussa: tiedostoja ei nyt oteta. Muu työ onnistuu. Kerro ylläpidolle."),
        "over_quota": _(
            "Päivän tiedostojesi raja, %(most)s Mt, tulee täyteen. Lisää tiedosto huomenna tai pyydä ylläpitoa "
            "nostamaan rajaa.",
            most=current_app.config["DAILY_UPLOAD_BYTES"] // MEGABYTE,
        ),
        "harmful": _(
            "Tiedostosta löytyi haittaohjelma (%(found)s). Sitä ei tallennettu. Älä avaa sitä, ja kerro ylläpidolle.",
            found=error.found,
        ),
        "unscannable": _(
            "Tiedosto on suurempi kuin virustarkistus ottaa, joten sitä ei tallennettu. Pienennä tiedostoa tai jaa se "
            "osiin, tai pyydä ylläpitoa nostamaan tarkistuksen kokorajaa."
        ),
        "not_scanned": _("Virustarkistus ei vastaa, joten tiedostoja ei nyt oteta. Yritä uudelleen hetken päästä."),
    }[error.code]
