"""The dashboard in a real browser: log in with Discord, join, and see it live everywhere."""

from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.duration import wait_until
from tests.e2e.conftest import Tavern, button
from tests.e2e.stack import Stack

pytestmark = pytest.mark.e2e


def log_in(browser: Browser, stack: Stack, user: int, **options: Any) -> Page:
    """A window of its own, in which the person is logged in."""
    page = browser.new_context(base_url=stack.url, locale="en-GB", **options).new_page()
    page.goto("/")
    page.get_by_role("button", name="Log in with Discord").first.click()
    page.locator(f'button[name="as"][value="{user}"]').click()
    page.wait_for_url(f"{stack.url}/games/")
    return page


def test_join_on_the_web_is_seen_in_another_window_and_on_discord(
    stack: Stack, tavern: Tavern, browser: Browser
) -> None:
    message = tavern.post_game(title="Both worlds", max_players=2)
    game_id = button(message, "join").split(":")[1]
    address = f"/g/{tavern.id}/games/{game_id}/"
    ana, ben, cleo = (tavern.new_member(name) for name in ("ana", "ben", "cleo"))
    first, second = log_in(browser, stack, ana), log_in(browser, stack, ben)
    second.goto(address)
    first.goto(address)

    first.get_by_role("button", name="Join").click()
    expect(first.get_by_text("You're in.")).to_be_visible()
    expect(second.get_by_text("1/2").first).to_be_visible(timeout=3000)
    wait_until(lambda: "ana" in str(tavern.announcement("Both worlds")), 10)

    tavern.press(cleo, message, "join")
    expect(first.get_by_text("2/2").first).to_be_visible(timeout=3000)
    expect(second.get_by_role("button", name="Join waitlist")).to_be_visible()


def test_a_stranger_gets_404_everywhere(stack: Stack, tavern: Tavern, browser: Browser) -> None:
    message = tavern.post_game(title="Private")
    game_id = button(message, "join").split(":")[1]
    stranger = int(stack.sandbox.make_user("mallory")["id"])
    page = log_in(browser, stack, stranger)
    for address in (f"/g/{tavern.id}/", f"/g/{tavern.id}/games/{game_id}/", "/g/1/games/1/"):
        response = page.goto(address)
        assert response is not None
        assert response.status == 404
    with pytest.raises(HTTPError) as refused:
        urlopen(f"{stack.url}/ws/g/{tavern.id}/games/{game_id}/", timeout=5)
    refused.value.close()
    assert refused.value.code == 404


def test_killed_web_lets_open_pages_catch_up(
    stack: Stack, tavern: Tavern, browser: Browser
) -> None:
    message = tavern.post_game(title="Catch up", max_players=3)
    game_id = button(message, "join").split(":")[1]
    ana, ben = tavern.new_member("ana"), tavern.new_member("ben")
    page = log_in(browser, stack, ana)
    page.goto(f"/g/{tavern.id}/games/{game_id}/")
    expect(page.get_by_text("0/3").first).to_be_visible()

    stack.kill("web")
    tavern.press(ben, message, "join")
    stack.start("web")

    expect(page.get_by_text("1/3").first).to_be_visible(timeout=30_000)


def test_pictures_load_on_the_dashboard_and_in_announcements(
    stack: Stack, tavern: Tavern, browser: Browser
) -> None:
    stack.sandbox.patch_guild(tavern.id, icon="abc")
    ana = tavern.new_member("ana", global_name="Ana")
    stack.sandbox.patch_user(ana, avatar="abc")
    message = tavern.post_game(title="Pictures")
    with urlopen(message["embeds"][0]["author"]["icon_url"], timeout=5) as picture:
        assert picture.headers.get_content_type().startswith("image/")
    tavern.press(ana, message, "join")
    wait_until(lambda: stack.rows("select 1 from guilds_guild where icon = 'abc'"))

    page = log_in(browser, stack, ana)
    page.goto(f"/g/{tavern.id}/games/{button(message, 'join').split(':')[1]}/")
    pictures = page.evaluate(
        """() => {
            const images = document.querySelectorAll(".avatar img, .guild-icon img");
            return Promise.all([...images].map(async (image) => {
                image.loading = "eager";
                await image.decode();
                return image.src;
            }));
        }"""
    )
    assert f"/avatars/{ana}/" in str(pictures)
    assert "/embed/avatars/" in str(pictures)
    assert all(address.startswith(f"{stack.sandbox.url}/cdn/") for address in pictures)
