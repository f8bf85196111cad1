"""French."""

from when.languages.counting import compound, count
from when.languages.table import Kind, Part, Table, Unit

_ONES = count("zéro|un une|deux|trois|quatre|cinq|six|sept|huit|neuf")
_TENS = {20: "vingt", 30: "trente", 40: "quarante", 50: "cinquante"}

FRENCH = Table(
    code="fr",
    weekdays=(
        "lundi lun|mardi mar|mercredi mer|jeudi jeu|vendredi ven vend|samedi sam|dimanche dim"
    ),
    months=(
        "janvier janv jan|février fév févr|mars|avril avr|mai|juin|juillet juil|août|"
        "septembre sept sep|octobre oct|novembre nov|décembre déc"
    ),
    numbers={
        **_ONES,
        **count("dix|onze|douze|treize|quatorze|quinze|seize|dix_sept|dix_huit|dix_neuf", start=10),
        **_TENS,
        **compound(_TENS, _ONES),
        **compound(_TENS, {1: "un une"}, "{ten}_et_{one}"),
        90: "quatre_vingt_dix",
    },
    ordinals={1: "premier première", 2: "deuxième", 3: "troisième", 4: "quatrième"},
    days={
        0: (
            "aujourd_hui ajd aujourdhui plus_tard_aujourd_hui aujourd_hui_plus_tard "
            "plus_tard_dans_la_journée"
        ),
        1: "demain",
        2: "après_demain",
    },
    weeks={
        0: "cette_semaine",
        1: "semaine_prochaine la_semaine_prochaine de_la_semaine_prochaine",
    },
    parts={
        Part.MORNING: "matin du_matin le_matin au_matin",
        Part.AFTERNOON: (
            "après_midi de_l_après_midi l_après_midi aprem apm de_l_aprem cet_après_midi"
        ),
        Part.EVENING: "soir du_soir le_soir au_soir soirée en_soirée",
        Part.NIGHT: "nuit de_la_nuit",
    },
    day_parts={
        (0, Part.MORNING): "ce_matin",
        (0, Part.AFTERNOON): "cet_après_midi cet_aprem",
        (0, Part.EVENING): "ce_soir",
        (0, Part.NIGHT): "cette_nuit",
    },
    units={
        Unit.SECOND: "s sec seconde secondes",
        Unit.MINUTE: "m mn min minute minutes",
        Unit.HOUR: "h heure heures",
        Unit.DAY: "j jour jours",
        Unit.WEEK: "sem semaine semaines",
        Unit.MONTH: "mois",
        Unit.YEAR: "an ans année années",
    },
    spans={30: "demi_heure demie_heure", 15: "quart_d_heure", 45: "trois_quarts_d_heure"},
    holidays={
        (12, 24): "veille_de_noël la_veille_de_noël réveillon_de_noël",
        (12, 25): "noël le_jour_de_noël",
        (12, 31): "saint_sylvestre réveillon_du_nouvel_an",
        (1, 1): "jour_de_l_an",
    },
    words={
        Kind.A: "un une",
        Kind.THIS: "ce",
        Kind.NEXT_OR_COMING: "prochain prochaine",
        Kind.LAST: "dernier",
        Kind.ARTICLE: "le",
        Kind.ORDINAL_SUFFIX: "er ère e ème",
        Kind.NOON: "midi",
        Kind.MIDNIGHT: "minuit",
        Kind.OCLOCK: "h heure heures",
        Kind.AND_HALF: "et_demie et_demi",
        Kind.AND_QUARTER: "et_quart",
        Kind.LESS_QUARTER: "moins_le_quart moins_quart",
        Kind.HALF: "demi demie",
        Kind.AND: "et",
        Kind.MINUS: "moins",
        Kind.IN: "dans d_ici",
        Kind.WEEK_AFTER: "en_huit",
        Kind.LATER: "plus_tard après",
        Kind.EARLIER: "plus_tôt",
        Kind.BEFORE: "avant",
        Kind.AT: "à a dès à_partir_de de",
        Kind.ON: "le",
        Kind.OF: "de du d",
        Kind.FROM: "de",
        Kind.UNTIL: "jusqu_à à",
        Kind.RECURRING: "chaque tous_les toutes_les",
        Kind.VAGUE: "vers environ bientôt week_end weekend peut_être tard plus_tard quelques",
        Kind.GONE: "hier avant_hier il_y_a",
        Kind.NOW: "maintenant",
        Kind.OR: "ou",
    },
    each_weekday="lundis|mardis|mercredis|jeudis|vendredis|samedis|dimanches",
    more_ordinals={2: "second seconde"},
    repetitions={
        Kind.EVERY: "chaque tous_les toutes_les tous toutes les",
        Kind.ALTERNATE: "sur_deux sur_2",
        Kind.WEEKLY: "hebdomadaire hebdo une_fois_par_semaine",
        Kind.MONTHLY: "mensuel mensuellement une_fois_par_mois",
        Kind.BIWEEKLY: "bimensuel bihebdomadaire bimestriel",
        Kind.OF_MONTH: "du_mois de_chaque_mois de_tous_les_mois",
        Kind.LAST_DAY: "dernier_jour",
        Kind.SAME_WEEKDAY: "même_jour_de_la_semaine même_jour_de_semaine",
        Kind.SAME_DATE: "même_date",
        Kind.DAY_NUMBER: "jour",
        Kind.TIMES: "fois x séance séances session sessions dates",
        Kind.FOR: "pour pendant",
        Kind.UNTIL: "jusqu_au jusqu_à jusqu_en jusqu",
    },
    hour_word_tells_clock=True,
)
