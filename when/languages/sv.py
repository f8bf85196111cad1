"""Swedish."""

from when.languages.counting import compound, count
from when.languages.table import Kind, Part, Table, Unit

_ONES = count("noll|ett en|två|tre|fyra|fem|sex|sju|åtta|nio")
_TENS = {20: "tjugo", 30: "trettio", 40: "fyrtio", 50: "femtio"}
_ORDINALS = count(
    "första|andra|tredje|fjärde|femte|sjätte|sjunde|åttonde|nionde|tionde|elfte|tolfte|"
    "trettonde|fjortonde|femtonde|sextonde|sjuttonde|artonde|nittonde|tjugonde|"
    "tjugoförsta|tjugoandra|tjugotredje|tjugofjärde|tjugofemte|tjugosjätte|tjugosjunde|"
    "tjugoåttonde|tjugonionde|trettionde|trettioförsta",
    start=1,
)

SWEDISH = Table(
    code="sv",
    weekdays=(
        "måndag mån måndagen|tisdag tis tisdagen|onsdag ons onsdagen|torsdag tors tor torsdagen|"
        "fredag fre fredagen|lördag lör lördagen|söndag sön söndagen"
    ),
    months=(
        "januari jan|februari feb|mars mar|april apr|maj|juni jun|juli jul|augusti aug|"
        "september sep sept|oktober okt|november nov|december dec"
    ),
    numbers={
        **_ONES,
        **count("tio|elva|tolv|tretton|fjorton|femton|sexton|sjutton|arton|nitton", start=10),
        **_TENS,
        **compound(_TENS, _ONES, "{ten}{one}"),
        90: "nittio",
    },
    ordinals=_ORDINALS,
    days={
        0: "idag i_dag senare_idag senare_i_dag idag_senare",
        1: "imorgon i_morgon imorron imorn",
        2: "i_övermorgon iövermorgon övermorgon",
    },
    weeks={0: "denna_vecka den_här_veckan", 1: "nästa_vecka"},
    parts={
        Part.MORNING: "på_morgonen morgon förmiddag på_förmiddagen bitti i_bitti",
        Part.AFTERNOON: "eftermiddag på_eftermiddagen",
        Part.EVENING: "kväll på_kvällen kvällen",
        Part.NIGHT: "natt på_natten",
    },
    day_parts={
        (0, Part.MORNING): "i_morse imorse",
        (0, Part.AFTERNOON): "i_eftermiddag",
        (0, Part.EVENING): "ikväll i_kväll",
        (0, Part.NIGHT): "inatt i_natt",
    },
    units={
        Unit.SECOND: "sek sekund sekunder",
        Unit.MINUTE: "m min minut minuter",
        Unit.HOUR: "h tim timme timmar timma",
        Unit.DAY: "dag dagar dygn",
        Unit.WEEK: "vecka veckor",
        Unit.MONTH: "månad månader",
        Unit.YEAR: "år",
    },
    spans={30: "halvtimme halv_timme", 15: "kvart", 45: "trekvart"},
    holidays={
        (12, 24): "julafton",
        (12, 25): "juldagen",
        (12, 26): "annandag_jul",
        (12, 31): "nyårsafton",
        (1, 1): "nyårsdagen",
    },
    words={
        Kind.A: "en ett",
        Kind.THIS: "denna",
        Kind.COMING: "kommande",
        Kind.NEXT: "nästa",
        Kind.LAST: "sista",
        Kind.ARTICLE: "den",
        Kind.ORDINAL_SUFFIX: "e a",
        Kind.NOON: "mitt_på_dagen",
        Kind.MIDNIGHT: "midnatt",
        Kind.OCLOCK: "h",
        Kind.QUARTER: "kvart en_kvart",
        Kind.HALF_TO: "halv",
        Kind.PAST: "över",
        Kind.TO: "i",
        Kind.AND: "och",
        Kind.AND_HALF: "och_en_halv",
        Kind.IN: "om",
        Kind.LATER: "senare",
        Kind.EARLIER: "tidigare",
        Kind.BEFORE: "innan före",
        Kind.AT: "kl klockan från från_kl",
        Kind.ON: "på den",
        Kind.OF: "i",
        Kind.UNTIL: "till",
        Kind.RECURRING: "varje måndagar tisdagar onsdagar torsdagar fredagar lördagar söndagar",
        Kind.VAGUE: "runt cirka ca ungefär snart senare helgen helg kanske vid",
        Kind.GONE: "igår i_går sedan förra",
        Kind.NOW: "nu",
        Kind.OR: "eller",
    },
    each_weekday="måndagar|tisdagar|onsdagar|torsdagar|fredagar|lördagar|söndagar",
    repetitions={
        Kind.EVERY: "varje var vart",
        Kind.EVERY_OTHER: "varannan vartannat",
        Kind.WEEKLY: "veckovis en_gång_i_veckan",
        Kind.MONTHLY: "månadsvis månatligen en_gång_i_månaden",
        Kind.OF_MONTH: "i_månaden i_varje_månad",
        Kind.LAST_DAY: "sista_dagen",
        Kind.SAME_WEEKDAY: "samma_veckodag",
        Kind.SAME_DATE: "samma_datum",
        Kind.TIMES: "gång gånger x",
        Kind.UNTIL: "till till_och_med t_o_m",
    },
)
