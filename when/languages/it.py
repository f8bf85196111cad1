"""Italian."""

from when.languages.counting import compound, count
from when.languages.table import Kind, Part, Table, Unit

_ONES = count("zero|uno una un|due|tre|quattro|cinque|sei|sette|otto|nove")
_TENS = {30: "trent", 40: "quarant", 50: "cinquant"}

ITALIAN = Table(
    code="it",
    weekdays=("lunedì lun|martedì|mercoledì mer|giovedì gio|venerdì ven|sabato sab|domenica dom"),
    months=(
        "gennaio gen|febbraio feb|marzo|aprile apr|maggio mag|giugno giu|luglio lug|agosto ago|"
        "settembre set sett|ottobre ott|novembre nov|dicembre dic"
    ),
    numbers={
        **_ONES,
        **count(
            "dieci|undici|dodici|tredici|quattordici|quindici|sedici|diciassette|diciotto|"
            "diciannove|venti|ventuno|ventidue|ventitré|ventiquattro|venticinque|ventisei|"
            "ventisette|ventotto|ventinove|trenta",
            start=10,
        ),
        **compound(_TENS, {1: "uno", 8: "otto"}, "{ten}{one}"),
        **compound(
            _TENS,
            {n: form for n, form in _ONES.items() if n not in (0, 1, 8)},
            "{ten}a{one}",
        ),
        40: "quaranta",
        50: "cinquanta",
        90: "novanta",
    },
    ordinals={1: "primo prima", 2: "secondo seconda", 3: "terzo terza", 4: "quarto"},
    days={0: "oggi oggi_più_tardi più_tardi_oggi", 1: "domani", 2: "dopodomani dopo_domani"},
    weeks={
        0: "questa_settimana di_questa_settimana",
        1: "prossima_settimana la_prossima_settimana della_prossima_settimana "
        "settimana_prossima la_settimana_prossima della_settimana_prossima",
    },
    parts={
        Part.MORNING: "mattina di_mattina del_mattino mattino della_mattina al_mattino",
        Part.AFTERNOON: "pomeriggio del_pomeriggio di_pomeriggio nel_pomeriggio",
        Part.EVENING: "sera di_sera della_sera",
        Part.NIGHT: "notte di_notte della_notte",
    },
    day_parts={
        (0, Part.MORNING): "stamattina questa_mattina stamani",
        (0, Part.AFTERNOON): "questo_pomeriggio oggi_pomeriggio",
        (0, Part.EVENING): "stasera questa_sera",
        (0, Part.NIGHT): "stanotte questa_notte",
    },
    units={
        Unit.SECOND: "s sec secondo secondi",
        Unit.MINUTE: "m min minuto minuti",
        Unit.HOUR: "h ora ore",
        Unit.DAY: "g giorno giorni",
        Unit.WEEK: "settimana settimane",
        Unit.MONTH: "mese mesi",
        Unit.YEAR: "anno anni",
    },
    spans={30: "mezz_ora mezzora mezza_ora", 15: "quarto_d_ora", 45: "tre_quarti_d_ora"},
    holidays={
        (12, 24): "vigilia_di_natale la_vigilia_di_natale",
        (12, 25): "natale",
        (12, 26): "santo_stefano",
    },
    words={
        Kind.A: "un una",
        Kind.THIS: "questo questa",
        Kind.NEXT_OR_COMING: "prossimo prossima",
        Kind.LAST: "ultimo ultima",
        Kind.ARTICLE: "il",
        Kind.ORDINAL_SUFFIX: "º",
        Kind.NOON: "mezzogiorno a_mezzogiorno",
        Kind.MIDNIGHT: "mezzanotte",
        Kind.OCLOCK: "h ore in_punto",
        Kind.AND_HALF: "e_mezza e_mezzo",
        Kind.AND_QUARTER: "e_un_quarto e_quarto",
        Kind.LESS_QUARTER: "meno_un_quarto",
        Kind.HALF: "mezza mezzo",
        Kind.AND: "e",
        Kind.AND_MINUTES: "e",
        Kind.MINUS: "meno",
        Kind.IN: "tra fra in",
        Kind.LATER: "più_tardi dopo",
        Kind.EARLIER: "più_presto",
        Kind.BEFORE: "prima",
        Kind.AT: "alle alla all ore dalle dalla le a",
        Kind.ON: "il l",
        Kind.OF: "di del della",
        Kind.FROM: "dalle dalla da",
        Kind.UNTIL: "fino_alle alle",
        Kind.RECURRING: "ogni tutti tutte",
        Kind.VAGUE: "verso circa presto forse fine_settimana weekend più_tardi qualche dopo",
        Kind.GONE: "ieri fa scorso scorsa",
        Kind.NOW: "adesso subito",
        Kind.OR: "o oppure",
        Kind.TWO_MEANINGS: "mar",  # martedì or marzo
    },
    each_weekday="lunedì|martedì|mercoledì|giovedì|venerdì|sabati|domeniche",
    more_ordinals={4: "quarta"},
    repetitions={
        Kind.EVERY: "ogni tutti_i tutte_le tutti tutte",
        Kind.ALTERNATE: "su_due sì_e_uno_no",
        Kind.WEEKLY: "settimanale settimanalmente una_volta_a_settimana",
        Kind.MONTHLY: "mensile mensilmente una_volta_al_mese",
        Kind.BIWEEKLY: "bisettimanale bimensile quindicinale",
        Kind.OF_MONTH: "del_mese di_ogni_mese di_tutti_i_mesi al_mese",
        Kind.LAST_DAY: "ultimo_giorno",
        Kind.SAME_WEEKDAY: "stesso_giorno_della_settimana",
        Kind.SAME_DATE: "stessa_data",
        Kind.DAY_NUMBER: "giorno",
        Kind.ON: "il l la lo di",
        Kind.TIMES: "volta volte x sessione sessioni",
        Kind.FOR: "per",
        Kind.UNTIL: "fino_al fino_all fino_a fino",
    },
    hour_word_tells_clock=True,
)
