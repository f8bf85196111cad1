"""The scripts of forms in a real browser, on a page with nothing but what they need."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from gamesched.local.environment import CHECKOUT
from tests.browser import browser_or_skip

pytestmark = pytest.mark.e2e
ROWS = "".join(
    f'<li data-participant="{n}" data-name="P{n}" style="height:60px">'
    f'<button class="grip">=</button><b class="number"></b><span data-place></span>'
    f"<button data-takes-off onclick='gone.push({n})'>x</button></li>"
    for n in range(40)
)
ROSTER = f"""<header class="top" style="position:sticky;top:0;height:60px"></header>
<input id="add-name"><div id="found"><button id="a">A</button><button id="b">B</button></div>
<p id="said"></p><form id="order-form"><input name="order"></form>
<ol id="order" data-playing="5" data-seat="{{place}}" data-wait="{{place}}">{ROWS}</ol>
<script>var gone = []; document.getElementById("order-form").onsubmit = (e) => e.preventDefault();
</script>"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browser_or_skip() as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 800, "height": 600})
    yield page
    page.close()


def open_roster(page: Page) -> None:
    page.set_content(ROSTER)
    page.add_script_tag(path=CHECKOUT / "static/js/roster.js", type="module")
    page.wait_for_function("document.querySelector('.number').textContent === '1'")


def test_a_second_press_right_after_a_removal_takes_nobody_off(page: Page) -> None:
    open_roster(page)
    swapped = (
        "document.dispatchEvent(new CustomEvent('htmx:afterSwap', {detail: "
        "{target: {id: 'live'}, requestConfig: {path: '/remove/'}}}))"
    )
    page.evaluate("document.body.addEventListener('htmx:afterSwap', () => {})")
    page.evaluate(swapped)
    page.locator("[data-takes-off]").nth(0).click()
    assert page.evaluate("gone") == []
    page.wait_for_timeout(1100)
    page.locator("[data-takes-off]").nth(0).click()
    assert page.evaluate("gone") == [0]


def test_dragging_to_the_edge_scrolls_the_page(page: Page) -> None:
    open_roster(page)
    page.locator(".grip").nth(1).hover()
    page.mouse.down()
    page.mouse.move(30, 590, steps=5)
    page.wait_for_function("window.scrollY > 200", timeout=3000)
    page.mouse.move(30, 300)
    page.wait_for_timeout(100)
    before = page.evaluate("window.scrollY")
    page.wait_for_timeout(200)
    assert page.evaluate("window.scrollY") == before
    page.mouse.up()


def test_the_arrow_keys_go_through_the_people_found(page: Page) -> None:
    open_roster(page)
    page.locator("#add-name").focus()
    focused = "document.activeElement.id"
    presses = ["ArrowDown a", "ArrowDown b", "ArrowDown b", "ArrowUp a", "ArrowUp add-name"]
    for press in [*presses, "ArrowDown a", "Escape add-name"]:
        key, at = press.split()
        page.keyboard.press(key)
        assert page.evaluate(focused) == at


@pytest.mark.parametrize("has_script", [True, False])
def test_enter_in_a_field_announces_nothing(page: Page, *, has_script: bool) -> None:
    page.set_content(
        """<form data-form action="/announce/"><button data-enter formaction="/preview/"></button>
        <input id="title" name="title"><span data-clock></span><button>Announce</button></form>
        <script>var sent = []; document.forms[0].onsubmit = (event) => { event.preventDefault();
        sent.push(event.submitter.getAttribute("formaction") ?? "announced"); };</script>"""
    )
    if has_script:
        page.add_script_tag(path=CHECKOUT / "static/js/form.js", type="module")
    page.locator("#title").press("Enter")
    assert page.evaluate("sent") == ([] if has_script else ["/preview/"])
