"""The languages of the product: the one list, from which settings, bot and catalogues take theirs.

It needs nothing, since `make messages` reads it without settings.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """`code` is Django's, `name` what it calls itself, `discord` what Discord calls it."""

    code: str
    name: str
    discord: tuple[str, ...]

    @property
    def locale(self) -> str:
        """Its folder in `locale/`: `pt_BR` for `pt-br`."""
        language, _, country = self.code.partition("-")
        return f"{language}_{country.upper()}" if country else language


ENGLISH = Language("en", "English", ("en-US", "en-GB"))
TRANSLATED = (
    Language("de", "Deutsch", ("de",)),
    Language("fr", "Français", ("fr",)),
    Language("es", "Español", ("es-ES", "es-419")),
    Language("pt-br", "Português (Brasil)", ("pt-BR",)),
)
LANGUAGES = (ENGLISH, *TRANSLATED)
