"""Escaping of typed text, which Discord then shows as typed and which does nothing.

Mentions, timestamps, links to commands, custom emoji and formatting are escaped; `allowed_mentions`
on every message has the last word on who is pinged.
"""

import re

from games.text import clean_line, clean_text

_EVERYONE = re.compile(r"@(?=everyone|here)", re.IGNORECASE)
_INLINE = re.compile(r"[\\*_~`|\[\]<>]")
_LINE_START = re.compile(r"^([ \t]*)([#\-+])", re.MULTILINE)
_NUMBERED = re.compile(r"^([ \t]*\d+)([.)])", re.MULTILINE)
# An address stays one that can be clicked; what is not listed ends it and is escaped.
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.:/?#@!$&'+,;=%_-]+")


def escape_block(text: str) -> str:
    """Escape several lines. Addresses can still be clicked, up to where one mentions everyone."""
    text = _break_everyone(clean_text(text))
    pieces, end = [], 0
    for match in _ADDRESS.finditer(text):
        pieces += [_INLINE.sub(r"\\\g<0>", text[end : match.start()]), match[0]]
        end = match.end()
    pieces.append(_INLINE.sub(r"\\\g<0>", text[end:]))
    return _escape_line_starts("".join(pieces))


def escape_line(text: str) -> str:
    """Escape a name or title. It stays one line, and an address in it is no link."""
    text = _escape_line_starts(_INLINE.sub(r"\\\g<0>", clean_line(text)))
    return _break_everyone(text.replace("://", r"\://"))


def plain_line(text: str) -> str:
    """Clean a line for places without formatting: author, footer, option, button."""
    return _break_everyone(clean_line(text))


def _escape_line_starts(text: str) -> str:
    return _LINE_START.sub(r"\1\\\2", _NUMBERED.sub(r"\1\\\2", text))


def _break_everyone(text: str) -> str:
    return _EVERYONE.sub("@\u200b", text)
