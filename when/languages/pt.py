"""Portuguese."""

from when.languages.counting import compound, count
from when.languages.table import Kind, Part, Table, Unit

_ONES = count("zero|um uma|dois duas|três|quatro|cinco|seis|sete|oito|nove")
_TENS = {20: "vinte", 30: "trinta", 40: "quarenta", 50: "cinquenta"}

PORTUGUESE = Table(
    code="pt",
    weekdays=(
        "segunda-feira segunda seg|terça-feira terça ter|quarta-feira quarta qua|"
        "quinta-feira quinta qui|sexta-feira sexta sex|sábado sáb|domingo dom"
    ),
    months=(
        "janeiro jan|fevereiro fev|março|abril abr|maio|junho jun|julho jul|agosto ago|"
        "setembro set|outubro out|novembro nov|dezembro dez"
    ),
    numbers={
        **_ONES,
        **count(
            "dez|onze|doze|treze|catorze quatorze|quinze|dezesseis dezasseis|"
            "dezessete dezassete|dezoito|dezenove dezanove",
            start=10,
        ),
        **_TENS,
        **compound(_TENS, _ONES, "{ten}_e_{one}"),
        90: "noventa",
    },
    ordinals={1: "primeiro", 2: "segundo", 3: "terceiro", 4: "quarto"},
    days={0: "hoje hoje_mais_tarde mais_tarde_hoje", 1: "amanhã", 2: "depois_de_amanhã"},
    weeks={
        0: "esta_semana desta_semana essa_semana",
        1: "próxima_semana da_próxima_semana na_próxima_semana semana_que_vem "
        "da_semana_que_vem na_semana_que_vem",
    },
    parts={
        Part.EARLY: "madrugada da_madrugada de_madrugada",
        Part.MORNING: "manhã da_manhã de_manhã pela_manhã",
        Part.AFTERNOON: "tarde da_tarde à_tarde de_tarde",
        Part.EVENING: "noite da_noite à_noite de_noite",
    },
    day_parts={
        (0, Part.MORNING): "esta_manhã",
        (0, Part.AFTERNOON): "esta_tarde hoje_à_tarde",
        (0, Part.EVENING): "esta_noite hoje_à_noite hoje_de_noite",
    },
    units={
        Unit.SECOND: "s segundo segundos",
        Unit.MINUTE: "m min minuto minutos",
        Unit.HOUR: "h hora horas hrs",
        Unit.DAY: "d dia dias",
        Unit.WEEK: "semana semanas",
        Unit.MONTH: "mês meses",
        Unit.YEAR: "ano anos",
    },
    spans={30: "meia_hora", 15: "quarto_de_hora"},
    holidays={
        (12, 24): "véspera_de_natal",
        (12, 25): "natal dia_de_natal",
        (12, 31): "véspera_de_ano_novo réveillon",
        (1, 1): "ano_novo",
    },
    words={
        Kind.A: "um uma",
        Kind.THIS: "este esta neste nesta essa nessa esse nesse",
        Kind.NEXT_OR_COMING: "próximo próxima que_vem",
        Kind.LAST: "último última",
        Kind.ARTICLE: "dia no_dia",
        Kind.ORDINAL_SUFFIX: "º",
        Kind.NOON: "meio_dia ao_meio_dia",
        Kind.MIDNIGHT: "meia_noite",
        Kind.OCLOCK: "h hora horas hrs em_ponto",
        Kind.AND_HALF: "e_meia e_meio",
        Kind.AND_QUARTER: "e_um_quarto",
        Kind.QUARTER: "um_quarto",
        Kind.HALF: "meia meio",
        Kind.TO: "para_as para_a pras para",
        Kind.AND: "e",
        Kind.AND_MINUTES: "e",
        Kind.MINUS: "menos",
        Kind.IN: "em daqui_a dentro_de daqui",
        Kind.LATER: "mais_tarde depois",
        Kind.EARLIER: "mais_cedo",
        Kind.BEFORE: "antes",
        Kind.AT: "às as à ao a_partir_das desde_as das",
        Kind.ON: "na no em o a",
        Kind.OF: "de do da",
        Kind.FROM: "das de desde desde_as",
        Kind.UNTIL: "até até_às às as",
        Kind.RECURRING: "cada todo toda todos todas aos",
        Kind.VAGUE: "por_volta umas uns logo breve talvez fim_de_semana mais_tarde algum",
        Kind.GONE: "ontem anteontem atrás há passada passado",
        Kind.NOW: "agora já",
        Kind.OR: "ou",
    },
    each_weekday="segundas|terças|quartas|quintas|sextas|sábados|domingos",
    more_ordinals={1: "primeira", 2: "segunda", 3: "terceira", 4: "quarta"},
    repetitions={
        Kind.EVERY: "cada a_cada todo toda todos todas todos_os todas_as",
        Kind.ALTERNATE: "sim_outro_não sim_outra_não",
        Kind.WEEKLY: "semanal semanalmente uma_vez_por_semana",
        Kind.FORTNIGHTLY: "semana_sim_semana_não",
        Kind.MONTHLY: "mensal mensalmente uma_vez_por_mês",
        Kind.BIWEEKLY: "quinzenal quinzenalmente bissemanal bimensal",
        Kind.OF_MONTH: "do_mês de_cada_mês de_todo_mês de_todos_os_meses",
        Kind.LAST_DAY: "último_dia",
        Kind.SAME_WEEKDAY: "mesmo_dia_da_semana",
        Kind.SAME_DATE: "mesma_data",
        Kind.DAY_NUMBER: "dia",
        Kind.ON: "na no nas nos às as aos em o a",
        Kind.TIMES: "vez vezes x sessão sessões datas",
        Kind.FOR: "durante por",
        Kind.UNTIL: "até até_o até_a até_dia até_o_dia",
    },
    hour_word_tells_clock=True,
)
