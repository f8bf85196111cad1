"""Polish."""

from when.languages.counting import compound, count
from when.languages.table import Kind, Part, Table, Unit

_ONES = count("zero|jeden jedna jedną|dwa dwie|trzy|cztery|pięć|sześć|siedem|osiem|dziewięć")
_TENS = {20: "dwadzieścia", 30: "trzydzieści", 40: "czterdzieści", 50: "pięćdziesiąt"}
_HOURS = (
    "pierwsz|drug|trzeci|czwart|piąt|szóst|siódm|ósm|dziewiąt|dziesiąt|jedenast|dwunast|"
    "trzynast|czternast|piętnast|szesnast|siedemnast|osiemnast|dziewiętnast|dwudziest"
)


def _declined(stem: str) -> str:
    return " ".join(stem + ending for ending in ("a", "ej", "ą", "y", "i", "ego", "iej"))


_ORDINALS = {number: _declined(stem) for number, stem in count(_HOURS, start=1).items()}

POLISH = Table(
    code="pl",
    weekdays=(
        "poniedziałek pon pn|wtorek wt wto|środa środę śr|czwartek czw cz|piątek pt|"
        "sobota sobotę sob|niedziela niedzielę niedz nd"
    ),
    months=(
        "stycznia styczeń sty|lutego luty lut|marca marzec|kwietnia kwiecień kwi|maja maj|"
        "czerwca czerwiec cze|lipca lipiec lip|sierpnia sierpień sie|września wrzesień wrz|"
        "października październik paź|listopada listopad lis|grudnia grudzień gru"
    ),
    numbers={
        **_ONES,
        **count(
            "dziesięć|jedenaście|dwanaście|trzynaście|czternaście|piętnaście|szesnaście|"
            "siedemnaście|osiemnaście|dziewiętnaście",
            start=10,
        ),
        **_TENS,
        **compound(_TENS, _ONES),
        90: "dziewięćdziesiąt",
    },
    ordinals={
        **_ORDINALS,
        **compound({20: _ORDINALS[20]}, {n: _ORDINALS[n] for n in range(1, 10)}),
    },
    days={
        0: "dziś dzisiaj dziś_później później_dziś dzisiaj_później później_dzisiaj",
        1: "jutro",
        2: "pojutrze",
    },
    weeks={
        0: "w_tym_tygodniu tym_tygodniu",
        1: "w_przyszłym_tygodniu w_następnym_tygodniu przyszłym_tygodniu",
    },
    parts={
        Part.MORNING: "rano przed_południem",
        Part.AFTERNOON: "po_południu popołudniu",
        Part.EVENING: "wieczorem wieczór",
        Part.NIGHT: "w_nocy nocą",
    },
    units={
        Unit.SECOND: "s sek sekunda sekundę sekundy sekund",
        Unit.MINUTE: "m min minuta minutę minuty minut",
        Unit.HOUR: "h godz godzina godzinę godziny godzin",
        Unit.DAY: "dzień dni",
        Unit.WEEK: "tydzień tygodnie tygodni",
        Unit.MONTH: "miesiąc miesiące miesięcy",
        Unit.YEAR: "rok lata lat",
    },
    spans={
        15: "kwadrans",
        30: "pół_godziny pół_h",
        45: "trzy_kwadranse",
        90: "półtorej_godziny",
    },
    lone_units={
        Unit.MINUTE: "minutę",
        Unit.HOUR: "godzinę",
        Unit.DAY: "dzień",
        Unit.WEEK: "tydzień",
        Unit.MONTH: "miesiąc",
        Unit.YEAR: "rok",
    },
    holidays={
        (12, 24): "wigilia wigilię w_wigilię",
        (12, 31): "sylwester sylwestra w_sylwestra",
        (1, 1): "nowy_rok",
    },
    words={
        Kind.THIS: "ten tę tą",
        Kind.COMING: "najbliższy najbliższą najbliższa nadchodzący nadchodzącą",
        Kind.NEXT: "przyszły przyszłą następny następną",
        Kind.LAST: "ostatni ostatnia",
        Kind.NOON: "południe w_południe",
        Kind.MIDNIGHT: "północ o_północy północy",
        Kind.OCLOCK: "h",
        Kind.QUARTER: "kwadrans",
        Kind.HALF_TO: "wpół_do",
        Kind.PAST: "po",
        Kind.TO: "za",
        Kind.AND: "i",
        Kind.AND_HALF: "i_pół",
        Kind.IN: "za",
        Kind.LATER: "później",
        Kind.EARLIER: "wcześniej",
        Kind.BEFORE: "przed przedtem",
        Kind.AT: "o od godzina godzinie o_godzinie o_godz godz od_godziny od_godz",
        Kind.ON: "w we na dnia",
        Kind.OF: "roku r",
        Kind.UNTIL: "do do_godziny do_godz",
        Kind.RECURRING: "co każdy każdą każda codziennie",
        Kind.VAGUE: "około ok koło wkrótce później weekend może niedługo kilka parę",
        Kind.GONE: "wczoraj przedwczoraj temu zeszły ubiegły",
        Kind.NOW: "teraz zaraz",
        Kind.OR: "lub albo",
    },
    each_weekday="poniedziałki|wtorki|środy|czwartki|piątki|soboty|niedziele",
    repetitions={
        Kind.EVERY: "co każdy każdą każda każde każdego każdej",
        Kind.WEEKLY: "cotygodniowo raz_w_tygodniu",
        Kind.FORTNIGHTLY: "dwutygodniowo",
        Kind.MONTHLY: "comiesięcznie miesięcznie raz_w_miesiącu",
        Kind.OF_MONTH: "miesiąca każdego_miesiąca w_miesiącu",
        Kind.LAST_DAY: "ostatniego_dnia ostatni_dzień",
        Kind.SAME_WEEKDAY: "ten_sam_dzień_tygodnia",
        Kind.SAME_DATE: "ta_sama_data",
        Kind.DAY_NUMBER: "dnia",
        Kind.LAST: "ostatni ostatnia ostatnią ostatnie",
        Kind.TIMES: "raz razy x sesji sesje",
        Kind.FOR: "przez",
        Kind.UNTIL: "do do_dnia",
    },
)
