"""One table of words per language."""

from when.languages.de import GERMAN
from when.languages.en import ENGLISH
from when.languages.es import SPANISH
from when.languages.fr import FRENCH
from when.languages.it import ITALIAN
from when.languages.ja import JAPANESE
from when.languages.nl import DUTCH
from when.languages.pl import POLISH
from when.languages.pt import PORTUGUESE
from when.languages.ru import RUSSIAN
from when.languages.sv import SWEDISH
from when.languages.tr import TURKISH

TABLES = {
    table.code: table
    for table in (
        ENGLISH,
        GERMAN,
        FRENCH,
        SPANISH,
        PORTUGUESE,
        ITALIAN,
        DUTCH,
        POLISH,
        RUSSIAN,
        TURKISH,
        JAPANESE,
        SWEDISH,
    )
}

__all__ = ["ENGLISH", "TABLES"]
