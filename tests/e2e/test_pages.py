"""The server's page and the roster in a real browser, by mouse and by keyboard; axe on each."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Tavern, button, make_tavern
from tests.e2e.stack import Stack
from tests.e2e.test_web import log_in
from tests.e2e.walker import axe_finds

pytestmark = pytest.mark.e2e
SLOW = 20_000


def names(page: Page) -> Any:
    return expect(page.locator(".seat .person bdi"))


def test_a_host_arranges_the_roster_by_keyboard_mouse_and_name(
    stack: Stack, tavern: Tavern, browser: Browser
) -> None:
    message = tavern.post_game(title="Arranged", max_players=2)
    game_id = button(message, "join").split(":")[1]
    for name in ("ana", "ben", "cleo"):
        tavern.press(tavern.new_member(name), message, "join")
    late = tavern.new_member("zora")  # so far known only to Discord
    page = log_in(browser, stack, tavern.host)
    page.goto(f"/g/{tavern.id}/games/{game_id}/")
    page.get_by_role("link", name="Roster").click()
    names(page).to_have_text(["ana", "ben", "cleo"])
    page.wait_for_load_state()  # keys work only once the script has run

    page.locator(".grip").first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#said")).to_have_text("ana: seat 2")
    names(page).to_have_text(["ben", "ana", "cleo"])
    expect(page.locator(".grip").nth(1)).to_be_focused()
    page.wait_for_timeout(1500)  # until the response is shown
    wait_for_order(stack, game_id, 3)

    drag(page, 2, 0)
    names(page).to_have_text(["cleo", "ben", "ana"])
    page.wait_for_timeout(1500)
    page.reload()
    names(page).to_have_text(["cleo", "ben", "ana"], timeout=SLOW)

    page.get_by_label("Name on this server").fill("zor")
    page.get_by_role("button", name="zora").click(timeout=SLOW)
    names(page).to_contain_text(["zora"], timeout=SLOW)
    expect(page.get_by_label("Name on this server")).to_be_focused()
    page.get_by_label("Name on this server").fill("Aunt Gerda")
    page.get_by_role("button", name="as a guest").click(timeout=SLOW)
    expect(page.get_by_text("guest", exact=True)).to_be_visible(timeout=SLOW)

    tavern.press(late, message, "decline")
    expect(page.locator(".seat", has_text="zora")).to_have_count(0, timeout=SLOW)
    assert axe_finds(page) == []


def wait_for_order(stack: Stack, game_id: str, people: int) -> None:
    stack.sandbox.wait_until(
        lambda: stack.rows(
            "select 1 from games_participant where game_id = %s and position is not null"
            " having count(*) = %s",
            game_id,
            people,
        ),
        timeout=30,
    )


def drag(page: Page, source: int, target: int) -> None:
    """Drag the element by its handle in small steps, as a hand does."""
    handle = page.locator(".grip").nth(source).bounding_box()
    goal = page.locator(".seat").nth(target).bounding_box()
    assert handle is not None
    assert goal is not None
    x = handle["x"] + handle["width"] / 2
    page.mouse.move(x, handle["y"] + handle["height"] / 2)
    page.mouse.down()
    page.mouse.move(x, goal["y"] + 4, steps=30)
    page.mouse.up()


def test_list_month_filters_and_history_of_the_browser(
    stack: Stack, tavern: Tavern, browser: Browser
) -> None:
    tavern.post_game(title="Dragons", when="in 2 hours")
    tavern.post_game(title="Trains", when="in 3 hours")
    page = log_in(browser, stack, tavern.host)
    page.goto(f"/g/{tavern.id}/")
    titles = page.locator(".card h3")
    expect(titles).to_have_text(["Dragons", "Trains"])

    page.get_by_label("Search").fill("drag")
    expect(titles).to_have_text(["Dragons"], timeout=SLOW)
    expect(page).to_have_url(f"{stack.url}/g/{tavern.id}/?q=drag")
    expect(page.locator("#said")).to_have_text("1 game")
    expect(page.get_by_label("Search")).to_be_focused()

    page.get_by_role("link", name="Month", exact=True).click()
    expect(page.locator(".entry bdi")).to_have_text(["Dragons"], timeout=SLOW)
    name = page.locator("#month-name").inner_text()
    page.locator("#month [data-day]").first.focus()
    page.keyboard.press("PageDown")
    expect(page.locator("#month-name")).not_to_have_text(name, timeout=SLOW)
    expect(page.get_by_label("Search")).to_have_value("drag")
    assert axe_finds(page) == []
    page.go_back()
    expect(page.locator("#month-name")).to_have_text(name, timeout=SLOW)
    expect(page.get_by_role("banner")).to_have_count(1)

    page.get_by_label("Search").fill("")
    expect(page.locator(".entry bdi")).to_have_count(2, timeout=SLOW)
    tavern.post_game(title="Ghosts", when="in 4 hours")
    expect(page.locator(".entry bdi")).to_have_count(3, timeout=SLOW)


def test_my_games_follows_all_servers_and_catches_up(
    stack: Stack, tavern: Tavern, browser: Browser
) -> None:
    other = make_tavern(stack, "The other place")
    ana, ben = tavern.new_member("ana"), tavern.new_member("ben")
    stack.sandbox.add_member(other.id, ana)
    message = tavern.post_game(title="Here", max_players=2)
    elsewhere = other.post_game(title="There")
    tavern.press(ana, message, "join")
    page = log_in(browser, stack, ana)
    expect(page.locator("[data-live-sign]")).to_have_attribute("data-state", "on", timeout=SLOW)
    titles = page.locator(".card h3")
    expect(titles).to_have_text(["Here"])

    other.press(ana, elsewhere, "join")
    expect(titles).to_have_text(["Here", "There"], timeout=3000)
    tavern.press(ben, message, "join")
    expect(page.get_by_text("2/2")).to_be_visible(timeout=3000)
    page.locator(".card h3 a").first.focus()

    stack.kill("web")
    expect(page.locator("[data-live-sign]")).to_have_attribute("data-state", "off", timeout=SLOW)
    tavern.press(ben, message, "decline")
    stack.start("web")

    expect(page.get_by_text("1/2")).to_be_visible(timeout=30_000)
    expect(page.locator(".card h3 a").first).to_be_focused()
