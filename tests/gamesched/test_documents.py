"""Documents mention only links, anchors, pictures, commands and options that exist."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from markdown_it import MarkdownIt
from markdown_it.token import Token
from pytest_django import Settings

from discordbot.routes import COMMANDS
from games.typed.values import read_duration
from gamesched.local.environment import CHECKOUT
from guilds.manual.contents import PAGES
from guilds.manual.page import anchor_of
from guilds.typed_values import read_reminders, read_repeat, read_when
from notifications.messages.help_text import help_text

DOCUMENTS = sorted([*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").rglob("*.md")])
PICTURES = CHECKOUT / "docs" / "images"
COMMAND = re.compile(r"/([a-z]+(?:-[a-z]+)*)\b((?: [a-z_]+:[^\n]*)?)")
OPTION = re.compile(r"\b([a-z_]+):")
MAKE = re.compile(r"\bmake ([a-z]+(?:-[a-z]+)*)\b")
TARGET = re.compile(r"^([a-z-]+):", re.MULTILINE)
LARGEST = 150 * 1024
# Each document about a part of the product, at most two screens.
SHORT = ("players", "hosts", "admins", "contributing")


def name_of(path: Path) -> str:
    return path.relative_to(CHECKOUT).as_posix()


@cache
def tokens(path: Path) -> tuple[Token, ...]:
    return tuple(MarkdownIt("commonmark").enable("table").parse(path.read_text()))


def parts(path: Path, kind: str) -> Iterator[Token]:
    for token in tokens(path):
        for part in (token, *(token.children or ())):
            if part.type == kind:
                yield part


def anchors(path: Path) -> set[str]:
    pairs = zip(tokens(path), tokens(path)[1:], strict=False)
    return {anchor_of(text.content) for token, text in pairs if token.type == "heading_open"}


def code(path: Path) -> list[str]:
    """Return the document's code, inline and in blocks."""
    return [p.content for kind in ("code_inline", "fence") for p in parts(path, kind)]


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_link_leads_somewhere(path: Path) -> None:
    links = [str(part.attrs["href"]) for part in parts(path, "link_open")]
    dead = []
    for link in links:
        url = urlsplit(link)
        if url.scheme:
            assert url.scheme in {"http", "https"}, link
            continue
        target = (path.parent / unquote(url.path)).resolve() if url.path else path
        if not target.exists() or (url.fragment and url.fragment not in anchors(target)):
            dead.append(link)
    assert dead == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_picture_is_there_small_and_described(path: Path) -> None:
    for part in parts(path, "image"):
        file = path.parent / str(part.attrs["src"])
        assert file.is_file(), part.attrs["src"]
        assert file.stat().st_size < LARGEST
        assert len(part.content) > 10, f"{part.attrs['src']} is not described"


def test_every_picture_is_shown() -> None:
    shown = {
        (path.parent / str(part.attrs["src"])).resolve()
        for path in DOCUMENTS
        for part in parts(path, "image")
    }
    assert {file for file in PICTURES.iterdir() if file.is_file()} == shown


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_commands_and_their_options_exist(path: Path) -> None:
    for text in code(path):
        if not text.startswith("/"):
            continue
        found = COMMAND.fullmatch(text.strip())
        if found is None or (found[1] not in COMMANDS and not found[2]):
            continue  # an address
        assert found[1] in COMMANDS, text
        options = {option.name for option in COMMANDS[found[1]].options}
        assert set(OPTION.findall(found[2])) <= options, text


def test_every_command_is_explained_to_somebody() -> None:
    told = " ".join(text for page in PAGES for text in code(CHECKOUT / "docs" / f"{page}.md"))
    assert [name for name in COMMANDS if f"/{name}" not in told] == ["help"]


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_make_targets_exist(path: Path) -> None:
    targets = set(TARGET.findall((CHECKOUT / "Makefile").read_text()))
    assert set(MAKE.findall("\n".join(code(path)))) <= targets


@pytest.mark.parametrize("name", SHORT)
def test_the_manual_is_short(name: str) -> None:
    words = len((CHECKOUT / "docs" / f"{name}.md").read_text().split())
    assert words < 950


@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES)
def test_each_page_of_the_site_leads_only_to_what_is_there(client: Client, name: str) -> None:
    response = client.get(reverse(f"help-{name}"))
    html = response.content.decode()
    article = html[html.index("<article") : html.index("</article>")]
    ids = set(re.findall(r' id="([^"]+)"', html))

    assert response.status_code == 200
    for link in re.findall(r'href="([^"]*)"', article):
        url = urlsplit(link)
        if not url.scheme:
            assert url.fragment in ids if not url.path else client.get(url.path).status_code == 200
    for picture in re.findall(r'<img src="([^"]+)"', article):
        assert (PICTURES / picture.rpartition("/")[2]).is_file()
    assert 'href=""' not in article
    for anchor in re.findall(r'href="#([^"]+)"', html):
        assert anchor in ids


@pytest.mark.django_db
def test_readers_of_other_languages_are_told_that_it_is_english(client: Client) -> None:
    def told(language: str) -> str:
        address = reverse("help-players")
        return client.get(address, headers={"Accept-Language": language}).content.decode()

    assert 'class="note"' in told("de")
    assert 'class="note"' not in told("en")
    assert '<article class="manual-text" lang="en">' in told("de")


@pytest.mark.django_db
def test_the_manual_is_found_from_every_page(client: Client) -> None:
    assert f'href="{reverse("help")}"' in client.get("/").content.decode()
    contents = client.get(reverse("help")).content.decode()
    for name in PAGES:
        assert f'href="{reverse(f"help-{name}")}"' in contents


def test_help_on_discord_leads_to_the_manual(settings: Settings) -> None:
    [row] = help_text()["components"]
    links = {button["url"].removeprefix(settings.SITE_URL) for button in row["components"]}
    assert reverse("help") in links


NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)  # a Tuesday


def option_examples(option: str) -> list[str]:
    """Return the examples in `docs/hosts.md` for an option of /create-game."""
    rows = (CHECKOUT / "docs" / "hosts.md").read_text().splitlines()
    row = next(row for row in rows if row.startswith(f"| `{option}` |"))
    return re.findall(r"`([^`]+)`", row)[1:]


def test_examples_for_hosts_are_read_as_written() -> None:
    text = (CHECKOUT / "docs" / "hosts.md").read_text()
    said = re.search(r"Write times as you say them: (.+?)They are", text, re.DOTALL)
    assert said is not None
    times = re.findall(r"`([^`]+)`", said[1])

    assert len(times) >= 4
    for time in times:
        assert read_when(time, zone="Europe/Berlin", now=NOW).when, time
    for length in option_examples("duration"):
        assert read_duration(length)
    assert [read_reminders(each) for each in option_examples("remind")] == [(1440, 120, 15), ()]
    for rule in option_examples("repeat"):
        assert read_repeat(rule, first=NOW.date())


@pytest.mark.parametrize("name", PAGES)
def test_tables_have_all_their_headings_or_none(name: str) -> None:
    text = (CHECKOUT / "docs" / f"{name}.md").read_text()
    for head in re.findall(r"^(\|.*\|)\n\|[-|: ]+\|$", text, re.MULTILINE):
        cells = [cell.strip() for cell in head.strip("|").split("|")]
        assert all(cells) or not any(cells), head
