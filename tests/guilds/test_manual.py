"""The manual on the site names each file it refers to, and says only what the code does."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from gamesched.local.environment import CHECKOUT
from guilds.manual.contents import PAGES
from guilds.manual.page import page
from notifications.rules import REMINDER_GRACE


@pytest.mark.parametrize("name", PAGES)
def test_no_page_refers_to_something_its_reader_cannot_find(name: str) -> None:
    html = str(page(name).html)
    for match in re.finditer(r"decision \d+(?!</a>)(?! in)", html):
        assert re.match(r" \(<code>docs/decisions/", html[match.end() :]), match.group()
    for path in re.findall(r"\(<code>([\w./-]+\.md)</code>\)", html):
        assert (CHECKOUT / path).is_file(), path


@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES)
def test_every_page_of_the_manual_is_shown(client: Client, name: str) -> None:
    assert client.get(reverse(f"help-{name}")).status_code == 200


def test_the_manual_says_how_late_a_reminder_may_be() -> None:
    minutes = round(REMINDER_GRACE.total_seconds() / 60)
    text = (CHECKOUT / "docs/operating.md").read_text()
    assert f"more than {minutes} minutes late is dropped" in text


def test_buttons_that_the_manual_names_exist() -> None:
    sources = "\n".join(
        path.read_text()
        for folder in ("notifications", "templates", "games", "guilds")
        for path in (CHECKOUT / folder).rglob("*")
        if path.suffix in {".py", ".html"}
    )
    text = (CHECKOUT / "docs/hosts.md").read_text() + (CHECKOUT / "docs/players.md").read_text()
    named = {" ".join(one.split()) for one in re.findall(r"\*\*([A-Z][^*]+)\*\*", text)}
    assert {"Play anyway", "Cancel game", "Join waitlist"} <= named
    assert [one for one in named if f'"{one}"' not in sources] == []
