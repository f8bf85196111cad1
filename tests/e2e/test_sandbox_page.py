"""The sandbox's page with the whole product behind it: the tour, as a newcomer plays it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Tavern
from tests.e2e.stack import Stack
from tests.e2e.walker import axe_finds

pytestmark = pytest.mark.e2e
SOON = 20_000
# The move is announced first; the step brought near follows 15 s later.
REMINDED_WITHIN = 60_000


@pytest.fixture
def window(stack: Stack, tavern: Tavern, browser: Browser) -> Iterator[Page]:
    """The page as the host sees it. An error in its console fails the test."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 800})
    trouble: list[str] = []
    context.on("weberror", lambda error: trouble.append(str(error.error)))
    page = context.new_page()
    page.goto(address(stack, tavern, tavern.host))
    expect(page.locator("#title")).to_have_text("# games")
    yield page
    context.close()
    assert trouble == []


def address(stack: Stack, tavern: Tavern, person: int) -> str:
    return f"{stack.sandbox.url}/channels/{tavern.id}/{tavern.channel}?as={person}"


def test_the_tour_leads_from_a_command_to_a_reminder(
    stack: Stack, tavern: Tavern, window: Page
) -> None:
    jonas = tavern.new_member("jonas", global_name="Jonas")
    tour = window.locator("#tour")
    expect(tour).to_contain_text("Create a game.", timeout=SOON)
    replace(tavern, host=jonas).post_game("Somebody else's game")
    expect(window.locator("#messages")).to_contain_text("Somebody else's game", timeout=SOON)
    expect(tour).to_contain_text("Create a game.")

    window.locator("#text").press_sequentially("/create")
    expect(window.locator("#offers [role=option]").first).to_contain_text("/create-game")
    window.keyboard.press("Tab")
    window.keyboard.type("Chess at the inn")
    expect(window.locator("#hint")).to_contain_text("title")
    window.keyboard.press("Tab")
    window.keyboard.type("tomorrow at 7pm")
    window.get_by_role("button", name="+ remind").click()
    window.keyboard.type("1h")
    window.keyboard.press("Enter")
    expect(window.locator(".hidden-one")).to_contain_text("Only you can see this", timeout=SOON)
    window.get_by_role("button", name="Post").click()
    expect(tour).to_contain_text("Join it.", timeout=SOON)

    second = window.context.new_page()
    second.goto(address(stack, tavern, jonas))
    expect(second.locator("#me")).to_contain_text("Jonas")
    game = second.locator(".message", has_text="Chess at the inn").last
    game.get_by_role("button", name="Join").click()
    expect(game).to_contain_text("(1/", timeout=SOON)
    expect(window.locator(".message", has_text="Jonas").last).to_be_visible(timeout=SOON)
    expect(tour).to_contain_text("Let the reminder come.", timeout=SOON)

    tour.get_by_role("button", name="Bring it near").click()
    expect(window.locator("dialog[open]")).to_contain_text("Reminder 1 hour before", timeout=SOON)
    assert axe_finds(window) == []
    window.get_by_role("button", name="Bring near: Chess at the inn").click()
    expect(window.locator("#said")).to_contain_text("15 seconds", timeout=SOON)

    # Participants are told of the move first, which that person's screenshot shows.
    marked = window.locator(f'#people a[data-key="{jonas}"] .badge')
    expect(marked).to_be_visible(timeout=SOON)
    expect(second.locator("#servers .badge").first).to_contain_text("1", timeout=SOON)
    reminder = second.locator(".message.pinged", has_text="@Jonas")
    expect(reminder).to_be_visible(timeout=REMINDED_WITHIN)
    expect(tour).to_contain_text("That was a reminder.", timeout=SOON)
    second.get_by_role("button", name="Direct messages").click()
    expect(second.locator("#messages")).to_contain_text("Chess at the inn", timeout=SOON)
    expect(second.locator("#servers .badge")).to_have_count(0, timeout=SOON)
    tour.get_by_role("button", name="Finish").click()
    expect(tour).to_be_hidden()
    window.reload()
    expect(window.locator("#title")).to_have_text("# games")
    expect(tour).to_be_hidden()


def test_what_just_happened_shows_answers_calls_and_limits(
    stack: Stack, tavern: Tavern, window: Page
) -> None:
    window.get_by_role("button", name="What just happened").first.click()
    tavern.sandbox.command(tavern.host, tavern.channel, "list-games")
    panel = window.locator("#happenings")
    row = panel.locator(".happening.interaction", has_text="/list-games").first
    expect(row).to_contain_text("Hazel the Host, command")
    expect(row).to_contain_text("after")
    expect(row).to_contain_text("ms")
    call = panel.locator(".happening.request", has_text="/callback").first
    expect(call).to_contain_text("POST")
    call.locator("summary").click()
    expect(call.locator("pre")).to_contain_text('"type"')

    panel.get_by_role("button", name="REST").click()
    expect(call).to_be_hidden()
    panel.get_by_label("Filter").fill("list-games")
    expect(panel.locator(".happening.gateway:visible")).to_have_count(0)
    expect(row).to_be_visible()
    assert axe_finds(window) == []


def test_a_game_is_named_by_its_beginning_and_by_keyboard(
    stack: Stack, tavern: Tavern, window: Page
) -> None:
    tavern.post_game(title="Dragons of the north")
    tavern.post_game(title="Trains")
    window.locator("#text").press_sequentially("/edit-game")
    expect(window.locator("#offers [role=option]")).to_have_count(1)
    window.keyboard.press("Enter")
    window.keyboard.type("drag")
    offered = window.locator("#offers-game [role=option]")
    expect(offered).to_have_count(1, timeout=SOON)
    expect(offered).to_contain_text("Dragons of the north")
    window.keyboard.press("Enter")
    window.keyboard.press("Enter")
    expect(window.locator("#modal[open]")).to_be_visible(timeout=SOON)
    expect(window.locator("#modal input").first).to_have_value("Dragons of the north")
    assert axe_finds(window) == []
    window.keyboard.press("Escape")
    expect(window.locator("#modal")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_axe_finds_nothing(
    stack: Stack, tavern: Tavern, window: Page, scheme: Any, width: int
) -> None:
    role = stack.sandbox.make_role(tavern.id, "Player", color=0xF1C40F, hoist=True)
    ana = tavern.new_member("ana")
    stack.sandbox.patch_member(tavern.id, ana, roles=[role["id"]])
    message = tavern.post_game(title="Well made")
    tavern.press(ana, message, "join")
    stack.sandbox.write(ana, tavern.channel, f"Hi <@{tavern.host}> and <@&{role['id']}>, `d20`?")
    window.emulate_media(color_scheme=scheme)
    window.set_viewport_size({"width": width, "height": 800})
    window.reload()
    expect(window.locator(".message.pinged")).to_be_visible(timeout=SOON)
    assert axe_finds(window) == [], "channel"
    for panel in ("What just happened", "Members"):
        window.locator(".tools").get_by_role("button", name=panel).click()
        expect(window.get_by_role("complementary", name=panel)).to_have_count(1)
        assert axe_finds(window) == [], panel
        if width == 360:
            window.get_by_role("button", name=f"Close {panel.lower()}").click()
            window.locator("#menu").click()
            assert axe_finds(window) == [], "drawer"
            window.keyboard.press("Escape")
    window.locator("#text").press_sequentially("/")
    expect(window.locator("#offers [role=option]").first).to_be_visible()
    assert axe_finds(window) == [], "offers"
    assert window.evaluate("document.documentElement.scrollWidth <= innerWidth")
