"""The page in a real browser, with a bot behind it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from sandbox.client import Sandbox
from tests.browser import browser_or_skip
from tests.sandbox.conftest import Place
from tests.sandbox.rest import APP, Rest


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for this module only: while Playwright runs, other tests cannot run event loops."""
    with browser_or_skip() as running:
        yield running


@pytest.fixture
def page(browser: Browser, box: Sandbox, place: Place) -> Iterator[Page]:
    """The page as Ada sees it. An error in its console fails the test."""
    context = browser.new_context(viewport={"width": 390, "height": 800})
    context.add_init_script(f"localStorage.setItem('person', '{place.ada}')")
    opened = context.new_page()
    trouble: list[str] = []
    opened.on("pageerror", lambda error: trouble.append(str(error)))
    opened.on("console", lambda note: trouble.append(note.text) if note.type == "error" else None)
    opened.goto(f"{box.url}/channels/{place.guild}/{place.channel}")
    expect(opened.locator("#title")).to_have_text("# games")
    yield opened
    # A request for a channel that was just deleted is no error of the page.
    assert [note for note in trouble if "409 (Conflict)" not in note] == []
    context.close()


def answering(box: Sandbox, answer: Callable[[Any], dict[str, Any]]) -> threading.Thread:
    """Answer the next interaction as a bot would, by its id and token."""
    before = {outcome.interaction_id for outcome in box.interactions()}

    def run() -> None:
        fresh = box.wait_until(
            lambda: [one for one in box.interactions() if one.interaction_id not in before]
        )[0]
        path = f"/interactions/{fresh.interaction_id}/{fresh.raw['token']}/callback"
        Rest(box.url, auth="")("POST", path, answer(fresh))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def test_messages_appear_live_with_mentions_and_times(
    box: Sandbox, page: Page, place: Place
) -> None:
    embed = {"title": "Chess", "fields": [{"name": "When", "value": "<t:1900000000:F>"}]}
    body = {"content": f"Hi <@{place.ada}> <b>&amp;", "embeds": [embed]}
    Rest(box.url)("POST", f"/channels/{place.channel}/messages", body)
    message = page.locator(".message.pinged")
    expect(message.locator(".mention")).to_have_text("@ada")
    expect(message).to_contain_text("<b>&amp;")
    expect(message.locator(".embed time")).to_contain_text("2030")
    box.delete_message(box.messages(place.channel)[0])
    expect(message).to_have_count(0)


def test_picture_of_an_embeds_author_is_loaded(box: Sandbox, page: Page, place: Place) -> None:
    author = {"name": "Mira", "icon_url": f"{box.url}/cdn/embed/avatars/1.png"}
    Rest(box.url)("POST", f"/channels/{place.channel}/messages", {"embeds": [{"author": author}]})
    expect(page.locator(".embed-author")).to_have_text("Mira")
    page.wait_for_function("document.querySelector('.embed-author img').naturalWidth > 0")


def wait_until_offered(page: Page, command: str) -> None:
    """Wait until the page has read the changed commands."""
    end = time.monotonic() + 30
    while not page.locator("#offers [role=option]", has_text=command).count():
        assert time.monotonic() < end, command
        page.wait_for_timeout(50)
        page.locator("#text").fill(command)
    page.locator("#text").fill("")


def test_command_with_options_shows_an_ephemeral_reply(
    box: Sandbox, rest: Rest, page: Page, place: Place
) -> None:
    option = {"type": 3, "name": "title", "description": "What", "required": True}
    command = {"name": "plan", "description": "Plan a game", "options": [option]}
    rest("PUT", f"/applications/{APP}/commands", [command])
    try:
        wait_until_offered(page, "/plan")
        page.locator("#text").press_sequentially("/pl")
        page.keyboard.press("Enter")
        page.get_by_label("title").fill("Chess")
        data = {"content": "Planned.", "flags": 64}
        thread = answering(box, lambda _: {"type": 4, "data": data})
        page.keyboard.press("Enter")
        thread.join(5)
        expect(page.locator(".hidden-one")).to_contain_text("Only you can see this")
        page.get_by_role("button", name="Dismiss message").click()
        expect(page.locator(".hidden-one")).to_have_count(0)
    finally:
        rest("PUT", f"/applications/{APP}/commands", [])


