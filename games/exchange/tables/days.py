"""Days of a table written like 05/12/2026: their order, as the file's other lines show it."""

import re
from collections.abc import Iterable, Mapping

_DAY = re.compile(r"\s*(\d{1,2})([/-])(\d{1,2})\2(\d{4})(?!\d)")
_ISO = re.compile(r"\s*(\d{4})-(\d{2})-(\d{2})(?!\d)")
DAY_FIELDS = ("when", "date", "end", "end_date")


def day_first(rows: Iterable[Mapping[str, str]]) -> bool | None:
    """Return whether days stand before months; None if no line shows it, or lines disagree."""
    shown = set()
    for cells in rows:
        for name in DAY_FIELDS:
            if found := _DAY.match(cells.get(name, "")):
                first, second = int(found[1]), int(found[3])
                shown |= {True} if first > 12 >= second else set()
                shown |= {False} if second > 12 >= first else set()
    return shown.pop() if len(shown) == 1 else None


def is_unclear(text: str) -> bool:
    """Whether the text begins with a day that can be read either way."""
    found = _DAY.match(text)
    if not found:
        return False
    return found[1] != found[3] and int(found[1]) <= 12 and int(found[3]) <= 12


def in_order(text: str, *, is_day_first: bool) -> str:
    """Return the text with its day written as 2026-12-05; a day that cannot be so is left."""
    found = _DAY.match(text)
    if not found:
        return text
    day, month = (int(found[1]), int(found[3])) if is_day_first else (int(found[3]), int(found[1]))
    if month > 12:
        return text
    return f"{found[4]}-{month:02}-{day:02}{text[found.end() :]}"


def iso_day(text: str) -> str:
    """Return the day that the text begins with, empty if it is not written like 2026-12-05."""
    found = _ISO.match(text)
    return found[0].strip() if found else ""
