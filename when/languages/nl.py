"""Dutch."""

from when.languages.counting import compound, count
from when.languages.table import Kind, Part, Table, Unit

_ONES = count("nul|een één|twee|drie|vier|vijf|zes|zeven|acht|negen")
_TENS = {20: "twintig", 30: "dertig", 40: "veertig", 50: "vijftig"}

DUTCH = Table(
    code="nl",
    weekdays=(
        "maandag ma maa|dinsdag di din|woensdag wo woe|donderdag do don|vrijdag vr vrij|"
        "zaterdag za zat|zondag zo zon"
    ),
    months=(
        "januari jan|februari feb|maart mrt|april apr|mei|juni jun|juli jul|augustus aug|"
        "september sep sept|oktober okt|november nov|december dec"
    ),
    numbers={
        **_ONES,
        **count(
            "tien|elf|twaalf|dertien|veertien|vijftien|zestien|zeventien|achttien|negentien",
            start=10,
        ),
        **_TENS,
        **compound(_TENS, _ONES, "{one}en{ten}"),
        90: "negentig",
    },
    ordinals={1: "eerste", 2: "tweede", 3: "derde", 4: "vierde", 5: "vijfde"},
    days={0: "vandaag later_vandaag vandaag_later", 1: "morgen", 2: "overmorgen"},
    weeks={0: "deze_week", 1: "volgende_week komende_week"},
    parts={
        Part.MORNING: "s_ochtends s_morgens ochtend morgen in_de_ochtend ochtends",
        Part.AFTERNOON: "s_middags middag in_de_middag middags",
        Part.EVENING: "s_avonds avond in_de_avond avonds",
        Part.NIGHT: "s_nachts nacht in_de_nacht nachts",
    },
    day_parts={
        (0, Part.MORNING): "vanochtend vanmorgen",
        (0, Part.AFTERNOON): "vanmiddag",
        (0, Part.EVENING): "vanavond",
        (0, Part.NIGHT): "vannacht",
    },
    units={
        Unit.SECOND: "sec seconde seconden",
        Unit.MINUTE: "m min minuut minuten minuutje",
        Unit.HOUR: "u uur uren uurtje h",
        Unit.DAY: "dag dagen",
        Unit.WEEK: "week weken",
        Unit.MONTH: "maand maanden",
        Unit.YEAR: "jaar jaren",
    },
    spans={30: "halfuur half_uur half_uurtje", 15: "kwartier", 45: "drie_kwartier"},
    amounts={1.5: "anderhalf anderhalve", 2.5: "tweeëneenhalf twee_en_een_half"},
    holidays={
        (12, 24): "kerstavond",
        (12, 25): "eerste_kerstdag",
        (12, 26): "tweede_kerstdag",
        (12, 31): "oudejaarsavond oudjaar oud_en_nieuw",
        (1, 1): "nieuwjaarsdag",
        (12, 5): "pakjesavond",
    },
    words={
        Kind.A: "een",
        Kind.THIS: "deze",
        Kind.COMING: "komende komend aankomende aanstaande eerstvolgende",
        Kind.NEXT: "volgende",
        Kind.LAST: "laatste",
        Kind.ARTICLE: "de",
        Kind.ORDINAL_SUFFIX: "e ste de",
        Kind.MIDNIGHT: "middernacht",
        Kind.OCLOCK: "uur u h",
        Kind.QUARTER: "kwart",
        Kind.HALF_TO: "half",
        Kind.HALF: "halve",
        Kind.PAST: "over",
        Kind.TO: "voor",
        Kind.AND: "en",
        Kind.AND_HALF: "en_een_half",
        Kind.IN: "over in binnen",
        Kind.LATER: "later",
        Kind.EARLIER: "eerder vroeger",
        Kind.BEFORE: "ervoor vooraf",
        Kind.AT: "om vanaf van",
        Kind.ON: "op",
        Kind.OF: "van in",
        Kind.UNTIL: "tot",
        Kind.RECURRING: "elke iedere elk ieder dagelijks wekelijks",
        Kind.VAGUE: "rond ongeveer omstreeks straks later weekend misschien paar tegen",
        Kind.GONE: "gisteren eergisteren geleden vorige afgelopen",
        Kind.NOW: "nu meteen",
        Kind.OR: "of",
    },
    each_weekday=("maandagen|dinsdagen|woensdagen|donderdagen|vrijdagen|zaterdagen|zondagen"),
    repetitions={
        Kind.EVERY: "elke iedere elk ieder alle",
        Kind.EVERY_NUMBER: "om_de",
        Kind.WEEKLY: "wekelijks één_keer_per_week",
        Kind.FORTNIGHTLY: "om_de_week tweewekelijks veertiendaags",
        Kind.MONTHLY: "maandelijks",
        Kind.OF_MONTH: "van_de_maand van_elke_maand van_iedere_maand in_de_maand",
        Kind.LAST_DAY: "laatste_dag",
        Kind.SAME_WEEKDAY: "dezelfde_weekdag",
        Kind.SAME_DATE: "dezelfde_datum",
        Kind.DAY_NUMBER: "dag",
        Kind.TIMES: "keer maal x sessie sessies",
        Kind.FOR: "voor",
        Kind.UNTIL: "tot tot_en_met t_m",
    },
    hour_word_tells_clock=True,
)
