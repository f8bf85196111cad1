"""Turkish."""

from when.languages.counting import compound, count
from when.languages.table import Kind, Part, Table, Unit

_ONES = count("sıfır|bir|iki|üç|dört|beş|altı|yedi|sekiz|dokuz")
_TENS = {10: "on", 20: "yirmi", 30: "otuz", 40: "kırk", 50: "elli"}

TURKISH = Table(
    code="tr",
    weekdays=(
        "pazartesi pzt|salı sal|çarşamba çar çarş|perşembe per perş|cuma cum|"
        "cumartesi cmt|pazar paz"
    ),
    months=(
        "ocak oca|şubat şub|mart|nisan nis|mayıs may|haziran haz|temmuz tem|ağustos ağu|"
        "eylül eyl|ekim eki|kasım kas|aralık ara"
    ),
    numbers={**_ONES, **_TENS, **compound(_TENS, _ONES), 90: "doksan"},
    ordinals={1: "birinci ilk", 2: "ikinci", 3: "üçüncü", 4: "dördüncü"},
    days={0: "bugün bugün_daha_sonra", 1: "yarın", 2: "öbür_gün"},
    weeks={0: "bu_hafta", 1: "gelecek_hafta haftaya önümüzdeki_hafta"},
    parts={
        Part.MORNING: "sabah sabahleyin",
        Part.MIDDAY: "öğlen öğle",
        Part.AFTERNOON: "öğleden_sonra",
        Part.EVENING: "akşam akşamı akşama akşamleyin",
        Part.NIGHT: "gece gecesi",
    },
    day_parts={
        (0, Part.MORNING): "bu_sabah",
        (0, Part.EVENING): "bu_akşam",
        (0, Part.NIGHT): "bu_gece",
    },
    units={
        Unit.SECOND: "sn saniye",
        Unit.MINUTE: "dk dakika",
        Unit.HOUR: "saat sa",
        Unit.DAY: "gün",
        Unit.WEEK: "hafta",
        Unit.MONTH: "ay",
        Unit.YEAR: "yıl sene",
    },
    spans={30: "yarım_saat", 15: "çeyrek_saat"},
    holidays={(12, 31): "yılbaşı_gecesi"},
    words={
        Kind.THIS: "bu",
        Kind.NEXT_OR_COMING: "gelecek önümüzdeki",
        Kind.MIDNIGHT: "gece_yarısı gece_yarısında",
        Kind.HALF: "yarım",
        Kind.AND_HALF: "buçuk buçukta",
        Kind.FROM_NOW: "sonra içinde",
        Kind.LATER: "daha_sonra",
        Kind.EARLIER: "daha_erken",
        Kind.BEFORE: "önceden",
        Kind.AT: "saat saati",
        Kind.ON: "günü",
        Kind.SUFFIX: "de da te ta e a ya ye",
        Kind.RECURRING: "her pazartesileri cumaları cumartesileri pazarları",
        Kind.VAGUE: "civarı civarında gibi yaklaşık yakında belki hafta_sonu birkaç",
        Kind.GONE: "dün önce geçen",
        Kind.NOW: "şimdi hemen",
        Kind.OR: "veya ya_da",
    },
    each_weekday="pazartesileri|salıları|çarşambaları|perşembeleri|cumaları|cumartesileri|pazarları",
    repetitions={
        Kind.EVERY: "her",
        Kind.WEEKLY: "haftalık",
        Kind.WEEK_EACH: "haftada_bir hafta_da_bir",
        Kind.MONTH_EACH: "ayda_bir",
        Kind.MONTHLY: "aylık",
        Kind.OF_MONTH: "ayın her_ayın",
        Kind.LAST_DAY: "son_günü son_gün",
        Kind.LAST: "son",
        Kind.SAME_WEEKDAY: "aynı_hafta_günü",
        Kind.SAME_DATE: "aynı_tarih",
        Kind.AND: "ve",
        Kind.SUFFIX: "günü günleri de da te ta e a ya ye",
        Kind.TIMES: "kez kere defa x",
        Kind.UNTIL_AFTER: "kadar",
    },
)