@pytest.mark.parametrize("pasted", [True, False])
def test_command_typed_out_with_its_options_fills_them(
    box: Sandbox, rest: Rest, page: Page, place: Place, pasted: bool
) -> None:
    options = [
        {"type": 3, "name": "title", "description": "What", "required": True},
        {"type": 4, "name": "seats", "description": "How many"},
        {"type": 5, "name": "open", "description": "To all"},
    ]
    command = {"name": "plan", "description": "Plan a game", "options": options}
    rest("PUT", f"/applications/{APP}/commands", [command])
    try:
        wait_until_offered(page, "/plan")
        text = "/plan title:Chess at 8: seats:4 open:false"
        if pasted:
            page.locator("#text").fill(text)
        else:
            page.locator("#text").press_sequentially(text)
        expect(page.get_by_label("title")).to_have_value("Chess at 8:")
        expect(page.get_by_label("seats")).to_have_value("4")
        thread = answering(box, lambda _: {"type": 4, "data": {"content": "ok", "flags": 64}})
        page.locator("#send").click()
        thread.join(5)
        sent = max(box.interactions(), key=lambda outcome: outcome.interaction_id)
        payload = next(
            box.call("GET", f"/happenings/{row['number']}")["payload"]
            for row in box.call("GET", "/happenings")
            if row.get("id") == str(sent.interaction_id)
        )
        given = {one["name"]: one["value"] for one in payload["data"]["options"]}
        assert given == {"title": "Chess at 8:", "seats": 4, "open": False}
    finally:
        rest("PUT", f"/applications/{APP}/commands", [])


def test_select_is_used_by_keyboard_and_several_are_sent_together(
    box: Sandbox, rest: Rest, page: Page, place: Place
) -> None:
    options = [{"label": name, "value": name.lower()} for name in ("Tank", "Healer", "Damage")]
    select = {"type": 3, "custom_id": "role", "options": options, "max_values": 2}
    body = {"components": [{"type": 1, "components": [select]}]}
    rest("POST", f"/channels/{place.channel}/messages", {"content": "Pick", **body})
    button = page.locator(".select")
    button.focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("listbox", name="Choose up to 2")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("d")
    page.keyboard.press("Space")
    thread = answering(box, lambda _: {"type": 4, "data": {"content": "ok", "flags": 64}})
    page.keyboard.press("Escape")
    thread.join(5)
    expect(page.locator(".hidden-one")).to_contain_text("ok")
    expect(button).to_have_text("Tank, Damage")
    expect(button).to_be_focused()
    numbers = [row["number"] for row in box.call("GET", "/happenings") if row.get("name") == "role"]
    payload = box.call("GET", f"/happenings/{numbers[-1]}")["payload"]
    assert payload["data"]["values"] == ["tank", "damage"]


def test_button_opens_a_modal_and_silence_is_told(
    box: Sandbox, rest: Rest, page: Page, place: Place
) -> None:
    button = {"type": 2, "style": 1, "label": "Edit", "custom_id": "edit"}
    body = {"content": "game", "components": [{"type": 1, "components": [button]}]}
    rest("POST", f"/channels/{place.channel}/messages", body)
    part = {"type": 4, "custom_id": "title", "label": "Title", "style": 1, "value": "Old"}
    rows = [{"type": 1, "components": [part]}]
    modal = {"title": "Edit game", "custom_id": "m", "components": rows}
    thread = answering(box, lambda _: {"type": 9, "data": modal})
    page.get_by_role("button", name="Edit").click()
    thread.join(5)
    expect(page.locator("#modal")).to_contain_text("Edit game")
    page.locator("#modal input").fill("New")
    thread = answering(box, lambda _: {"type": 7, "data": {"content": "edited"}})
    page.get_by_role("button", name="Submit").click()
    thread.join(5)
    expect(page.locator(".message")).to_contain_text("edited")
    box.knobs(ack_deadline=0.7)
    try:
        page.get_by_role("button", name="Edit").click()
        expect(page.locator("[data-custom-id=edit]")).to_have_attribute("aria-busy", "true")
        expect(page.locator(".message .trouble")).to_contain_text("did not respond")
    finally:
        box.knobs(ack_deadline=3)


def test_person_without_a_place_sees_nothing_of_it(box: Sandbox, page: Page, place: Place) -> None:
    page.get_by_role("button", name="Channels").click()
    expect(page.locator("#server")).to_have_text("tavern")
    box.patch_channel(place.channel, overwrites=[{"id": place.guild, "deny": ["VIEW_CHANNEL"]}])
    expect(page.locator("#places")).not_to_contain_text("games")
