"""Whether a text can be seen, for names that people and Discord give."""

import re
import unicodedata

# Unicode's property Default_Ignorable_Code_Point, which Python's tables lack:
# https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt
IGNORABLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# Braille's pattern without dots is a sign like the others, and shows nothing.
BLANK = "\u2800"
# Controls, formats, private use, surrogates, separators, and marks that need a letter below them.
UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zs", "Zl", "Zp", "Mn", "Me"})


def is_visible(text: str) -> bool:
    """Return whether at least one character leaves ink."""
    return any(
        char != BLANK and unicodedata.category(char) not in UNSEEN
        for char in IGNORABLE.sub("", text)
    )
