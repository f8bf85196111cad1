"""One spelling for what looks alike."""

import re
import unicodedata
from collections.abc import Callable

_LETTERS = str.maketrans({"ß": "ss", "ł": "l", "ı": "i", "ø": "o", "æ": "ae", "œ": "oe"})


def fold(text: str) -> str:
    """Lower case without accents; kana and Cyrillic keep the marks that make them letters."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFD", text.lower())
    bare = "".join(char for char in decomposed if not "\u0300" <= char <= "\u036f")
    return unicodedata.normalize("NFC", bare).translate(_LETTERS)


_DASHES = "‐‑‒–—―−〜～"
_SAME = str.maketrans(
    {
        **dict.fromkeys(_DASHES, "-"),
        **dict.fromkeys("'’‘ʼ`´,;|·•@()[]、。，", " "),
        "½": ".5",
        "¼": ".25",
        "¾": ".75",
    }
)
_KANJI = "〇一二三四五六七八九"
_REWRITES: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"(?<![a-z])([ap])\.\s?m(?![a-z])\.?"), r"\1m "),  # p.m.
    (re.compile(r"(?<=\d)([ap])(?![a-z])"), r"\1m "),  # 8p
    (re.compile(r"(?<!\d)(\d{1,2})\.\s+(\d{1,2})\.(?=\s|$)"), r"\1.\2."),  # 25. 12.
    (re.compile(r"(?<=[^\W\d_])\.(?!\S)|(?<=[^\W\d_])\.(?=\d)"), " "),  # Fr. 20 Uhr
    (re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])"), " "),  # sexta-feira
    (re.compile(r"[\s.!]+$"), ""),
    (re.compile(r"(?<![\d.])\.(?=(?:5|25|75)(?!\d))"), "0."),  # ½ on its own
    (
        re.compile(r"[一二三四五六七八九十]+(?=[年月日時分週秒])"),
        lambda match: _kanji_number(match.group()),
    ),
)


def normalize(text: str) -> str:
    """One spelling for what looks alike: width, digits of any script, dashes, accents, case."""
    text = re.sub(r"[(（]([月火水木金土日])[)）]", r" \1曜日 ", text)
    text = re.sub(r"(?<=\d),(?=\d{1,2}(?!\d))", ".", text)
    text = "".join(map(_plain, text)).translate(_SAME)
    text = fold(text)
    for pattern, replacement in _REWRITES:
        text = pattern.sub(replacement, text)
    return text.strip()


def _plain(char: str) -> str:
    if "\uff01" <= char <= "\uff5e" and char != "～":
        char = chr(ord(char) - 0xFEE0)
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category == "Cf":
        return ""
    return " " if char.isspace() else char


def _kanji_number(text: str) -> str:
    """十 to 九十九; anything longer stays as it is and is refused as unknown."""
    match = re.fullmatch(r"([二三四五]?)(十?)([一二三四五六七八九]?)", text)
    if not match:
        return text
    tens, ten, ones = match.groups()
    if tens and not ten:
        return text if ones else str(_KANJI.index(tens))
    value = 10 * (_KANJI.index(tens) if tens else 1) if ten else 0
    return str(value + (_KANJI.index(ones) if ones else 0))
