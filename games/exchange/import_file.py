"""Read a file of either kind, in any of the encodings it may have."""

import codecs
from datetime import datetime

from django.utils.translation import gettext as _

from games.exchange.import_csv import read_csv
from games.exchange.import_ics import read_ics
from games.exchange.imports import MOST_BYTES, File
from guilds.errors import Refused

MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def read_file(data: bytes, *, zone: str, now: datetime) -> File:
    """Return the file's events; times that name no zone are in `zone`.

    Raises `Refused` if the file as a whole cannot be used.
    """
    text, is_guessed = _decoded(data)
    is_calendar = text.lstrip()[:15].upper() == "BEGIN:VCALENDAR"
    lines = (read_ics if is_calendar else read_csv)(text, zone=zone, now=now)
    if not lines:
        raise Refused(_("There are no games in that file."), field="file")
    return File(lines, is_guessed)


def _decoded(data: bytes) -> tuple[str, bool]:
    if len(data) > MOST_BYTES:
        raise Refused(_("Files can be up to 1 MB."), field="file")
    if data.startswith(b"PK\x03\x04"):
        raise Refused(
            _("That is a spreadsheet. Save it as CSV (UTF-8 if asked) and choose that file."),
            field="file",
        )
    text, is_guessed = _text_of(data)
    if text is None or "\0" in text:
        raise Refused(_("That is neither a calendar (.ics) nor a table (CSV)."), field="file")
    return text, is_guessed


def _text_of(data: bytes) -> tuple[str | None, bool]:
    """Decode by the byte order mark, else as UTF-8, else as Western spreadsheets write.

    Returns the text, and whether its encoding was guessed.
    """
    marked = next((name for mark, name in MARKS.items() if data.startswith(mark)), None)
    for encoding in (marked,) if marked else ("utf-8", "cp1252"):
        try:
            return data.decode(encoding), encoding == "cp1252"
        except UnicodeDecodeError:
            continue
    return None, False
