"""Japanese; dates and hours with their kanji are literals, see `tokens`."""

from when.languages.table import Kind, Part, Table, Unit

_WEEKDAYS = "|".join(f"{day}曜日 {day}曜" for day in ("月", "火", "水", "木", "金", "土", "日"))

JAPANESE = Table(
    code="ja",
    day_needs_no_mark=False,
    weekdays=_WEEKDAYS,
    months="|".join(f"{month}月" for month in range(1, 13)),
    numbers={},
    ordinals={},
    days={0: "今日 本日 きょう", 1: "明日 あした あす", 2: "明後日 あさって"},
    weeks={0: "今週 今週の", 1: "来週 来週の"},
    parts={
        Part.MORNING: "朝 朝の",
        Part.MIDDAY: "昼 お昼 昼の",
        Part.AFTERNOON: "夕方 夕方の",
        Part.EVENING: "夜 夜の 晩 晩の",
        Part.NIGHT: "深夜 深夜の 夜中 夜中の",
    },
    day_parts={
        (0, Part.MORNING): "今朝",
        (0, Part.EVENING): "今夜 今晩",
        (1, Part.EVENING): "明晩",
        (1, Part.MORNING): "明朝",
    },
    units={
        Unit.SECOND: "秒",
        Unit.MINUTE: "分 分間",
        Unit.HOUR: "時間",
        Unit.DAY: "日 日間",
        Unit.WEEK: "週間 週",
        Unit.MONTH: "か月 ヶ月 カ月 ヵ月 箇月",
        Unit.YEAR: "年",
    },
    words={
        Kind.THIS: "この",
        Kind.NEXT_OR_COMING: "次の",
        Kind.AM: "午前 午前の",
        Kind.PM: "午後 午後の",
        Kind.NOON: "正午",
        Kind.MIDNIGHT: "零時",
        Kind.AND_HALF: "半",
        Kind.FROM_NOW: "後 後に",
        Kind.SUFFIX: "の に から ちょうど",
        Kind.UNTIL: "まで",
        Kind.RECURRING: "毎週 毎日 毎月 毎晩 毎",
        Kind.VAGUE: "頃 ごろ くらい 週末 後で 約 たぶん",
        Kind.GONE: "昨日 一昨日 前 先週 昨夜",
        Kind.NOW: "今 今すぐ",
        Kind.OR: "か または",
    },
)
