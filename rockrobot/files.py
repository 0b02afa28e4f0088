"""Files that people add: photos re-made, other files kept as they are, each under a name that harms nobody.

What is refused is said beside the form's field; the page of a form answers 422 whatever was wrong with it.
"""

import functools
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, TypeVar

from flask import current_app, g, request
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from wtforms import Field, MultipleFileField
from wtforms.validators import ValidationError

from rockrobot import storage
from rockrobot.db import db
from rockrobot.file_kinds import ATTACHED, PDF, PHOTO, FileKind, endings_of, kind_named, names_of
from rockrobot.pictures import MAX_BYTES, PictureError, read_picture

MEGABYTE = 1024 * 1024
MOST_FILES = 10
THUMBNAIL_SIDE = 192
LONGEST_NAME = 120
PDF_TYPE, PLAIN_BYTES = "application/pdf", "application/octet-stream"
View = TypeVar("View", bound=Callable[..., Any])
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\"\\]")


class UploadError(ValueError):
    """The file can't be taken.

    code says why: unknown_kind, other_kind, disk_full, over_quota, and those of PictureError.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class UploadedFile:
    """A file as it is kept; a photo is JPEG or PNG now, without what it told of its camera and place, and has a small
    copy of the same kind for lists.
    """

    name: str
    media_type: str
    body: bytes
    thumbnail: bytes | None = None


def plain_name(given: str, media_type: str) -> str:
    """The file's own name without folders, control signs and signs that turn the writing round; never empty.

    A photo that was re-made gets the ending of what it is now. Source: our choice.
    """
    name = _CONTROL.sub("", PurePosixPath(given.replace("\\", "/")).name).strip(" .")
    stem, dot, ending = name.rpartition(".")
    made = {"image/jpeg": "jpg", "image/png": "png"}.get(media_type)
    if made:
        name = f"{stem if dot else ending}.{made}".lstrip(".")
    return (name if len(name) <= LONGEST_NAME else name[-LONGEST_NAME:]) or "tiedosto"


def read_upload(given_name: str, body: bytes) -> UploadedFile:
    """A file as it is kept.

    Raises UploadError: too_big over 20 MB; unknown_kind for an ending that is not taken; other_kind for bytes that are
    not what the ending promises; for a photo what pictures.read_picture says.
    """
    kind = checked_kind(given_name, body, ATTACHED)
    if len(body) > MAX_BYTES:
        raise UploadError("too_big")
    if kind is PHOTO:
        return _photo(given_name, body)
    media_type = PDF_TYPE if kind is PDF else PLAIN_BYTES
    return UploadedFile(plain_name(given_name, media_type), media_type, body)


def checked_kind(given_name: str, body: bytes, kinds: Iterable[FileKind]) -> FileKind:
    """Which of these kinds a file is, by its name and its bytes alike. Raises UploadError: unknown_kind, other_kind."""
    kind = kind_named(given_name, kinds)
    if kind is None:
        raise UploadError("unknown_kind")
    if not kind.fits(body):
        raise UploadError("other_kind")
    return kind


def _photo(given_name: str, body: bytes) -> UploadedFile:
    try:
        body = read_picture(body)
        thumbnail = read_picture(body, THUMBNAIL_SIDE)
    except PictureError as error:
        raise UploadError(error.code) from None
    media_type = picture_type(body)
    return UploadedFile(plain_name(given_name, media_type), media_type, body, thumbnail)


# ---------- what a browser sends ----------


def read_first(view: View) -> View:
    """Read the files that a form sends before its view locks anything: reading photos takes seconds."""

    @functools.wraps(view)
    def reads_first(*args: Any, **kwargs: Any) -> Any:
        if request.method == "POST" and request.files:
            g.bytes_left = storage.left_today()
            db.session.commit()  # the guard's reading of who is here has taken the write lock already
            sent = _sent([file for files in request.files.listvalues() for file in files])
            g.files_read = {id(file): _outcome(file) for file in sent[:MOST_FILES]}
        return view(*args, **kwargs)

    return reads_first  # type: ignore[return-value]


def _outcome(file: FileStorage) -> UploadedFile | UploadError:
    try:
        body = file.stream.read(MAX_BYTES + 1)
        take_room(len(body))
        return read_upload(file.filename or "", body)
    except UploadError as error:
        return error


def take_room(size_bytes: int) -> None:
    """Take so much of what the person may store today. Raises UploadError: disk_full, over_quota."""
    if not storage.has_room():
        raise UploadError("disk_full")
    left = g.bytes_left if "bytes_left" in g else storage.left_today()
    if left is not None and size_bytes > left:
        raise UploadError("over_quota")
    g.bytes_left = None if left is None else left - size_bytes


def read_sent(file: FileStorage) -> UploadedFile:
    """A sent file as it is kept; raises UploadError as read_upload does."""
    found = g.get("files_read", {}).get(id(file)) or _outcome(file)
    if isinstance(found, UploadError):
        raise found
    return found


def read_sent_picture(file: FileStorage) -> bytes:
    """A sent photo as it is kept; raises UploadError, unknown_format for what is no photo."""
    if kind_named(file.filename or "", (PHOTO,)) is None:
        raise UploadError("unknown_format")
    return read_sent(file).body


def picture_type(body: bytes) -> str:
    """The media type of a picture as pictures.read_picture made it."""
    return "image/png" if body.startswith(b"\x89PNG") else "image/jpeg"


def file_fault(code: str) -> str:
    """What is wrong with a file that was added, and how to mend it."""
    return {
        "too_big": _("Tiedosto on liian suuri. Enintään 20 Mt."),
        "too_many_pixels": _("Kuvassa on liikaa pisteitä. Enintään 60 miljoonaa."),
        "unreadable": _("Kuvaa ei voitu lukea, se on rikki. Ota kuva uudelleen JPEG-muodossa."),
        "unknown_format": _("Tiedosto ei ole JPEG-, PNG-, WebP- eikä HEIC-kuva. Ota kuva uudelleen JPEG-muodossa."),
        "unknown_kind": _(
            "Tämän lajin tiedostoja ei oteta. Sallitut: %(kinds)s. Tallenna muu tiedosto PDF-muodossa.",
            kinds=names_of(ATTACHED),
        ),
        "other_kind": _("Tiedosto ei ole sitä, mitä sen pääte lupaa. Tallenna se uudelleen oikeassa muodossa."),
        "disk_full": _(
            "Palvelimen levytila on lopussa: tiedostoja ei nyt oteta. Muu työ onnistuu. Kerro ylläpitäjälle."
        ),
        "over_quota": _(
            "Päivän tiedostojesi raja, %(most)s Mt, tulee täyteen. Lisää tiedosto huomenna tai pyydä ylläpitoa "
            "nostamaan rajaa.",
            most=current_app.config["DAILY_UPLOAD_BYTES"] // MEGABYTE,
        ),
    }[code]


class OfKind:
    """A validator: there is room for every file that was sent, and it is one of these kinds, by its ending and bytes.

    message: what is said of an ending that is not of them.
    """

    def __init__(self, kinds: Sequence[FileKind], message: Any) -> None:
        self.kinds, self.message = kinds, message

    def __call__(self, form: Any, field: Field) -> None:  # noqa: ARG002 (the signature is WTForms')
        """Raises ValidationError with the message."""
        for file in _sent(field.data if isinstance(field.data, list) else [field.data]):
            body = file.stream.read()
            file.stream.seek(0)
            try:
                take_room(len(body))
                checked_kind(file.filename or "", body, self.kinds)
            except UploadError as error:
                told = self.message if error.code == "unknown_kind" else file_fault(error.code)
                raise ValidationError(told) from None


class FilesField(MultipleFileField):
    """Photos and files, several at once; read holds them as they are kept, once the form is valid.

    is_camera: the field opens the phone's camera for one photo.
    """

    def __init__(self, label: Any, *, is_camera: bool = False, **options: Any) -> None:
        camera = {"accept": "image/*", "capture": "environment"}
        choice = {"accept": f"image/*,{endings_of(ATTACHED)}", "multiple": True}
        super().__init__(label, render_kw=camera if is_camera else choice, **options)
        self.read: list[UploadedFile] = []

    @property
    def was_sent(self) -> bool:
        """True when a browser sent a file; it will not send it again by itself."""
        return bool(_sent(self.data or ()))

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 (the signature is WTForms')
        """Read every file; a bad one is named with what is wrong with it."""
        files = _sent(self.data or ())
        if len(files) > MOST_FILES:
            raise ValidationError(_("Enintään %(most)s tiedostoa kerralla.", most=MOST_FILES))
        for file in files:
            try:
                self.read.append(read_sent(file))
            except UploadError as error:
                raise ValidationError(f"{plain_name(file.filename or '', '')}: {file_fault(error.code)}") from None


def _sent(files: Sequence[Any]) -> list[FileStorage]:
    """What a browser really sent: an empty field comes as one file without a name."""
    return [file for file in files if isinstance(file, FileStorage) and file.filename]
