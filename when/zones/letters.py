"""Abbreviations of time zones, each with the region it names and what it says word for word."""

_REGIONS = (
    ("UTC", "utc:+0 z:+0 zulu:+0 gmt:+0"),
    ("Europe/London", "bst:+1"),
    ("Europe/Lisbon", "west:+1"),
    ("Europe/Berlin", "cet:+1 cest:+2 mez:+1 mesz:+2"),
    ("Europe/Helsinki", "eet:+2 eest:+3"),
    ("Europe/Istanbul", "trt:+3"),
    ("Europe/Moscow", "msk:+3 мск:+3"),
    ("Africa/Johannesburg", "sast:+2"),
    ("Asia/Karachi", "pkt:+5"),
    ("Asia/Bangkok", "ict:+7"),
    ("Asia/Jakarta", "wib:+7"),
    ("Asia/Singapore", "sgt:+8"),
    ("Asia/Hong_Kong", "hkt:+8"),
    ("Asia/Manila", "pht:+8"),
    ("Australia/Perth", "awst:+8"),
    ("Asia/Tokyo", "jst:+9"),
    ("Asia/Seoul", "kst:+9"),
    ("Australia/Adelaide", "acst:+9.5 acdt:+10.5"),
    ("Australia/Sydney", "aest:+10 aedt:+11 aet:"),
    ("Pacific/Auckland", "nzst:+12 nzdt:+13"),
    ("America/New_York", "est:-5 edt:-4 et:"),
    ("America/Chicago", "cdt:-5 ct:"),
    ("America/Denver", "mst:-7 mdt:-6 mt:"),
    ("America/Los_Angeles", "pst:-8 pdt:-7 pt:"),
    ("America/Anchorage", "akst:-9 akdt:-8"),
    ("Pacific/Honolulu", "hst:-10"),
    ("America/Halifax", "adt:-3"),
    ("America/Sao_Paulo", "brt:-3"),
)
# Each with its region and, where the letters say one, hours east of UTC.
LETTERS: dict[str, tuple[str, float | None]] = {
    name: (key, float(hours) if hours else None)
    for key, names in _REGIONS
    for name, _, hours in (entry.partition(":") for entry in names.split())
}
SEVERAL: dict[str, tuple[str, ...]] = {
    "ist": ("Asia/Kolkata", "Asia/Jerusalem", "Europe/Dublin"),
    "cst": ("America/Chicago", "Asia/Shanghai", "America/Havana"),
    "ast": ("America/Halifax", "Asia/Riyadh"),
    "gst": ("Asia/Dubai", "Atlantic/South_Georgia"),
    "sst": ("Asia/Singapore", "Pacific/Pago_Pago"),
    "amt": ("America/Manaus", "Asia/Yerevan"),
    "ect": ("America/Guayaquil", "America/Port_of_Spain"),
    "wst": ("Australia/Perth", "Pacific/Apia"),
}
