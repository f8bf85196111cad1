"""The zones that people are likely to live by, told by the language of their Discord."""

from when.zones.search import FIRST

_BY_LOCALE = {
    "de": "Europe/Berlin Europe/Vienna Europe/Zurich",
    "fr": "Europe/Paris Europe/Brussels Europe/Zurich America/Toronto",
    "es-es": "Europe/Madrid Atlantic/Canary",
    "es-419": (
        "America/Mexico_City America/Bogota America/Lima America/Argentina/Buenos_Aires "
        "America/Santiago America/Caracas"
    ),
    "es": "Europe/Madrid America/Mexico_City America/Bogota America/Argentina/Buenos_Aires",
    "pt-br": "America/Sao_Paulo America/Manaus America/Fortaleza",
    "pt": "Europe/Lisbon America/Sao_Paulo",
    "en-us": (
        "America/New_York America/Chicago America/Denver America/Los_Angeles America/Phoenix "
        "America/Anchorage Pacific/Honolulu"
    ),
    "en-gb": "Europe/London Europe/Dublin Australia/Sydney Pacific/Auckland",
    "it": "Europe/Rome",
    "nl": "Europe/Amsterdam Europe/Brussels",
    "pl": "Europe/Warsaw",
    "ru": "Europe/Moscow Asia/Yekaterinburg Asia/Novosibirsk Asia/Vladivostok",
    "uk": "Europe/Kyiv",
    "sv": "Europe/Stockholm",
    "no": "Europe/Oslo",
    "da": "Europe/Copenhagen",
    "fi": "Europe/Helsinki",
    "cs": "Europe/Prague",
    "hu": "Europe/Budapest",
    "ro": "Europe/Bucharest",
    "bg": "Europe/Sofia",
    "el": "Europe/Athens",
    "tr": "Europe/Istanbul",
    "ja": "Asia/Tokyo",
    "ko": "Asia/Seoul",
    "zh-cn": "Asia/Shanghai Asia/Singapore",
    "zh-tw": "Asia/Taipei Asia/Hong_Kong",
    "hi": "Asia/Kolkata",
    "th": "Asia/Bangkok",
    "vi": "Asia/Ho_Chi_Minh",
    "id": "Asia/Jakarta Asia/Makassar",
    "hr": "Europe/Zagreb",
    "lt": "Europe/Vilnius",
}


def likely_zones(locale: str, *, most: int) -> tuple[str, ...]:
    """Zones to choose from, those of the locale first ("de", "en-US"), then the best known."""
    tag = locale.replace("_", "-").lower()
    own = _BY_LOCALE.get(tag) or _BY_LOCALE.get(tag.partition("-")[0], "")
    return tuple(dict.fromkeys((*own.split(), *FIRST)))[:most]
