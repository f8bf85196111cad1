"""One table of words per language."""

from games.when.languages.de import GERMAN
from games.when.languages.en import ENGLISH
from games.when.languages.es import SPANISH
from games.when.languages.fr import FRENCH
from games.when.languages.it import ITALIAN
from games.when.languages.ja import JAPANESE
from games.when.languages.nl import DUTCH
from games.when.languages.pl import POLISH
from games.when.languages.pt import PORTUGUESE
from games.when.languages.ru import RUSSIAN
from games.when.languages.sv import SWEDISH
from games.when.languages.tr import TURKISH

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
