"""Time zones as people name them: letters, cities, regions, offsets and the IANA's own names.

`iana` knows which zones there are, `letters`, `regions` and `cities` hold the names, `meaning`
puts them together for phrases, and `search` for fields and pickers. `likely` is what
those begin with.
"""

from when.zones.iana import get_zone, is_zone, zone_names
from when.zones.likely import likely_zones
from when.zones.search import ZoneReading, parse_zone, search_zones

__all__ = [
    "ZoneReading",
    "get_zone",
    "is_zone",
    "likely_zones",
    "parse_zone",
    "search_zones",
    "zone_names",
]
