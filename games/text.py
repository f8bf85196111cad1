"""Clean text that people typed, before it is stored.

Escaping belongs to each output (Discord's markdown, HTML). This removes what has no place in any
of them: control characters, direction marks and piled-up accents. A text of which nothing can be
seen is empty, however many characters it has.
"""

import re
import unicodedata

from guilds.text import is_visible

# What is never seen, and holds nothing together: variation selectors stay, since emoji need them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u3164\uffa0\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_PILED_MARKS = re.compile(
    r"([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{2})"
    r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+"
)
_BLANK_LINES = re.compile(r"\n{3,}")


def clean_text(text: str) -> str:
    """Clean several lines: NFC, no invisible characters, at most two accents on a letter.

    Empty if nothing can be seen of it.
    """
    if text.isascii() and text.isprintable():  # most names: one line in which nothing is removed
        return text.strip()
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    # A zero-width joiner is kept only between emoji, which it holds together; U+E000 stands in for
    # it while the invisible characters are removed.
    text = re.sub(r"(?<=[^\x00-\u2190])\u200d(?=[^\x00-\u2190])", "\ue000", text)
    text = _INVISIBLE.sub("", text).replace("\ue000", "\u200d")
    if not is_visible(text):
        return ""
    return _BLANK_LINES.sub("\n\n", _PILED_MARKS.sub(r"\1", text)).strip()


def clean_line(text: str) -> str:
    """Clean one line: as `clean_text`, with each run of white space made one blank."""
    return " ".join(clean_text(text).split())
