"""Spanish."""

from when.languages.counting import compound, count
from when.languages.table import Kind, Part, Table, Unit

_ONES = count("cero|uno un una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve")
_TENS = {30: "treinta", 40: "cuarenta", 50: "cincuenta"}

SPANISH = Table(
    code="es",
    weekdays=("lunes lun|martes|miércoles mié|jueves jue|viernes vie|sábado sáb|domingo dom"),
    months=(
        "enero ene|febrero feb|marzo|abril abr|mayo|junio jun|julio jul|agosto ago|"
        "septiembre setiembre sep sept|octubre oct|noviembre nov|diciembre dic"
    ),
    numbers={
        **_ONES,
        **count(
            "diez|once|doce|trece|catorce|quince|dieciséis|diecisiete|dieciocho|diecinueve",
            start=10,
        ),
        **count(
            "veinte|veintiuno veintiún veintiuna|veintidós|veintitrés|veinticuatro|veinticinco|"
            "veintiséis|veintisiete|veintiocho|veintinueve",
            start=20,
        ),
        **_TENS,
        **compound(_TENS, _ONES, "{ten}_y_{one}"),
        90: "noventa",
    },
    ordinals={1: "primero primer", 2: "segundo", 3: "tercero tercer", 4: "cuarto"},
    days={0: "hoy hoy_más_tarde más_tarde_hoy", 1: "mañana", 2: "pasado_mañana"},
    weeks={
        0: "esta_semana de_esta_semana",
        1: "próxima_semana la_próxima_semana de_la_próxima_semana semana_que_viene "
        "la_semana_que_viene de_la_semana_que_viene",
    },
    parts={
        Part.EARLY: "madrugada de_la_madrugada de_madrugada",
        Part.MORNING: "de_la_mañana por_la_mañana en_la_mañana a_la_mañana",
        Part.AFTERNOON: "tarde de_la_tarde por_la_tarde en_la_tarde",
        Part.EVENING: "noche de_la_noche por_la_noche en_la_noche a_la_noche",
    },
    day_parts={
        (0, Part.MORNING): "esta_mañana",
        (0, Part.AFTERNOON): "esta_tarde",
        (0, Part.EVENING): "esta_noche",
    },
    units={
        Unit.SECOND: "s seg segundo segundos",
        Unit.MINUTE: "m min mins minuto minutos",
        Unit.HOUR: "h hs hrs hora horas",
        Unit.DAY: "d día días",
        Unit.WEEK: "semana semanas",
        Unit.MONTH: "mes meses",
        Unit.YEAR: "año años",
    },
    spans={30: "media_hora", 15: "cuarto_de_hora"},
    holidays={
        (12, 24): "nochebuena",
        (12, 25): "navidad día_de_navidad",
        (12, 31): "nochevieja fin_de_año",
        (1, 1): "año_nuevo",
        (1, 6): "día_de_reyes",
    },
    words={
        Kind.A: "un una",
        Kind.THIS: "este",
        Kind.NEXT_OR_COMING: "próximo próxima que_viene",
        Kind.LAST: "último",
        Kind.ARTICLE: "el día",
        Kind.ORDINAL_SUFFIX: "º",
        Kind.AM: "am",
        Kind.PM: "pm",
        Kind.NOON: "mediodía al_mediodía",
        Kind.MIDNIGHT: "medianoche",
        Kind.OCLOCK: "h hs hrs hora horas en_punto",
        Kind.AND_HALF: "y_media y_medio",
        Kind.AND_QUARTER: "y_cuarto",
        Kind.LESS_QUARTER: "menos_cuarto",
        Kind.HALF: "media medio",
        Kind.AND: "y",
        Kind.AND_MINUTES: "y con",
        Kind.MINUS: "menos",
        Kind.IN: "en dentro_de",
        Kind.LATER: "más_tarde después",
        Kind.EARLIER: "más_temprano",
        Kind.BEFORE: "antes",
        Kind.AT: "a a_las a_la a_partir_de_las desde_las de las la a_partir_de",
        Kind.ON: "el",
        Kind.OF: "de del",
        Kind.FROM: "de de_las desde desde_las",
        Kind.UNTIL: "hasta hasta_las a a_las",
        Kind.RECURRING: "cada todos_los todas_las los",
        Kind.VAGUE: "sobre tipo pronto luego quizás fin_de_semana finde algún más_tarde unas",
        Kind.GONE: "ayer anteayer hace pasado",
        Kind.NOW: "ahora ya",
        Kind.OR: "o",
        Kind.TWO_MEANINGS: "mar",  # martes or marzo
    },
    each_weekday="lunes|martes|miércoles|jueves|viernes|sábados|domingos",
    more_ordinals={1: "primera"},
    repetitions={
        Kind.EVERY: "cada todos_los todas_las todos todas los",
        Kind.ALTERNATE: "sí_y_otro_no sí_y_otra_no por_medio",
        Kind.WEEKLY: "semanal semanalmente una_vez_a_la_semana una_vez_por_semana",
        Kind.MONTHLY: "mensual mensualmente una_vez_al_mes una_vez_por_mes",
        Kind.BIWEEKLY: "quincenal quincenalmente bisemanal bimensual",
        Kind.OF_MONTH: "del_mes de_cada_mes de_todos_los_meses al_mes",
        Kind.LAST_DAY: "último_día",
        Kind.SAME_WEEKDAY: "mismo_día_de_la_semana",
        Kind.SAME_DATE: "misma_fecha",
        Kind.DAY_NUMBER: "día",
        Kind.TIMES: "vez veces x sesión sesiones fechas",
        Kind.FOR: "durante por",
        Kind.UNTIL: "hasta hasta_el",
    },
    hour_word_tells_clock=True,
)
