"""The languages of the product, the only list for settings, bot and catalogues.

It imports nothing of the project, since `make messages` reads it without settings.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """A language: Django's `code`, its own `name` for itself, and Discord's codes."""

    code: str
    name: str
    discord: tuple[str, ...]

    @property
    def locale(self) -> str:
        """The name of its folder in `locale/`: `pt_BR` for `pt-br`."""
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
