"""The catalogues are valid and, at a release, complete in every language.

A change may lack translations: such sentences are shown in English, and `make messages` lists
them. `make release-check` requires all of them.
"""

import io
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from babel.messages import Catalog, Message
from babel.messages.mofile import read_mo

from discordbot.routes import COMMANDS
from gamesched.local.catalogue import (
    LOCALES,
    as_mo,
    as_po,
    po_path,
    read_catalogue,
    untranslated,
    updated,
)
from gamesched.local.environment import CHECKOUT
from gamesched.local.sentences import NAMED, find_sentences
from when import parse_when

SENTENCES = list(find_sentences(CHECKOUT))
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|\{\w+\}|\*\*|`|<[^>]*>|#(?=%)")
QUOTED = re.compile(r"[„«“](.+?)[“»”]")
COMMAND = re.compile(r"(?<![\w/%\)])/([a-z]+(?:-[a-z]+)*)(?![\w/])")
COMMAND_NAME = NAMED["Command"]
TIMES = ("“friday 8pm”", "“Friday 8pm”", "“tomorrow 20:00”")
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)

each_locale = pytest.mark.parametrize("locale", LOCALES)


def pairs(locale: str) -> Iterator[tuple[Message, str, str]]:
    """Yield each translated sentence and its translation, with all plural forms."""
    for message in read_catalogue(locale):
        if not message.id or not message.string or not any(message.string):
            continue
        if isinstance(message.id, str):
            yield message, message.id, str(message.string)
            continue
        for number, text in enumerate(message.string):
            yield message, message.id[min(number, 1)], text


@each_locale
def test_catalogues_are_compiled(locale: str) -> None:
    with po_path(locale).with_suffix(".mo").open("rb") as file:
        compiled = read_mo(file)
    expected = read_mo(io.BytesIO(as_mo(read_catalogue(locale))))
    assert sentences(compiled) == sentences(expected), "run make messages"


@pytest.mark.release
@each_locale
def test_catalogues_are_up_to_date(locale: str) -> None:
    catalog = updated(locale, SENTENCES)

    assert ids(catalog) == ids(read_catalogue(locale)), "run make messages"
    assert as_po(catalog) == po_path(locale).read_bytes(), "run make messages"
    assert as_mo(catalog) == po_path(locale).with_suffix(".mo").read_bytes(), "run make messages"


def is_unfinished(locale: str) -> bool:
    return bool(untranslated(read_catalogue(locale)))


def sentences(catalog: Catalog) -> dict[tuple[str | None, str], object]:
    return {(one.context, str(one.id)): one.string for one in catalog if one.id}


def ids(catalog: Catalog) -> set[tuple[str | None, str]]:
    return {(message.context, str(message.id)) for message in catalog if message.id}


@pytest.mark.release
@each_locale
def test_everything_is_translated(locale: str) -> None:
    assert [message.id for message in untranslated(updated(locale, SENTENCES))] == []


@each_locale
def test_translations_keep_placeholders_and_markup(locale: str) -> None:
    for message, english, text in pairs(locale):
        assert Counter(PLACEHOLDER.findall(english)) == Counter(PLACEHOLDER.findall(text)), text
        assert text == text.strip() or english != english.strip(), text
        assert text.strip()[-1:] == english.strip()[-1:] or english[-1] not in ".:?…", text
        assert isinstance(message.id, str) or len(message.string or ()) == 2


@each_locale
def test_translations_name_commands_as_they_are_called_there(locale: str) -> None:
    names = {
        message.id: message.string
        for message in read_catalogue(locale)
        if message.context == COMMAND_NAME and message.string
    }
    assert len(names) > 10 or is_unfinished(locale)
    for _message, english, text in pairs(locale):
        for name in COMMAND.findall(english):
            if name in names:
                assert re.search(rf"/{names[name]}(?![\w-])", text), text


@pytest.mark.release
@each_locale
def test_every_command_has_a_name_and_no_other(locale: str) -> None:
    names = {message.id for message in read_catalogue(locale) if message.context == COMMAND_NAME}
    assert names == COMMANDS.keys()


@each_locale
def test_times_in_examples_can_be_read(locale: str) -> None:
    examples = [
        phrase
        for _message, english, text in pairs(locale)
        if any(time in english for time in TIMES)
        for phrase in QUOTED.findall(text.replace("\u00a0", " ").replace("« ", "«"))
    ]
    assert len(examples) > 5 or is_unfinished(locale)
    for phrase in examples:
        reading = parse_when(phrase.strip(), now=NOON, zone="UTC", locale=locale)
        assert reading.when is not None, phrase


@each_locale
def test_people_are_spoken_to_as_friends(locale: str) -> None:
    formal = {
        "de": r"\bIhnen\b|\bSie (können|müssen|dürfen|haben|sind)\b",
        "fr": r"\b([Vv]euillez|pouvez|devez|avez|êtes)\b",
        "es": r"\b[Uu]sted\b",
    }
    pattern = re.compile(formal.get(locale, r"\b[Oo] senhor\b"))
    assert [text for _message, _english, text in pairs(locale) if pattern.search(text)] == []
