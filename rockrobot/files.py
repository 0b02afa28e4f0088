"""Files that people add: photos re-made, other files kept as they are, each under a name that harms nobody.

What is refused is said beside the form's field; the page of a form answers 422 whatever was wrong with it.
"""

import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, TypeVar

from flask import g, request
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from wtforms import Field, MultipleFileField
from wtforms.validators import ValidationError

from rockrobot.admission import UploadError, count_what_is_left, file_fault, let_in
from rockrobot.db import db
from rockrobot.file_kinds import ATTACHED, PDF, PHOTO, FileKind, endings_of, kind_named
from rockrobot.pictures import MAX_BYTES, PictureError, read_picture

MOST_FILES = 10
THUMBNAIL_SIDE = 192
LONGEST_NAME = 120
PDF_TYPE, PLAIN_BYTES = "application/pdf", "application/octet-stream"
View = TypeVar("View", bound=Callable[..., Any])
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\"\\]")


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

    Raises UploadError: too_big over 20 MB; what let_in says; for a photo what pictures.read_picture says.
    """
    if len(body) > MAX_BYTES:
        raise UploadError("too_big")
    kind = let_in(given_name, body, ATTACHED)
    if kind is PHOTO:
        return _photo(given_name, body)
    media_type = PDF_TYPE if kind is PDF else PLAIN_BYTES
    return UploadedFile(plain_name(given_name, media_type), media_type, body)


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
    return _first(view, _outcome, MOST_FILES)


def let_in_first(kinds: Sequence[FileKind]) -> Callable[[View], View]:
    """Look at the lists that a form sends before its view locks anything: scanning them takes seconds."""
    return lambda view: _first(view, functools.partial(_kind_or_error, kinds))


def _first(view: View, look_at: Callable[[FileStorage], Any], most: int | None = None) -> View:
    @functools.wraps(view)
    def looks_first(*args: Any, **kwargs: Any) -> Any:
        if request.method == "POST" and request.files:
            count_what_is_left()
            db.session.commit()  # the guard's reading of who is here has taken the write lock already
            sent = _sent([file for files in request.files.listvalues() for file in files])
            g.files_read = {id(file): look_at(file) for file in sent[:most]}
        return view(*args, **kwargs)

    return looks_first  # type: ignore[return-value]


def _outcome(file: FileStorage) -> UploadedFile | UploadError:
    try:
        return read_upload(file.filename or "", file.stream.read(MAX_BYTES + 1))
    except UploadError as error:
        return error


def _kind_or_error(kinds: Sequence[FileKind], file: FileStorage) -> FileKind | UploadError:
    body = file.stream.read()
    file.stream.seek(0)
    try:
        return let_in(file.filename or "", body, kinds)
    except UploadError as error:
        return error


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
    try:
        return read_sent(file).body
    except UploadError as error:
        raise UploadError("unknown_format") if error.code == "other_kind" else error from None


def picture_type(body: bytes) -> str:
    """The media type of a picture as pictures.read_picture made it."""
    return "image/png" if body.startswith(b"\x89PNG") else "image/jpeg"


class OfKind:
    """A validator: every file that was sent may come in as one of these kinds.

    message: what is said of an ending that is not of them.
    """

    def __init__(self, kinds: Sequence[FileKind], message: Any) -> None:
        self.kinds, self.message = kinds, message

    def __call__(self, form: Any, field: Field) -> None:  # noqa: ARG002 (the signature is WTForms')
        """Raises ValidationError with what is wrong with the first file that may not."""
        for file in _sent(field.data if isinstance(field.data, list) else [field.data]):
            found = g.get("files_read", {}).get(id(file)) or _kind_or_error(self.kinds, file)
            if isinstance(found, UploadError):
                raise ValidationError(self.message if found.code == "unknown_kind" else file_fault(found))


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
                raise ValidationError(f"{plain_name(file.filename or '', '')}: {file_fault(error)}") from None


def _sent(files: Sequence[Any]) -> list[FileStorage]:
    """What a browser really sent: an empty field comes as one file without a name."""
    return [file for file in files if isinstance(file, FileStorage) and file.filename]
