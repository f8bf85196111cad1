"""The catalogues keep to the terms of docs/translating.md, and what they teach can be typed."""

import re
from collections.abc import Iterator
from datetime import date

import pytest

from gamesched.local.catalogue import LOCALES, read_catalogue
from gamesched.local.environment import CHECKOUT
from gamesched.local.sentences import NAMED
from when import parse_repetition
from when.switches import is_default, is_off

PAGE = (CHECKOUT / "docs/translating.md").read_text(encoding="utf-8")
LANGUAGES = {"German": "de", "French": "fr", "Spanish": "es", "Portuguese": "pt_BR"}
QUOTED = re.compile(r"[„«“](.+?)[“»”]")
FIRST = date(2026, 12, 4)  # a Friday
# Discord shows 20 characters of a link button on a phone before it cuts them.
NARROW_BUTTONS = ("Calendar and my data", "All from now on")

each_locale = pytest.mark.parametrize("locale", LOCALES)


def rows(first_heading: str) -> Iterator[list[str]]:
    """Yield the cells of the table that begins with this heading."""
    lines = iter(PAGE.splitlines())
    for line in lines:
        if line.startswith(f"| {first_heading} |"):
            next(lines)
            break
    for line in lines:
        if not line.startswith("|"):
            return
        yield [cell.strip() for cell in line.strip("|").split("|")]


def words(cell: str) -> list[str]:
    return [word.strip() for word in cell.split(",")]


def sentences(locale: str) -> Iterator[tuple[str, str]]:
    """Yield each sentence and its translation, with all plural forms."""
    for message in read_catalogue(locale):
        if not message.id or message.context in NAMED.values():
            continue
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        said = [message.string] if isinstance(message.string, str) else list(message.string or ())
        for number, text in enumerate(said):
            yield ids[min(number, len(ids) - 1)], str(text or "")


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ").casefold()


def misused(text: str, phrase: str) -> bool:
    pattern = re.escape(phrase).replace(r"\*", r"\w*")
    return bool(re.search(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE))


def avoided(language: str) -> list[str]:
    return [word for name, cell, _better in rows("language") for word in words(cell)
            if name == language]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_terms_are_translated_as_the_table_has_them(language: str) -> None:
    column = ["English", *LANGUAGES].index(language)
    table = {row[0]: [plain(word) for word in words(row[column])] for row in rows("English")}
    held = [
        (english, text)
        for english, text in sentences(LANGUAGES[language])
        if english.casefold() in table
    ]
    assert len(held) > 40
    for english, text in held:
        assert plain(text) in table[english.casefold()], english


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_that_are_not_used_stand_in_no_sentence(language: str) -> None:
    wrong = avoided(language)
    assert wrong
    for _english, text in sentences(LANGUAGES[language]):
        assert [word for word in wrong if misused(text, word)] == [], text


def test_english_words_that_are_not_used_stand_in_no_sentence() -> None:
    wrong = avoided("English")
    for english, _text in sentences("de"):
        assert [word for word in wrong if misused(english, word)] == [], english


@each_locale
def test_repetitions_that_are_taught_are_read(locale: str) -> None:
    taught = [
        phrase.strip()
        for english, text in sentences(locale)
        if "every 2 weeks on tue" in english
        for phrase in QUOTED.findall(text.replace("\u00a0", " "))
    ]
    assert len(taught) > 4
    for phrase in taught:
        assert parse_repetition(phrase, first=FIRST, locale=locale).rule, phrase


@each_locale
def test_words_for_off_and_default_that_are_taught_are_read(locale: str) -> None:
    for english, text in sentences(locale):
        theirs = QUOTED.findall(text.replace("\u00a0", " "))
        for taught, said in zip(QUOTED.findall(english), theirs, strict=False):
            if taught == "off":
                assert is_off(said.strip()), text
            if taught == "default":
                assert is_default(said.strip()), text


@each_locale
def test_buttons_beside_each_other_stay_short(locale: str) -> None:
    said = [text for english, text in sentences(locale) if english in NARROW_BUTTONS]
    assert len(said) == len(NARROW_BUTTONS)
    assert [text for text in said if len(text) > 20] == []


@each_locale
def test_the_filter_of_many_games_and_the_chip_of_one_are_two_sentences(locale: str) -> None:
    """ "Cancelled" is a game's state, the filter for many of them, and no state of a message."""
    contexts = {message.context for message in read_catalogue(locale) if message.id == "Cancelled"}
    assert contexts == {None, "games"}
    drafts = {m.context: m.string for m in read_catalogue(locale) if m.id == "Not announced yet"}
    assert set(drafts) == {None, "games"}
    if locale in {"fr", "pt_BR"}:
        assert drafts[None] != drafts["games"]


@each_locale
def test_the_start_of_a_game_is_not_called_by_the_verb_of_a_timer(locale: str) -> None:
    assert "Start" not in {message.id for message in read_catalogue(locale)}
