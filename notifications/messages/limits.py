"""Discord's limits, counted in UTF-16 code units: never fewer than the code points it counts.

https://discord.com/developers/docs/resources/message#embed-object-embed-limits
"""

from collections.abc import Callable, Iterable, Sequence

from django.utils.translation import ngettext

CONTENT = 2000
EMBED_TOTAL = 6000
EMBED_TITLE = 256
EMBED_DESCRIPTION = 4096
EMBED_AUTHOR = 256
EMBED_FIELDS = 25
FIELD_NAME = 256
FIELD_VALUE = 1024
SELECT_OPTIONS = 25
OPTION_LABEL = 100
BUTTON_LABEL = 80

_ELLIPSIS = "…"


def length(text: str) -> int:
    if text.isascii():
        return len(text)
    return len(text) + sum(character > "\uffff" for character in text)


def fit(text: str, limit: int, *, escape: Callable[[str], str] = str) -> str:
    """`escape(text)` if it fits, or else the longest beginning that fits once escaped, and "…".

    Cutting before escaping never leaves half an escape behind.
    """
    whole = escape(text)
    if length(whole) <= limit:
        return whole
    shortest, longest = 0, min(len(text), limit)
    while shortest < longest:
        middle = (shortest + longest + 1) // 2
        if length(_cut(text, middle, escape)) <= limit:
            shortest = middle
        else:
            longest = middle - 1
    return _cut(text, shortest, escape)


def _cut(text: str, count: int, escape: Callable[[str], str]) -> str:
    return escape(text[:count].rstrip(" \n\u200d\ufe0f")) + _ELLIPSIS


def join_lines(lines: Sequence[str], limit: int) -> str:
    """Join the lines. Those that do not fit become a last line "+N more"."""
    return join_first(lines, len(lines), limit)


def join_first(lines: Iterable[str], count: int, limit: int) -> str:
    """Join `count` lines as `join_lines` does, without making those that do not fit."""
    room = limit - length(more(count))
    kept: list[str] = []
    used = fitting = 0
    for line in lines:
        used += length(line) + 1
        if used - 1 > limit:
            return "\n".join([*kept[:fitting], more(count - fitting)])
        kept.append(line)
        fitting += used <= room
    return "\n".join(kept)


def more(count: int) -> str:
    return ngettext("+%(count)d more", "+%(count)d more", count) % {"count": count}
