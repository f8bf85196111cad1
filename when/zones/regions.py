"""Colloquial names of zones, and countries and large cities after which the IANA names no zone.

An underscore joins the words of a name. A name that means several places is asked back.
"""

_ONE = {
    "America/New_York": (
        "eastern us_eastern eastern_us eastern_standard eastern_daylight us_east_coast east_coast "
        "new_york_city nyc boston miami atlanta philadelphia washington_dc new_jersey"
    ),
    "America/Chicago": (
        "us_central central_us central_daylight houston dallas austin minneapolis new_orleans"
    ),
    "America/Denver": "mountain us_mountain mountain_us mountain_standard mountain_daylight",
    "America/Phoenix": "arizona",
    "America/Los_Angeles": (
        "pacific us_pacific pacific_us pacific_standard pacific_daylight us_west_coast west_coast "
        "california san_francisco seattle las_vegas san_diego"
    ),
    "America/Anchorage": "alaska",
    "Pacific/Honolulu": "hawaii",
    "America/Halifax": "nova_scotia",
    "America/St_Johns": "newfoundland",
    "America/Toronto": "ottawa",
    "America/Edmonton": "calgary",
    "America/Mexico_City": "cdmx ciudad_de_mexico cidade_do_mexico mexiko_stadt",
    "America/Sao_Paulo": "rio_de_janeiro brasilia",
    "America/Bogota": "colombia",
    "America/Lima": "peru",
    "America/Montevideo": "uruguay",
    "America/Caracas": "venezuela",
    "Europe/London": "uk united_kingdom britain england scotland wales edinburgh londres londra "
    "londen лондон",
    "Europe/Dublin": "ireland irland irlande irlanda",
    "Europe/Paris": "lyon marseille parigi parijs paryz париж",
    "Europe/Berlin": (
        "central_european germany deutschland allemagne alemania munich muenchen "
        "munchen hamburg frankfurt cologne koln берлин berlino berlim"
    ),
    "Europe/Madrid": "barcelona sevilla мадрид madri",
    "Europe/Lisbon": "lisboa lissabon lisbonne porto",
    "Europe/Rome": "italy italia italien italie milan milano roma rom рим",
    "Europe/Vienna": "austria osterreich autriche wien vienne viena",
    "Europe/Zurich": "switzerland schweiz suisse geneva genf geneve bern",
    "Europe/Amsterdam": "netherlands nederland niederlande holland rotterdam",
    "Europe/Brussels": "belgium belgie belgien belgique brussel brussel bruxelles antwerp",
    "Europe/Copenhagen": "denmark danmark danemark kopenhagen kobenhavn",
    "Europe/Stockholm": "sweden sverige schweden suede gothenburg goteborg",
    "Europe/Oslo": "norway norge norwegen norvege",
    "Europe/Helsinki": "finland suomi finnland finlande eastern_european",
    "Europe/Warsaw": "poland polska polen pologne warszawa warschau varsovie krakow",
    "Europe/Prague": "praha prag czechia",
    "Europe/Budapest": "hungary",
    "Europe/Bucharest": "romania bucuresti bukarest",
    "Europe/Athens": "greece athen athenes",
    "Europe/Istanbul": "turkiye ankara",
    "Europe/Kyiv": "ukraine kiew",
    "Europe/Moscow": "moskau moskva moscou mosca москва москве московское по_москве по_мск "
    "московскому по_московскому",
    "Africa/Cairo": "egypt kairo",
    "Africa/Johannesburg": "south_africa cape_town",
    "Africa/Lagos": "nigeria",
    "Africa/Nairobi": "kenya",
    "Asia/Jerusalem": "israel",
    "Asia/Dubai": "uae abu_dhabi",
    "Asia/Riyadh": "saudi_arabia",
    "Asia/Karachi": "pakistan lahore",
    "Asia/Kolkata": "india mumbai delhi new_delhi bangalore bengaluru chennai",
    "Asia/Bangkok": "thailand",
    "Asia/Ho_Chi_Minh": "vietnam hanoi",
    "Asia/Kuala_Lumpur": "malaysia",
    "Asia/Manila": "philippines",
    "Asia/Shanghai": "beijing china peking shenzhen 北京",
    "Asia/Taipei": "taiwan",
    "Asia/Tokyo": "japan osaka kyoto tokio japon 日本 東京",
    "Asia/Seoul": "korea south_korea",
    "Australia/Sydney": "australian_eastern",
    "Pacific/Auckland": "new_zealand wellington",
    "UTC": "greenwich universal coordinated_universal",
}
ONE: dict[str, str] = {
    name.replace("_", " "): key for key, names in _ONE.items() for name in names.split()
}
# With "time" after them these mean one zone, and alone they are words or mean several.
WITH_TIME: dict[str, str] = {
    "central": "America/Chicago",
    "atlantic": "America/Halifax",
    "deutsche": "Europe/Berlin",
    "german": "Europe/Berlin",
    "indian": "Asia/Kolkata",
    "turkey": "Europe/Istanbul",
}
SEVERAL: dict[str, tuple[str, ...]] = {
    "central": ("America/Chicago", "Europe/Berlin", "Australia/Adelaide"),
    "central standard": ("America/Chicago", "Australia/Adelaide"),
    "atlantic": ("America/Halifax", "Atlantic/Azores"),
    "birmingham": ("Europe/London", "America/Chicago"),
    "cordoba": ("America/Argentina/Cordoba", "Europe/Madrid"),
    "georgia": ("America/New_York", "Asia/Tbilisi"),
    "hamilton": ("America/Toronto", "Pacific/Auckland", "Atlantic/Bermuda"),
    "hyderabad": ("Asia/Kolkata", "Asia/Karachi"),
    "indiana": ("America/Indiana/Indianapolis", "America/Chicago"),
    "jersey": ("Europe/Jersey", "America/New_York"),
    "la paz": ("America/La_Paz", "America/Mazatlan"),
    "merida": ("America/Merida", "Europe/Madrid", "America/Caracas"),
    "newcastle": ("Europe/London", "Australia/Sydney"),
    "norfolk": ("America/New_York", "Pacific/Norfolk", "Europe/London"),
    "petersburg": ("Europe/Moscow", "America/Indiana/Petersburg"),
    "portland": ("America/Los_Angeles", "America/New_York"),
    "samoa": ("Pacific/Apia", "Pacific/Pago_Pago"),
    "san jose": ("America/Los_Angeles", "America/Costa_Rica"),
    "san juan": ("America/Puerto_Rico", "America/Argentina/San_Juan"),
    "san luis": ("America/Argentina/San_Luis", "America/Mexico_City"),
    "texas": ("America/Chicago", "America/Denver"),
    "florida": ("America/New_York", "America/Chicago"),
    "australia": ("Australia/Sydney", "Australia/Brisbane", "Australia/Perth"),
    "brazil": ("America/Sao_Paulo", "America/Manaus"),
    "canada": ("America/Toronto", "America/Vancouver", "America/Halifax"),
    "russia": ("Europe/Moscow", "Asia/Yekaterinburg", "Asia/Vladivostok"),
    "us": ("America/New_York", "America/Chicago", "America/Los_Angeles"),
    "usa": ("America/New_York", "America/Chicago", "America/Los_Angeles"),
    "mexico": ("America/Mexico_City", "America/Tijuana"),
    "valencia": ("Europe/Madrid", "America/Caracas"),
    "victoria": ("America/Vancouver", "Australia/Melbourne"),
    "washington": ("America/New_York", "America/Los_Angeles"),
    "western": ("Australia/Perth", "Europe/Lisbon", "Asia/Jakarta"),
    "western european": ("Europe/Lisbon", "Europe/London"),
}
# Writers in these areas mean another zone by the name than everybody else does.
DOUBTED_IN: dict[str, tuple[str, str]] = {
    "eastern": ("Australia/", "Australia/Sydney"),
    "eastern standard": ("Australia/", "Australia/Sydney"),
    "eastern daylight": ("Australia/", "Australia/Sydney"),
    "central daylight": ("Australia/", "Australia/Adelaide"),
    "east coast": ("Australia/", "Australia/Sydney"),
    "west coast": ("Australia/", "Australia/Perth"),
}
