"""The columns of a table, by the names that our own export and other programs give them."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from games.fields import FIELDS
from guilds.errors import Refused

# The columns of each field of a game, by its name, and what else a line may say. `_OWN` are the
# names that `games.exchange.export_csv` writes, `_OTHERS` those of people and other programs,
# without accents. Outlook names its columns in the language it is used in.
_OWN = {field.name: field.table.replace("_", " ") for field in FIELDS if field.table} | {
    "date": "date",
    "time": "time",
    "end": "ends at",
    "end_date": "end date",
    "end_time": "end time",
    "repeat": "repeat",
    "status": "status",
}
_OTHERS: Mapping[str, Sequence[str]] = {
    "title": (
        "name", "event", "game", "subject", "summary", "session", "event title", "betreff",
        "objet", "asunto", "assunto", "titel", "titre", "titulo",
    ),
    "when": (
        "start", "starts", "when", "date time", "datetime", "start date time", "begin", "begins",
        "start datetime", "start at", "debut", "inicio",
    ),
    "date": (
        "start date", "day", "begin date", "beginnt am", "startdatum", "datum", "date de debut",
        "fecha de comienzo", "fecha de inicio", "data de inicio", "fecha", "data",
    ),
    "time": (
        "start time", "begin time", "beginnt um", "startzeit", "uhrzeit", "heure de debut",
        "comienzo", "hora de inicio", "hora",
    ),
    "end": ("end", "ends", "until", "end date time", "end datetime", "end at", "fin", "ende"),
    "end_date": (
        "endet am", "enddatum", "date de fin", "fecha de finalizacion", "data de termino",
    ),
    "end_time": ("endet um", "endzeit", "heure de fin", "finalizacion", "hora de termino"),
    "timezone": ("time zone", "tz", "zone", "start timezone", "start time zone", "zeitzone"),
    "duration": ("length", "how long", "dauer", "duree", "duracion", "duracao"),
    "max_players": ("players", "seats", "capacity", "limit", "most players", "max"),
    "min_players": ("fewest players", "min"),
    "description": (
        "details", "notes", "text", "body", "beschreibung", "descripcion", "descricao",
    ),
    "location": (
        "place", "where", "venue", "venue name", "location name", "ort", "lieu", "emplacement",
        "ubicacion", "local",
    ),
    "category": (
        "type", "system", "categories", "kategorie", "kategorien", "categorie", "categorias",
        "categoria",
    ),
    "channel": ("channel name",),
    "repeat": ("repeats", "recurrence"),
    "remind": ("remind",),
    "color": ("colour",),
    "all_day": ("all day event", "all day", "ganztagiges ereignis", "journee entiere",
                "todo el dia", "evento de dia inteiro"),
}  # fmt: skip
COLUMNS = {name: (own, *_OTHERS.get(name, ())) for name, own in _OWN.items()}
# What only our own export says: of series, and of cancelled games.
OWN_ONLY = (
    "series", "series_date", "skipped_dates", "carry_over", "ask_host", "cancel_reason", "url",
)  # fmt: skip
_FIELDS = (
    {column: name for name, columns in COLUMNS.items() for column in columns}
    | dict.fromkeys(_OTHERS["all_day"], "all_day")
    | {name.replace("_", " "): name for name in OWN_ONLY}
)
_PREFIX = re.compile(r"(event|meeting|appointment) (?=.)")
# Two columns of one name are a day and a time, as Outlook writes them in French.
_PAIRS = {"when": ("date", "time"), "end": ("end_date", "end_time")}


def read_header(header: Sequence[str]) -> dict[str, int]:
    """Return the column of each field. Of two columns for one field the first counts."""
    fields: dict[str, int] = {}
    for place, name in enumerate(header):
        field = _field_of(name)
        if field in _PAIRS and field in fields:
            _split(fields, field, place, header)
        elif field:
            fields.setdefault(field, place)
    if "title" not in fields:
        raise Refused(
            _("The first line has to name the columns, and one has to be “title”."), field="file"
        )
    if not fields.keys() & {"when", "date"}:
        raise Refused(_("One column has to say when games start: “starts_at”."), field="file")
    return fields


def _split(fields: dict[str, int], field: str, place: int, header: Sequence[str]) -> None:
    if header[fields[field]].strip().casefold() == header[place].strip().casefold():
        day, time = _PAIRS[field]
        fields[day], fields[time] = fields.pop(field), place


def _field_of(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    plain = " ".join(re.split(r"[\W_]+", plain)).strip()
    return _FIELDS.get(plain) or _FIELDS.get(_PREFIX.sub("", plain, count=1), "")


def is_our_own(fields: Mapping[str, int]) -> bool:
    """Whether the table is an export of ours, where an empty cell means nothing, no default."""
    return {"status", "url", "channel"} <= fields.keys()
