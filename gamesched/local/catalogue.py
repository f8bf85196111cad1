"""`make messages`: updates the catalogues of `locale/` from the sources.

Catalogues are sorted and have neither dates nor line numbers, so that every difference in Git is a
difference in a sentence. Compiled catalogues are in Git too, so that the project runs without
compiling them, and a release contains what was tested.
"""

import io
from collections.abc import Iterable
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from gamesched.languages import TRANSLATED
from gamesched.local.environment import CHECKOUT
from gamesched.local.sentences import Sentence, find_sentences

LOCALES = tuple(language.locale for language in TRANSLATED)
HEADER = "# Gamesched. How we translate: docs/translating.md"


class CalmCatalog(Catalog):
    """A catalogue without dates in its header."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("Language", str(self.locale_identifier)),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
            ("Plural-Forms", self.plural_forms),
        ]


def update_catalogues(checkout: Path = CHECKOUT) -> int:
    """Write every catalogue and list missing translations, which are shown in English."""
    sentences = list(find_sentences(checkout))
    for locale in LOCALES:
        catalog = updated(locale, sentences, checkout)
        folder = po_path(locale, checkout).parent
        folder.mkdir(parents=True, exist_ok=True)
        po_path(locale, checkout).write_bytes(as_po(catalog))
        po_path(locale, checkout).with_suffix(".mo").write_bytes(as_mo(catalog))
        lacking = untranslated(catalog)
        print(f"{locale}: {len(catalog)} sentences, {len(lacking)} to translate")
        for message in lacking:
            print(f"    {message.id!r}")
    return 0


def po_path(locale: str, checkout: Path = CHECKOUT) -> Path:
    return checkout / "locale" / locale / "LC_MESSAGES" / "django.po"


def read_catalogue(locale: str, checkout: Path = CHECKOUT) -> Catalog:
    path = po_path(locale, checkout)
    if not path.exists():
        return Catalog(locale=locale)
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def updated(locale: str, sentences: Iterable[Sentence], checkout: Path = CHECKOUT) -> Catalog:
    """Return the sources' sentences with known translations, and no others."""
    known = read_catalogue(locale, checkout)
    catalog = CalmCatalog(locale=locale, header_comment=HEADER, fuzzy=False)
    for sentence in sentences:
        before = known.get(_key(sentence.id), context=sentence.context)
        if before is None or before.id != sentence.id:
            before = Message(sentence.id)
        catalog.add(
            sentence.id,
            before.string,
            locations=[(sentence.path, 0)],
            flags={"fuzzy"} if before.fuzzy else (),
            auto_comments=sentence.comments,
            user_comments=before.user_comments,
            context=sentence.context,
        )
    return catalog


def untranslated(catalog: Catalog) -> list[Message]:
    """Return the sentences without a translation, or with one marked as fuzzy."""
    return [message for message in catalog if message.id and _is_lacking(message)]


def as_po(catalog: Catalog) -> bytes:
    file = io.BytesIO()
    write_po(file, catalog, width=96, include_lineno=False, sort_output=True)
    return file.getvalue().rstrip() + b"\n"


def as_mo(catalog: Catalog) -> bytes:
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def _is_lacking(message: Message) -> bool:
    words = message.string or ""
    strings = [words] if isinstance(words, str) else words
    return message.fuzzy or not strings or not all(strings)


def _key(words: str | tuple[str, str]) -> str:
    return words if isinstance(words, str) else words[0]
