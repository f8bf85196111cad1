"""Browser windows of the demo's people, in the sandbox and on the dashboard."""

import json
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize

from tests.e2e.stack import Stack
from tests.e2e.test_web import log_in

DESK: ViewportSize = {"width": 1100, "height": 720}
TALL: ViewportSize = {"width": 1100, "height": 1000}
PHONE: ViewportSize = {"width": 390, "height": 780}
LOOK: dict[str, Any] = {
    "timezone_id": "Europe/Berlin",
    "color_scheme": "light",
    "reduced_motion": "reduce",
    "device_scale_factor": 1.5,
}
NO_TOUR = f"localStorage.setItem('tour', '{json.dumps({'step': 4, 'since': 1})}')"


@dataclass
class Camera:
    browser: Browser
    stack: Stack
    guild: int
    people: dict[str, int]
    channels: dict[str, int]

    def dashboard(self, person: str, size: ViewportSize = DESK) -> Page:
        """Open the dashboard, logged in as the person."""
        return log_in(self.browser, self.stack, self.people[person], viewport=size, **LOOK)

    def sandbox(self, person: str, channel: str, size: ViewportSize = DESK) -> Page:
        context = self.browser.new_context(
            base_url=self.stack.sandbox.url, locale="en-GB", viewport=size, **LOOK
        )
        context.add_init_script(NO_TOUR)
        page = context.new_page()
        page.goto(f"/channels/{self.guild}/{self.channels[channel]}?as={person}")
        page.locator(".message").first.wait_for()
        return page

    def game(self, title: str) -> str:
        """Return the address of the game's page."""
        [(game_id,)] = self.stack.rows("select id from games_game where title = %s", title)
        return f"/g/{self.guild}/games/{game_id}/"


def window(page: Page) -> bytes:
    """Take the whole window once everything is loaded."""
    page.wait_for_load_state("networkidle")
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    page.wait_for_timeout(300)
    return page.screenshot()


def part(page: Page, selector: str, text: str) -> bytes:
    """Take the last element of this kind that has the text."""
    element = page.locator(selector).filter(has_text=text).last
    element.scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    return element.screenshot()
