"""Games made and changed in a real browser, with and without scripts, as Discord then shows."""

import re
from pathlib import Path

import PIL.Image
import pytest
from playwright.sync_api import Browser, expect

from tests.duration import wait_until
from tests.e2e.conftest import Tavern
from tests.e2e.stack import Stack
from tests.e2e.test_web import log_in

pytestmark = pytest.mark.e2e
ONE_GAME = re.compile(r"/games/\d+/$")


def test_a_game_made_and_changed_on_the_web_is_seen_on_discord(
    stack: Stack, tavern: Tavern, browser: Browser, tmp_path: Path
) -> None:
    picture = tmp_path / "picture.png"
    PIL.Image.new("RGB", (60, 40), "red").save(picture)
    page = log_in(browser, stack, tavern.host)
    page.goto(f"/g/{tavern.id}/games/new/")
    page.get_by_label("Title").fill("Made on the web")
    page.get_by_role("textbox", name="When", exact=True).fill("tomorrow 8")
    page.locator("[data-pick]").nth(1).click()
    expect(page.get_by_text("20:00").first).to_be_visible()
    page.get_by_text("Slots").first.click()
    page.get_by_role("button", name="Add a slot").click()
    expect(page.locator('input[name="slots_name"]')).to_be_focused()
    page.locator('input[name="slots_name"]').fill("Tank")
    page.locator("#id_image_upload").set_input_files(picture)
    expect(page.locator(".discord-title")).to_have_text("Made on the web", timeout=10_000)

    page.get_by_role("button", name="Announce").dblclick()
    page.wait_for_url(ONE_GAME)
    post = wait_until(lambda: tavern.announcement("Made on the web"), 20)
    assert post is not None
    assert "Tank (0/1)" in str(post)
    assert "/images/" in post["embeds"][0]["image"]["url"]
    assert len(tavern.sandbox.messages(tavern.channel)) == 1

    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Title").fill("Changed on the web")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(ONE_GAME)
    wait_until(lambda: tavern.announcement("Changed on the web"), 20)

    page.get_by_role("link", name="Cancel game").click()
    page.get_by_label("Why?").fill("The table burnt down")
    page.get_by_role("button", name="Cancel the game").click()
    page.wait_for_url(ONE_GAME)
    wait_until(lambda: "burnt" in str(tavern.sandbox.messages(tavern.channel)), 20)


def test_a_game_is_made_without_scripts(stack: Stack, tavern: Tavern, browser: Browser) -> None:
    state = log_in(browser, stack, tavern.host).context.storage_state()
    context = browser.new_context(
        base_url=stack.url, java_script_enabled=False, storage_state=state
    )
    page = context.new_page()
    page.goto(f"/g/{tavern.id}/games/new/")
    page.get_by_label("Title").fill("No scripts")
    page.get_by_role("textbox", name="When", exact=True).fill("tomorrow 8")
    page.get_by_role("button", name="Announce").click()
    page.locator("[data-pick]").nth(1).click()
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".discord-title")).to_have_text("No scripts")

    page.get_by_role("button", name="Announce").click()

    page.wait_for_url(ONE_GAME)
    wait_until(lambda: tavern.announcement("No scripts"), 20)
