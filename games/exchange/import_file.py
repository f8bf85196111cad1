"""Read a file of either kind, in any of the encodings it may have."""

import codecs
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from games.exchange.ics.events import read_ics
from games.exchange.ics.lines import read_calendar
from games.exchange.imports import MOST_BYTES, Answers, File
from games.exchange.tables.rows import read_csv
from guilds.errors import Refused

MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def read_file(data: bytes, *, zone: str, now: datetime, answers: Answers | None = None) -> File:
    """Return the file's events; times that name no zone are in `zone`.

    Raises `Refused` if the file as a whole cannot be used.
    """
    _check(data)
    answers = answers or Answers()
    marked = next((name for mark, name in MARKS.items() if data.startswith(mark)), None)
    plain = _without_mark(data, marked)
    if plain.lstrip()[:15].upper() == b"BEGIN:VCALENDAR":
        file = read_ics(read_calendar(plain), zone=zone, now=now, answers=answers)
    else:
        text, is_guessed = _text_of(plain)
        file = read_csv(text, zone=zone, now=now, answers=answers)
        file = replace(file, is_guessed=is_guessed)
    if not file.lines:
        raise Refused(_("There are no games in that file."), field="file")
    return file


def _check(data: bytes) -> None:
    if len(data) > MOST_BYTES:
        raise Refused(_("Files can be up to 1 MB."), field="file")
    if data.startswith(b"PK\x03\x04"):
        raise Refused(
            _("That is a spreadsheet. Save it as CSV (UTF-8 if asked) and choose that file."),
            field="file",
        )


def _without_mark(data: bytes, encoding: str | None) -> bytes:
    """Return the data in UTF-8 if a mark names its encoding, else as it is."""
    if encoding is not None:
        try:
            data = data.decode(encoding).encode()
        except UnicodeDecodeError as error:
            raise _neither() from error
    if b"\0" in data:
        raise _neither()
    return data


def _text_of(data: bytes) -> tuple[str, bool]:
    """Decode as UTF-8, else as Western spreadsheets write, and tell whether that was guessed."""
    for encoding in ("utf-8", "cp1252"):
        try:
            return data.decode(encoding), encoding == "cp1252"
        except UnicodeDecodeError:
            continue
    raise _neither()


def _neither() -> Refused:
    return Refused(_("That is neither a calendar (.ics) nor a table (CSV)."), field="file")
