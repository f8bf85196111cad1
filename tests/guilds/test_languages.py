"""The languages of people and servers, from Discord's locales."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.translation import get_language

from guilds.languages import (
    DISCORD_CODES,
    NAMES,
    find_language,
    in_language,
    language_of,
    spoken_locale,
)
from sandbox.validation.names import LOCALES
from tests.factories import make_user

OURS = {
    "en-US": "en", "en-GB": "en", "de": "de", "fr": "fr", "es-ES": "es", "es-419": "es",
    "pt-BR": "pt-br",
}  # fmt: skip


@pytest.mark.parametrize("locale", sorted(LOCALES))
def test_every_locale_of_discord_is_a_language_of_ours_or_english(locale: str) -> None:
    assert find_language(locale) == OURS.get(locale)
    assert language_of(locale) == OURS.get(locale, "en")


@pytest.mark.parametrize("locale", ["", "xx", "-", "pt_br", "ES", "DE-de", "\x00", "e"])
def test_whatever_is_stored_has_a_language(locale: str) -> None:
    assert language_of(locale) in dict(settings.LANGUAGES)


def test_every_language_of_ours_is_one_of_discord_s() -> None:
    assert set(DISCORD_CODES) | {"en"} == set(dict(settings.LANGUAGES))
    for language, codes in DISCORD_CODES.items():
        assert {language_of(code) for code in codes} == {language}
    assert {language_of(code) for code in NAMES} == set(dict(settings.LANGUAGES))


def test_a_block_speaks_the_language_and_then_stops() -> None:
    with in_language("es-419"):
        assert get_language() == "es"
    assert get_language() == "en"


def test_what_is_typed_is_in_the_language_of_the_locale_though_we_lack_it() -> None:
    assert spoken_locale() == "en"
    with in_language("ja"):
        assert get_language() == "en"
        assert spoken_locale() == "ja"
        with in_language("de"):
            assert spoken_locale() == "de"
    with in_language(""):
        assert spoken_locale() == "en"


def page(client: Client, accept: str) -> str:
    response = client.get(reverse("landing"), headers={"accept-language": accept})
    language = response.headers["Content-Language"]
    assert f'<html lang="{language}"' in response.text
    return language


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("locale", "accept", "language"),
    [
        ("de", "fr", "de"),
        ("es-419", "fr", "es"),
        ("en-GB", "fr", "en"),
        ("pt-BR", "", "pt-br"),
        ("it", "fr", "fr"),
        ("", "fr", "fr"),
        ("it", "it", "en"),
    ],
)
def test_pages_speak_the_person_s_language(locale: str, accept: str, language: str) -> None:
    client = Client()
    client.force_login(make_user(locale=locale), backend="guilds.login_backend.LoginBackend")
    assert page(client, accept) == language


@pytest.mark.django_db
def test_strangers_get_the_browser_s_language_and_nobody_else_s() -> None:
    client = Client()
    client.force_login(make_user(locale="de"), backend="guilds.login_backend.LoginBackend")
    assert page(client, "fr") == "de"
    assert page(Client(), "fr") == "fr"
    assert page(Client(), "pt") == "pt-br"
    assert page(Client(), "") == "en"
