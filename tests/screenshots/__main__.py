"""Starts everything with the demo, takes all pictures anew into `docs/images/`, and stops."""

import sys
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser

from gamesched.local.browser import running_browser
from gamesched.local.environment import CHECKOUT
from gamesched.local.errors import LocalError
from tests.e2e.conftest import button
from tests.e2e.stack import Stack, running_stack
from tests.screenshots.camera import PHONE, TALL, Camera, part, window
from tests.screenshots.pictures import save, save_together

IMAGES = CHECKOUT / "docs" / "images"
FULL = "The Sunless Citadel, part two"


def overview(camera: Camera) -> bytes:
    page = camera.sandbox("mira", "games", {"width": 1280, "height": 900})
    page.locator(".message").filter(has_text=FULL).last.scroll_into_view_if_needed()
    return window(page)


def phone(camera: Camera) -> bytes:
    page = camera.dashboard("sam", PHONE)
    page.goto(camera.game(FULL))
    return window(page)


def announcement(camera: Camera) -> bytes:
    return part(camera.sandbox("mira", "games", TALL), ".message", FULL)


def preview(camera: Camera) -> bytes:
    sandbox, mira = camera.stack.sandbox, camera.people["mira"]
    shown = sandbox.command(
        mira,
        camera.channels["games"],
        "create-game",
        title="Dungeon night",
        when="friday 8pm",
        max_players=4,
        description="Bring dice, and something to eat.",
    )
    shot = part(camera.sandbox("mira", "games", TALL), ".message", "Dungeon night")
    sandbox.click(mira, shown.message, button(shown.message, "discard"))
    return shot


def my_games(camera: Camera) -> bytes:
    page = camera.dashboard("mira")
    page.goto("/games/")
    return window(page)


def month(camera: Camera) -> bytes:
    page = camera.dashboard("mira", TALL)
    page.goto(f"/g/{camera.guild}/?view=month")
    return window(page)


def form(camera: Camera) -> bytes:
    page = camera.dashboard("mira", TALL)
    page.goto(f"/g/{camera.guild}/games/new/")
    page.locator("[name=title]").fill("Dungeon night")
    page.locator("[name=when]").press_sequentially("friday 8pm", delay=20)
    page.locator("[name=when]").press("Tab")
    page.wait_for_timeout(800)
    return window(page)


def roster(camera: Camera) -> bytes:
    page = camera.dashboard("mira")
    page.goto(f"{camera.game(FULL)}roster/")
    return window(page)


def settings(camera: Camera) -> bytes:
    page = camera.dashboard("mira")
    page.goto(f"/g/{camera.guild}/settings/")
    return window(page)


def templates(camera: Camera) -> bytes:
    page = camera.dashboard("mira")
    page.goto(f"/g/{camera.guild}/templates/")
    return window(page)


SHOTS: dict[str, Callable[[Camera], bytes]] = {
    "sandbox": overview,
    "game-phone": phone,
    "announcement": announcement,
    "preview": preview,
    "my-games": my_games,
    "month": month,
    "form": form,
    "roster": roster,
    "settings": settings,
    "templates": templates,
}


def make_camera(browser: Browser, stack: Stack) -> Camera:
    sandbox = stack.sandbox
    guild = next(int(one["id"]) for one in sandbox.guilds())
    return Camera(
        browser,
        stack,
        guild,
        {one["username"]: int(one["id"]) for one in sandbox.users()},
        {one["name"]: int(one["id"]) for one in sandbox.channels(guild=guild)},
    )


def main() -> int:
    folder: Path = CHECKOUT / "var" / "screenshots"
    IMAGES.mkdir(exist_ok=True)
    with running_stack(folder, demo=True) as stack, running_browser() as browser:
        stack.make_demo()
        camera = make_camera(browser, stack)
        taken = {}
        for name, take in SHOTS.items():
            taken[name] = take(camera)
            save(taken[name], IMAGES / f"{name}.webp")
        save_together(taken["sandbox"], taken["game-phone"], IMAGES / "overview.webp")
    print(f"{len(SHOTS) + 1} pictures in {IMAGES.relative_to(CHECKOUT)}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except LocalError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
