"""German."""

from when.languages.counting import compound, count
from when.languages.table import Kind, Part, Table, Unit

_ONES = count("null|eins ein|zwei zwo|drei|vier|fünf fuenf|sechs|sieben|acht|neun")
_JOINED = {**_ONES, 1: "ein"}
_TENS = {20: "zwanzig", 30: "dreißig dreissig", 40: "vierzig", 50: "fünfzig fuenfzig"}
_DAYS = ("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonnabend")
_ENDINGS = ("e", "er", "en", "es")


def _declined(*stems: str) -> str:
    return " ".join(stem + ending for stem in stems for ending in _ENDINGS)


_ORDINAL_STEMS = (
    "erst|zweit|dritt|viert|fünft fuenft|sechst|siebt siebent|acht|neunt|zehnt|elft|zwölft zwoelft|"
    "dreizehnt|vierzehnt|fünfzehnt fuenfzehnt|sechzehnt|siebzehnt|achtzehnt|neunzehnt|"
    "zwanzigst|einundzwanzigst|zweiundzwanzigst|dreiundzwanzigst|vierundzwanzigst|"
    "fünfundzwanzigst|sechsundzwanzigst|siebenundzwanzigst|achtundzwanzigst|"
    "neunundzwanzigst|dreißigst|einunddreißigst"
)

GERMAN = Table(
    code="de",
    day_needs_no_mark=False,
    weekdays=(
        "montag mo mon|dienstag di die|mittwoch mi mit|donnerstag do don|freitag fr fre|"
        "samstag sa sam sonnabend|sonntag so son"
    ),
    months=(
        "januar jan jänner jaenner|februar feb feber|märz maerz mär mrz|april apr|mai|juni jun|"
        "juli jul|august aug|september sep sept|oktober okt|november nov|dezember dez"
    ),
    numbers={
        **_ONES,
        **count(
            "zehn|elf|zwölf zwoelf|dreizehn|vierzehn|fünfzehn fuenfzehn|sechzehn|siebzehn|"
            "achtzehn|neunzehn",
            start=10,
        ),
        **_TENS,
        **compound(_TENS, _JOINED, "{one}und{ten}"),
        90: "neunzig",
    },
    ordinals={
        number: _declined(*stems.split()) for number, stems in count(_ORDINAL_STEMS, 1).items()
    },
    days={
        0: "heute später_heute heute_später spaeter_heute heute_spaeter",
        1: "morgen",
        2: "übermorgen uebermorgen",
    },
    weeks={
        0: "diese_woche dieser_woche",
        1: "nächste_woche naechste_woche nächster_woche kommende_woche kommender_woche",
    },
    parts={
        Part.MORNING: (
            "früh frueh morgens vormittag vormittags am_morgen am_vormittag in_der_früh morgen"
        ),
        Part.MIDDAY: "mittag mittags am_mittag",
        Part.AFTERNOON: "nachmittag nachmittags am_nachmittag",
        Part.EVENING: "abend abends am_abend",
        Part.NIGHT: "nacht nachts in_der_nacht",
    },
    day_parts={
        (0, Part.NIGHT): "heut_nacht",
        (0, Part.EVENING): "heut_abend",
        (0, Part.MORNING): "heute_morgen",
    },
    units={
        Unit.SECOND: "sek sekunde sekunden",
        Unit.MINUTE: "m min minute minuten",
        Unit.HOUR: "h std stunde stunden stdn",
        Unit.DAY: "tag tage tagen",
        Unit.WEEK: "woche wochen",
        Unit.MONTH: "monat monate monaten",
        Unit.YEAR: "jahr jahre jahren",
    },
    spans={
        15: "viertelstunde",
        30: "halbestunde halbstunde",
        45: "dreiviertelstunde",
        90: "eineinhalbstunden",
    },
    amounts={
        1.5: "anderthalb eineinhalb",
        2.5: "zweieinhalb",
        3.5: "dreieinhalb",
        4.5: "viereinhalb",
    },
    holidays={
        (12, 24): "heiligabend heilig_abend",
        (12, 31): "silvester sylvester",
        (1, 1): "neujahr",
        (12, 6): "nikolaus nikolaustag",
        (12, 25): "erster_weihnachtstag",
        (12, 26): "zweiter_weihnachtstag",
    },
    words={
        Kind.A: "ein eine einer einem einen",
        Kind.THIS: "diesen dieser dieses diesem diese",
        Kind.COMING: "kommenden kommender kommende kommendem kommend",
        Kind.NEXT: (
            "nächsten nächster nächste nächstem naechsten naechster naechste naechstem "
            "nächstes nächst"
        ),
        Kind.LAST: "letzter letzten letzte letztem",
        Kind.ARTICLE: "der den dem",
        Kind.MIDNIGHT: "mitternacht",
        Kind.OCLOCK: "uhr h",
        Kind.QUARTER: "viertel",
        Kind.HALF: "halbe halben halber",
        Kind.HALF_TO: "halb",
        Kind.PAST: "nach",
        Kind.TO: "vor",
        Kind.AND: "und",
        Kind.IN: "in",
        Kind.FROM_NOW: "ab_jetzt von_jetzt_an",
        Kind.LATER: "später danach",
        Kind.EARLIER: "früher eher",
        Kind.BEFORE: "vorher davor zuvor",
        Kind.AT: "um ab von",
        Kind.ON: "am an",
        Kind.OF: "im des",
        Kind.UNTIL: "bis",
        Kind.RECURRING: (
            "jeden jede jeder jedes immer täglich wöchentlich montags dienstags mittwochs "
            "donnerstags freitags samstags sonntags sonnabends werktags"
        ),
        Kind.VAGUE: (
            "gegen ungefähr etwa circa ca bald später irgendwann wochenende vielleicht "
            "so_gegen spät paar spaeter"
        ),
        Kind.GONE: "gestern vorgestern vorhin letzte_woche",
        Kind.NOW: "jetzt sofort gleich",
        Kind.OR: "oder",
    },
    each_weekday=("montags|dienstags|mittwochs|donnerstags|freitags|samstags sonnabends|sonntags"),
    repetitions={
        Kind.EVERY: "jede jeden jeder jedes jedem alle immer",
        Kind.WEEKLY: "wöchentlich einmal_pro_woche einmal_die_woche",
        Kind.FORTNIGHTLY: "zweiwöchentlich zweiwöchig vierzehntägig vierzehntäglich",
        Kind.MONTHLY: "monatlich einmal_im_monat einmal_pro_monat",
        Kind.OF_MONTH: (
            "im_monat des_monats jeden_monats eines_monats eines_jeden_monats vom_monat"
        ),
        Kind.LAST_DAY: (
            "letzten_tag letzter_tag letzte_tag monatsletzten monatsletzter monatsende "
            "am_monatsende"
        ),
        Kind.SAME_WEEKDAY: "selben_wochentag gleichen_wochentag",
        Kind.SAME_DATE: "selben_datum gleichen_datum selben_tag_des_monats",
        Kind.TIMES: "mal male x termin termine sitzung sitzungen runden",
        Kind.FOR: "für",
        Kind.UNTIL: "bis bis_zum bis_einschließlich bis_einschl",
        Kind.ON: "am an",
    },
)
